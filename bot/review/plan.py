"""The plan of writes: what differs between what stands on GitHub and what should."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.review.desired import CheckRun


@dataclass(frozen=True, slots=True)
class CreateCheckRun:
    """Make the check run on a head that has none of ours."""

    head_sha: str
    check_run: CheckRun
    digest: str


@dataclass(frozen=True, slots=True)
class UpdateCheckRun:
    """Change the check run we made on this head.

    GitHub appends the annotations of an update to those that stand, so only new ones are sent.
    """

    id: int
    head_sha: str
    check_run: CheckRun
    digest: str


@dataclass(frozen=True, slots=True)
class AddLabels:
    """Add labels, those the repository lacks being created first."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveLabel:
    """Take one label off."""

    name: str


@dataclass(frozen=True, slots=True)
class SetLabels:
    """Replace all labels at once: one request where removing one by one would need several."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreateComment:
    """Write a comment that does not stand yet."""

    marker: str
    body: str
    digest: str


@dataclass(frozen=True, slots=True)
class UpdateComment:
    """Bring a comment of ours up to date."""

    id: int
    marker: str
    body: str
    digest: str


Write = (
    CreateCheckRun
    | UpdateCheckRun
    | AddLabels
    | RemoveLabel
    | SetLabels
    | CreateComment
    | UpdateComment
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Writes in the order they are to be made, and the labels as they then stand by our hand.

    Attributes:
        writes: Check run first, then labels, then comments.
        labels: Labels that stand by our hand once the writes are made, with their causes.
        declined: Labels a person removed, with the cause they had.
    """

    writes: tuple[Write, ...]
    labels: Mapping[str, str]
    declined: Mapping[str, str]
