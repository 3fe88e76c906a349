"""What a command may know when it is carried out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.commands.published import Published
from bot.commands.role import Role
from bot.peps.number import NumberLedger
from bot.peps.people import Login
from bot.policy.model import Policy
from bot.review.orders import NO_ORDERS, Orders, Reservation
from bot.review.snapshot import Memory, Snapshot
from bot.review.subject import Subject
from bot.review.verdict import Verdict


@dataclass(frozen=True, slots=True)
class UnderReview:
    """The pull request a command was given on: as read, as judged, and as remembered."""

    snapshot: Snapshot
    verdict: Verdict
    memory: Memory


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a command may know.

    Attributes:
        subject: The pull request or issue.
        asker: Who gives the command.
        roles: What they are here.
        now: The present time (UTC).
        policy: What the repository wants.
        numbers: What is known about PEP numbers, reservations included.
        reservations: The numbers editors put aside.
        editors_known: Whether it could be read who the editors are.
        pull_request: The pull request; None on an issue.
        orders: What people ordered here before.
        labels: The labels that stand here.
        known_labels: The labels the repository has, by their names in lower case; empty unless the
            command asks for them.
        published: What stands on the base branch; None unless the command asks for it.
    """

    subject: Subject
    asker: Login
    roles: frozenset[Role]
    now: datetime
    policy: Policy
    numbers: NumberLedger
    reservations: tuple[Reservation, ...] = ()
    editors_known: bool = True
    pull_request: UnderReview | None = None
    orders: Orders = NO_ORDERS
    labels: frozenset[str] = frozenset()
    known_labels: Mapping[str, str] = field(default_factory=dict)
    published: Published | None = None

    @property
    def pull(self) -> UnderReview:
        """The pull request, for commands that work on nothing else.

        Raises:
            LookupError: This is an issue.
        """
        if self.pull_request is None:
            raise LookupError("this is no pull request")
        return self.pull_request

    @property
    def at_base(self) -> Published:
        """What stands on the base branch, for commands that ask for it.

        Raises:
            LookupError: The command's entry does not say that it asks.
        """
        if self.published is None:
            raise LookupError("this command does not ask for published PEPs")
        return self.published
