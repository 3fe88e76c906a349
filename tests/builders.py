"""Builders for what a review decides on: snapshots, conversations, memories, webhook payloads."""

import hmac
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from bot.peps.change import Change, FileChange
from bot.policy.model import Links
from bot.review.desired import Desired
from bot.review.review import Review, review
from bot.review.snapshot import (
    NO_MEMORY,
    CommentMemory,
    Conversation,
    Memory,
    OwnComment,
    PullRequestState,
    Since,
    Snapshot,
)
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Context
from tests.rules.builders import (
    added,
    change,
    context,
    modified,
    owners_with,
    pep_text,
    policy,
)

NOW = datetime(2025, 5, 12, 10, tzinfo=UTC)
HEAD = "a" * 40
LINKS = Links(
    preview="https://pep-previews--{pr}.org.readthedocs.build/pep-{number}/",
    published="https://peps.python.org/pep-{number}/",
)


def repository(name: str = "python/peps", installation: int = 7) -> Repository:
    return Repository(name, installation)


def subject(number: int = 4422) -> Subject:
    return Subject(repository(), number)


def review_context(**values: Any) -> Context:
    """A context with the links of python/peps."""
    return context(**({"policy": policy().model_copy(update={"links": LINKS})} | values))


def new_pep(
    text: str | None = None,
    *,
    path: str = "peps/pep-0791.rst",
    owners: str | None = None,
    **more: Any,
) -> Change:
    """A pull request that adds PEP 791 with its sponsor and its CODEOWNERS line, without faults."""
    values = {
        "title": "PEP 791: imath",
        "opened": date(2025, 5, 12),
        "owners": owners_with(f"{path}  @vera") if owners is None else owners,
    }
    return change(added(pep_text() if text is None else text, path), **(values | more))


def edit(before: str, after: str, path: str = "peps/pep-0758.rst", **more: Any) -> Change:
    return change(modified(before, after, path), **more)


def other_change() -> Change:
    """A change to a workflow file, which no rule is about."""
    return change(FileChange(".github/workflows/ci.yml", modified("", "").status))


def snapshot(the_change: Change | None = None, **values: Any) -> Snapshot:
    defaults: dict[str, Any] = {
        "subject": subject(),
        "state": PullRequestState.OPEN,
        "head_sha": HEAD,
        "labels": frozenset(),
        "change": the_change or new_pep(),
        "context": review_context(),
        "updated_at": NOW,
    }
    return Snapshot(**(defaults | values))


def reviewed(the_snapshot: Snapshot, memory: Memory = NO_MEMORY) -> Review:
    return review(the_snapshot, memory, Since(NOW, "pull_request opened"))


def wanted(the_snapshot: Snapshot) -> Desired:
    return reviewed(the_snapshot).desired


def label_names(the_snapshot: Snapshot) -> set[str]:
    return set(wanted(the_snapshot).labels or ())


def comment_text(the_snapshot: Snapshot) -> str:
    """The text of the only comment that the bot should have."""
    (comment,) = wanted(the_snapshot).comments
    return comment.body


def said(*comments: OwnComment) -> Conversation:
    return Conversation(own_comments=comments)


def own(body: str, marker: str = "summary", id_: int = 80) -> OwnComment:
    return OwnComment(id_, marker, body)


def seen_open(**values: Any) -> Memory:
    """The memory of a pull request that was reviewed before, while it was open."""
    return Memory(**({"state": PullRequestState.OPEN, "head_sha": HEAD} | values))


def comment_memory(digest: str, id_: int = 80) -> CommentMemory:
    return CommentMemory(id_, digest)


def payload(action: str | None = None, *, sender: str = "olga", **more: Any) -> dict[str, Any]:
    """A webhook's payload with the fields that nearly all payloads have."""
    base: dict[str, Any] = {
        "repository": {"full_name": "python/peps", "default_branch": "main"},
        "installation": {"id": 7},
        "sender": {"login": sender, "type": "Bot" if sender.endswith("[bot]") else "User"},
    }
    if action is not None:
        base["action"] = action
    return base | more


def pull_request(number: int = 4422) -> dict[str, Any]:
    return {"pull_request": {"number": number, "updated_at": "2025-05-12T10:00:00Z"}}


def on_issue(number: int = 4422, *, is_pull_request: bool = True) -> dict[str, Any]:
    return {
        "issue": {"number": number} | ({"pull_request": {"url": "x"}} if is_pull_request else {})
    }


def comment(body: str, author: str = "vera") -> dict[str, Any]:
    return {
        "id": 1,
        "node_id": "IC_1",
        "body": body,
        "html_url": "https://github.com/python/peps/pull/4422#issuecomment-1",
        "user": {"login": author},
        "updated_at": "2025-05-12T11:00:00Z",
    }


def body_of(data: object) -> bytes:
    return json.dumps(data).encode()


def signature(body: bytes, secret: str = "first") -> str:
    return f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"


def numbers_of(subjects: Iterable[Subject]) -> list[int]:
    return [one.number for one in subjects]
