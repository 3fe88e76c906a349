"""What is wrong with a command, where, and what would be right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """A command that was not understood.

    Attributes:
        text: The line as written.
        column: The 0-based column that was stumbled over; behind the end if something is missing.
        problem: What is wrong there, a few words without a full stop. What strangers wrote has
            passed `bot.rules.wording`.
        understood: What was understood before it, such as `/pep skip`.
        nearest: The nearest right command, ready to copy; empty if none is near.
        usage: How the command is written; empty for an unknown one.
    """

    text: str
    column: int
    problem: str
    understood: str = ""
    nearest: str = ""
    usage: str = ""


class NotUnderstood(Exception):
    """Raised while reading a command; `mistake` tells what is wrong."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.problem)
        self.mistake = mistake
