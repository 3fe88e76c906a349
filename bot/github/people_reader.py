"""Who is who: the core team's list, and the PEP editors.

Both change rarely and are read by age. The list is public; it is asked for with the app's own token
first, then without any, and if both fail the last good copy serves, whose age is told. Editors are
never inferred from permission on the repository: if they cannot be read, nobody is one.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cachetools import TTLCache

from bot.github.client import Client, Clients
from bot.github.failure import GitHubFailure, Gone, NotAllowed, Refused, TryLater
from bot.github.json_fields import text_at
from bot.github.repository_url import variables
from bot.peps.codeowners import parse_codeowners
from bot.peps.people import CoreTeam, CoreTeamUnreadable, Login, parse_core_team
from bot.policy.model import Policy
from bot.review.subject import Repository
from bot.store.protocol import Document, Store

LIST_AGE = timedelta(hours=12)
"""How old the core team's list may grow before it is read again."""

TEAM_AGE = 3600.0
"""Seconds for which the members of a team are kept."""

RETRY_AFTER = timedelta(minutes=10)
"""How long to leave the list alone after it could not be read."""

_NO_LIST = Document("", datetime.fromtimestamp(0, UTC))
_TEAM = re.compile(r"@?([A-Za-z0-9-]{1,100})/([A-Za-z0-9._-]{1,100})")


@dataclass(frozen=True, slots=True)
class CoreTeamReading:
    """The core team's list as far as it could be had.

    Attributes:
        team: The list; None if it could not be had at all.
        notes: What could not be read, in words for people.
    """

    team: CoreTeam | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditorsReading:
    """The PEP editors' accounts; None if they could not be read. `notes` are for people."""

    logins: frozenset[Login] | None
    notes: tuple[str, ...] = ()


