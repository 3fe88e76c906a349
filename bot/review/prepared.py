"""A change to published PEPs made ready: the files as they would be, the title, what to look at."""

from dataclasses import dataclass

from bot.peps.number import PepNumber, pep_path
from bot.peps.preamble import parse_preamble
from bot.review.mends import FileMend
from bot.rules.proper_title import title_prefix

DAY_TO_COME = "DD-Mmm-YYYY"
"""Stands for a day that nobody gave; the bot guesses none."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change made ready.

    Attributes:
        mends: The files, the PEP it is about first if it changes.
        title: What the pull request is to be called, without the prefix.
        blanks: What people have to fill in, plain sentences as in findings.
        remarks: What else they should know, in the same form.
    """

    mends: tuple[FileMend, ...]
    title: str
    blanks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def full_title(self, numbers: tuple[PepNumber, ...]) -> str:
        """The title as it is to be (python/peps, CONTRIBUTING: `PEP NNN: …`)."""
        return f"{title_prefix(tuple(sorted(numbers)))}{self.title}"


class CannotPrepare(Exception):
    """It cannot be made ready; the message is a plain sentence as in findings, and says why."""


def refuse_unreadable(number: PepNumber, text: str) -> None:
    """Let only a text pass whose header can be edited, and that comes out of a comment as it is.

    Raises:
        CannotPrepare: It is none.
    """
    if "\0" in text:
        raise CannotPrepare(f"PEP {number} holds a zero byte, which a comment cannot keep.")
    if "\r" in text:
        raise CannotPrepare(
            f"The lines of PEP {number} end as on Windows, which a patch in a comment cannot keep."
        )
    preamble = parse_preamble(text)
    if preamble.problems:
        problem = preamble.problems[0]
        raise CannotPrepare(
            f"The header of PEP {number} has to be mended first, line {problem.line}: "
            f"{problem.message}"
        )
    if preamble.header("Status") is None:
        raise CannotPrepare(f"The header of PEP {number} has no `Status`.")


def mend_of(number: PepNumber, before: str, after: str) -> FileMend:
    """What becomes of one PEP."""
    path = pep_path(number)
    return FileMend(path, path, before, after)
