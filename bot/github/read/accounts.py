"""Which account is behind a login, learned as accounts act, and who the members of teams are.

Members are kept in the store, not in memory, because several processes may review: if one of them
finds that a team has changed, any of them may make the reviews this leads to.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cachetools import LRUCache

from bot.github.client.client import (
    Client,
    Gone,
    NotAllowed,
    Refused,
    id_at,
    text_at,
    variables,
)
from bot.logs import get_logger
from bot.peps.people import (
    NO_ACCOUNTS,
    Accounts,
    Actor,
    CoreTeam,
    ListedLogins,
    Login,
    accounts,
    accounts_to_remember,
)
from bot.policy.model import Policy
from bot.review.subject import Repository, Subject
from bot.store.commands import DigestStore
from bot.store.documents import TEAM_ACCOUNTS, Document, Documents
from bot.store.names import AccountStore

_log = get_logger()

AccountResolver = Callable[[Subject, ListedLogins, Iterable[Actor]], Awaitable[Accounts]]
"""Learns the accounts that act on a pull request or issue, and returns the logins they go by."""

LocalAccountResolver = Callable[[Iterable[Actor]], Awaitable[Accounts]]
"""An `AccountResolver` with its subject and listed logins already filled in."""


@dataclass(frozen=True, slots=True)
class EditorsReading:
    """The PEP editors, as far as they could be read.

    Attributes:
        logins: Their accounts; None if they could not be read.
        notes: What could not be read, as sentences for people.
        ids: GitHub's account ids of those who are on a team.
    """

    logins: frozenset[Login] | None
    notes: tuple[str, ...] = ()
    ids: Mapping[Login, int] = field(default_factory=dict)


async def trust_logins(
    _subject: Subject, _listed: ListedLogins, _actors: Iterable[Actor]
) -> Accounts:
    """An `AccountResolver` that takes everybody to be who their login says."""
    return NO_ACCOUNTS


async def trust_logins_here(_actors: Iterable[Actor]) -> Accounts:
    """A `LocalAccountResolver` that takes everybody to be who their login says."""
    return NO_ACCOUNTS


def collect_listed_logins(
    policy: Policy,
    editors: EditorsReading,
    core_team: CoreTeam | None,
    override_logins: Collection[Login] = (),
) -> ListedLogins:
    """The logins in the policy, the teams and the core team's list, and those commands name.

    If the policy and a team give different account ids, the policy's counts.

    Former core team members and former office holders are included: their past acts still count.
    """
    people = policy.people
    return ListedLogins(
        frozenset(
            [
                *policy.editors.logins,
                *(editors.logins or ()),
                *override_logins,
                *people.known.values(),
                *people.accounts,
                *(
                    held.login
                    for office in (
                        people.typing_council,
                        people.packaging_delegates,
                        people.packaging_council,
                        people.steering_council,
                    )
                    for held in office
                ),
                *people.write_access,
                *(login for each in people.accepted_sponsors.values() for login in each),
                *(core_team.logins if core_team else ()),
            ]
        ),
        {
            login.casefold(): account
            for source in (editors.ids, people.accounts)
            for login, account in source.items()
        },
    )


class KnownAccounts:
    """Learns the accounts that act, for each repository apart, since each has its own lists."""

    def __init__(
        self, store: AccountStore, digest: DigestStore, clock: Callable[[], datetime]
    ) -> None:
        """Remember accounts in `store`; tell editors in `digest`."""
        self._store = store
        self._digest = digest
        self._clock = clock

    async def resolve_accounts(
        self, subject: Subject, listed: ListedLogins, actors: Iterable[Actor]
    ) -> Accounts:
        """Learn the accounts that act, and return the logins they go by; see `AccountResolver`.

        Args:
            subject: Where they act.
            listed: The logins in lists.
            actors: Who acts, in the order in which they first acted.
        """
        acting = tuple(actors)
        ids = await self._store.known(subject.repository)
        if new := accounts_to_remember(ids, listed, acting):
            instead = {login: new[login] for login in new.keys() & listed.ids.keys()}
            ids = await self._store.first_seen(subject.repository, new, instead=instead)
        found = accounts(ids, listed)
        for actor in found.refused(acting):
            await self._notify_editors(subject, actor, ids[actor.login.casefold()])
        return found

    async def _notify_editors(self, subject: Subject, actor: Actor, meant: int) -> None:
        """Tell editors once, even if the account acts in several places."""
        reason = f"{actor.login} is another account now"
        title = (
            f"account {actor.id}, not {meant}, so it has no rights; if it is the one you mean, put"
            f" `{actor.login} = {actor.id}` under [people.accounts] in the policy"
        )
        known = await self._digest.items(subject.repository)
        if any((item.reason, item.title) == (reason, title) for item in known):
            return
        await self._digest.note(subject, reason, title, self._clock())
        _log.warning(
            "another account acts under a listed login",
            login=actor.login,
            account=actor.id,
            meant=meant,
        )


async def has_write_access(client: Client, repository: Repository, actor: Actor) -> bool | None:
    """Whether an account may write to a repository; None if GitHub does not say.

    That is asked by login ("Get repository permissions for a user"), so the answer counts only if
    it is about the same account.

    Raises:
        TryLater: GitHub is unreachable.
    """
    place = variables(repository, username=actor.login)
    try:
        answer = await client.get(
            "/repos/{owner}/{repo}/collaborators/{username}/permission", place
        )
    except (Gone, NotAllowed, Refused):
        return None
    is_same = actor.id is not None and id_at(answer, "user", "id") == actor.id
    return is_same and text_at(answer, "permission") in {"write", "admin"}


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
