"""Reads the core team's list and the PEP editors.

Both change rarely and are read again when they are old. The list is public: it is requested with
the app's token first, then without one, and if both fail the last good copy is used, with a note on
its age. Editors are never inferred from permissions on the repository: if they cannot be read,
nobody counts as one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cachetools import LRUCache

from bot.github.client.client import Client, Clients, GitHubFailure, TryLater, variables
from bot.github.read.accounts import EditorsReading, TeamMembers, age
from bot.peps.codeowners import parse_codeowners
from bot.peps.people import CoreTeam, CoreTeamUnreadable, Login, parse_core_team
from bot.policy.model import Policy
from bot.review.subject import Repository
from bot.store.documents import ALL_EDITORS, CORE_TEAM, Document
from bot.store.store import Store

LIST_AGE = timedelta(hours=12)
"""How old the core team's list may get before it is read again."""

RETRY_AFTER = timedelta(minutes=10)
"""How long to wait before the list is tried again after it could not be read."""

_LONGEST = 200_000
"""The most bytes of a list that are read; the real one has a tenth of it."""

_MOST_LISTS = 16
"""How many parsed lists are kept in memory; the store has the text of all."""

_MOST_FAILURES = 1_000

_NO_LIST = Document("", datetime.fromtimestamp(0, UTC))


@dataclass(frozen=True, slots=True)
class CoreTeamReading:
    """The core team's list, as far as it could be read.

    Attributes:
        team: The list; None if there is not even an old copy.
        notes: What could not be read, as sentences for people.
    """

    team: CoreTeam | None
    notes: tuple[str, ...] = ()


