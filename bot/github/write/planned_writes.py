"""Writes what a review planned, so that a crash at any point neither loses nor repeats a write.

The memory is stored after every write that changed something, so that the next review plans from
what is really on GitHub. Before it plans, it looks for what an earlier one created and did not
record.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from bot.github.client.client import Client, GitHubFailure, NotAllowed, TryLater
from bot.github.write.check_runs import (
    CHECK_RUN,
    PageOf,
    annotations_after_create,
    create_check_run,
    find_check_run,
    missing_annotations,
    no_page,
    update_check_run,
)
from bot.github.write.comments import COMMENT, SUMMARY, comment_write
from bot.github.write.labels import put_labels, remove_label, usable_labels
from bot.github.write.outbox import Destination, Outbox, Result, WriteKind
from bot.github.write.outbox import Write as OutboxWrite
from bot.policy.labels import LabelNames
from bot.review.desired import Annotation, CheckRun
from bot.review.reconcile import (
    AddLabels,
    Plan,
    RemoveLabel,
    SetLabels,
    Write,
    WriteCheckRun,
    WriteComment,
)
from bot.review.snapshot import CheckRunMemory, CommentMemory, Memory, OwnComment, Snapshot
from bot.store.rows import Intent

_LONGEST_COMMENT = 65_536


def may_have_comment(unfinished: Iterable[Intent]) -> bool:
    """Whether a comment may exist whose creation was not recorded.

    If so, the whole conversation must be read before planning.
    """
    return any(intent.kind == COMMENT for intent in unfinished)


class PlanWriter:
    """Makes the writes of reviews, and finds those whose end is unknown."""

    def __init__(self, outbox: Outbox, page_of: PageOf = no_page) -> None:
        """Write with `outbox`; `page_of` returns the URL for a check run's "Details" link."""
        self._outbox = outbox
        self._page_of = page_of

    async def with_check_run(
        self, client: Client, snapshot: Snapshot, memory: Memory, unfinished: Collection[Intent]
    ) -> Memory:
        """The memory with the check run on the head, if its creation was not recorded, or lost.

        Args:
            client: Asks GitHub.
            snapshot: The pull request.
            memory: What is remembered about it.
            unfinished: What an earlier review left unfinished.
        """
        known, head, subject = memory.check_run, snapshot.head_sha, snapshot.subject
        if known is not None and known.head_sha == head:
            return memory
        is_begun = Intent(CHECK_RUN, head) in unfinished
        # Only if we have commented here can a lost store have contained a check run.
        may_be_lost = known is None and bool(snapshot.conversation.own_comments)
        if not (is_begun or may_be_lost):
            return memory
        try:
            found = await find_check_run(client, subject, head, self._outbox.app.id)
        except NotAllowed:
            return memory
        return memory if found is None else replace(memory, check_run=found)

    async def carry_out(
        self,
        to: Destination,
        plan: Plan,
        memory: Memory,
        names: LabelNames,
        on_written: Callable[[WriteKind], None] = lambda _kind: None,
        complete: Callable[[Memory], Memory] = lambda memory: memory,
    ) -> Memory:
        """Make the writes of a plan in order, and end the review.

        Args:
            to: The pull request.
            plan: What to write.
            memory: What is remembered so far; it is updated and stored after each write.
            names: The bot's labels, to create those that the repository lacks.
            on_written: Called for each write of the plan that was made, or recorded in a dry run.
            complete: Adds what would make an interrupted review look like a complete one.

        Returns:
            The stored memory, with the result of each write; in a dry run there is none.

        Raises:
            TryLater: GitHub cannot be written to now. What was written until then is remembered.
            ValueError: A comment or summary is longer than GitHub accepts.
        """
        comments = [one for one in plan.writes if isinstance(one, WriteComment)]
        if any(len(comment.body) > _LONGEST_COMMENT for comment in comments):
            raise ValueError(f"a comment has at most {_LONGEST_COMMENT} characters")
        progress = _Progress(self._outbox, to, plan, memory, names, complete)
        for write in plan.writes:
            is_new_check_run = isinstance(write, WriteCheckRun) and write.id is None
            page = await self._page_of(to.subject) if is_new_check_run else ""
            progress.is_last = write is plan.writes[-1]
            written = await progress.make(write, page)
            if written is not None:
                on_written(written)
        final = complete(memory) if self._outbox.dry_run else progress.final_memory()
        if not progress.has_ended:
            await self._outbox.store.end_review(to.subject, final)
        return final


