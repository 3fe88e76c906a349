"""What a command may know of published PEPs: their texts at the tip of the base branch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.commands.arguments import Arguments
from bot.peps.forum import NOTHING_READ, Forum
from bot.peps.number import PepNumber, number_in_path
from bot.review.snapshot import Base
from bot.review.submission import Submission
from bot.rules.change import Change, FileStatus
from bot.rules.context import Context


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
