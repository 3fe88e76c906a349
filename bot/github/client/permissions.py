"""The permission each kind of write needs, so that the log of a refusal can name it.

Source: https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
"""

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

PERMISSION_FOR_WRITE: Mapping[type[Write], str] = {
    CreateCheckRun: "checks: write",
    UpdateCheckRun: "checks: write",
    AddLabels: "issues: write",
    RemoveLabel: "issues: write",
    SetLabels: "issues: write",
    CreateComment: "issues: write, or the conversation is locked",
    UpdateComment: "issues: write, or the conversation is locked",
}
