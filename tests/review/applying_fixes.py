"""Taking over what `/pep fix` offers, as people do: click the suggestions, apply the patch."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from markdown_it import MarkdownIt

from bot.review.fixes.suggestions import Suggestion, render_suggestion

_QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def suggested_in(body: str) -> list[str]:
    """The lines that a remark suggests, read from its Markdown as GitHub does.

    Raises:
        ValueError: It does not hold exactly one suggestion.
    """
    (block,) = (
        token.content
        for token in MarkdownIt("commonmark").parse(body)
        if token.type == "fence" and token.info.strip() == "suggestion"
    )
    return block.split("\n")[:-1]


def patch_in(reply: str) -> str:
    """The patch in a reply, as the button beside it copies it: without the last line end.

    Raises:
        ValueError: It does not hold exactly one.
    """
    (block,) = (
        token.content
        for token in MarkdownIt("commonmark").parse(reply)
        if token.type == "fence" and token.info.strip() == "diff"
    )
    return block.removesuffix("\n")


def clicked(text: str, suggestions: list[Suggestion]) -> str:
    """A file with all suggestions for it committed."""
    return committed(
        text, [(one.first_line, one.last_line, render_suggestion(one)) for one in suggestions]
    )


def committed(text: str, suggestions_with_lines: list[tuple[int, int, str]]) -> str:
    """A file with the suggestions in remarks committed; GitHub replaces whole lines.

    Args:
        text: The file.
        suggestions_with_lines: First line, last line, and Markdown.
    """
    lines = text.split("\n")
    for first, last, body in sorted(suggestions_with_lines, reverse=True):
        lines[first - 1 : last] = suggested_in(body)
    return "\n".join(lines)


def with_patch(folder: Path, texts: Mapping[str, str], patch: str) -> dict[str, str]:
    """Files after `git apply`.

    Raises:
        AssertionError: Git does not take the patch.
    """
    for path, text in texts.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    done = subprocess.run(
        ["git", "apply", "--verbose", "-"],
        cwd=folder,
        input=patch.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, **_QUIET, "GIT_DIR": "/nonexistent"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return {
        str(place.relative_to(folder)): place.read_bytes().decode()
        for place in folder.rglob("*")
        if place.is_file()
    }
