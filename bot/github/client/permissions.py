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

_ISSUES = "issues: write"
_COMMENTS = "issues: write, or the conversation is locked"
_PULL_REQUESTS = "pull requests: write"

PERMISSION_FOR_WRITE: Mapping[type[Write], str] = {
    CreateCheckRun: "checks: write",
    UpdateCheckRun: "checks: write",
    AddLabels: _ISSUES,
    RemoveLabel: _ISSUES,
    SetLabels: _ISSUES,
    CreateComment: _COMMENTS,
    UpdateComment: _COMMENTS,
}
"""For the writes of a review."""

PERMISSION_FOR_SINGLE_WRITE: Mapping[str, str] = {
    "react": "issues: write, or pull requests: write for a comment on a line",
    "take reaction back": "issues: write, or pull requests: write for a comment on a line",
    "reply": _COMMENTS,
    "change reply": _COMMENTS,
    "delete reply": _ISSUES,
    "set label": _ISSUES,
    "take label off": _ISSUES,
    "change title": _PULL_REQUESTS,
    "suggest": _PULL_REQUESTS,
    "open queue issue": _ISSUES,
    "edit queue issue": _ISSUES,
    "remind": _COMMENTS,
    "post submission line": _COMMENTS,
    "edit submission line": _COMMENTS,
}
"""For all other writes, by their names in the audit log, the log and the metrics."""
