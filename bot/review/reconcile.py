"""Plans the writes that bring GitHub from what it shows to what it should show."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from bot.review.desired import Annotation, CheckRun, Desired
from bot.review.render.markdown import within_limit
from bot.review.snapshot import CommentMemory, Memory, PullRequestState, Snapshot


@dataclass(frozen=True, slots=True)
class WriteCheckRun:
    """Create the check run on a head commit, or update ours there.

    GitHub appends the annotations of an update to the existing ones, so it has only new ones.

    Attributes:
        id: The check run to update; None to create one.
        head_sha: The commit it is on.
        check_run: What it says.
        digest: What to remember of it.
    """

    id: int | None
    head_sha: str
    check_run: CheckRun
    digest: str


@dataclass(frozen=True, slots=True)
class AddLabels:
    """Add labels; those that the repository lacks are created first."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveLabel:
    """Remove one label."""

    name: str


@dataclass(frozen=True, slots=True)
class SetLabels:
    """Replace all labels with one request, where removing them one by one would take several."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WriteComment:
    """Create a comment, or edit one of ours; `id` is None to create one."""

    id: int | None
    marker: str
    body: str
    digest: str


Write = WriteCheckRun | AddLabels | RemoveLabel | SetLabels | WriteComment
"""One write of a plan."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The writes in order, and what to remember about labels once they are made.

    Attributes:
        writes: Check run first, then labels, then comments.
        labels: The labels that are there because the bot wants them, with their causes.
        declined: Labels that a person removed, with the cause they had.
    """

    writes: tuple[Write, ...]
    labels: Mapping[str, str]
    declined: Mapping[str, str]


_OUTDATED = (
    "Annotations that are not listed here come from an earlier run and no longer apply; "
    "GitHub keeps them for this commit."
)

_MERGED_RECENTLY = timedelta(days=30)
"""A merged pull request that the bot never saw open gets a comment if it was opened within this."""

_FORCE = "again"
"""In place of the digest of a text that is to be written even if it has not changed."""

_MOST_LABEL_WRITES = 2
"""If more are needed, one request sets all labels, so that a review stays within four writes."""


def plan_writes(snapshot: Snapshot, desired: Desired, memory: Memory) -> Plan:
    """Plan the writes that bring GitHub to the desired state: check run, labels, comments."""
    label_writes, ours, declined = _plan_labels(snapshot, desired, memory)
    return Plan(
        writes=(
            *_check_run(snapshot, desired, memory),
            *label_writes,
            *_comments(snapshot, desired, memory),
        ),
        labels=ours,
        declined=declined,
    )


def force_check_run(memory: Memory) -> Memory:
    """The memory changed so that the check run is written again, even with the same text.

    Re-requesting a check run or its suite sets the suite back to queued, and it stays so until
    the run is completed again (GitHub docs, "Rerequest a check suite").
    """
    run = memory.check_run
    if run is None or not run.digest:
        return memory
    _, *notes = run.digest.split()
    return replace(memory, check_run=replace(run, digest=" ".join((_FORCE, *notes))))


def known_comments(
    snapshot: Snapshot, desired: Desired, memory: Memory
) -> Mapping[str, CommentMemory]:
    """Our comments that are remembered, and those found on GitHub that are not.

    If the latter were not remembered, a comment that a person deletes would be created again.
    """
    desired_markers = {comment.marker for comment in desired.comments}
    found = {
        own.marker: CommentMemory(own.id, digest_of(own.body))
        for own in snapshot.conversation.own_comments
        if own.marker in desired_markers
    }
    return found | dict(memory.comments)


def digest_of(body: str) -> str:
    """The digest of a comment's body, as it is remembered."""
    return sha256(body.encode()).hexdigest()[:32]