class _Progress:
    """A plan that is being carried out, with the memory after each write."""

    def __init__(
        self,
        outbox: Outbox,
        to: Destination,
        plan: Plan,
        memory: Memory,
        names: LabelNames,
        complete: Callable[[Memory], Memory],
    ) -> None:
        self.is_last = False  # whether the write being made is the last of the plan
        self.has_ended = False  # whether the end of the review was stored along with it
        self._complete = complete
        self._outbox = outbox
        self._to = to
        self._plan = plan
        self._memory = memory
        self._names = names
        self._labels_before = memory.labels
        self._labels_unchanged: set[str] = set()

    def final_memory(self) -> Memory:
        """The memory after the last write."""
        planned, before, unchanged = self._plan.labels, self._labels_before, self._labels_unchanged
        labels = {name: cause for name, cause in planned.items() if name not in unchanged}
        labels |= {name: cause for name, cause in before.items() if name in unchanged}
        return self._complete(replace(self._memory, labels=labels, declined=self._plan.declined))

    async def make(self, write: Write, page: str) -> WriteKind | None:
        """Make one write; returns its kind, None if it was not made.

        Raises:
            TryLater: It may succeed later, or it is unknown whether it happened.
        """
        match write:
            case WriteCheckRun():
                if write.id is None:
                    return await self._create_check_run(write, page)
                return await self._update_check_run(write, write.id)
            case AddLabels(names):
                return await self._put_labels(WriteKind.ADD_LABELS, names)
            case SetLabels(names):
                return await self._put_labels(WriteKind.SET_LABELS, names)
            case RemoveLabel(name):
                return await self._remove_label(name)
            case WriteComment():
                return await self._write_comment(write)

    async def _create_check_run(self, write: WriteCheckRun, page: str) -> WriteKind | None:
        run, sha = write.check_run, write.head_sha
        create = create_check_run(self._to.subject, sha, run, page)
        further = annotations_after_create(run)
        # An empty digest means that it is unknown which annotations it has.
        digest = "" if further else write.digest

        def created(written: Result) -> Memory:
            if written.id is None:
                return self._memory
            return replace(self._memory, check_run=CheckRunMemory(written.id, sha, digest))

        written = await self._send(create, created, ends=self.is_last and not further)
        if further and written.id is not None:
            known = CheckRunMemory(written.id, sha, digest)
            written = await self._send_updates(known, run, further, write.digest)
        return None if written.is_refused else create.kind

    async def _update_check_run(self, write: WriteCheckRun, check_run_id: int) -> WriteKind | None:
        kind, annotations = WriteKind.UPDATE_CHECK_RUN, write.check_run.annotations
        known = CheckRunMemory(check_run_id, write.head_sha, "")
        written: Result | None = None
        if annotations and not self._outbox.dry_run:
            remembered = self._memory.check_run
            if remembered is None or (remembered.id, remembered.digest) != (check_run_id, ""):
                await self._remember(replace(self._memory, check_run=known), follows=False)
            else:
                try:
                    annotations = await missing_annotations(self._to, check_run_id, annotations)
                except TryLater:
                    raise
                except GitHubFailure as failure:
                    written = self._outbox.refuse(kind, failure)
        if written is None:
            written = await self._send_updates(known, write.check_run, annotations, write.digest)
        if written.is_gone:
            await self._remember(replace(self._memory, check_run=None))
        return None if written.is_refused else kind

    async def _send_updates(
        self, known: CheckRunMemory, run: CheckRun, annotations: Sequence[Annotation], digest: str
    ) -> Result:
        for update in update_check_run(known.id, run, annotations):
            written = await self._outbox.send(self._to, update)
            if written.is_refused:
                return written
        await self._remember(replace(self._memory, check_run=replace(known, digest=digest)))
        return written

    async def _put_labels(self, kind: WriteKind, names: Sequence[str]) -> WriteKind | None:
        """Add labels, or set all, which include those of others."""
        planned, before = self._plan.labels, self._labels_before
        ours = [name for name in names if name in planned]
        usable = await usable_labels(self._outbox, self._to, kind, ours, self._names)
        self._labels_unchanged |= set(ours) - set(usable or ())
        put = [name for name in names if name not in self._labels_unchanged]
        is_whole = kind is WriteKind.SET_LABELS
        if not (put or is_whole):
            return None
        kept = {} if is_whole else self._memory.labels
        labels = {**kept, **{name: planned[name] for name in put if name in planned}}

        def set_now(_written: Result) -> Memory:
            return replace(self._memory, labels=labels)

        if usable is None or (await self._send(put_labels(kind, put), set_now)).is_refused:
            self._labels_unchanged.update((*planned, *before) if is_whole else names)
            return None
        return kind

    async def _remove_label(self, name: str) -> WriteKind | None:
        kind, labels = WriteKind.REMOVE_LABEL, self._memory.labels
        if (await remove_label(self._outbox, self._to, kind, name)).is_refused:
            self._labels_unchanged.add(name)
            return None
        left = {one: cause for one, cause in labels.items() if one.casefold() != name.casefold()}
        await self._remember(replace(self._memory, labels=left))
        return kind

    async def _write_comment(self, write: WriteComment) -> WriteKind | None:
        marker, body = write.marker, write.body
        request = comment_write(SUMMARY, marker, body, write.id)

        def commented(written: Result) -> Memory:
            comment = written.id if write.id is None else write.id
            if comment is None:
                return self._memory
            comments = {**self._memory.comments, marker: CommentMemory(comment, write.digest)}
            conversation = self._memory.conversation
            if conversation is not None:
                own = [one for one in conversation.own_comments if one.marker != marker]
                own.append(OwnComment(comment, marker, body))
                conversation = replace(conversation, own_comments=tuple(own))
            return replace(self._memory, comments=comments, conversation=conversation)

        written = await self._send(request, commented)
        if written.is_gone and write.id is not None:
            # A person deleted it: it counts as up to date, so that it is not created again.
            await self._remember(commented(written))
        return None if written.is_refused else request.kind

    async def _send(
        self, write: OutboxWrite, after: Callable[[Result], Memory], *, ends: bool | None = None
    ) -> Result:
        """Make a write, and store what is remembered after it along with the audit log's line."""
        is_last = self.is_last if ends is None else ends

        def remember(written: Result) -> Memory:
            self._memory = after(written)
            self.has_ended = is_last
            return self.final_memory() if is_last else self._memory

        return await self._outbox.send(self._to, write, remember, is_last=is_last)

    async def _remember(self, memory: Memory, *, follows: bool = True) -> None:
        """Store the memory; after the last write that is done at once with the review's end."""
        if self._outbox.dry_run:
            return
        self._memory = memory
        if not (follows and self.is_last):
            await self._outbox.store.remember(self._to.subject, memory)
