"""Who is on a team, read by age and kept in the store.

In the store and not in memory, since several processes may review: what one of them learns of a
team has those reviewed again whom it concerns, and any of them may be the one that does it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from cachetools import LRUCache

from bot.github.client.client import Client
from bot.github.client.failure import Gone, NotAllowed, Refused
from bot.github.client.response import id_at, text_at
from bot.peps.people import Login
from bot.store.documents import TEAM_ACCOUNTS
from bot.store.protocol import Document

TEAM_AGE = timedelta(hours=1)
"""How old what is known of a team may grow before it is read again."""

_MOST_UNREADABLE = 1_000

_TEAM = re.compile(r"@?([A-Za-z0-9-]{1,100})/([A-Za-z0-9._-]{1,100})")


class Documents(Protocol):
    """The part of the store that is needed here."""

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""


class TeamMembers:
    """Reads the members of teams."""

    def __init__(self, store: Documents, clock: Callable[[], datetime]) -> None:
        """Keep them in the store, where their age is told by the clock (UTC)."""
        self._store = store
        self._clock = clock
        self._unreadable: LRUCache[str, datetime] = LRUCache(_MOST_UNREADABLE)

    async def of(
        self, client: Client, installation: int, team: str, *, refresh: bool = False
    ) -> Mapping[Login, int | None] | None:
        """The members with GitHub's ids of them.

        None if they cannot be read, which is asked no more often either.

        Args:
            client: Asks GitHub.
            installation: Which installation asks: what one may see another may not.
            team: `organization/team`, with or without an `@`.
            refresh: Ask now, whatever is known.

        Raises:
            TryLater: GitHub is out of reach.
        """
        name, now = TEAM_ACCOUNTS.of(installation, team.lower()), self._clock()
        if not refresh:
            cached = await self._store.document(name)
            if cached is not None and age(cached.read_at, now) < TEAM_AGE:
                return dict(_parse_member(line) for line in cached.text.splitlines())
            tried = self._unreadable.get(name)
            if tried is not None and age(tried, now) < TEAM_AGE:
                return None
        members = await _read(client, team)
        if members is None:
            self._unreadable[name] = now
        else:
            self._unreadable.pop(name, None)
            await self._store.keep_document(name, Document(_as_text(members), now))
        return members


def age(moment: datetime, now: datetime) -> timedelta:
    """How long ago a moment was.

    One still to come was noted before the clock was turned back. How long ago that was nobody
    knows, but what lies far ahead must not count as young until the clock gets there.
    """
    return abs(now - moment)


def _as_text(members: Mapping[Login, int | None]) -> str:
    return "\n".join(f"{login} {one or ''}".strip() for login, one in sorted(members.items()))


def _parse_member(line: str) -> tuple[Login, int | None]:
    login, _, id = line.partition(" ")  # noqa: A001 - GitHub's word
    return Login(login), int(id) if id else None


async def _read(client: Client, team: str) -> Mapping[Login, int | None] | None:
    found = _TEAM.fullmatch(team)
    if found is None:
        return None
    try:
        return {
            Login(login): id_at(entry, "id")
            async for entry in client.pages(
                "/orgs/{org}/teams/{team}/members", {"org": found[1], "team": found[2]}
            )
            if (login := text_at(entry, "login"))
        }
    except (Gone, NotAllowed, Refused):
        return None
