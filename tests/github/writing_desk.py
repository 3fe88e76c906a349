"""An outbox before a scripted GitHub, with a store in memory and no wait between writes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.github.client.app import AppIdentity
from bot.github.client.throttle import WriteThrottle
from bot.github.write.outbox import Destination, Outbox
from bot.github.write.planned_writes import PlanWriter
from bot.policy.labels import LabelNames
from bot.review.desired import Annotation, CheckRun, Conclusion
from bot.review.reconcile import Plan, Write, WriteCheckRun, WriteComment
from bot.review.snapshot import Memory
from bot.review.subject import Repository, Subject
from tests.github.remembering_store import RememberingStore
from tests.github.scripted_github import REPOSITORY, Reply, ScriptedGitHub, scripted_github

HEAD = "0123456789abcdef0123456789abcdef01234567"
SUBJECT = Subject(Repository(REPOSITORY, 12), 1)
ROOT = "/repos/python/peps"
RUNS = f"{ROOT}/check-runs"
RUN = f"{RUNS}/70"
LABELS = f"{ROOT}/issues/1/labels"
COMMENTS = f"{ROOT}/issues/1/comments"
COMMENT = f"{ROOT}/issues/comments/80"
EMPTY = Memory()
DEFAULT_NAMES = LabelNames()
LOST = Reply({"message": "Server Error"}, 502)
FORBIDDEN = Reply({"message": "Resource not accessible by integration"}, 403)


def annotation(line: int) -> Annotation:
    return Annotation("peps/pep-0791.rst", line, line, "warning", f"Remark {line}.", "Number")


def check_run(annotations: int = 0) -> CheckRun:
    notes = tuple(annotation(line) for line in range(1, annotations + 1))
    return CheckRun(Conclusion.NEUTRAL, "1 thing to fix", "The summary.", notes)


def plan_of(
    *writes: Write, labels: dict[str, str] | None = None, declined: dict[str, str] | None = None
) -> Plan:
    return Plan(writes, labels or {}, declined or {})


CREATE_RUN = WriteCheckRun(None, HEAD, check_run(), "run-digest")
CREATE_COMMENT = WriteComment(None, "summary", "<!-- pep-bot:summary -->\nHello", "comment-digest")


class Unlimited:
    def __init__(self) -> None:
        self.taken = 0

    async def acquire(self) -> None:
        self.taken += 1


@dataclass
class Desk:
    """An outbox with all it needs, and the means to run it."""

    github: ScriptedGitHub
    store: RememberingStore
    limiter: Unlimited
    counted: list[tuple[str, str]] = field(default_factory=list)

    async def outbox(self, *, dry_run: bool = False) -> tuple[Outbox, Destination]:
        outbox = Outbox(
            self.store,
            AppIdentity(4711, "pep-editor-bot"),
            None if dry_run else WriteThrottle(lambda _: self.limiter),
            clock=self.github.clock,
            on_write=lambda *write: self.counted.append(write),
        )
        client = await self.github.clients.for_repository(REPOSITORY, 12)
        return outbox, Destination(client, SUBJECT, "d-1")

    async def carry_out(
        self,
        plan: Plan,
        memory: Memory = EMPTY,
        *,
        dry_run: bool = False,
        names: LabelNames = DEFAULT_NAMES,
    ) -> Memory:
        outbox, to = await self.outbox(dry_run=dry_run)
        return await PlanWriter(outbox).carry_out(to, plan, memory, names)

    def bodies(self, method: str, path: str) -> list[Any]:
        return [seen.document for seen in self.github.asked(method, path)]


@asynccontextmanager
async def writing_desk() -> AsyncIterator[Desk]:
    """A desk whose GitHub takes every write to pull request 1."""
    async with scripted_github() as github:
        github.will("POST", RUNS, Reply({"id": 70}, 201))
        github.will("PATCH", RUN, Reply({"id": 70}))
        github.will("POST", COMMENTS, Reply({"id": 80}, 201))
        github.will("PATCH", COMMENT, Reply({"id": 80}))
        github.will("POST", LABELS, Reply([]))
        github.will("PUT", LABELS, Reply([]))
        github.will("POST", f"{ROOT}/labels", Reply({"id": 1}, 201))
        yield Desk(github, RememberingStore(github.journal), Unlimited())
