"""What a command may know when it is carried out, and the one PEP that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.commands.grammar.arguments import Arguments
from bot.commands.role import Role
from bot.peps.forum import NOTHING_READ, Forum
from bot.peps.number import NumberLedger, PepNumber, number_in_path, pep_path
from bot.peps.people import Login
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.overrides import NO_ORDERS, Overrides, Reservation
from bot.review.snapshot import Base, Memory, PullRequestState, Snapshot
from bot.review.subject import Subject
from bot.review.verdict import Verdict
from bot.rules.change import Change, Context, FileStatus
from bot.rules.finding import join_names


@dataclass(frozen=True, slots=True)
class Published:
    """The base branch as far as a command asks for it.

    Attributes:
        base: The branch, and CODEOWNERS at its tip.
        context: People, policy and day, as rules know them.
        texts: The PEPs the command is about, by number; one that is not published is missing.
        unreadable: Those that are published and cannot be read as text.
        submissions: The issues that are known to submit them.
        forum: The post that the command links, where the policy wants it read.
    """

    base: Base
    context: Context
    texts: Mapping[PepNumber, str] = field(default_factory=dict)
    unreadable: frozenset[PepNumber] = frozenset()
    submissions: tuple[Submission, ...] = ()
    forum: Forum = NOTHING_READ


def numbers_asked(said: Arguments, change: Change | None) -> tuple[PepNumber, ...]:
    """The PEPs a command is about: the one it names, else the one that the pull request changes.

    Args:
        said: The command.
        change: What the pull request changes, or changed; None on an issue.
    """
    own = own_number(said, change)
    return tuple(number for number in (own, said.successor) if number is not None)


def own_number(said: Arguments, change: Change | None) -> PepNumber | None:
    """The PEP that a command names, else the one that the pull request changes."""
    return said.number if said.number is not None else only_pep(change)


def is_of_change(said: Arguments, change: Change | None) -> bool:
    """Whether a command is about PEPs that the pull request changes, not about some other one."""
    return change is not None and (said.number is None or said.number in peps_in(change))


def only_pep(change: Change | None) -> PepNumber | None:
    """The PEP that a pull request changes; None if it changes none, or several."""
    touched = peps_in(change)
    return touched[0] if len(touched) == 1 else None


def peps_in(change: Change | None) -> tuple[PepNumber, ...]:
    """The PEPs a pull request changes, ascending."""
    found = {
        number_in_path(file.path)
        for file in (change.files if change is not None else ())
        if file.status is not FileStatus.REMOVED
    }
    return tuple(sorted(number for number in found if number is not None))


@dataclass(frozen=True, slots=True)
class UnderReview:
    """The pull request a command was given on: as read, as judged, and as remembered."""

    snapshot: Snapshot
    verdict: Verdict
    memory: Memory


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Everything a command may know.

    Attributes:
        subject: The pull request or issue.
        asker: Who gives the command.
        roles: What they are here.
        now: The present time (UTC).
        policy: What the repository wants.
        numbers: What is known about PEP numbers, reservations included.
        reservations: The numbers that editors reserved.
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
    orders: Overrides = NO_ORDERS
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


_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class TargetPep:
    """The PEP.

    Attributes:
        number: Which.
        text: As the pull request has it, where an open one changes it; else as it is published.
        change: What the open pull request that changes it changes; None if it is as published.
    """

    number: PepNumber
    text: str
    change: Change | None = None

    @property
    def path(self) -> str:
        """Its file."""
        return pep_path(self.number)


class NoTargetPep(Exception):
    """It cannot be told which PEP is meant, or there is no such; the message is for people."""


def concerned(said: Arguments, scene: CommandContext) -> TargetPep:
    """The PEP a command names, or that the pull request changes.

    Raises:
        NotConcerned: There is none, or several.
    """
    pull = scene.pull_request
    change = pull.snapshot.change if pull is not None else None
    state = pull.snapshot.state if pull is not None else None
    number = own_number(said, change)
    if number is None:
        raise NoTargetPep(_which(change))
    own = _own_text(number, change)
    if own is not None and state is PullRequestState.OPEN:
        return TargetPep(number, own, change)
    if number in scene.at_base.unreadable:
        raise NoTargetPep(f"PEP {number} cannot be read as text.")
    text = scene.at_base.texts.get(number)
    if text is None and state is PullRequestState.MERGED:
        text = own  # merged a moment ago: the push is not heard of yet
    if text is not None:
        return TargetPep(number, text)
    raise NoTargetPep(f"There is no PEP {number} here.")


def others_beside(pep: TargetPep, scene: CommandContext) -> dict[PepNumber, str]:
    """The texts of other PEPs that belong to the same state of the repository as that one."""
    texts = dict(scene.at_base.texts)
    if pep.change is not None:
        own = {number: _own_text(number, pep.change) for number in peps_in(pep.change)}
        texts |= {number: text for number, text in own.items() if text is not None}
    return texts


def _own_text(number: PepNumber, change: Change | None) -> str | None:
    """The PEP as the pull request makes it; None if it does not touch it."""
    path = pep_path(number)
    files = change.files if change is not None else ()
    return next((file.after for file in files if file.path == path), None)


def _which(change: Change | None) -> str:
    touched = peps_in(change)
    if not touched:
        return "Which PEP? Say its number too."
    named = join_names(tuple(f"PEP {number}" for number in touched[:_MOST_NAMED]))
    if len(touched) > _MOST_NAMED:
        named = f"{len(touched)} PEPs"
    return f"This pull request changes {named}: say which one is meant."
