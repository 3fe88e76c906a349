"""Taking over what `/pep fix` offers, as people do: click the suggestions, apply the patch."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bot.review.suggestions import Suggestion

_QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def clicked(text: str, suggestions: list[Suggestion]) -> str:
    """A file with all suggestions for it committed; GitHub replaces whole lines."""
    lines = text.split("\n")
    for one in sorted(suggestions, key=lambda each: each.first_line, reverse=True):
        lines[one.first_line - 1 : one.last_line] = one.lines
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
