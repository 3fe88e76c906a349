"""What should stand on GitHub: labels, comments, check run. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Conclusion(StrEnum):
    """How a check run ends (the contract's three)."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on lines of a file, as the checks API takes it.

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
    """The check run that should stand on the head, complete with annotations and buttons.

    `text` stands below the summary, for those who want to know more; empty where there is none.
    """

    conclusion: Conclusion
    title: str
    summary: str
    annotations: tuple[Annotation, ...] = ()
    buttons: tuple[Button, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of ours that should stand.

    Attributes:
        marker: `summary` or `merged`; the body begins with the HTML comment that carries it.
        body: The whole text, at most 65,536 characters.
        create: False if an existing one is only to be brought up to date (a change that needs no
            comment, but had one).
    """

    marker: str
    body: str
    create: bool = True


@dataclass(frozen=True, slots=True)
class Desired:
    """All that should stand on GitHub for one pull request.

    Attributes:
        labels: Labels that should be there, each with the cause in a stable short form; None to
            leave all labels alone.
        passing: Labels that tell of a passing state. At a first review those are taken off even
            though the bot does not remember having set them.
        by_hand: Labels that people set; of two stages the later word holds, and the other goes.
        comments: Comments of ours.
        check_run: The check run, None if there should be none.
    """

    labels: Mapping[str, str] | None
    passing: frozenset[str] = frozenset()
    by_hand: frozenset[str] = frozenset()
    comments: tuple[Comment, ...] = ()
    check_run: CheckRun | None = None
