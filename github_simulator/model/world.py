"""The whole state of the simulated GitHub, as one value, so that it can be replicated.

Reads that lag behind writes are served from a replica; git objects never change and are shared.
"""

import copy
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from github_simulator.model.accounts import Account, AccountType, Team
from github_simulator.model.apps import App
from github_simulator.model.git import GitStore, Signature
from github_simulator.model.installations import Installation
from github_simulator.model.repository import Repository
from github_simulator.wire import not_found


@dataclass(slots=True, eq=False)
class World:
    """Everything, by lower-case name or by id.

    Attributes:
        clock: Gives the time of the simulated world.
        moved: Repositories by their former names.
    """

    clock: Callable[[], datetime]
    git: GitStore = field(default_factory=GitStore)
    accounts: dict[str, Account] = field(default_factory=dict)
    teams: dict[tuple[str, str], Team] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    moved: dict[str, Repository] = field(default_factory=dict)
    apps: dict[int, App] = field(default_factory=dict)
    installations: dict[int, Installation] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1_000_001))

    def next_id(self) -> int:
        """A new, unique id."""
        return next(self._ids)

    def now(self) -> datetime:
        """The present time, in whole seconds as GitHub keeps it."""
        return self.clock().replace(microsecond=0)

    def replica(self) -> "World":
        """A copy of the present state, unaffected by later changes."""
        shared: dict[int, object] = {id(each): each for each in (self.git, self.clock, self._ids)}
        return copy.deepcopy(self, shared)

    def account(self, login: str) -> Account:
        """An account by login, in any case.

        Raises:
            Refusal: 404.
        """
        try:
            return self.accounts[login.lower()]
        except KeyError:
            raise not_found() from None

    def add_account(self, login: str, kind: AccountType, name: str | None = None) -> Account:
        """Create an account, or return the existing one."""
        found = self.accounts.get(login.lower())
        if found is None:
            found = Account(self.next_id(), login, kind, self.now(), name)
            self.accounts[login.lower()] = found
        return found

    def repository(self, full_name: str) -> Repository:
        """A repository by `owner/name`, in any case.

        Raises:
            Refusal: 404.
        """
        try:
            return self.repositories[full_name.lower()]
        except KeyError:
            raise not_found() from None

    def signature(self, account: Account) -> Signature:
        """The author of a commit made now."""
        return Signature(account.name or account.login, account.email, account.login, self.now())

    def resolve(self, repository: Repository, revision: str) -> str | None:
        """The commit of a branch, `refs/heads/…`, pull request ref or SHA; None if unknown."""
        name = revision.removeprefix("refs/").removeprefix("heads/")
        if name in repository.branches:
            return repository.branches[name]
        owner, colon, branch = revision.partition(":")
        if colon:
            forks = [each for each in self.repositories.values() if each.parent is repository]
            for each in (repository, *forks):
                if each.owner.login.lower() == owner.lower() and branch in each.branches:
                    return each.branches[branch]
        match name.split("/"):
            case ["pull", number, "head"] if number.isdecimal():
                issue = repository.issues.get(int(number))
                if issue is not None and issue.pull is not None:
                    return issue.pull.head_sha
        return revision if self.git.commit(revision) else None

    def installation_for(self, app: App, repository: Repository) -> Installation | None:
        """The installation by which an app reaches a repository; None if there is none."""
        for installation in self.installations.values():
            if installation.app is app and repository in installation.repositories:
                return installation
        return None
