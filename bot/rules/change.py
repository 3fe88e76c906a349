"""What a pull request changes: the first of the two things a rule is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.peps.forum import NO_FORUM_DATA, Forum
from bot.peps.markup import Markup
from bot.peps.number import NumberLedger, PepNumber
from bot.peps.people import CoreTeam, Login
from bot.peps.preamble import Preamble
from bot.policy.model import Policy


class FileStatus(StrEnum):
    """What happened to a file, in GitHub's words ("List pull requests files")."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"


class Unreadable(StrEnum):
    """Why a file's text could not be had."""

    TOO_LARGE = "larger than 2 MB"
    NOT_TEXT = "not UTF-8 text"
    DELETED = "no longer on GitHub"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file with its text before and after.

    Attributes:
        path: Where the file is after the change (or was, if it was removed).
        status: What happened to it.
        previous_path: Where it was before a renaming.
        before: Its text at the merge base; None if it did not exist or its text is not needed.
        after: Its text at the head; None if it was removed or could not be read.
        unreadable: Why `after` (of a removed file: `before`) is missing although the file exists.
        markup: What docutils says of `after`; None if it was not asked.
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
    """All that a pull request, or a working tree against its base, changes.

    Attributes:
        files: The changed files. Texts are present for PEPs, CODEOWNERS and the policy only.
        files_complete: False if files may have been left out, so that nothing follows from the
            absence of one.
        codeowners_path: Where the repository keeps its CODEOWNERS, None if it has none.
        codeowners_before: Its text at the base; None if there is none.
        codeowners_after: Its text with the change applied; equal to `codeowners_before` if the
            change leaves it alone.
        title: The pull request's title; empty offline unless given.
        author: Who opened it; None offline unless given.
        body: The pull request's description.
        draft: True while it is a draft.
        opened: The day it was opened; None if unknown.
        cache: What was made of all this, for `bot.rules.change`.
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
    """Decorate a plain function of a change; further arguments must be hashable."""

    @wraps(function)
    def wrapper(change: Change, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (function, args, tuple(kwargs.items()))
        if key not in change.cache:
            change.cache[key] = function(change, *args, **kwargs)
        result: R = change.cache[key]
        return result

    return wrapper


class ActKind(StrEnum):
    """What a person did on a pull request, as far as a sponsor's consent goes."""

    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    COMMENTED = "said"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one account on the pull request, with the link that shows it.

    `account` is GitHub's id of it, until it is known what the repository's lists call the account.
    """

    login: Login
    kind: ActKind
    at: datetime
    url: str
    account: int | None = None


@dataclass(frozen=True, slots=True)
class OwnersError:
    """An error that GitHub itself finds in CODEOWNERS ("List CODEOWNERS errors").

    Attributes:
        line: The 1-based line.
        kind: GitHub's word for it, such as "Unknown owner".
        message: GitHub's explanation; may quote what strangers wrote.
    """

    line: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a rule may know beside the change. What could not be had is None, never guessed.

    Attributes:
        today: The day on which the change is judged (UTC).
        policy: What the repository wants.
        numbers: Published, reserved and claimed numbers.
        core_team: Who is and was a core developer; None if the list could not be had.
        editors: The PEP editors' logins; None if they could not be read.
        pull_request: The number of the pull request; None offline.
        acts: What people did here, oldest first.
        accepted_sponsors: Accounts an editor accepted as a sponsor for this PEP.
        accepted_names: The accounts among them by the name under which each was accepted, as names
            are compared; nobody else tells whose that name is.
        owners_errors: What GitHub says about CODEOWNERS at the head; None if it was not asked or
            did not answer.
        related_headers: The headers, at the base, of PEPs that this change names as related without
            touching them; what could not be read is missing.
        generates_schedules: Whether the repository has the file that release schedules are written
            from; without it they are edited by hand.
        forum: What the forum tells of posts and threads that the change links; nothing where the
            policy does not want it read.
    """

    today: date
    policy: Policy
    numbers: NumberLedger
    core_team: CoreTeam | None = None
    editors: frozenset[Login] | None = None
    pull_request: int | None = None
    acts: tuple[Act, ...] = ()
    accepted_sponsors: frozenset[Login] = frozenset()
    accepted_names: Mapping[str, Login] = field(default_factory=dict)
    owners_errors: tuple[OwnersError, ...] | None = None
    related_headers: Mapping[PepNumber, Preamble] = field(default_factory=dict)
    generates_schedules: bool = True
    forum: Forum = NO_FORUM_DATA
