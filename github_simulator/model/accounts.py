"""Accounts and teams."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal

AccountType = Literal["User", "Organization", "Bot"]


class Access(IntEnum):
    """What an account may do in a repository, weakest first."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


@dataclass(slots=True, eq=False)
class Account:
    """A person, an organization, or the account of an app."""

    id: int
    login: str
    type: AccountType
    created_at: datetime
    name: str | None = None

    @property
    def email(self) -> str:
        """The address GitHub gives to those who hide theirs."""
        return f"{self.id}+{self.login}@users.noreply.github.com"


@dataclass(slots=True, eq=False)
class Team:
    """A team of an organization."""

    id: int
    organization: Account
    slug: str
    members: list[Account] = field(default_factory=list)
