"""What people told the bot by commands and what holds of it, as the verdict goes by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.peps.number import PepNumber
from bot.peps.people import Login


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding set aside: by whom, why, and the comment that says so."""

    by: Login
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class StageOverride:
    """A stage that somebody set; it holds while the computed one keeps its cause.

    Attributes:
        stage: The value of a `bot.review.verdict.Stage`.
        overridden: What was computed then, stage and cause.
        by: Who set it.
        at: When.
        url: Where.
    """

    stage: str
    overridden: str
    by: Login
    at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedSponsor:
    """A sponsor whom an editor or a decider accepted, and the post that shows why.

    `name` is what the header called them then, where nobody else knows whose name that is.
    """

    login: Login
    link: str
    by: Login
    at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class RecordedDelegate:
    """A PEP-Delegate on record.

    `name` is what the header called them then, where nobody else knows whose name that is.
    """

    login: Login
    by: Login
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Overrides:
    """All that holds on one pull request.

    Attributes:
        waivers: By the id of the rule.
        stage: The stage somebody set.
        accepted: Accepted sponsors.
        delegate: The delegate on record.
        pauses: Why the bot was paused since it was last resumed, and by whom; the label says
            whether it is.
        asked: Accounts that were asked to sponsor.
    """

    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    stage: StageOverride | None = None
    accepted: tuple[AcceptedSponsor, ...] = ()
    delegate: RecordedDelegate | None = None
    pauses: tuple[Waiver, ...] = ()
    asked: frozenset[Login] = frozenset()

    @property
    def named(self) -> frozenset[Login]:
        """The logins to which they give a right."""
        delegate = [self.delegate.login] if self.delegate is not None else []
        return frozenset([*delegate, *(one.login for one in self.accepted)])

    @property
    def pause(self) -> Waiver | None:
        """The last of the pauses."""
        return self.pauses[-1] if self.pauses else None


NO_OVERRIDES = Overrides()
"""Where nobody ordered anything."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A number an editor reserved, for a pull request or for nobody yet.

    Attributes:
        number: Which.
        pull_request: For which pull request, if for one.
        reason: Why, as people read it; may be empty.
        by: Who reserved it.
        at: When.
        url: Where.
    """

    number: PepNumber
    pull_request: int | None
    reason: str
    by: Login
    at: datetime
    url: str
