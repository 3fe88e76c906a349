"""What a pull request changes: each file's text before and after."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.peps.diff import touched_lines
from bot.peps.people import Login


class MarkupLevel(IntEnum):
    """Docutils' severity levels (`docutils.utils.Reporter`)."""

    WARNING = 2
    ERROR = 3
    SEVERE = 4


@dataclass(frozen=True, slots=True)
class MarkupProblem:
    """One problem that docutils reports.

    Attributes:
        line: The 1-based line in the file.
        level: How severe docutils says it is.
        message: Docutils' own sentence. It quotes the text, so do not show it without sanitizing.
    """

    line: int
    level: MarkupLevel
    message: str


@dataclass(frozen=True, slots=True)
class Markup:
    """What docutils found in one text.

    Attributes:
        problems: The problems, in the order of their lines.
        incomplete_reason: Why docutils did not finish, such as "it took longer than 10 s"; empty if
            it did.
    """

    problems: tuple[MarkupProblem, ...] = ()
    incomplete_reason: str = ""


class FileStatus(StrEnum):
    """What happened to a file, in GitHub's words ("List pull requests files")."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"


class Unreadable(StrEnum):
    """Why a file's text could not be read."""

    TOO_LARGE = "larger than 2 MB"
    NOT_TEXT = "not UTF-8 text"
    DELETED = "no longer on GitHub"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file with its text before and after.

    Attributes:
        path: Where the file is after the change (or was, if it was removed).
        status: What happened to it.
        previous_path: Where it was before it was renamed.
        before: Its text at the merge base; None if it did not exist or its text is not needed.
        after: Its text at the head; None if it was removed or could not be read.
        unreadable: Why `after` (of a removed file: `before`) is missing although the file exists.
        markup: The problems docutils found in `after`; None if docutils was not run.
    """

    path: str
    status: FileStatus
    previous_path: str | None = None
    before: str | None = None
    after: str | None = None
    unreadable: Unreadable | None = None
    markup: Markup | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that a pull request changes, or a working tree compared with its base.

    Attributes:
        files: The changed files. Texts are present for PEPs, CODEOWNERS and the policy only.
        files_complete: False if files may be missing, so that the absence of one proves nothing.
        codeowners_path: Where the repository keeps its CODEOWNERS; None if it has none.
        codeowners_before: Its text at the base; None if there is none.
        codeowners_after: Its text with the change applied; equal to `codeowners_before` if the
            change does not touch it.
        title: The pull request's title; empty offline unless the caller gives one.
        author: Who opened it; None offline unless the caller says.
        body: The pull request's description.
        draft: True while it is a draft.
        opened: The day it was opened; None if unknown.
        cache: Results computed from this change (see `cached_per_change`).
    """

    files: tuple[FileChange, ...]
    codeowners_path: str | None = None
    codeowners_before: str | None = None
    codeowners_after: str | None = None
    title: str = ""
    author: Login | None = None
    body: str = ""
    draft: bool = False
    opened: date | None = None
    files_complete: bool = True
    cache: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


P = ParamSpec("P")
R = TypeVar("R")


def cached_per_change(
    function: Callable[Concatenate[Change, P], R],
) -> Callable[Concatenate[Change, P], R]:
    """Compute a function of a change once per change; its other arguments must be hashable."""

    @wraps(function)
    def wrapper(change: Change, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (function, args, tuple(kwargs.items()))
        if key not in change.cache:
            change.cache[key] = function(change, *args, **kwargs)
        result: R = change.cache[key]
        return result

    return wrapper


@cached_per_change
def touched_owner_lines(change: Change) -> frozenset[int]:
    """The 1-based lines of CODEOWNERS that the change adds or edits."""
    return touched_lines(change.codeowners_before, change.codeowners_after)
