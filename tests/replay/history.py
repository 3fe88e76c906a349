"""The replayed pull requests of python/peps, as the rules would have seen them when merged."""

import json
import lzma
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.peps.number import NumberLedger, PepNumber, number_in_path, pep_path
from bot.peps.people import CoreTeam, Login, parse_core_team
from bot.peps.preamble import parse_preamble
from bot.policy.load import default_policy
from bot.rules.change import Change, FileChange, FileStatus
from bot.rules.context import Context
from bot.rules.edits.relations import related_numbers
from bot.rules.new_pep import new_peps
from bot.rules.standing import NewPep

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


@lru_cache(maxsize=1)
def load(data: Path) -> tuple[Merged, ...]:
    """All replayed pull requests in the order they were merged."""
    rows = list(_rows(data))
    published = _published_before(rows, _numbers_at_the_end(data))
    team = parse_core_team((data / "core-team-2025-12-31.csv").read_text("utf-8"))
    owners = _owners_before(rows, data)
    related = _related_before(rows, data)
    return tuple(
        _merged(row, team, *known)
        for row, *known in zip(rows, published, owners, related, strict=True)
    )


def with_number(data: Path, pull_request: int) -> Merged:
    """One of them by its number."""
    return next(one for one in load(data) if one.pull_request == pull_request)


def _rows(data: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(data / "pulls-2023-2025.jsonl.xz", "rt", encoding="utf-8") as lines:
        yield from sorted(
            (json.loads(line) for line in lines), key=lambda row: _moment(row["date"])
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _numbers_at_the_end(data: Path) -> frozenset[PepNumber]:
    with tarfile.open(data / "peps-2025-12-31.tar.xz") as tree:
        numbers = (number_in_path(member.name.removeprefix("./")) for member in tree)
        return frozenset(number for number in numbers if number is not None)


def _published_before(
    rows: list[dict[str, Any]], at_the_end: frozenset[PepNumber]
) -> list[frozenset[PepNumber]]:
    """The numbers published just before each row, counted backwards from the end."""
    published = set(at_the_end)
    before: list[frozenset[PepNumber]] = []
    for row in reversed(rows):
        for file in row["files"]:
            number = number_in_path(file["path"])
            previous = number_in_path(file.get("previous") or "")
            if number is not None and file["status"] in ("added", "renamed"):
                published.discard(number)
            if number is not None and file["status"] == "removed":
                published.add(number)
            if previous is not None:
                published.add(previous)
        before.append(frozenset(published))
    return before[::-1]


def _owners_before(rows: list[dict[str, Any]], data: Path) -> list[str]:
    """CODEOWNERS just before each row: what the next row that changes it found, or the end's."""
    with tarfile.open(data / "peps-2025-12-31.tar.xz") as tree:
        name = next(member for member in tree.getnames() if member.endswith(CODEOWNERS))
        file = tree.extractfile(name)
        assert file is not None
        text = file.read().decode("utf-8")
    before: list[str] = []
    for row in reversed(rows):
        for changed in row["files"]:
            if changed["path"] == CODEOWNERS:
                text = changed["before"]
        before.append(text)
    return before[::-1]


def _related_before(rows: list[dict[str, Any]], data: Path) -> list[dict[PepNumber, str]]:
    """The texts of the PEPs each row names as related, as they were before it.

    Counted backwards from the end; what other pull requests changed in between is not known.
    """
    texts = _texts_at_the_end(data)
    before: list[dict[PepNumber, str]] = []
    for row in reversed(rows):
        files = tuple(_file(file) for file in row["files"])
        for file in files:
            texts.pop(file.path, None)
            if file.before is not None:
                texts[file.previous_path or file.path] = file.before
        named = related_numbers(Change(files=files))
        before.append({one: texts[pep_path(one)] for one in named if pep_path(one) in texts})
    return before[::-1]


def _texts_at_the_end(data: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    with tarfile.open(data / "peps-2025-12-31.tar.xz") as tree:
        for member in tree:
            path = member.name.removeprefix("./")
            if number_in_path(path) is not None and (file := tree.extractfile(member)) is not None:
                texts[path] = file.read().decode("utf-8")
    return texts


def _merged(
    row: dict[str, Any],
    team: CoreTeam,
    published: frozenset[PepNumber],
    owners: str,
    related: dict[PepNumber, str],
) -> Merged:
    day = _moment(row["date"]).date()
    files = tuple(_file(file) for file in row["files"])
    after = next((file.after for file in files if file.path == CODEOWNERS), owners)
    before = next((file.before for file in files if file.path == CODEOWNERS), owners)
    policy = default_policy()
    ledger = NumberLedger(
        published=published,
        reserved=policy.numbers.reserved,
        special=policy.numbers.special,
        taken_ahead=policy.numbers.taken_ahead,
        placeholders=policy.numbers.placeholders,
        last_ordinary=policy.numbers.ordinary_run[-1],
    )
    return Merged(
        pull_request=row["pr"],
        title=row["title"],
        day=day,
        change=Change(
            files=files,
            codeowners_path=CODEOWNERS,
            codeowners_before=before,
            codeowners_after=after,
            title=row["title"],
            files_complete=False,
        ),
        context=Context(
            today=day,
            policy=policy,
            numbers=ledger,
            core_team=team,
            editors=EDITORS,
            pull_request=row["pr"],
            others={number: parse_preamble(text) for number, text in related.items()},
        ),
        related=related,
    )


def _file(file: dict[str, Any]) -> FileChange:
    return FileChange(
        path=file["path"],
        status=FileStatus(file["status"]),
        previous_path=file.get("previous"),
        before=file["before"],
        after=file["after"],
    )
