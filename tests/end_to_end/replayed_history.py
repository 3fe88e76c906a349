"""Replays a stretch of python/peps' history with a running bot: opened, reviewed, merged.

Pull requests that add a PEP are open, as drafts that hold their number, from the day that follows
from their numbers; the others are opened on the day of their merge. Changes that were merged in
between and are not part of the sample come to the main branch as an ordinary push.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from bot.peps.changed_pep import PepText
from bot.peps.number import pep_path
from bot.review.desired import Annotation, Button, CheckRun
from bot.rules.document.file_references import file_references
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.past import PastClock, changed_files, harness_on_past_day, short_text
from tests.replay.history import CODEOWNERS, EDITORS, Merged
from tests.replay.reviewed import AUTHOR, Replay, Reviewed

_MERGES = "hugovk"


@dataclass(frozen=True, slots=True)
class BotOutput:
    """What people see of the bot on a pull request: its labels, check run and comments."""

    labels: frozenset[str]
    check_run: CheckRun | None
    comments: tuple[str, ...]

    @staticmethod
    def predicted(reviewed: Reviewed) -> "BotOutput":
        """What the code without I/O says should be there before the merge."""
        return BotOutput(
            reviewed.labels,
            reviewed.check_run,
            tuple(comment.body for comment in reviewed.desired.comments if comment.create),
        )

    @staticmethod
    def on(harness: Harness, number: int) -> "BotOutput":
        """What is on GitHub; more than one check run on a head is an error."""
        head = harness.simulator.pull_request(REPOSITORY, number).head_sha
        runs = [
            CheckRun(
                conclusion=run.conclusion,
                title=run.title or "",
                summary=run.summary or "",
                annotations=tuple(
                    Annotation(
                        note["path"],
                        note["start_line"],
                        note["end_line"],
                        note["annotation_level"],
                        note["message"],
                        note["title"],
                    )
                    for note in run.annotations
                ),
                buttons=tuple(
                    Button(one.identifier, one.label, one.description) for one in run.actions
                ),
                text=run.text or "",
            )
            for run in harness.simulator.check_runs(REPOSITORY, head)
        ]
        assert len(runs) < 2, f"#{number} has {len(runs)} check runs on its head"
        return BotOutput(
            frozenset(harness.labels(number)),
            runs[0] if runs else None,
            tuple(harness.comments(number)),
        )


@dataclass(slots=True)
class ReplayedHistory:
    """One bot in one stretch of history, at a row of the replay.

    `main` is the known content of the main branch: text by path.
    """

    replay: Replay
    harness: Harness
    clock: PastClock
    main: dict[str, str]
    tip: str = ""
    drafts: set[int] = field(default_factory=set)

    async def start(self, row: int) -> None:
        """Read the tip of the main branch, and open what was open already."""
        self.tip = await self.harness.simulator.commit(
            REPOSITORY, {"README.rst": "PEPs\n"}, _MERGES
        )
        for other in _open_before(self.replay, row):
            self._turn_clock(self.replay.opened(other))
            await self._open_draft(other)
            await self.harness.wait_until_idle()

    async def reach(self, row: int) -> None:
        """Bring GitHub to the moment before a merge: the day, and the new PEPs opened by then."""
        self._turn_clock(self.replay.history[row].day)
        for other in self.replay.open_with_new_pep(row):
            if other != row and other not in self.drafts:
                await self._open_draft(other)

    async def present(self, row: int) -> BotOutput:
        """Have a pull request reviewed as it was merged; returns what is then on GitHub."""
        merged = self.replay.history[row]
        number = _number(merged)
        await self._update_main(merged)
        files, simulator = changed_files(merged), self.harness.simulator
        if row in self.drafts:
            await simulator.push(REPOSITORY, number, files, onto=self.tip)
            await simulator.mark_ready(REPOSITORY, number)
        else:
            await simulator.open_pull_request(
                REPOSITORY, by=AUTHOR, title=merged.title, files=files, number=number
            )
        await self.harness.wait_until_idle()
        return BotOutput.on(self.harness, number)

    async def merge(self, row: int) -> BotOutput:
        """Merge it; returns what is on GitHub afterwards."""
        merged = self.replay.history[row]
        number = _number(merged)
        self.tip = await self.harness.simulator.merge(REPOSITORY, number, by=_MERGES)
        for path, text in changed_files(merged).items():
            if isinstance(text, str):
                self.main[path] = text
            else:
                self.main.pop(path, None)
        await self.harness.wait_until_idle()
        return BotOutput.on(self.harness, number)

    async def _open_draft(self, row: int) -> None:
        merged = self.replay.history[row]
        await self.harness.simulator.open_pull_request(
            REPOSITORY,
            by=AUTHOR,
            title=merged.title,
            files={pep.path: pep.text for pep in merged.new},
            draft=True,
            number=_number(merged),
        )
        self.drafts.add(row)

    async def _update_main(self, merged: Merged) -> None:
        """Push what came to the main branch without a replayed pull request."""
        expected = {
            file.previous_path or file.path: file.before
            for file in merged.change.files
            if file.before is not None
        }
        expected |= {pep_path(number): text for number, text in merged.related.items()}
        expected[CODEOWNERS] = merged.change.codeowners_before or ""
        published = {pep_path(number) for number in merged.context.numbers.published}
        expected |= {path: short_text(0) for path in published - self.main.keys() - expected.keys()}
        changes: dict[str, str | bytes | None] = {
            path: text for path, text in expected.items() if self.main.get(path) != text
        }
        removed = self.main.keys() - published - {CODEOWNERS}
        changes |= dict.fromkeys(removed)
        if changes:
            self.tip = await self.harness.simulator.commit(REPOSITORY, changes, _MERGES)
            self.main = {path: text for path, text in self.main.items() if path not in removed}
            self.main |= expected

    def _turn_clock(self, day: date) -> None:
        morning = datetime.combine(day, time(9), UTC)
        if morning > self.clock():
            self.clock.set(morning)


@asynccontextmanager
async def replayed_history(
    folder: Path, pem: str, data: Path, replay: Replay, rows: Sequence[int]
) -> AsyncIterator[ReplayedHistory]:
    """A running bot on the repository as it was before the first of these rows."""
    first = replay.history[rows[0]]
    numbers = first.context.numbers.published
    files = {pep_path(number): short_text(number) for number in numbers}
    # Texts that will be changed are there from the beginning, which saves a push for each.
    for row in reversed(rows):
        for file in replay.history[row].change.files:
            path = file.previous_path or file.path
            if file.before is not None and path in files:
                files[path] = file.before
    files[CODEOWNERS] = first.change.codeowners_before or ""
    owners = "\n".join({replay.history[row].change.codeowners_after or "" for row in rows})
    began = min([first.day, *map(replay.opened, _open_before(replay, rows[0]))])
    clock = PastClock(datetime.combine(began, time(8), UTC))
    # The data have no images, but the repository had those that its PEPs refer to.
    images = {
        one.path: "An image.\n"
        for row in rows
        for file in replay.history[row].change.files
        for one in file_references(PepText(file.after or ""))
    }
    async with harness_on_past_day(
        folder, pem, data, files | images, clock, owners_after=owners, editors=sorted(EDITORS)
    ) as harness:
        replayed = ReplayedHistory(replay, harness, clock, files)
        await replayed.start(rows[0])
        yield replayed


def _open_before(replay: Replay, row: int) -> list[int]:
    """The new PEPs that were open before a row's day came, in the order of their opening."""
    earlier = [other for other in replay.open_with_new_pep(row) if replay.opened_at[other] < row]
    return sorted(earlier, key=replay.opened)


def _number(merged: Merged) -> int:
    assert merged.pull_request is not None
    return merged.pull_request
