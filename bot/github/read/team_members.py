"""Reads the members of teams and keeps them in the store until they are old.

They are kept in the store, not in memory, because several processes may review: if one of them
finds that a team has changed, any of them may make the reviews this leads to.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from cachetools import LRUCache

from bot.github.client.client import Client, Gone, NotAllowed, Refused, id_at, text_at
from bot.peps.people import Login
from bot.store.documents import TEAM_ACCOUNTS, Document, Documents

TEAM_AGE = timedelta(hours=1)
"""How old the members of a team may get before they are read again."""

_MOST_UNREADABLE = 1_000

_TEAM = re.compile(r"@?([A-Za-z0-9-]{1,100})/([A-Za-z0-9._-]{1,100})")


class TeamMembers:
    """Reads the members of teams."""

    def __init__(self, store: Documents, clock: Callable[[], datetime]) -> None:
        """Keep members in the store; the clock (UTC) gives their age."""
        self._store = store
        self._clock = clock
        self._unreadable: LRUCache[str, datetime] = LRUCache(_MOST_UNREADABLE)

    async def of(
        self, client: Client, installation: int, team: str, *, refresh: bool = False
    ) -> Mapping[Login, int | None] | None:
        """The members with their GitHub ids; None if they cannot be read.

        If they could not be read, they are tried again only after `TEAM_AGE`.

        Args:
            client: Asks GitHub.
            installation: Which installation asks, since one may see what another may not.
            team: `organization/team`, with or without an `@`.
            refresh: Read them now, whatever their age.

        Raises:
            TryLater: GitHub is unreachable.
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

    A moment in the future was stored before the clock was turned back. Its real age is unknown, but
    it must not count as recent until the clock gets there, so the distance counts as age.
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