class PeopleReader:
    """Reads the core team's list and the editors, and keeps them for a while."""

    def __init__(
        self,
        clients: Clients,
        store: Store,
        clock: Callable[[], datetime],
        on_changed_list: Callable[[int, Document, str], Awaitable[None]] | None = None,
    ) -> None:
        """Read with clients, and keep copies in the store.

        Args:
            clients: Makes the anonymous client.
            store: Keeps the last good copy.
            clock: The current time (UTC).
            on_changed_list: Called with the installation, the previous copy and the new text if
                the people on the list have changed.
        """
        self._clients = clients
        self._store = store
        self._clock = clock
        self._on_changed_list = on_changed_list
        self._parsed: LRUCache[str, tuple[str, CoreTeam]] = LRUCache(_MOST_LISTS)
        self._tried: LRUCache[str, datetime] = LRUCache(_MOST_FAILURES)
        self._lock = asyncio.Lock()
        self._teams = TeamMembers(store, clock)

    async def core_team(
        self, client: Client, repository: Repository, policy: Policy, *, refresh: bool = False
    ) -> CoreTeamReading:
        """The core team's list, not older than `LIST_AGE` if possible.

        Args:
            client: The client of the repository under review, asked first.
            repository: That repository. Copies of another installation are not used, since one
                installation may see what another may not.
            policy: Says where the list is.
            refresh: Read it now, whatever its age.

        Raises:
            TryLater: GitHub is unreachable and there is no earlier copy.
        """
        name = _document_name(repository.installation, policy)
        async with self._lock:
            cached = await self._read_cached(name)
            now = self._clock()
            if cached is not None and not refresh and age(cached[0].read_at, now) < LIST_AGE:
                return CoreTeamReading(cached[1])
            tried = self._tried.get(name)
            if refresh or tried is None or age(tried, now) >= RETRY_AFTER:
                read = await self._read(client, policy, may_wait=cached is None)
                if read is not None:
                    self._tried.pop(name, None)
                    copy = Document(read[0], now)
                    await self._store_list(
                        name, repository.installation, cached and cached[0], copy, read[1]
                    )
                    return CoreTeamReading(read[1])
                self._tried[name] = now
        if cached is None:
            return CoreTeamReading(
                None,
                ("The core team list could not be read, so sponsors are not checked.",),
            )
        # A copy that is less than a day old needs no note.
        days = (now - cached[0].read_at).days
        if days < 1:
            return CoreTeamReading(cached[1])
        return CoreTeamReading(
            cached[1],
            (f"The core team list could not be read; the copy in use is {days} days old.",)
            if days > 1
            else ("The core team list could not be read; the copy in use is one day old.",),
        )

    async def editors(
        self,
        client: Client,
        repository: Repository,
        policy: Policy,
        codeowners: str | None,
        *,
        refresh: bool = False,
    ) -> EditorsReading:
        """The PEP editors: the policy's accounts and teams, else CODEOWNERS' `*` teams.

        Args:
            client: The client of the repository.
            repository: The repository of the editors.
            policy: May name the editors.
            codeowners: CODEOWNERS of the default branch, used if the policy names nobody.
            refresh: Read the teams now, whatever their age.

        Raises:
            TryLater: GitHub is unreachable.
        """
        logins = set(policy.editors.logins)
        teams = sorted(policy.editors.teams)
        if not logins and not teams:
            teams = sorted(parse_codeowners(codeowners).fallback_teams()) if codeowners else []
        readable = bool(logins)
        notes: list[str] = []
        ids: dict[Login, int] = {}
        for team in teams:
            members = await self._teams.of(client, repository.installation, team, refresh=refresh)
            if members is None:
                notes.append("The members of a team of PEP editors could not be read.")
            else:
                readable = True
                logins |= members.keys()
                ids |= {login: one for login, one in members.items() if one is not None}
        if readable:
            await self.note_editors(repository, logins)
        else:
            notes = ["I could not read who the PEP editors are, so nobody counts as one."]
        return EditorsReading(
            frozenset(logins) if readable else None, tuple(dict.fromkeys(notes)), ids
        )

    async def note_editors(self, repository: Repository, logins: Iterable[Login]) -> None:
        """Remember everybody who was ever an editor, or did an editor's task as a collaborator.

        Numbers that they reserved stay reserved.
        """
        name = ALL_EDITORS.of(repository)
        known = await self._store.document(name)
        before = set(known.text.split()) if known is not None else set()
        after = before | {login.casefold() for login in logins}
        if known is None or after != before:
            await self._store.keep_document(name, Document("\n".join(sorted(after)), self._clock()))

    async def _read_cached(self, name: str) -> tuple[Document, CoreTeam] | None:
        """The copy in the store, which another process may have updated."""
        document = await self._store.document(name)
        if document is None:
            return None
        parsed = self._parsed.get(name)
        if parsed is None or parsed[0] != document.text:
            try:
                parsed = (document.text, parse_core_team(document.text))
            except CoreTeamUnreadable:
                return None
            self._parsed[name] = parsed
        return document, parsed[1]

    async def _store_list(
        self,
        name: str,
        installation: int,
        cached: Document | None,
        document: Document,
        team: CoreTeam,
    ) -> None:
        """Store a new copy, and notify if its people differ from those last notified about.

        The copy is stored first, because another process may start a review as soon as it is
        notified. What was last notified is stored separately, so that after a crash in between
        the next reading notifies.
        """
        if self._on_changed_list is None:
            await self._store.keep_document(name, document)
            return
        notified = await self._store.document(_notified_name(name))
        if notified is None:
            notified = cached or _NO_LIST
            await self._store.keep_document(_notified_name(name), notified)
        await self._store.keep_document(name, document)
        if _team_in(notified) != team:
            await self._on_changed_list(installation, notified, document.text)
        await self._store.keep_document(_notified_name(name), document)

    async def _read(
        self, client: Client, policy: Policy, *, may_wait: bool
    ) -> tuple[str, CoreTeam] | None:
        later: TryLater | None = None
        for asking_client in (client, await self._clients.anonymous()):
            try:
                text = (await _contents(asking_client, policy)).decode("utf-8-sig")
                team = parse_core_team(text)
                # By an empty file nobody would be a core developer: treat it as missing.
                if team.members:
                    return text, team
            except TryLater as failure:
                later = failure
            except (GitHubFailure, UnicodeDecodeError, CoreTeamUnreadable):
                continue
        if later is not None and may_wait:
            raise later
        return None


def _team_in(document: Document) -> CoreTeam | None:
    try:
        return parse_core_team(document.text)
    except CoreTeamUnreadable:
        return None


def _document_name(installation: int, policy: Policy) -> str:
    return CORE_TEAM.of(installation, f"{policy.core_team_repository}/{policy.core_team_path}")


def _notified_name(name: str) -> str:
    return f"{name}:told"


async def _contents(client: Client, policy: Policy) -> bytes:
    """Read the raw file ("Get repository content"); each part of its path is a URL variable."""
    parts = [part for part in policy.core_team_path.split("/") if part]
    template = "".join(f"/{{part{index}}}" for index in range(len(parts)))
    return await client.raw(
        "/repos/{owner}/{repo}/contents" + template,
        variables(
            Repository(policy.core_team_repository, 0),
            **{f"part{index}": part for index, part in enumerate(parts)},
        ),
        cap=_LONGEST,
    )
