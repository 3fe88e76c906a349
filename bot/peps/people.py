"""GitHub accounts, and the core team's list."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NewType

from bot.peps.names import MatchKind, Named, NameIndex, NameMatch, fold_name, match_name

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
"""A regular expression for an account's login on GitHub. Besides the 39 characters GitHub allows
today, it accepts what older and enterprise-managed accounts have (longer names, an underscore)."""

_LOGIN = re.compile(LOGIN)
_COLUMNS = 5


class CoreTeamUnreadable(ValueError):
    """The text is not the core team's list; `line` is the 1-based line that shows it."""

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
        """Whether the member was on the team on a date; the date of leaving does not count."""
        return (self.joined is None or self.joined <= day) and (
            self.left is None or self.left > day
        )


@dataclass(frozen=True)
class CoreTeam:
    """The core team's list, including past members."""

    members: tuple[CoreTeamMember, ...]

    @cached_property
    def by_name(self) -> NameIndex[CoreTeamMember]:
        """The members by their names."""
        return NameIndex(self.members)

    @cached_property
    def by_login(self) -> Mapping[str, Sequence[CoreTeamMember]]:
        """The lines with each account, in lower case; who left and came back has two."""
        found: dict[str, list[CoreTeamMember]] = {}
        for member in self.members:
            if member.login is not None:
                found.setdefault(member.login.casefold(), []).append(member)
        return found

    @cached_property
    def logins(self) -> frozenset[Login]:
        """The accounts as the list writes them."""
        return frozenset(member.login for member in self.members if member.login)

    def member_with_login(self, login: str, day: date) -> CoreTeamMember | None:
        """The member of the team on a date who has this account; None if there is none."""
        lines = self.by_login.get(login.casefold(), ())
        return next((member for member in lines if member.is_member_on(day)), None)


def same_login(one: str, other: str) -> bool:
    """Whether two spellings name the same GitHub account; case does not matter."""
    return one.casefold() == other.casefold()


def parse_core_team(csv_text: str) -> CoreTeam:
    """Read the core team's list (python/devguide, `core-team/team-log.rst` names its columns).

    The columns are name, GitHub account, date joined, date left and notes, without a header line.
    Blank lines and missing columns at the end of a line are allowed, but each line needs a name and
    an account column, which may be empty for early members.

    Args:
        csv_text: The whole file.

    Returns:
        The list in the file's order.

    Raises:
        CoreTeamUnreadable: A line does not have that form, or nobody is on the list. A list that
            cannot be read must never look like an empty one.
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
    # The list is also rendered as reStructuredText, where "R." would begin a list; hence "R\.".
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
"""Joins login and id of an account that is not the one a list means; no login contains it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An account that did something: its login at that time, and its GitHub id; None if unknown."""

    login: Login
    id: int | None = None


@dataclass(frozen=True)
class ListedLogins:
    """The logins that a repository's lists (policy, teams, core team) name.

    Attributes:
        logins: All of them.
        ids: The ids that the lists' owners give themselves, by login in lower case: an organization
            through a team's members, editors through the policy.
    """

    logins: frozenset[Login] = frozenset()
    ids: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def spelled(self) -> Mapping[str, Login]:
        """The lists' spelling of each login, by login in lower case."""
        names = sorted(self.logins)
        return dict(zip(map(str.casefold, names), names, strict=True))


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which account each login means, so that a reused login gains no rights.

    Attributes:
        ids: The id of the account that each login means, by login in lower case; kept even when the
            login is no longer listed.
        listed: The logins that lists name now: lower case to the lists' spelling.
        logins: A listed login of each account, by id.
    """

    ids: Mapping[str, int] = field(default_factory=dict)
    listed: Mapping[str, Login] = field(default_factory=dict)
    logins: Mapping[int, Login] = field(default_factory=dict)

    def name(self, actor: Actor) -> Login:
        """The login by which an account's rights are checked.

        The result may be passed in again: an account that was refused may be accepted by then.
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
        """The actors who use a listed login but are not the account it means, each once."""
        found = dict.fromkeys(Actor(*_split_actor(actor)) for actor in actors)
        return tuple(
            actor
            for actor in found
            if actor.login.casefold() in self.listed and _ID_SEPARATOR in self.name(actor)
        )


NO_ACCOUNTS = Accounts()
"""Trusts every login: every account is the one that its login says."""


def accounts(ids: Mapping[str, int], listed: ListedLogins) -> Accounts:
    """Combine the remembered ids with what the lists say now."""
    logins = {ids[folded]: login for folded, login in listed.spelled.items() if folded in ids}
    return Accounts(ids, listed.spelled, logins)


def accounts_to_remember(
    ids: Mapping[str, int], listed: ListedLogins, actors: Iterable[Actor]
) -> Mapping[str, int]:
    """The ids to remember in addition to, or instead of, those remembered now.

    These are the ids that the lists give, and for each other listed login the id of the first
    account that acted under it.
    """
    authoritative_ids = listed.ids
    first: dict[str, int] = {}
    for actor in actors:
        folded = actor.login.casefold()
        is_known = folded in authoritative_ids or folded in ids
        if actor.id is not None and folded in listed.spelled and not is_known:
            first.setdefault(folded, actor.id)
    return first | {
        folded: one for folded, one in authoritative_ids.items() if ids.get(folded) != one
    }


def _split_actor(actor: Actor) -> tuple[Login, int | None]:
    login, separator, id = actor.login.partition(_ID_SEPARATOR)  # noqa: A001 - GitHub's word
    return Login(login), int(id) if separator and id.isdecimal() else actor.id
