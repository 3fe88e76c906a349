"""Helpers for tests of real pull requests: they read the parts of a comment."""

import re

from tests.end_to_end.harness import Harness

FOLD = "<details><summary>For the editor</summary>\n\n"
"""How the fold at a comment's end begins."""

OPEN_IN_MAY_2025 = {778: 3786, 786: 4360}
"""Numbers held by open pull requests when PEP 791 and PEP 792 were opened."""

REVIEWED_NEXT = (
    "Everything I can check is in order. **Next: a PEP editor reviews it.** There is "
    "nothing you need to do now."
)


def opened(harness: Harness, number: int) -> tuple[str, str, str]:
    """The title, author and day of a pull request, as in its first webhook."""
    for delivery in harness.simulator.deliveries:
        if delivery.event == "pull_request" and delivery.action == "opened":
            pull = delivery.payload["pull_request"]
            if pull["number"] == number:
                return pull["title"], pull["user"]["login"], pull["created_at"][:10]
    raise AssertionError(f"#{number} was not opened")


def words(text: str) -> list[str]:
    """The words of a comment in order, without its marker and the editors' fold."""
    return re.sub(r"<!--.*?-->", "", text.partition("<details>")[0]).split()


def fold(comment: str) -> str:
    """The editors' fold at the end of a comment."""
    _, opening, rest = comment.partition(FOLD)
    inside, closing, after = rest.partition("\n\n</details>\n")
    assert (bool(opening), bool(closing), after) == (True, True, ""), comment
    return inside


def unfolded(comment: str) -> str:
    """A comment with its fold opened; there may be only one, at the end."""
    kept, opening, rest = comment.partition(FOLD)
    if not opening:
        return comment
    assert FOLD not in rest
    assert rest.endswith("\n\n</details>\n")
    return kept + rest.removesuffix("</details>\n")


def line_about(subject: str, comment: str) -> str:
    """The only line of a comment that begins with this subject in bold."""
    (line,) = [line for line in comment.splitlines() if line.startswith(f"- **{subject}")]
    return line


def mentions(comment: str) -> list[str]:
    """Everything after an `@` outside code."""
    return re.findall(r"@\S+", re.sub(r"`[^`]*`|^ {4}.*$", "", comment, flags=re.MULTILINE))
