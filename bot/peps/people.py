"""People: names as headers write them, accounts, and the core team's list on a day."""

from dataclasses import dataclass
from datetime import date
from typing import NewType

Login = NewType("Login", str)


@dataclass(frozen=True, slots=True)
class CoreTeamMember:
    """A line of python/devguide's `core-team/core-team.csv`."""

    name: str
    login: Login | None
    joined: date | None
    left: date | None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class CoreTeam:
    """The core team's list, past members included."""

    members: tuple[CoreTeamMember, ...]
