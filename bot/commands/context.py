"""The data a command has when it runs, and the PEP that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.commands.grammar.arguments import Arguments
from bot.commands.role import Role
from bot.peps.change import Change, FileStatus
from bot.peps.forum import NO_FORUM_DATA, Forum
from bot.peps.number import NumberLedger, PepNumber, number_in_path, pep_path
from bot.peps.people import Login
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.overrides import NO_OVERRIDES, Overrides, Reservation
from bot.review.review import Review
from bot.review.snapshot import Base, PullRequestState
from bot.review.subject import Subject
from bot.rules.engine.context import Context
from bot.rules.engine.finding import join_names


@dataclass(frozen=True, slots=True)
class BaseBranchPeps:
    """The parts of the base branch that a command needs.

    Attributes:
        base: The branch, and CODEOWNERS at its tip.
        context: People, policy and date, as rules get them.
        texts: The PEPs that the command is about, by number, if they are published.
        unreadable: The published ones that cannot be read as text.
        submissions: The known issues that submit these PEPs for a decision.
        forum: The post that the command links to, if the policy lets the bot read it.
    """

    base: Base
    context: Context
    texts: Mapping[PepNumber, str] = field(default_factory=dict)
    unreadable: frozenset[PepNumber] = frozenset()
    submissions: tuple[Submission, ...] = ()
    forum: Forum = NO_FORUM_DATA


def target_numbers(arguments: Arguments, change: Change | None) -> tuple[PepNumber, ...]:
    """The PEPs that a command is about: the one it names, else the one the pull request changes.

    Args:
        arguments: The command's arguments.
        change: What the pull request changes, or changed; None on an issue.
    """
    own = target_number(arguments, change)
    return tuple(number for number in (own, arguments.successor) if number is not None)


def target_number(arguments: Arguments, change: Change | None) -> PepNumber | None:
    """The PEP that a command names, else the one that the pull request changes."""
    return arguments.number if arguments.number is not None else single_pep_in(change)


def is_in_change(arguments: Arguments, change: Change | None) -> bool:
    """Whether a command is about PEPs that the pull request changes, not about another one."""
    return change is not None and (
        arguments.number is None or arguments.number in pep_numbers_in(change)
    )


def single_pep_in(change: Change | None) -> PepNumber | None:
    """The PEP that a pull request changes; None if it changes none, or several."""
    touched = pep_numbers_in(change)
    return touched[0] if len(touched) == 1 else None


def pep_numbers_in(change: Change | None) -> tuple[PepNumber, ...]:
    """The PEPs that a pull request changes, ascending."""
    found = {
        number_in_path(file.path)
        for file in (change.files if change is not None else ())
        if file.status is not FileStatus.REMOVED
    }
    return tuple(sorted(number for number in found if number is not None))


@dataclass(frozen=True, slots=True)
class CommandContext:
    """All the data a command may use.

    Attributes:
        subject: The pull request or issue.
        commenter: Who gives the command.
        roles: The commenter's roles here.
        now: The current time (UTC).
        policy: The repository's policy.
        numbers: What is known about PEP numbers, including reservations.
        reservations: The numbers that editors reserved.
        editors_known: Whether the list of editors could be read.
        access_known: Whether it could be read who has write access, if that matters here.
        editors: How to mention the editors.
        pull_request: The pull request; None on an issue.
        overrides: The overrides from earlier commands here.
        labels: The labels on the issue or pull request.
        known_labels: The repository's labels, by their names in lower case; empty unless the
            command declares `needs_labels`.
        published: The base branch; None unless the command declares `needs_peps`.
    """

    subject: Subject
    commenter: Login
    roles: frozenset[Role]
    now: datetime
    policy: Policy
    numbers: NumberLedger
    reservations: tuple[Reservation, ...] = ()
    editors_known: bool = True
    access_known: bool = True
    editors: tuple[str, ...] = ()
    pull_request: Review | None = None
    overrides: Overrides = NO_OVERRIDES
    labels: frozenset[str] = frozenset()
    known_labels: Mapping[str, str] = field(default_factory=dict)
    published: BaseBranchPeps | None = None

    @property
    def pull(self) -> Review:
        """The pull request, for commands that work only on pull requests.

        Raises:
            LookupError: The command was given on an issue.
        """
        if self.pull_request is None:
            raise LookupError("this is no pull request")
        return self.pull_request

    @property
    def at_base(self) -> BaseBranchPeps:
        """The base branch, for commands that declare `needs_peps`.

        Raises:
            LookupError: The command does not declare it.
        """
        if self.published is None:
            raise LookupError("this command does not ask for published PEPs")
        return self.published


_MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class TargetPep:
    """The PEP that a command is about.

    Attributes:
        number: Its number.
        text: Its text in the open pull request if that changes it; else as published.
        change: The change of the open pull request that changes it; None if it is as published.
    """

    number: PepNumber
    text: str
    change: Change | None = None

    @property
    def path(self) -> str:
        """Its file."""
        return pep_path(self.number)


class NoTargetPep(Exception):
    """It is unclear which PEP is meant, or it does not exist; the message is for people."""


def target_pep(arguments: Arguments, command_context: CommandContext) -> TargetPep:
    """The PEP that a command names, or that the pull request changes.

    Raises:
        NoTargetPep: There is none, or several.
    """
    pull = command_context.pull_request
    change = pull.snapshot.change if pull is not None else None
    state = pull.snapshot.state if pull is not None else None
    number = target_number(arguments, change)
    if number is None:
        raise NoTargetPep(_ask_which_pep(change))
    own = _text_in_change(number, change)
    if own is not None and state is PullRequestState.OPEN:
        return TargetPep(number, own, change)
    if number in command_context.at_base.unreadable:
        raise NoTargetPep(f"PEP {number} cannot be read as text.")
    text = command_context.at_base.texts.get(number)
    if text is None and state is PullRequestState.MERGED:
        text = own  # merged a moment ago: the push event has not arrived yet
    if text is not None:
        return TargetPep(number, text)
    raise NoTargetPep(f"There is no PEP {number} here.")


def other_pep_texts(pep: TargetPep, command_context: CommandContext) -> Mapping[PepNumber, str]:
    """The texts of other PEPs from the same state of the repository as that one."""
    texts = command_context.at_base.texts
    if pep.change is None:
        return texts
    own = {number: _text_in_change(number, pep.change) for number in pep_numbers_in(pep.change)}
    return {**texts, **{number: text for number, text in own.items() if text is not None}}


def _text_in_change(number: PepNumber, change: Change | None) -> str | None:
    """The PEP's text after the pull request; None if that does not touch it."""
    path = pep_path(number)
    files = change.files if change is not None else ()
    return next((file.after for file in files if file.path == path), None)


def _ask_which_pep(change: Change | None) -> str:
    touched = pep_numbers_in(change)
    if not touched:
        return "Which PEP? Add its number."
    named = join_names(tuple(f"PEP {number}" for number in touched[:_MOST_LISTED]))
    if len(touched) > _MOST_LISTED:
        named = f"{len(touched)} PEPs"
    return f"This pull request changes {named}: add the number of the one you mean."
