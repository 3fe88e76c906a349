"""Encodes `Memory` as JSON with a version, and decodes it leniently.

The memory only saves work: all of it can be read from GitHub again. So a field that is missing or
invalid decodes as "nothing remembered", and fields of a later version are ignored. `VERSION`
changes only when an existing field changes its meaning.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from bot.peps.people import Login
from bot.review.snapshot import (
    Approval,
    CheckRunMemory,
    CommentMemory,
    Conversation,
    ManualLabel,
    Memory,
    OwnComment,
    PullRequestState,
    QueueEntry,
    Since,
)
from bot.rules.engine.context import Act, ActKind
from bot.rules.engine.finding import Finding, Need, Severity

VERSION = 1

Fields = Mapping[str, object]
E = TypeVar("E", bound=StrEnum)


def encode_memory(memory: Memory) -> str:
    """Encode a memory as the text that `decode_memory` reads."""
    fields: dict[str, object] = {
        **_listing(memory),
        "head_sha": memory.head_sha,
        "updated_at": None if memory.updated_at is None else memory.updated_at.isoformat(),
        "check_run": None if memory.check_run is None else asdict(memory.check_run),
        "comments": {marker: asdict(comment) for marker, comment in memory.comments.items()},
        "labels": dict(memory.labels),
        "declined": dict(memory.declined),
        "conversation": None
        if memory.conversation is None
        else _encode_conversation(memory.conversation),
        "outlook": memory.number_inputs,
        "base": memory.base,
        "is_new_pep": memory.is_new_pep,
        "comment_count": memory.comment_count,
        "by_hand": {
            label: {
                "despite": manual_label.overridden,
                "at": manual_label.at.isoformat(),
                "by": manual_label.by,
            }
            for label, manual_label in memory.by_hand.items()
        },
        "since": {
            name: {"at": since.at.isoformat(), "event": since.event}
            for name, since in memory.since.items()
        },
        "heard_at": None
        if memory.conversation_as_of is None
        else memory.conversation_as_of.isoformat(),
        "said": [_encode_finding(finding) for finding in memory.last_findings],
    }
    return json.dumps(fields, separators=(",", ":"))


def encode_listing(memory: Memory) -> str:
    """Encode only those fields of a memory that lists show."""
    return json.dumps(_listing(memory), separators=(",", ":"))


def decode_listing(text: str) -> Memory:
    """Decode what `encode_listing` wrote, as a `Memory` whose other fields are empty."""
    fields = _current(text)
    return Memory(
        state=_member(PullRequestState, _string(fields, "state")),
        numbers=_integers(fields, "numbers"),
        touches=_integers(fields, "touches"),
        adds=_integers(fields, "adds"),
        queue_entry=_decode_queue_entry(_object(fields.get("listed"))),
    )


def decode_memory(text: str) -> Memory:
    """Decode a memory; an empty `Memory` if the text is of another version or no JSON."""
    fields = _current(text)
    if not fields:
        return Memory()
    comments = {
        marker: comment
        for marker, value in _object(fields.get("comments")).items()
        if (comment := _decode_comment(_object(value))) is not None
    }
    return Memory(
        state=_member(PullRequestState, _string(fields, "state")),
        head_sha=_string(fields, "head_sha"),
        updated_at=_moment(fields, "updated_at"),
        check_run=_decode_check_run(_object(fields.get("check_run"))),
        comments=comments,
        labels=_strings(fields, "labels"),
        declined=_strings(fields, "declined"),
        conversation=_decode_conversation(fields.get("conversation")),
        conversation_as_of=_moment(fields, "heard_at"),
        numbers=_integers(fields, "numbers"),
        number_inputs=_string(fields, "outlook") or "",
        base=_string(fields, "base") or "",
        is_new_pep=fields.get("is_new_pep") is True,
        touches=_integers(fields, "touches"),
        adds=_integers(fields, "adds"),
        comment_count=_integer(fields, "comment_count"),
        queue_entry=_decode_queue_entry(_object(fields.get("listed"))),
        by_hand={
            label: ManualLabel(overridden, at, Login(_string(_object(value), "by") or ""))
            for label, value in _object(fields.get("by_hand")).items()
            if (at := _moment(_object(value), "at")) is not None
            and (overridden := _string(_object(value), "despite")) is not None
        },
        since={
            name: Since(at, event)
            for name, value in _object(fields.get("since")).items()
            if (at := _moment(_object(value), "at")) is not None
            and (event := _string(_object(value), "event")) is not None
        },
        last_findings=tuple(
            finding
            for item in _list(fields, "said")
            if (finding := _decode_finding(_object(item))) is not None
        ),
    )


def _listing(memory: Memory) -> Fields:
    return {
        "version": VERSION,
        "state": memory.state,
        "numbers": sorted(memory.numbers),
        "touches": sorted(memory.touches),
        "adds": sorted(memory.adds),
        "listed": None if memory.queue_entry is None else _encode_queue_entry(memory.queue_entry),
    }


def _current(text: str) -> Fields:
    """The fields of a text of this version; none of another."""
    try:
        fields = _object(json.loads(text))
    except (ValueError, RecursionError):
        return {}
    return fields if fields.get("version") == VERSION else {}


def _encode_queue_entry(queue_entry: QueueEntry) -> Fields:
    return {
        **asdict(queue_entry),
        "opened": None if queue_entry.opened is None else queue_entry.opened.isoformat(),
        "since": queue_entry.since.isoformat(),
        "active_at": queue_entry.active_at.isoformat(),
    }


def _decode_queue_entry(fields: Fields) -> QueueEntry | None:
    title, opener = _string(fields, "title"), _string(fields, "opener")
    kind, turn = _string(fields, "kind"), _string(fields, "turn")
    since, active_at = _moment(fields, "since"), _moment(fields, "active_at")
    if title is None or opener is None or kind is None or turn is None:
        return None
    if since is None or active_at is None:
        return None
    return QueueEntry(
        title=title,
        opener=Login(opener),
        opened=_day(fields, "opened"),
        draft=fields.get("draft") is True,
        kind=kind,
        turn=turn,
        since=since,
        active_at=active_at,
    )


def _encode_finding(finding: Finding) -> Fields:
    # Neither fix nor columns, which fit only the very text that was judged.
    unneeded = ("fix", "columns")
    return {field: value for field, value in asdict(finding).items() if field not in unneeded}


def _decode_finding(fields: Fields) -> Finding | None:
    rule, message = _string(fields, "rule"), _string(fields, "message")
    severity = _member(Severity, _string(fields, "severity"))
    if rule is None or message is None or severity is None:
        return None
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        action=_string(fields, "action") or "",
        help=_string(fields, "help") or "",
        path=_string(fields, "path"),
        line=_integer(fields, "line"),
        pep=_integer(fields, "pep"),
        need=_member(Need, _string(fields, "need")),
        paste=_string(fields, "paste"),
        waits_for_person=fields.get("waits_for_person") is True,
    )


def _encode_conversation(conversation: Conversation) -> Fields:
    return {
        "acts": [
            {"login": act.login, "kind": act.kind, "at": act.at.isoformat(), "url": act.url}
            for act in conversation.acts
        ],
        "own_comments": [asdict(comment) for comment in conversation.own_comments],
        "changes_requested": dict(conversation.changes_requested),
        "approvals": [asdict(approval) for approval in conversation.approvals],
    }


def _decode_conversation(value: object) -> Conversation | None:
    # An incomplete conversation would be taken for the whole: better read it again from GitHub.
    fields = _object(value)
    acts = [_decode_act(_object(item)) for item in _list(fields, "acts")]
    comments = [_decode_own_comment(_object(item)) for item in _list(fields, "own_comments")]
    approvals = [_decode_approval(_object(item)) for item in _list(fields, "approvals")]
    asking = fields.get("changes_requested")
    if not {"acts", "own_comments", "changes_requested", "approvals"} <= fields.keys():
        return None
    if None in acts or None in comments or None in approvals or not isinstance(asking, dict):
        return None
    return Conversation(
        acts=tuple(act for act in acts if act is not None),
        own_comments=tuple(comment for comment in comments if comment is not None),
        changes_requested={Login(login): head for login, head in _pairs(asking)},
        approvals=tuple(approval for approval in approvals if approval is not None),
    )


def _decode_approval(fields: Fields) -> Approval | None:
    login, url = _string(fields, "login"), _string(fields, "url")
    head_sha = _string(fields, "head_sha")
    if login is None or url is None or head_sha is None:
        return None
    return Approval(Login(login), url, head_sha)


def _decode_act(fields: Fields) -> Act | None:
    login, url = _string(fields, "login"), _string(fields, "url")
    kind, at = _member(ActKind, _string(fields, "kind")), _moment(fields, "at")
    if login is None or url is None or kind is None or at is None:
        return None
    return Act(login=Login(login), kind=kind, at=at, url=url)


def _decode_own_comment(fields: Fields) -> OwnComment | None:
    number, marker = _integer(fields, "id"), _string(fields, "marker")
    body = _string(fields, "body")
    if number is None or marker is None or body is None:
        return None
    return OwnComment(id=number, marker=marker, body=body)


def _decode_comment(fields: Fields) -> CommentMemory | None:
    number, digest = _integer(fields, "id"), _string(fields, "digest")
    if number is None or digest is None:
        return None
    return CommentMemory(id=number, digest=digest)


def _decode_check_run(fields: Fields) -> CheckRunMemory | None:
    number, head_sha = _integer(fields, "id"), _string(fields, "head_sha")
    digest = _string(fields, "digest")
    if number is None or head_sha is None or digest is None:
        return None
    return CheckRunMemory(id=number, head_sha=head_sha, digest=digest)


def _object(value: object) -> Fields:
    return value if isinstance(value, dict) else {}


def _list(fields: Fields, name: str) -> list[object]:
    value = fields.get(name)
    return value if isinstance(value, list) else []


def _integers(fields: Fields, name: str) -> frozenset[int]:
    return frozenset(
        item for item in _list(fields, name) if isinstance(item, int) and not isinstance(item, bool)
    )


def _string(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def _strings(fields: Fields, name: str) -> dict[str, str]:
    return dict(_pairs(_object(fields.get(name))))


def _pairs(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if isinstance(value, str):
            yield name, value


def _integer(fields: Fields, name: str) -> int | None:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(fields: Fields, name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_string(fields, name) or "")
    except ValueError:
        return None


def _day(fields: Fields, name: str) -> date | None:
    try:
        return date.fromisoformat(_string(fields, name) or "")
    except ValueError:
        return None


def _member(kind: type[E], value: str | None) -> E | None:
    try:
        return None if value is None else kind(value)
    except ValueError:
        return None
