"""A suggested change as the Markdown of a remark on lines of a diff."""

from bot.review.markdown import fenced, prose
from bot.review.suggestions import Suggestion


def suggestion_told(one: Suggestion) -> str:
    """What it mends, and the block that GitHub commits with a click.

    Source: https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/incorporating-feedback-in-your-pull-request
    """
    lines = "".join(f"{line}\n" for line in one.lines)
    return "\n\n".join([*map(prose, one.why), fenced(lines, "suggestion")])
