"""Decisions that people made, by commands or labels, and that are in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.policy.in_office import Delegation


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule that somebody waived, or a pause: by whom, why, and the comment that says so."""

    by: Login
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class StageOverride:
    """A stage that somebody set; it holds until the computed stage or its cause changes.

    Attributes:
        stage: The value of a `bot.review.stage.Stage`.
        overridden: The stage and cause that the bot had computed at the time.
        by: Who set it.
        at: When.
        url: The comment with the command.
    """

    stage: str
    overridden: str
    by: Login
    at: datetime
    url: str = ""


NOBODY = Login("")
"""For an unknown person."""


@dataclass(frozen=True, slots=True)
class ManualLabel:
    """A label that a person set against what the bot computed (`overridden`), when, and who."""

    overridden: str
    at: datetime
    by: Login = NOBODY


@dataclass(frozen=True, slots=True)
class AcceptedSponsor:
    """A sponsor whom an editor or a decider accepted, and the post that shows why.

    `name` is their name in the header at the time, if no list says whose account it is.
    """

    login: Login
    link: str
    by: Login
    at: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class RecordedDelegate:
    """The PEP-Delegate that an editor put on record for one pull request, without a source.

    Earlier versions did so; now it is a `Delegation`, which is kept for the PEP.

    `name` is their name in the header at the time, if no list says whose account it is.
    """

    login: Login
    by: Login
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A number an editor reserved, for a pull request or for nobody yet.

    Attributes:
        number: The reserved number.
        pull_request: The pull request it is reserved for; None if for nobody yet.
        reason: Why, in words for people; may be empty.
        by: Who reserved it.
        at: When.
        url: The comment with the command.
    """

    number: PepNumber
    pull_request: int | None
    reason: str
    by: Login
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """All decisions in force after some commands: those on one pull request, or in a repository.

    Attributes:
        waivers: Waived rules, by rule id.
        stage: The stage that somebody set.
        accepted: The accepted sponsors.
        delegate: The PEP-Delegate on record for the pull request.
        pauses: The pauses since the bot was last resumed: by whom, and why. Whether the bot is
            paused now is decided by the label.
        asked: Accounts that were asked to sponsor.
        reservations: The reserved numbers, ascending.
        not_yet: When an editor last said "not yet" to a PEP's follow-ups or, under None, to changes
            of the policy's sources.
        delegations: The delegates of PEPs, and the offers, also those that ended.
    """

    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    stage: StageOverride | None = None
    accepted: tuple[AcceptedSponsor, ...] = ()
    delegate: RecordedDelegate | None = None
    pauses: tuple[Waiver, ...] = ()
    asked: frozenset[Login] = frozenset()
    reservations: tuple[Reservation, ...] = ()
    not_yet: Mapping[PepNumber | None, datetime] = field(default_factory=dict)
    delegations: tuple[Delegation, ...] = ()

    @property
    def named(self) -> frozenset[Login]:
        """The logins that these decisions give a role: accepted sponsors and delegates."""
        delegate = [self.delegate.login] if self.delegate is not None else []
        delegates = (one.login for one in self.delegations if one.stands)
        return frozenset([*delegate, *delegates, *(one.login for one in self.accepted)])

    @property
    def pause(self) -> Waiver | None:
        """The latest pause."""
        return self.pauses[-1] if self.pauses else None


NO_OVERRIDES = Overrides()
"""For a pull request without such commands."""
