"""The replayed pull requests of python/peps, as the rules would have seen them when merged.

Their texts are many megabytes. They are kept in a file, and those of one pull request are read when
it is looked at.
"""

import json
import lzma
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.changed_pep import NewPep, new_peps
from bot.peps.number import NumberLedger, PepNumber, number_in_path, pep_path
from bot.peps.people import Login, parse_core_team
from bot.peps.preamble import parse_preamble
from bot.policy.load import default_policy
from bot.rules.edits.relations import related_numbers
from bot.rules.engine.context import Context
from tests.replay.rows import Place, Row, Texts, file_change, row_without_texts

CODEOWNERS = ".github/CODEOWNERS"

EDITORS = frozenset(
    Login(login)
    for login in (
        "hugovk",
        "AA-Turner",
        "JelleZijlstra",
        "CAM-Gerlach",
        "Rosuav",
        "brettcannon",
        "warsaw",
        "gvanrossum",
    )
)
"""Who acted as a PEP editor in these years."""


@dataclass(frozen=True, slots=True)
class Merged:
    """One merged pull request.

    Attributes:
        pull_request: Its number; None for the few that have none.
        title: Its title.
        day: The day it was merged.
        change: What it changed, as merged.
        context: What could be known on that day, without acts and claims.
        related: The texts of PEPs it names as related without touching them, as far as the data
            tell what they were.
    """

    pull_request: int | None
    title: str
    day: date
    change: Change
    context: Context
    related: Mapping[PepNumber, str] = field(default_factory=dict)

    @property
    def new(self) -> tuple[NewPep, ...]:
        return new_peps(self.change)


