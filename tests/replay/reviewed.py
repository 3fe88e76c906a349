"""The replayed pull requests as the whole pure core reviews them: snapshot, verdict, rendering."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cached_property, lru_cache
from pathlib import Path

from bot.peps.number import Claim, NumberLedger
from bot.peps.people import Login
from bot.review.desired import CheckRun, Comment, Desired
from bot.review.review import Review, review
from bot.review.snapshot import NO_MEMORY, PullRequestState, Since, Snapshot
from bot.review.subject import Repository, Subject
from bot.review.verdict import Verdict
from tests.replay.history import History, Merged, load
from tests.replay.opening import opening_rows
from tests.replay.parsed import parse_ahead, parsed

AUTHOR = Login("its-author")
"""Who opens every pull request: who really did is not in the data."""

REPOSITORY = Repository("python/peps", 1)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One pull request as the bot saw it last before the merge, and just after it.

    Attributes:
        merged: The pull request.
        opened: The day it was opened at the latest.
        before: What the bot made of it.
        after: What it made of it once it was merged.
    """

    merged: Merged
    opened: date
    before: Review
    after: Review

    @property
    def verdict(self) -> Verdict:
        """The verdict while it was open."""
        return self.before.verdict

    @property
    def desired(self) -> Desired:
        """What was on GitHub while it was open."""
        return self.before.desired

    @property
    def labels(self) -> frozenset[str]:
        """The labels it bore."""
        return frozenset(self.desired.labels or ())

    @property
    def check_run(self) -> CheckRun | None:
        """The check run on its head."""
        return self.desired.check_run

    @property
    def comments(self) -> tuple[Comment, ...]:
        """The comments the bot would have written: while it was open, and after the merge."""
        every = (*self.desired.comments, *self.after.desired.comments)
        return tuple(comment for comment in every if comment.create)


class Replay:
    """Reviews any of the replayed pull requests, with the claims that were open then."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.opened_at = opening_rows(history.numbers())
        self._new = {row: _claims(history[row]) for row in history.with_new_pep()}

    def opened(self, row: int) -> date:
        """The day by which a pull request was open."""
        return self.history.day(self.opened_at[row])

    def open_with_new_pep(self, row: int) -> list[int]:
        """The rows, this one too if it is one, that add a PEP and were open just before a merge."""
        return [other for other in self._new if self.opened_at[other] <= row <= other]

    def ledger_at_opening(self, row: int) -> NumberLedger:
        """The numbers as a new pull request found them: claims of those with lower numbers only."""
        own = self.history.number(row)
        at = self.opened_at[row]
        numbers = self.history[at].context.numbers
        older = [
            other
            for other in self._new
            if other >= at and (self.history.number(other) or 0) < (own or 0)
        ]
        return replace(numbers, claims=tuple(self._claims(older)))

    def reviewed(self, row: int) -> Reviewed:
        """One pull request, reviewed just before its merge and just after it."""
        merged = parsed(self.history[row])
        claims = tuple(self._claims(self.open_with_new_pep(row)))
        snapshot = _snapshot(merged, self.opened(row), claims)
        opened = self.opened(row)
        return Reviewed(
            merged, opened, _review(snapshot, opened), _review(_after_merge(snapshot), opened)
        )

    @cached_property
    def all(self) -> tuple[Reviewed, ...]:
        """Every pull request in the order of the merges."""
        parse_ahead(self.history)
        return tuple(self.reviewed(row) for row in range(len(self.history)))

    def _claims(self, rows: list[int]) -> Iterator[Claim]:
        for row in rows:
            yield from self._new[row]


def _claims(merged: Merged) -> tuple[Claim, ...]:
    return tuple(
        Claim(pep.number, merged.pull_request or 0) for pep in merged.new if pep.number is not None
    )


@lru_cache(maxsize=1)
def replay(data: Path) -> Replay:
    """The replay of a folder of data."""
    return Replay(load(data))


def _snapshot(merged: Merged, opened: date, claims: tuple[Claim, ...]) -> Snapshot:
    context = merged.context
    return Snapshot(
        subject=Subject(REPOSITORY, merged.pull_request or 0),
        state=PullRequestState.OPEN,
        head_sha="0" * 40,
        labels=frozenset(),
        change=replace(merged.change, author=AUTHOR, opened=opened),
        context=replace(context, numbers=replace(context.numbers, claims=claims)),
    )


def _review(snapshot: Snapshot, day: date) -> Review:
    return review(snapshot, NO_MEMORY, Since(datetime.combine(day, time(), UTC), "opened"))


def _after_merge(snapshot: Snapshot) -> Snapshot:
    own = snapshot.subject.number
    numbers = snapshot.context.numbers
    return replace(
        snapshot,
        state=PullRequestState.MERGED,
        context=replace(
            snapshot.context,
            numbers=replace(
                numbers,
                published=numbers.published
                | {claim.number for claim in numbers.claims if claim.pull_request == own},
                claims=tuple(claim for claim in numbers.claims if claim.pull_request != own),
            ),
        ),
    )
