"""What owners do with apps: register, install, suspend; and with a repository's own webhooks."""

from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from github_simulator.actions import app as app_actions
from github_simulator.actions import check as check_actions
from github_simulator.model.accounts import Account
from github_simulator.model.apps import App
from github_simulator.model.checks import CheckRun
from github_simulator.model.installations import Installation
from github_simulator.model.repository import Repository
from github_simulator.people.setup import Setup
from github_simulator.render import repository as render_repository
from github_simulator.webhooks import Hook


class AppActions(Setup):
    """What owners do with apps."""

    def set_default_branch(self, repo: str, branch: str) -> None:
        """Make another branch of a repository the default one."""
        self._repository(repo).default_branch = branch

    def register_app(
        self,
        app_id: int,
        slug: str,
        *,
        secret: str,
        public_key_pem: str | bytes | None = None,
        private_key_pem: str | bytes | None = None,
        webhook_url: str = "",
        permissions: Mapping[str, str] | None = None,
        events: Sequence[str] = (),
        owner: str = "",
    ) -> None:
        """Register an app by either half of its key. Its account is `slug[bot]`.

        Raises:
            ValueError: There is no key, or it is not an RSA key.
        """
        app_actions.register_app(
            self._service,
            app_id,
            slug,
            owner=self._person(owner or f"{slug}-owner"),
            key=_public_key(public_key_pem, private_key_pem),
            secret=secret,
            webhook_url=webhook_url,
            permissions=permissions or {},
            events=events,
        )

    def set_webhook(self, url: str, secret: str | None = None) -> None:
        """Send the webhooks of all apps to a URL, perhaps with a new secret."""
        for hook in self._service.hooks.values():
            hook.url = url
            hook.secret = hook.secret if secret is None else secret

    @property
    def webhook_url(self) -> str:
        """The URL to which the app's webhooks are sent; empty means that nobody answers."""
        return next(iter(self._service.hooks.values())).url

    @webhook_url.setter
    def webhook_url(self, url: str) -> None:
        self.set_webhook(url)

    def add_repository_hook(self, repo: str, url: str, secret: str, events: Sequence[str]) -> None:
        """Set up a repository's own webhook; its payloads carry no `installation`."""
        repository = self._repository(repo)
        hook = Hook(self._service.world.next_id(), url, secret, events, "repository", repository.id)
        self._service.repository_hooks.setdefault(repository.id, []).append(hook)

    def _app(self, app_id: int | None) -> App:
        apps = self._service.world.apps
        return next(iter(apps.values())) if app_id is None else apps[app_id]

    async def install_app(self, repositories: Sequence[str], app_id: int | None = None) -> int:
        """Install an app on repositories of one owner; returns the installation's id."""
        world = self._service.world
        app = self._app(app_id)
        found = [self._repository(name) for name in repositories]
        now = world.now()
        installation = Installation(
            id=world.next_id(),
            app=app,
            account=found[0].owner,
            repositories=found,
            permissions=dict(app.permissions),
            events=list(app.events),
            created_at=now,
            updated_at=now,
        )
        world.installations[installation.id] = installation
        self._announce_installation("created", installation)
        return installation.id

    async def report_check(
        self, repo: str, head_sha: str, name: str, conclusion: str, *, app_id: int
    ) -> int:
        """Have another app complete a check run on a commit; returns the run's id."""
        app, repository = self._app(app_id), self._repository(repo)
        now = self._service.world.now()
        suite = check_actions.suite_for(self._service, repository, app, head_sha)
        run = CheckRun(
            *(self._service.world.next_id(), suite, name, head_sha, now),
            status="completed",
            conclusion=conclusion,
            completed_at=now,
        )
        check_actions.add_run(self._service, repository, run, app.account)
        return run.id

    async def uninstall_app(self, installation_id: int) -> None:
        """Remove an installation and revoke its tokens."""
        installation = self._service.world.installations.pop(installation_id)
        self._service.tokens.revoke(installation_id)
        self._announce_installation("deleted", installation)

    async def suspend_app(self, installation_id: int) -> None:
        """Suspend an installation: it gets no webhooks, and its requests are refused."""
        installation = self._service.world.installations[installation_id]
        installation.suspended_at = self._service.world.now()
        self._announce_installation("suspend", installation)

    async def unsuspend_app(self, installation_id: int) -> None:
        """End the suspension of an installation."""
        installation = self._service.world.installations[installation_id]
        installation.suspended_at = None
        self._announce_installation("unsuspend", installation)

    async def revoke_permission(self, installation_id: int, permission: str) -> None:
        """Take a permission from an installation; tokens already issued lose it, too."""
        installation = self._service.world.installations[installation_id]
        installation.permissions.pop(permission, None)
        self._announce_installation("new_permissions_accepted", installation)

    def _announce_installation(self, action: str, installation: Installation) -> None:
        fields = {
            "action": action,
            "repositories": [render_repository.mention(each) for each in installation.repositories],
            "requester": None,
        }
        self._service.announce_installation(
            "installation", installation, self._installer(installation), fields
        )

    def _installer(self, installation: Installation) -> Account:
        return self._person(f"{installation.account.login}-admin")

    async def change_installation(
        self, installation_id: int, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        """Add repositories to an installation, or remove some."""
        installation = self._service.world.installations[installation_id]
        added = [self._repository(name) for name in add]
        removed = [self._repository(name) for name in remove]
        kept = [each for each in installation.repositories if each not in removed]
        installation.repositories[:] = [*kept, *added]
        for action, found in (("added", added), ("removed", removed)):
            if found:
                self._announce_repositories(installation, action, added, removed)

    def _announce_repositories(
        self,
        installation: Installation,
        action: str,
        added: Sequence[Repository],
        removed: Sequence[Repository],
    ) -> None:
        fields = {
            "action": action,
            "repository_selection": "selected",
            "repositories_added": [
                render_repository.mention(each) for each in added if action == "added"
            ],
            "repositories_removed": [
                render_repository.mention(each) for each in removed if action == "removed"
            ],
            "requester": None,
        }
        self._service.announce_installation(
            "installation_repositories", installation, self._installer(installation), fields
        )


def _public_key(public: str | bytes | None, private: str | bytes | None) -> RSAPublicKey:
    key: object = None
    if public is not None:
        key = load_pem_public_key(public.encode() if isinstance(public, str) else public)
    elif private is not None:
        text = private.encode() if isinstance(private, str) else private
        loaded = load_pem_private_key(text, password=None)
        key = loaded.public_key() if isinstance(loaded, RSAPrivateKey) else None
    if not isinstance(key, RSAPublicKey):
        raise ValueError("an app needs an RSA key in PEM form, public or private")  # noqa: TRY004 - the text is wrong
    return key