class PeopleReader:
    """Reads the core team's list and the editors, and keeps them by age."""

    def __init__(
        self,
        clients: Clients,
        store: Store,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        on_changed_list: Callable[[Document, str], Awaitable[None]] | None = None,
    ) -> None:
        """Read through the clients, keep in the store.

        Args:
            clients: For the anonymous client.
            store: Where the last good copy is.
            clock: The present time (UTC).
            monotonic: Seconds, for the age of the teams.
            on_changed_list: Told the copy before it and the new text when other people stand on it.
        """
        self._clients = clients
        self._store = store
        self._clock = clock
        self._on_changed_list = on_changed_list
        self._parsed: dict[str, tuple[Document, CoreTeam]] = {}
        self._tried: dict[str, datetime] = {}
        self._lock = asyncio.Lock()
        self._teams: TTLCache[tuple[int, str], frozenset[Login] | None] = TTLCache(
            256, TEAM_AGE, monotonic
        )

    async def core_team(
        self, client: Client, policy: Policy, *, refresh: bool = False
    ) -> CoreTeamReading:
        """The core team's list, not older than `LIST_AGE` if that can be had.

        Args:
            client: The client of the repository under review, asked first.
            policy: Says where the list is.
            refresh: Read it now, whatever its age.

        Raises:
            TryLater: GitHub is out of reach and there is no earlier copy to go by.
        """
        name = _document_name(policy)
        async with self._lock:
            kept = await self._kept(name)
            now = self._clock()
            if kept is not None and not refresh and _age(kept[0].read_at, now) < LIST_AGE:
                return CoreTeamReading(kept[1])
            tried = self._tried.get(name)
            if refresh or tried is None or _age(tried, now) >= RETRY_AFTER:
                read = await self._read(client, policy, may_wait=kept is None)
                if read is not None:
                    self._tried.pop(name, None)
                    document = Document(read[0], now)
                    # Told before it is kept: after a crash in between it is told again.
                    if self._on_changed_list and (kept is None or kept[1] != read[1]):
                        before = _NO_LIST if kept is None else kept[0]
                        await self._on_changed_list(before, read[0])
                    await self._store.keep_document(name, document)
                    self._parsed[name] = (document, read[1])
                    return CoreTeamReading(read[1])
                self._tried[name] = now
        if kept is None:
            return CoreTeamReading(
                None,
                ("The core team's list could not be read, so sponsors are not checked.",),
            )
        # A copy of the same day is as good as one within its ordinary age: nothing to tell.
        days = (now - kept[0].read_at).days
        if days < 1:
            return CoreTeamReading(kept[1])
        return CoreTeamReading(
            kept[1],
            (f"The core team's list could not be read; the copy used is {days} days old.",)
            if days > 1
            else ("The core team's list could not be read; the copy used is a day old.",),
        )

    async def editors(
        self, client: Client, repository: Repository, policy: Policy, codeowners: str | None
    ) -> EditorsReading:
        """The PEP editors: the policy's accounts and teams, else CODEOWNERS' `*` teams.

        Args:
            client: The client of the repository.
            repository: Whose editors.
            policy: Says who, if anybody.
            codeowners: CODEOWNERS at the base, for the default.

        Raises:
            TryLater: GitHub is out of reach.
        """
        logins = set(policy.editors.logins)
        teams = sorted(policy.editors.teams)
        if not logins and not teams:
            teams = sorted(parse_codeowners(codeowners).fallback_teams()) if codeowners else []
        readable = bool(logins)
        notes: list[str] = []
        for team in teams:
            members = await self._members(client, repository, team)
            if members is None:
                notes.append("The members of a team of PEP editors could not be read.")
            else:
                readable = True
                logins |= members
        if not readable:
            notes = ["It could not be read who the PEP editors are, so nobody counts as one."]
        return EditorsReading(frozenset(logins) if readable else None, tuple(dict.fromkeys(notes)))

    async def _kept(self, name: str) -> tuple[Document, CoreTeam] | None:
        if (parsed := self._parsed.get(name)) is not None:
            return parsed
        document = await self._store.document(name)
        if document is None:
            return None
        try:
            self._parsed[name] = (document, parse_core_team(document.text))
        except CoreTeamUnreadable:
            return None
        return self._parsed[name]

    async def _read(
        self, client: Client, policy: Policy, *, may_wait: bool
    ) -> tuple[str, CoreTeam] | None:
        later: TryLater | None = None
        for asked in (client, await self._clients.anonymous()):
            try:
                text = (await _contents(asked, policy)).decode("utf-8-sig")
                team = parse_core_team(text)
                # An empty file would make a stranger of everybody: as good as none.
                if team.members:
                    return text, team
            except TryLater as failure:
                later = failure
            except (GitHubFailure, UnicodeDecodeError, CoreTeamUnreadable):
                continue
        if later is not None and may_wait:
            raise later
        return None

    async def _members(
        self, client: Client, repository: Repository, team: str
    ) -> frozenset[Login] | None:
        key = (repository.installation, team.lower())
        if key in self._teams:
            return self._teams[key]
        found = _TEAM.fullmatch(team)
        members: frozenset[Login] | None = None
        if found is not None:
            try:
                members = frozenset(
                    [
                        Login(login)
                        async for entry in client.pages(
                            "/orgs/{org}/teams/{team}/members", {"org": found[1], "team": found[2]}
                        )
                        if (login := text_at(entry, "login"))
                    ]
                )
            except (Gone, NotAllowed, Refused):
                members = None
        self._teams[key] = members
        return members


def _age(moment: datetime, now: datetime) -> timedelta:
    # A moment still to come was noted before the clock was turned back. How long ago that was
    # nobody knows, but what lies far ahead must not count as young until the clock gets there.
    return abs(now - moment)


def _document_name(policy: Policy) -> str:
    return f"core-team:{policy.core_team_repository}/{policy.core_team_path}"


async def _contents(client: Client, policy: Policy) -> bytes:
    """The raw file ("Get repository content"); each part of its path is a variable of its own."""
    parts = [part for part in policy.core_team_path.split("/") if part]
    template = "".join(f"/{{part{index}}}" for index in range(len(parts)))
    return await client.raw(
        "/repos/{owner}/{repo}/contents" + template,
        variables(
            Repository(policy.core_team_repository, 0),
            **{f"part{index}": part for index, part in enumerate(parts)},
        ),
    )
