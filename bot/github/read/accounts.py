"""Learning which accounts act, from what is read anyway, and telling editors of another's login."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import datetime

import structlog

from bot.github.read.people_reader import EditorsReading
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
from bot.review.subject import Subject
from bot.store.commands import DigestStore
from bot.store.names import AccountStore

_log = structlog.get_logger()

AccountResolver = Callable[[Subject, ListedLogins, Iterable[Actor]], Awaitable[Accounts]]
"""What learns of accounts that act on a pull request or issue, and tells what they are called."""

LocalAccountResolver = Callable[[Iterable[Actor]], Awaitable[Accounts]]
"""The same, where it is known what the lists name and where they act."""


async def trust_logins(
    _subject: Subject, _listed: ListedLogins, _actors: Iterable[Actor]
) -> Accounts:
    """Everybody is who their login says."""
    return NO_ACCOUNTS


async def trust_logins_here(_actors: Iterable[Actor]) -> Accounts:
    """Everybody is who their login says."""
    return NO_ACCOUNTS


def collect_listed_logins(
    policy: Policy,
    editors: EditorsReading,
    core_team: CoreTeam | None,
    override_logins: Collection[Login] = (),
) -> ListedLogins:
    """The logins that lists name, and those that orders on a pull request do.

    What the policy says of an account goes before what a team does.

    Former members of the core team and of offices count: what they did is still asked about.
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
                *(held.login for held in (*people.typing_council, *people.packaging_delegates)),
                *people.write_access,
                *(login for each in people.accepted_sponsors.values() for login in each),
                *(one.login for one in (core_team.members if core_team else ()) if one.login),
            ]
        ),
        {
            login.casefold(): account
            for source in (editors.ids, people.accounts)
            for login, account in source.items()
        },
    )


class KnownAccounts:
    """Learns of accounts that act; every repository knows its own, as its lists are its own."""

    def __init__(
        self, store: AccountStore, digest: DigestStore, clock: Callable[[], datetime]
    ) -> None:
        """Remember accounts in the store, tell editors in the digest."""
        self._store = store
        self._digest = digest
        self._clock = clock

    async def resolve_accounts(
        self, subject: Subject, listed: ListedLogins, actors: Iterable[Actor]
    ) -> Accounts:
        """Learn of accounts that act, and tell what they are called; see `AccountResolver`.

        Args:
            subject: Where they act.
            listed: The logins that lists name.
            actors: Who acts, whoever was first to act first.
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
        """Have editors see it once, wherever else the account acts."""
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
