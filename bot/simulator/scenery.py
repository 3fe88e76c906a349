"""Setting the scene: accounts, teams, repositories, apps and their installations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from bot.simulator import acts_check, render_git, render_repository
from bot.simulator.accounts import Access, Account, AccountType, Team
from bot.simulator.apps import App, Installation
from bot.simulator.git import EMPTY_SHA
from bot.simulator.repository import Repository
from bot.simulator.service import Service
from bot.simulator.webhooks import Hook

Files = Mapping[str, str | bytes | None]
"""Path to new content; None deletes the file."""


class Scenery:
    """What stands before anybody acts."""

    _service: Service

    def _person(self, login: str) -> Account:
        return self._service.world.add_account(login, "User")

    def _repository(self, full_name: str) -> Repository:
        return self._service.world.repository(full_name)

    @contextmanager
    def lost_webhooks(self, lost: bool = True) -> Iterator[None]:
        """Events inside the block are lost for good, as if GitHub had never sent them."""
        dispatcher = self._service.dispatcher
        before, dispatcher.silent = dispatcher.silent, lost or dispatcher.silent
        try:
            yield
        finally:
            dispatcher.silent = before

    def add_user(self, login: str, type: AccountType = "User", name: str | None = None) -> None:  # noqa: A002 - GitHub's word
        """Make an account. People who act without one are given one."""
        self._service.world.add_account(login, type, name)

    def rename_user(self, login: str, to: str) -> None:
        """Give an account another name; one that was deleted is called `ghost`."""
        accounts = self._service.world.accounts
        account = accounts.pop(login.lower())
        account.login = to
        accounts[to.lower()] = account

    def create_organization(self, login: str) -> None:
        """Make an organization."""
        self._service.world.add_account(login, "Organization")

    def create_team(self, organization: str, slug: str, members: Iterable[str] = ()) -> None:
        """Make a team of an organization."""
        world = self._service.world
        owner = world.add_account(organization, "Organization")
        team = Team(world.next_id(), owner, slug, [self._person(login) for login in members])
        world.teams[organization.lower(), slug.lower()] = team

    def create_repository(
        self,
        full_name: str,
        files: Mapping[str, str | bytes] | None = None,
        default_branch: str = "main",
        collaborators: Mapping[str, str] | None = None,
        *,
        private: bool = False,
        first_number: int = 1,
    ) -> str:
        """Make a repository with a first commit; returns that commit's SHA.

        Args:
            full_name: `owner/name`; an unknown owner becomes an organization.
            files: What the first commit holds.
            default_branch: The name of its branch.
            collaborators: Login to `read`, `triage`, `write`, `maintain` or `admin`.
            private: Whether only collaborators and installations may read it.
            first_number: The number of the first issue or pull request.
        """
        world = self._service.world
        owner_login, _, name = full_name.partition("/")
        owner = world.add_account(owner_login, "Organization")
        now = world.now()
        repository = Repository(world.next_id(), owner, name, default_branch, now, now, private)
        repository.next_number = first_number
        tree = world.git.edited_tree(EMPTY_SHA, files or {})
        first = world.git.write_commit(tree, (), world.signature(owner), "Initial commit")
        repository.branches[default_branch] = first
        world.repositories[full_name.lower()] = repository
        for login, level in (collaborators or {}).items():
            self.set_collaborator(full_name, login, level)
        return first

    def set_collaborator(self, repo: str, login: str, level: str) -> None:
        """Give an account access: `none`, `read`, `triage`, `write`, `maintain` or `admin`."""
        self._person(login)
        self._repository(repo).collaborators[login.lower()] = Access[level.upper()]

    def set_private(self, repo: str, *, private: bool) -> None:
        """Hide a repository from everybody but collaborators and installations, or show it."""
        self._repository(repo).private = private

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
        world = self._service.world
        account = world.add_account(f"{slug}[bot]", "Bot")
        holder = self._person(owner or f"{slug}-owner")
        granted = {"metadata": "read", **(permissions or {})}
        key = _public_key(public_key_pem, private_key_pem)
        world.apps[app_id] = App(
            app_id, slug, holder, account, key, granted, list(events), world.now()
        )
        self._service.hooks[app_id] = Hook(
            world.next_id(), webhook_url, secret, tuple(events), "integration", app_id
        )

    def set_webhook(self, url: str, secret: str | None = None) -> None:
        """Point the webhooks of all apps to a URL, perhaps with a new secret."""
        for hook in self._service.hooks.values():
            hook.url = url
            hook.secret = hook.secret if secret is None else secret

    @property
    def webhook_url(self) -> str:
        """Where the app's deliveries go; empty means that nobody answers."""
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

    async def uninstall_app(self, installation_id: int) -> None:
        """Remove an installation; its tokens die."""
        installation = self._service.world.installations.pop(installation_id)
        self._service.tokens.revoke(installation_id)
        self._announce_installation("deleted", installation)

    async def suspend_app(self, installation_id: int) -> None:
        """Let an installation neither be told of anything nor ask for it."""
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

    async def commit(
        self,
        repo: str,
        files: Files,
        by: str,
        branch: str | None = None,
        message: str = "Update",
    ) -> str:
        """Commit to a branch (the default one unless told) and push; returns the new SHA."""
        repository = self._repository(repo)
        name = branch or repository.default_branch
        world = self._service.world
        before = repository.branches.get(name, repository.tip)
        tree = world.git.edited_tree(before, files)
        author = self._person(by)
        sha = world.git.write_commit(tree, (before,), world.signature(author), message)
        self._move_branch(repository, name, sha, author)
        return sha

    async def force_push(self, repo: str, sha: str, by: str) -> None:
        """Put the default branch at another commit, whatever was there."""
        repository = self._repository(repo)
        self._move_branch(repository, repository.default_branch, sha, self._person(by))

    def _move_branch(self, repository: Repository, name: str, sha: str, by: Account) -> None:
        """Push to a branch of a repository: `push`, then `check_suite` for apps that check."""
        service = self._service
        created = name not in repository.branches
        before = repository.branches.get(name, EMPTY_SHA)
        repository.branches[name] = sha
        repository.pushed_at = service.world.now()
        base = repository.tip if created else before
        commits = service.world.git.commits_between(base, sha)
        known = created or base in service.world.git.ancestors(sha)
        shown = [render_git.commit_in_push(service.wire, repository, each) for each in commits]
        page = render_repository.html_url(service.wire, repository)
        fields = {
            "ref": f"refs/heads/{name}",
            "before": before,
            "after": sha,
            "created": created,
            "deleted": False,
            "forced": not known,
            "base_ref": None,
            "compare": f"{page}/compare/{before[:12]}...{sha[:12]}",
            "commits": shown,
            "head_commit": shown[-1] if shown else None,
            "pusher": {"name": by.login, "email": by.email},
        }
        service.announce("push", repository, by, fields)
        acts_check.request_suites(service, repository, sha, name, by)


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