class History(Sequence[Merged]):
    """All replayed pull requests in the order they were merged, each read when it is looked at."""

    def __init__(self, data: Path) -> None:
        self._texts = Texts()
        self._at_the_end = self._read_tree(data)
        self._rows = self._read_rows(data)
        self._row_of = {one.pull_request: row for row, one in enumerate(self._rows)}
        self._published = _published_before(self._rows, self._at_the_end)
        self._team = parse_core_team((data / "core-team-2025-12-31.csv").read_text("utf-8"))
        self._owners = lru_cache(maxsize=4)(self._owners_read)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, row: int) -> Merged: ...

    @overload
    def __getitem__(self, row: slice) -> Sequence[Merged]: ...

    def __getitem__(self, row: int | slice) -> Merged | Sequence[Merged]:
        if isinstance(row, slice):
            return [self[one] for one in range(len(self))[row]]
        return self._merged(range(len(self))[row])

    def row_of(self, pull_request: int) -> int:
        """The row of a pull request."""
        return self._row_of[pull_request]

    def first_since(self, day: date) -> Merged:
        """The first that was merged on a day or later."""
        return self[next(row for row, one in enumerate(self._rows) if one.day >= day)]

    def touching(self, path: str) -> list[int]:
        """The rows of those that touch a file."""
        return [row for row, one in enumerate(self._rows) if one.touches(path)]

    def with_new_pep(self) -> list[int]:
        """The rows of those that add a PEP."""
        may = [row for row, one in enumerate(self._rows) if one.may_add_pep]
        return [row for row in may if self[row].new]

    def files(self, row: int) -> tuple[FileChange, ...]:
        """The files of one of them, without what else there is to know about it."""
        return tuple(map(file_change, self._read(row)["files"]))

    def day(self, row: int) -> date:
        """The day on which one was merged."""
        return self._rows[row].day

    def number(self, row: int) -> int | None:
        """The number of one; None for the few that have none."""
        return self._rows[row].pull_request

    def numbers(self) -> list[int | None]:
        """The number of each, in the order they were merged."""
        return [one.pull_request for one in self._rows]

    def _read_tree(self, data: Path) -> dict[str, Place]:
        """Every PEP, and CODEOWNERS, when the data end."""
        found: dict[str, Place] = {}
        with tarfile.open(data / "peps-2025-12-31.tar.xz") as tree:
            for member in tree:
                path = member.name.removeprefix("./")
                file = tree.extractfile(member)
                if file and (path == CODEOWNERS or number_in_path(path) is not None):
                    found[path] = self._texts.put(file.read())
        return found

    def _read_rows(self, data: Path) -> list[Row]:
        with lzma.open(data / "pulls-2023-2025.jsonl.xz", "rb") as lines:
            rows = [row_without_texts(json.loads(line), self._texts.put(line)) for line in lines]
        return sorted(rows, key=lambda row: row.moment)

    def _read(self, row: int) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self._texts.get(self._rows[row].place))
        return read

    def _owners_before(self, row: int) -> str:
        """CODEOWNERS just before a row: what the next one that changes it found, or the end's."""
        rows = range(row, len(self))
        return self._owners(next((one for one in rows if self._rows[one].touches(CODEOWNERS)), -1))

    def _owners_read(self, row: int) -> str:
        if row < 0:
            return self._texts.get(self._at_the_end[CODEOWNERS])
        (text,) = (file.before for file in self.files(row) if file.path == CODEOWNERS)
        assert text is not None
        return text

    def _text_before(self, path: str, row: int) -> str | None:
        """A PEP as it was before a row, as far as the data tell.

        What others changed that are not among these pull requests is not known.
        """
        for later in range(row, len(self)):
            for file in reversed(self._rows[later].files):
                if file.former_path == path and file.has_before:
                    (one,) = (
                        each
                        for each in self.files(later)
                        if (each.previous_path or each.path) == path and each.before is not None
                    )
                    return one.before
                if file.path == path:
                    return None
        place = self._at_the_end.get(path)
        return self._texts.get(place) if place else None

    def _related(self, row: int, files: tuple[FileChange, ...]) -> dict[PepNumber, str]:
        named = related_numbers(Change(files=files))
        texts = {number: self._text_before(pep_path(number), row) for number in named}
        return {number: text for number, text in texts.items() if text is not None}

    def _merged(self, row: int) -> Merged:
        read = self._read(row)
        day = self._rows[row].day
        files = tuple(map(file_change, read["files"]))
        related = self._related(row, files)
        before, after = self._owners_before(row), None
        for file in files:
            if file.path == CODEOWNERS:
                before, after = file.before or "", file.after
        policy = default_policy()
        ledger = NumberLedger(
            published=self._published[row],
            reserved=policy.numbers.reserved,
            special=policy.numbers.special,
            taken_ahead=policy.numbers.taken_ahead,
            placeholders=policy.numbers.placeholders,
            last_ordinary=policy.numbers.ordinary_run[-1],
        )
        return Merged(
            pull_request=read["pr"],
            title=read["title"],
            day=day,
            change=Change(
                files=files,
                codeowners_path=CODEOWNERS,
                codeowners_before=before,
                codeowners_after=before if after is None else after,
                title=read["title"],
                files_complete=False,
            ),
            context=Context(
                today=day,
                policy=policy,
                numbers=ledger,
                core_team=self._team,
                editors=EDITORS,
                pull_request=read["pr"],
                related_headers={number: parse_preamble(text) for number, text in related.items()},
            ),
            related=related,
        )


@lru_cache(maxsize=1)
def load(data: Path) -> History:
    """All replayed pull requests in the order they were merged."""
    return History(data)


def with_number(data: Path, pull_request: int) -> Merged:
    """One of them by its number."""
    history = load(data)
    return history[history.row_of(pull_request)]


def _published_before(
    rows: Sequence[Row], at_the_end: Mapping[str, object]
) -> list[frozenset[PepNumber]]:
    """The numbers published just before each row, counted backwards from the end."""
    published = frozenset(
        number for path in at_the_end if (number := number_in_path(path)) is not None
    )
    before: list[frozenset[PepNumber]] = []
    for row in reversed(rows):
        for file in row.files:
            number, previous = number_in_path(file.path), number_in_path(file.previous or "")
            if number is not None and file.status in (FileStatus.ADDED, FileStatus.RENAMED):
                published -= {number}
            if number is not None and file.status is FileStatus.REMOVED:
                published |= {number}
            if previous is not None:
                published |= {previous}
        before.append(published)
    return before[::-1]
