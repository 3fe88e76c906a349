"""What owners do to whole repositories: rename and transfer them."""

from github_simulator.people.setup import Setup
from github_simulator.render import account as render_account
from github_simulator.wire import JsonObject


class RepositoryActions(Setup):
    """Acts on repositories."""

    async def rename_repository(self, repo: str, to: str, by: str) -> None:
        """Rename or transfer a repository; requests to the old name are redirected.

        Another owner's installation reaches it only if it is added there (`change_installation`).
        """
        service, repository = self._service, self._repository(repo)
        world, before, old_owner = service.world, repository.full_name, repository.owner
        owner, _, name = to.partition("/")
        changes: JsonObject = {"repository": {"name": {"from": repository.name}}}
        action = "renamed"
        if owner.lower() != old_owner.login.lower():
            kind = "organization" if old_owner.type == "Organization" else "user"
            rendered = render_account.user(service.context, old_owner)
            changes = {"owner": {"from": {kind: rendered}}}
            action = "transferred"
        del world.repositories[before.lower()]
        repository.owner = world.add_account(owner, "Organization")
        repository.name = name
        world.repositories[to.lower()] = repository
        world.moved[before.lower()] = repository
        for installation in world.installations.values():
            if installation.account is not repository.owner:
                installation.repositories[:] = [
                    each for each in installation.repositories if each is not repository
                ]
        fields = {"action": action, "changes": changes}
        service.announce("repository", repository, self._person(by), fields)
