"""What GitHub should show for a pull request: labels, comments, check run. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Conclusion(StrEnum):
    """The conclusion of a check run: one of three."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A finding shown on lines of a file, as the checks API takes it.

    `level` is `failure`, `warning` or `notice`; lines are 1-based.
    """

    path: str
    start_line: int
    end_line: int
    level: str
    message: str
    title: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button on the check run, as the checks API takes it (`actions`)."""

    identifier: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """The check run that the head commit should have, with all annotations and buttons.

    `text` is shown below the summary and gives details; it may be empty.
    """

    conclusion: Conclusion
    title: str
    summary: str
    annotations: tuple[Annotation, ...] = ()
    buttons: tuple[Button, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the bot that should be there.

    Attributes:
        marker: `summary` or `merged`; the body begins with an HTML comment that contains it.
        body: The whole text, at most 65,536 characters.
        create: False if only an existing comment should be updated (the change needs no comment
            any more, but had one).
    """

    marker: str
    body: str
    create: bool = True


@dataclass(frozen=True, slots=True)
class Desired:
    """Everything that GitHub should show for one pull request.

    Attributes:
        labels: Labels that should be there, each with its cause in a short stable form; None to
            leave all labels alone.
        passing: Labels of a temporary state. The first review removes them even though the bot
            does not remember setting them.
        by_hand: Labels that people set and that override the bot. If two are stages, the later one
            wins and the other is removed.
        comments: The bot's comments.
        check_run: The check run; None if there should be none.
    """

    labels: Mapping[str, str] | None
    passing: frozenset[str] = frozenset()
    by_hand: frozenset[str] = frozenset()
    comments: tuple[Comment, ...] = ()
    check_run: CheckRun | None = None


CHECK, FIX, NUMBER = "check", "fix", "number"
"""The identifiers by which GitHub knows the check run's buttons."""

_COMMANDS = {CHECK: "check", FIX: "fix", NUMBER: "fix number"}


def command_of_button(identifier: str) -> str | None:
    """The command that a button stands for; None for a button that is not ours."""
    return _COMMANDS.get(identifier)
