"""Since when something stands, in words: the time, and what happened then."""

from collections.abc import Mapping

from bot.review.snapshot import Since
from bot.rules.wording import code

_HAPPENED: Mapping[str, str] = {
    "pull_request opened": "when the pull request was opened",
    "pull_request reopened": "when the pull request was opened again",
    "pull_request synchronize": "after a push",
    "pull_request edited": "after an edit of title, description or base",
    "pull_request closed": "when the pull request was closed",
    "pull_request ready_for_review": "when it became ready for review",
    "pull_request converted_to_draft": "when it became a draft",
    "pull_request labeled": "after a label was set",
    "pull_request unlabeled": "after a label was taken off",
    "issue_comment created": "after a comment",
    "issue_comment edited": "after a comment was edited",
    "issue_comment deleted": "after a comment was deleted",
    "pull_request_review submitted": "after a review",
    "pull_request_review edited": "after a review was edited",
    "pull_request_review dismissed": "after a review was dismissed",
    "pull_request_review_comment created": "after a remark on a line",
    "pull_request_review_comment edited": "after a remark on a line was edited",
    "check_run requested_action": "after a button of the check run was pressed",
    "check_run rerequested": "after the check run was asked for again",
    "review": "after something changed elsewhere in the repository",
    "review rerequested": "after the checks were asked for again",
}
"""What led to a review, by event and action as webhooks name them (`review` is the bot's own)."""


def since_told(since: Since) -> str:
    """The time and the event, without a full stop."""
    happened = _HAPPENED.get(since.event) or f"by {code(since.event)}"
    return f"since {since.at:%d-%b-%Y %H:%M} UTC, {happened}"
