"""Creates what exists before anybody acts: accounts, teams, repositories and their commits."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from github_simulator.actions import check as check_actions
from github_simulator.model.accounts import Access, Account, AccountType, Team
from github_simulator.model.git import EMPTY_SHA
from github_simulator.model.repository import Repository
from github_simulator.render import git as render_git
from github_simulator.render import repository as render_repository
from github_simulator.service import Service

Files = Mapping[str, str | bytes | None]
"""Path to new content; None deletes the file."""


class Setup:
    """Accounts, teams and repositories."""

    _service: Service

    def _person(self, login: str) -> Account:
        return self._service.world.add_account(login, "User")

    def _repository(self, full_name: str) -> Repository:
        return self._service.world.repository(full_name)

    @contextmanager
    def lost_webhooks(self, lost: bool = True) -> Iterator[None]:
        """Lose events inside the block for good, as if GitHub had never sent them."""
        dispatcher = self._service.dispatcher
        before, dispatcher.silent = dispatcher.silent, lost or dispatcher.silent
        try:
            yield
        finally:
            dispatcher.silent = before

    def add_user(self, login: str, type: AccountType = "User", name: str | None = None) -> None:  # noqa: A002 - GitHub's word
        """Create an account. People who act without one get one automatically."""
        self._service.world.add_account(login, type, name)

    def rename_user(self, login: str, to: str) -> None:
        """Rename an account; a deleted one is called `ghost`."""
        accounts = self._service.world.accounts
        account = accounts.pop(login.lower())
        account.login = to
        accounts[to.lower()] = account

    def create_organization(self, login: str) -> None:
        """Create an organization."""
        self._service.world.add_account(login, "Organization")

    def create_team(self, organization: str, slug: str, members: Iterable[str] = ()) -> None:
        """Create a team of an organization."""
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
        """Create a repository with a first commit; returns that commit's SHA.

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
        rendered = [
            render_git.commit_in_push(service.context, repository, each) for each in commits
        ]
        page = render_repository.html_url(service.context, repository)
        fields = {
            "ref": f"refs/heads/{name}",
            "before": before,
            "after": sha,
            "created": created,
            "deleted": False,
            "forced": not known,
            "base_ref": None,
            "compare": f"{page}/compare/{before[:12]}...{sha[:12]}",
            "commits": rendered,
            "head_commit": rendered[-1] if rendered else None,
            "pusher": {"name": by.login, "email": by.email},
        }
        service.announce("push", repository, by, fields)
        check_actions.request_suites(service, repository, sha, name, by)
