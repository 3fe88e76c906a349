"""What the GitHub App is registered with; `app.yaml` says the same, and a test compares them."""

PERMISSIONS = {
    "contents": "read",
    "metadata": "read",
    "members": "read",
    "pull_requests": "write",
    "issues": "write",
    "checks": "write",
}
"""The least that the calls the bot makes need."""

OPTIONAL_PERMISSIONS = frozenset({"members"})
"""Without these the bot works, and says what it cannot know."""

EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "issues",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "repository",
)
"""Every event the code handles; installation events come to each app by themselves."""
