"""People: names as headers write them, accounts, and the core team's list on a day."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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

    def is_member_on(self, day: date) -> bool:
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
        return tuple(member for member in self.members if member.is_member_on(day))

    def member_with_login(self, login: str, day: date) -> CoreTeamMember | None:
        """The member on the team on a day who has this account; None if nobody has."""
        return next(
            (
                member
                for member in self.members
                if member.login is not None
                and same_login(member.login, login)
                and member.is_member_on(day)
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


_ID_SEPARATOR = "#"
"""Between login and id of an account that is not the one meant by its login; in no login."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An account that acts: its login then, and GitHub's id of it; None if that is not known."""

    login: Login
    id: int | None = None


@dataclass(frozen=True, slots=True)
class ListedLogins:
    """The logins that a repository's lists name.

    Attributes:
        logins: All of them.
        ids: What those who keep the lists say themselves about the account that is meant, by
            login in lower case: an organization by a team's members, editors by the policy.
    """

    logins: frozenset[Login] = frozenset()
    ids: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which account is meant by which login.

    Attributes:
        ids: The account meant by each login in lower case; never forgotten, be the login listed
            any more or not.
        listed: The logins that lists name now, in lower case, as the lists spell them.
        logins: A listed login of each account.
    """

    ids: Mapping[str, int] = field(default_factory=dict)
    listed: Mapping[str, Login] = field(default_factory=dict)
    logins: Mapping[int, Login] = field(default_factory=dict)

    def name(self, actor: Actor) -> Login:
        """What an account is called wherever it is asked for its rights.

        What this returned may be asked again: an account that was refused may be accepted since.
        """
        login, id = _split_actor(actor)  # noqa: A001 - GitHub's word
        if id is None:
            return login
        expected_id = self.ids.get(login.casefold())
        if expected_id != id or login.casefold() not in self.listed:
            if id in self.logins:
                return self.logins[id]
            if expected_id not in (None, id):
                return Login(f"{login}{_ID_SEPARATOR}{id}")
        return login

    def refused(self, actors: Iterable[Actor]) -> tuple[Actor, ...]:
        """Those that act under a listed login and are not the account meant by it, each once."""
        found = dict.fromkeys(Actor(*_split_actor(actor)) for actor in actors)
        return tuple(
            actor
            for actor in found
            if actor.login.casefold() in self.listed and _ID_SEPARATOR in self.name(actor)
        )


NO_ACCOUNTS = Accounts()
"""Everybody is who their login says."""


def accounts(ids: Mapping[str, int], listed: ListedLogins) -> Accounts:
    """What is remembered of accounts, for the present lists."""
    spelled = {login.casefold(): login for login in sorted(listed.logins)}
    return Accounts(
        ids, spelled, {ids[folded]: login for folded, login in spelled.items() if folded in ids}
    )


def accounts_to_remember(
    ids: Mapping[str, int], listed: ListedLogins, actors: Iterable[Actor]
) -> Mapping[str, int]:
    """What is to be remembered beside or instead of what is.

    That is what those say who keep the lists, and of each other listed login the account that acted
    first under it.
    """
    authoritative_ids = listed.ids
    names = {login.casefold() for login in listed.logins} - authoritative_ids.keys() - ids.keys()
    first: dict[str, int] = {}
    for actor in actors:
        if actor.id is not None and actor.login.casefold() in names:
            first.setdefault(actor.login.casefold(), actor.id)
    return first | {
        folded: one for folded, one in authoritative_ids.items() if ids.get(folded) != one
    }


def _split_actor(actor: Actor) -> tuple[Login, int | None]:
    login, separator, id = actor.login.partition(_ID_SEPARATOR)  # noqa: A001 - GitHub's word
    return Login(login), int(id) if separator and id.isdecimal() else actor.id
