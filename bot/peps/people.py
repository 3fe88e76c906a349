"""People: names as headers write them, accounts, and the core team's list on a day."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from typing import NewType

from bot.peps.names import MatchKind, Named, NameMatch, fold_name, match_name

__all__ = [
    "CoreTeam",
    "CoreTeamMember",
    "CoreTeamUnreadable",
    "Login",
    "MatchKind",
    "NameMatch",
    "Named",
    "fold_name",
    "match_name",
    "parse_core_team",
    "same_login",
]

Login = NewType("Login", str)

LOGIN = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9_])?"
"""A regular expression for an account's name on GitHub. Beside the 39 characters GitHub allows
today it takes what older and enterprise-managed accounts have (longer names, an underscore)."""

_LOGIN = re.compile(LOGIN)
_COLUMNS = 5


class CoreTeamUnreadable(ValueError):
    """The text is not the core team's list; `line` tells the 1-based line that shows it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"core team list, line {line}: {reason}")
        self.line = line


@dataclass(frozen=True, slots=True)
class CoreTeamMember:
    """A line of python/devguide's `core-team/core-team.csv`."""

    name: str
    login: Login | None
    joined: date | None
    left: date | None
    notes: str = ""

    def is_in_on(self, day: date) -> bool:
        """Whether the member belonged to the team on a day; the day of leaving is not one."""
        return (self.joined is None or self.joined <= day) and (
            self.left is None or self.left > day
        )


@dataclass(frozen=True, slots=True)
class CoreTeam:
    """The core team's list, past members included."""

    members: tuple[CoreTeamMember, ...]

    def on(self, day: date) -> tuple[CoreTeamMember, ...]:
        """Who was on the team on a day, in the list's order."""
        return tuple(member for member in self.members if member.is_in_on(day))

    def with_login(self, login: str, day: date) -> CoreTeamMember | None:
        """The member on the team on a day who has this account; None if nobody has."""
        return next(
            (
                member
                for member in self.members
                if member.login is not None
                and same_login(member.login, login)
                and member.is_in_on(day)
            ),
            None,
        )


def same_login(one: str, other: str) -> bool:
    """Whether two spellings name one GitHub account; accounts are compared without case."""
    return one.casefold() == other.casefold()


def parse_core_team(csv_text: str) -> CoreTeam:
    """Read the core team's list (python/devguide, `core-team/team-log.rst` names its columns).

    The columns are name, GitHub account, day joined, day left and notes, without a header line.
    Blank lines and missing columns at a line's end are allowed, but each line has at least a name
    and an account column, which may be empty for early members.

    Args:
        csv_text: The whole file.

    Returns:
        The list in the file's order.

    Raises:
        CoreTeamUnreadable: If a line is not of that form, or if nobody is on the list. A list that
            cannot be read must never look like a list without people.
    """
    reader = csv.reader(csv_text.removeprefix("\ufeff").splitlines(keepends=True), strict=True)
    try:
        members = tuple(
            _member(row, reader.line_num) for row in reader if any(cell.strip() for cell in row)
        )
    except csv.Error as error:
        raise CoreTeamUnreadable(reader.line_num, "not CSV") from error
    if not members:
        raise CoreTeamUnreadable(1, "nobody is on it")
    return CoreTeam(members)


def _member(row: list[str], line: int) -> CoreTeamMember:
    if not 2 <= len(row) <= _COLUMNS:
        raise CoreTeamUnreadable(line, f"{len(row)} columns instead of {_COLUMNS}")
    name, login, joined, left, notes = [cell.strip() for cell in row] + [""] * (_COLUMNS - len(row))
    # The list is also rendered as reStructuredText, where "R\." keeps an initial from being a list.
    name = " ".join(name.replace("\\", "").split())
    if not name:
        raise CoreTeamUnreadable(line, "the name is missing")
    if login and not _LOGIN.fullmatch(login):
        raise CoreTeamUnreadable(line, "the second column is no GitHub account")
    return CoreTeamMember(
        name=name,
        login=Login(login) if login else None,
        joined=_day(joined, line, "third"),
        left=_day(left, line, "fourth"),
        notes=notes,
    )


def _day(text: str, line: int, column: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CoreTeamUnreadable(line, f"the {column} column is no day (YYYY-MM-DD)") from None
