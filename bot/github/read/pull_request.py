"""Reads a pull request itself ("Get a pull request" of GitHub's REST API)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.commands.text import Text
from bot.github.client.client import (
    Client,
    Gone,
    id_at,
    items_at,
    member,
    moment_at,
    number_at,
    text_at,
    truth_at,
    variables,
)
from bot.peps.people import Login
from bot.review.snapshot import PullRequestState
from bot.review.subject import Subject

LAG_READS = 3
"""How often a pull request is read again if GitHub's replicas lag behind the webhook."""

LAG_SECONDS = 1.0
"""How long to wait before each of these readings."""

Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class PullRequest:
    """What GitHub says about a pull request.

    Attributes:
        number: Its number.
        state: Open, closed or merged.
        head_sha: The commit at its head.
        base_ref: The branch it is to be merged into.
        base_sha: The commit of that branch that GitHub compares it with.
        labels: The names of its labels.
        title: Its title.
        author: Who opened it; None if the account is gone.
        body: Its description.
        draft: True while it is a draft.
        created_at: When it was opened.
        updated_at: When anything about it last changed.
        locked: Whether only people with write access may still comment.
        comment_count: How many comments it has, without those on lines; None if read from a list.
        in_private_repository: Whether its repository is not public; None if the response did not
            say.
        default_branch: The default branch of that repository; None if the response did not say.
        account: GitHub's id of the author's account.
        conflicts: Whether it conflicts with its base; None if GitHub has not worked that out yet.
        merged_at: When it was merged.
    """

    number: int
    state: PullRequestState
    head_sha: str
    base_ref: str
    base_sha: str
    labels: frozenset[str]
    title: str
    author: Login | None
    body: str
    draft: bool
    created_at: datetime | None
    updated_at: datetime | None
    locked: bool = False
    comment_count: int | None = None
    in_private_repository: bool | None = None
    default_branch: str | None = None
    account: int | None = None
    conflicts: bool | None = None
    merged_at: datetime | None = None


def parse_pull_request(answer: object) -> PullRequest:
    """A pull request from GitHub's response, a single one or an item of a list.

    Raises:
        Gone: The response has no number or no head, so there is nothing to work on.
    """
    number, head_sha = number_at(answer, "number"), text_at(answer, "head", "sha")
    if number is None or not head_sha:
        raise Gone("GitHub's answer describes no pull request")
    merged = truth_at(answer, "merged") or text_at(answer, "merged_at") is not None
    login = text_at(answer, "user", "login")
    private = member(answer, "base", "repo", "private")
    if merged:
        state = PullRequestState.MERGED
    elif text_at(answer, "state") == "closed":
        state = PullRequestState.CLOSED
    else:
        state = PullRequestState.OPEN
    return PullRequest(
        number=number,
        state=state,
        head_sha=head_sha,
        base_ref=text_at(answer, "base", "ref") or "main",
        base_sha=text_at(answer, "base", "sha") or "",
        labels=frozenset(
            name for label in items_at(answer, "labels") if (name := text_at(label, "name"))
        ),
        title=text_at(answer, "title") or "",
        author=Login(login) if login else None,
        body=text_at(answer, "body") or "",
        draft=truth_at(answer, "draft"),
        created_at=moment_at(answer, "created_at"),
        updated_at=moment_at(answer, "updated_at"),
        locked=truth_at(answer, "locked"),
        comment_count=number_at(answer, "comments"),
        in_private_repository=private if isinstance(private, bool) else None,
        default_branch=text_at(answer, "base", "repo", "default_branch"),
        account=id_at(answer, "user", "id"),
        conflicts=_conflicts(text_at(answer, "mergeable_state")),
        merged_at=moment_at(answer, "merged_at"),
    )


def _conflicts(mergeable_state: str | None) -> bool | None:
    """GitHub works the state out only after it was asked, and says `unknown` until then."""
    return None if mergeable_state in (None, "unknown") else mergeable_state == "dirty"


async def read_pull_request(client: Client, subject: Subject) -> PullRequest:
    """Read the pull request.

    Raises:
        Gone: There is no such pull request, or this app may not see it.
        GitHubFailure: The request failed in any other way.
    """
    answer = await client.get(
        "/repos/{owner}/{repo}/pulls/{number}",
        variables(subject.repository, number=subject.number),
    )
    return parse_pull_request(answer)


@dataclass(frozen=True, slots=True)
class Hint:
    """What the events that led to a review say.

    Attributes:
        delivery: The id of the delivery that requests the review.
        min_updated_at: The pull request's `updated_at` in the event; an older response lags.
        conversation_changed: Whether somebody commented or reviewed.
        event: What happened, such as `pull_request synchronize`.
        texts: Texts that contain commands, or did before an edit.
        events_missed: Whether events may have been missed, so that comments must be read even if
            no PEP is touched.
        set_at: The labels, in lower case, that these events set, and when.
        rerun: Whether somebody requested the check run again, so that it must be written again.
        new_comment_count: How many new comments the events contain. If there are more, an event was
            lost, and comments are read even if no PEP is touched.
        is_young: Whether the events are so recent that GitHub may not find their subject yet.
        deleted: The ids of comments that were deleted.
    """

    delivery: str = ""
    min_updated_at: datetime | None = None
    conversation_changed: bool = False
    event: str = ""
    texts: tuple[Text, ...] = ()
    events_missed: bool = False
    set_at: Mapping[str, datetime] = field(default_factory=dict)
    rerun: bool = False
    new_comment_count: int = 0
    is_young: bool = False
    deleted: frozenset[int] = frozenset()


NO_HINT = Hint()
"""No event says anything."""
