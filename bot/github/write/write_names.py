"""What writes to GitHub are called in the audit, the log and the metrics."""

from collections.abc import Mapping

from bot.review.reconcile import (
    AddLabels,
    CreateCheckRun,
    CreateComment,
    RemoveLabel,
    SetLabels,
    UpdateCheckRun,
    UpdateComment,
    Write,
)

WRITE_NAMES: Mapping[type[Write], str] = {
    CreateCheckRun: "create check run",
    UpdateCheckRun: "update check run",
    AddLabels: "add labels",
    RemoveLabel: "remove label",
    SetLabels: "set labels",
    CreateComment: "create comment",
    UpdateComment: "update comment",
}


def name_of(write: Write) -> str:
    """What a write is called, such as `create check run`."""
    return WRITE_NAMES[type(write)]
