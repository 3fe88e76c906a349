"""Which account is behind a login: learned as accounts act; editors are warned if it changes."""

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
"""Learns the accounts that act on a pull request or issue, and returns the logins they go by."""

LocalAccountResolver = Callable[[Iterable[Actor]], Awaitable[Accounts]]
"""An `AccountResolver` with its subject and listed logins already filled in."""


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
