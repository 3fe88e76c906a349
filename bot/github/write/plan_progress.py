"""Carries out a plan write by write, storing each result and going on if one is refused.

The memory is stored after every request that changed something, so that the next review plans from
what is really on GitHub.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import structlog

from bot.github.client.client import Client, GitHubFailure, Gone, NotAllowed, TryLater
from bot.github.client.permissions import PERMISSION_FOR_WRITE
from bot.github.client.response import variables
from bot.github.write.check_runs import PageOf, create_body, missing_annotations, update_bodies
from bot.github.write.labels import LabelStyle, usable_labels
from bot.review.reconcile import (
    AddLabels,
    CreateCheckRun,
    CreateComment,
    Plan,
    RemoveLabel,
    SetLabels,
    UpdateCheckRun,
    UpdateComment,
    Write,
)
from bot.review.snapshot import CheckRunMemory, CommentMemory, Memory, OwnComment
from bot.review.subject import Subject
from bot.store.store import Intent, Store

log = structlog.get_logger(__name__)

_CHECK_RUN = "/repos/{owner}/{repo}/check-runs/{id}"
_COMMENT = "/repos/{owner}/{repo}/issues/comments/{id}"
_LABELS = "/repos/{owner}/{repo}/issues/{number}/labels"


class PlanProgress:
    """A plan that is being carried out, with the memory after each write."""

    def __init__(
        self,
        client: Client,
        store: Store,
        subject: Subject,
        plan: Plan,
        memory: Memory,
        *,
        throttle: Callable[[], Awaitable[None]],
        styles: Mapping[str, LabelStyle],
        create_missing: bool,
        page_of: PageOf,
        on_written: Callable[[Write], Awaitable[None]],
        on_refused: Callable[[Write], None],
    ) -> None:
        """Prepare; nothing is written yet.

        Args:
            client: Writes to the subject's repository.
            store: Memory, intents and known labels.
            subject: The pull request.
            plan: Which labels the pull request should have afterwards, and why.
            memory: What is remembered so far.
            throttle: Awaited before each request that writes.
            styles: Color and description, by name, for labels that the repository lacks.
            create_missing: Whether such labels may be created.
            page_of: Returns the URL for a check run's "Details" link.
            on_written: Called with each write that succeeded.
            on_refused: Called with each write that GitHub refused for good.
        """
        self._client = client
        self._store = store
        self._subject = subject
        self._plan = plan
        self._memory = memory
        self._labels_before = memory.labels
        self._labels_unusable: set[str] = set()
        self._labels_not_removed: set[str] = set()
        self._labels_set = True
        self._throttle = throttle
        self._styles = styles
        self._create_missing = create_missing
        self._page_of = page_of
        self._on_written = on_written
        self._on_refused = on_refused

    def final_memory(self) -> Memory:
        """The memory after the last write."""
        labels = self._labels_before
        if self._labels_set:
            labels = {
                name: cause
                for name, cause in self._plan.labels.items()
                if name not in self._labels_unusable
            }
            before = self._labels_before.items()
            labels |= {name: cause for name, cause in before if name in self._labels_not_removed}
        return replace(self._memory, labels=labels, declined=self._plan.declined)

    async def make(self, write: Write) -> None:
        """Make one write; if GitHub refuses it for good, that is logged and remembered.

        Raises:
            TryLater: It may succeed later, or it is unknown whether it happened.
        """
        try:
            written = await self._send(write)
        except TryLater:
            raise
        except GitHubFailure as failure:
            await self._handle_refusal(write, failure)
            self._on_refused(write)
        else:
            if written:
                await self._on_written(write)

    async def _send(self, write: Write) -> bool:
        match write:
            case CreateCheckRun():
                await self._create_check_run(write)
            case UpdateCheckRun():
                await self._update_check_run(write)
            case AddLabels(names):
                return await self._add_labels(names)
            case RemoveLabel(name):
                await self._remove_label(name)
            case SetLabels(names):
                await self._set_labels(names)
            case CreateComment():
                await self._create_comment(write)
            case UpdateComment():
                await self._update_comment(write)
        return True

    async def _handle_refusal(self, write: Write, failure: GitHubFailure) -> None:
        log.warning(
            "write not allowed" if isinstance(failure, NotAllowed) else "write refused",
            write=write.operation,
            needs=PERMISSION_FOR_WRITE[type(write)],
            reason=str(failure),
        )
        is_missing = isinstance(failure, Gone)
        match write:
            case UpdateCheckRun() if is_missing:
                await self._remember(replace(self._memory, check_run=None))
            case UpdateComment(id, marker, body, digest) if is_missing:
                # A person deleted it. Remember it as up to date, so that it is not created again.
                await self._remember_comment(marker, CommentMemory(id, digest), body)
            case AddLabels(names):
                self._labels_unusable.update(names)
            case RemoveLabel(name):
                self._labels_not_removed.add(name)
            case SetLabels():
                self._labels_set = False
            case _:
                pass

    async def _create_check_run(self, write: CreateCheckRun) -> None:
        run, sha = write.check_run, write.head_sha
        _, *further = update_bodies(run, run.annotations)
        intent = Intent("check_run", sha)
        body = create_body(self._subject, sha, run)
        if page := await self._page_of(self._subject):
            body["details_url"] = page
        check_run_id = await self._create(intent, "/repos/{owner}/{repo}/check-runs", {}, body)
        # An empty digest means that it is unknown which annotations it has.
        digest = "" if further else write.digest
        await self._remember_check_run(check_run_id, sha, digest)
        await self._store.fulfil(self._subject, intent)
        if further:
            await self._patch_check_run(check_run_id, further)
            await self._remember_check_run(check_run_id, sha, write.digest)

    async def _update_check_run(self, write: UpdateCheckRun) -> None:
        run, annotations = write.check_run, write.check_run.annotations
        known = self._memory.check_run
        if annotations:
            if known is not None and known.id == write.id and known.digest == "":
                annotations = await missing_annotations(
                    self._client, self._subject, write.id, annotations
                )
            else:
                await self._remember_check_run(write.id, write.head_sha, "")
        await self._patch_check_run(write.id, [*update_bodies(run, annotations)])
        await self._remember_check_run(write.id, write.head_sha, write.digest)

    async def _patch_check_run(self, check_run_id: int, bodies: Iterable[dict[str, Any]]) -> None:
        where = variables(self._subject.repository, id=check_run_id)
        for body in bodies:
            await self._throttle()
            await self._client.patch(_CHECK_RUN, where, body)

    async def _add_labels(self, names: tuple[str, ...]) -> bool:
        usable = await self._usable(names)
        self._labels_unusable.update(set(names) - usable)
        if not usable:
            return False
        await self._throttle()
        desired = [name for name in names if name in usable]
        await self._client.post(_LABELS, self._pull_request(), {"labels": desired})
        causes = {name: self._plan.labels[name] for name in desired if name in self._plan.labels}
        await self._remember(replace(self._memory, labels={**self._memory.labels, **causes}))
        return True

    async def _remove_label(self, name: str) -> None:
        await self._throttle()
        where = {**self._pull_request(), "name": name}
        try:
            await self._client.delete(_LABELS + "/{name}", where)
        except Gone:
            log.info("label already gone", label=name)
        left = {
            label: cause
            for label, cause in self._memory.labels.items()
            if label.casefold() != name.casefold()
        }
        await self._remember(replace(self._memory, labels=left))

    async def _set_labels(self, names: tuple[str, ...]) -> None:
        ours = [name for name in names if name in self._plan.labels]
        unusable = set(ours) - await self._usable(ours)
        self._labels_unusable.update(unusable)
        await self._throttle()
        desired = [name for name in names if name not in unusable]
        await self._client.put(_LABELS, self._pull_request(), {"labels": desired})
        labels = {name: cause for name, cause in self._plan.labels.items() if name in desired}
        await self._remember(replace(self._memory, labels=labels))

    async def _usable(self, names: Iterable[str]) -> frozenset[str]:
        return await usable_labels(
            self._client,
            self._store,
            self._subject.repository,
            names,
            self._styles,
            create_missing=self._create_missing,
            throttle=self._throttle,
        )

    async def _create_comment(self, write: CreateComment) -> None:
        intent = Intent("comment", write.marker)
        comment_id = await self._create(
            intent,
            "/repos/{owner}/{repo}/issues/{number}/comments",
            {"number": self._subject.number},
            {"body": write.body},
        )
        await self._remember_comment(
            write.marker, CommentMemory(comment_id, write.digest), write.body
        )
        await self._store.fulfil(self._subject, intent)

    async def _update_comment(self, write: UpdateComment) -> None:
        await self._throttle()
        where = variables(self._subject.repository, id=write.id)
        await self._client.patch(_COMMENT, where, {"body": write.body})
        await self._remember_comment(
            write.marker, CommentMemory(write.id, write.digest), write.body
        )

    async def _create(
        self, intent: Intent, url: str, others: Mapping[str, int], body: dict[str, Any]
    ) -> int:
        await self._throttle()
        await self._store.intend(self._subject, intent)
        try:
            made = await self._client.post(url, variables(self._subject.repository, **others), body)
        except TryLater:
            raise
        except GitHubFailure:
            await self._store.fulfil(self._subject, intent)
            raise
        return int(made["id"])

    async def _remember_check_run(self, check_run_id: int, head_sha: str, digest: str) -> None:
        check_run = CheckRunMemory(check_run_id, head_sha, digest)
        await self._remember(replace(self._memory, check_run=check_run))

    async def _remember_comment(self, marker: str, comment: CommentMemory, body: str) -> None:
        comments = {**self._memory.comments, marker: comment}
        conversation = self._memory.conversation
        if conversation is not None:
            own = [known for known in conversation.own_comments if known.marker != marker]
            own.append(OwnComment(comment.id, marker, body))
            conversation = replace(conversation, own_comments=tuple(own))
        await self._remember(replace(self._memory, comments=comments, conversation=conversation))

    async def _remember(self, memory: Memory) -> None:
        self._memory = memory
        await self._store.remember(self._subject, memory)

    def _pull_request(self) -> dict[str, str | int]:
        return variables(self._subject.repository, number=self._subject.number)