def _check_run(snapshot: Snapshot, desired: Desired, memory: Memory) -> list[Write]:
    run, known = desired.check_run, memory.check_run
    if run is None:
        return []
    whole = _run_digest(run, ())
    if known is None or known.head_sha != snapshot.head_sha:
        return [WriteCheckRun(None, snapshot.head_sha, run, whole)]
    sent = tuple(known.digest.split()[1:])
    if not {_note_digest(note) for note in run.annotations}.issuperset(sent):
        # Otherwise the lines show more than the title counts and the summary lists.
        summary = within_limit(f"{run.summary}\n\n{_OUTDATED}", f"(Shortened.) {_OUTDATED}")
        run = replace(run, summary=summary)
    digest = _run_digest(run, sent)
    if digest == known.digest:
        return []
    # GitHub appends the annotations of an update, so only those not sent yet are sent.
    new = tuple(note for note in run.annotations if _note_digest(note) not in sent)
    fresh = replace(run, annotations=new)
    return [WriteCheckRun(known.id, snapshot.head_sha, fresh, digest)]


def _run_digest(run: CheckRun, sent: tuple[str, ...]) -> str:
    """The digest of a check run's text, then those of all annotations sent to it so far."""
    buttons = [(one.identifier, one.label) for one in run.buttons]
    # Without a text the digest equals that of earlier versions, so that nothing is rewritten.
    text = [run.text] if run.text else []
    content = json.dumps([run.conclusion, run.title, run.summary, buttons, *text])
    notes = sorted({*sent, *(_note_digest(note) for note in run.annotations)})
    return " ".join((sha256(content.encode()).hexdigest()[:32], *notes))


def _note_digest(note: Annotation) -> str:
    content = json.dumps([note.path, note.start_line, note.end_line, note.level, note.message])
    return sha256(content.encode()).hexdigest()[:12]


def _plan_labels(
    snapshot: Snapshot, desired: Desired, memory: Memory
) -> tuple[list[Write], dict[str, str], dict[str, str]]:
    if desired.labels is None:
        return [], dict(memory.labels), dict(memory.declined)
    present = {label.casefold(): label for label in snapshot.labels}
    ours: dict[str, str] = {}
    declined: dict[str, str] = {}
    add: list[str] = []
    for label, cause in desired.labels.items():
        if label.casefold() in present:
            ours[label] = cause
        elif cause in (memory.labels.get(label), memory.declined.get(label)):
            declined[label] = cause
        else:
            ours[label] = cause
            add.append(label)
    removable = {*memory.labels, *memory.by_hand, *desired.by_hand}
    if memory.state is None:
        removable |= desired.passing
    unwanted = {label.casefold() for label in removable - desired.labels.keys()}
    remove = sorted(present[label] for label in unwanted & present.keys())
    if len(remove) + bool(add) > _MOST_LABEL_WRITES:
        kept = sorted(snapshot.labels - set(remove))
        return [SetLabels((*kept, *add))], ours, declined
    writes: list[Write] = [AddLabels(tuple(add))] if add else []
    return [*writes, *(RemoveLabel(label) for label in remove)], ours, declined


def _comments(snapshot: Snapshot, desired: Desired, memory: Memory) -> list[Write]:
    writes: list[Write] = []
    may_create = may_comment(snapshot, memory)
    existing = {own.marker: own for own in snapshot.conversation.own_comments}
    for comment in desired.comments:
        digest = digest_of(comment.body)
        own, known = existing.get(comment.marker), memory.comments.get(comment.marker)
        if own is not None and (known is None or known.id == own.id):
            if own.body.strip().replace("\r\n", "\n") != comment.body.strip():
                writes.append(WriteComment(own.id, comment.marker, comment.body, digest))
        elif known is not None:
            if known.digest != digest:
                writes.append(WriteComment(known.id, comment.marker, comment.body, digest))
        elif comment.create and may_create:
            writes.append(WriteComment(None, comment.marker, comment.body, digest))
    return writes


def may_comment(snapshot: Snapshot, memory: Memory) -> bool:
    """Whether a comment may be created; nobody wants one on a pull request merged long ago."""
    if snapshot.state is PullRequestState.OPEN or memory.state is PullRequestState.OPEN:
        return True
    opened = snapshot.change.opened
    return (
        memory.state is None
        and opened is not None
        and snapshot.context.today - opened <= _MERGED_RECENTLY
    )
