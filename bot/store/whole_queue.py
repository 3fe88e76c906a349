"""All that is remembered of a repository's PEPs, put together for the queue and for reminders."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.commands.log import not_yet_of
from bot.policy.load import PolicyInvalid, default_policy, parse_policy
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.published_peps import KnownPeps, known_of
from bot.review.snapshot import Memory
from bot.review.subject import Repository
from bot.rules.engine import rule_ids
from bot.store.commands import CommandStore
from bot.store.documents import POLICY_TEXT
from bot.store.protocol import Store
from bot.store.register import RegisterStore

Submissions = Callable[[Policy, Repository], Awaitable[Sequence[Submission]]]
"""Where the issues come from that submit PEPs to the bodies of a repository's policy."""


class WholeQueue:
    """Reads it."""

    def __init__(
        self,
        store: Store,
        register: RegisterStore,
        commands: CommandStore,
        submissions: Submissions,
    ) -> None:
        """Read from these."""
        self._store = store
        self._register = register
        self._commands = commands
        self._submissions = submissions

    async def known(
        self, repository: Repository, policy: Policy, listings: Mapping[int, Memory] | None = None
    ) -> KnownPeps:
        """What is known of the published PEPs of a repository with this policy.

        Args:
            repository: Which.
            policy: What it wants.
            listings: What lists tell of its pull requests, if that was read already.
        """
        return known_of(
            await self._register.register(repository),
            await self._store.listings(repository) if listings is None else listings,
            await self._submissions(policy, repository),
            not_yet_of(await self._commands.given_in(repository, "not-yet")),
        )


async def kept_policy(store: Store, repository: Repository) -> Policy:
    """The policy at the tip of the default branch as seen last; the defaults if it never was."""
    kept = await store.document(POLICY_TEXT.of(repository))
    if kept is None or not kept.text:
        return default_policy()
    try:
        return parse_policy(kept.text, rules=rule_ids())
    except PolicyInvalid:
        return default_policy()
