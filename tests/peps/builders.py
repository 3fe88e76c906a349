"""Builders for the domain's values, and the PEP tree of 31-Dec-2025."""

import json
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from bot.peps.number import Claim, NumberLedger, PepNumber, number_in_path
from bot.peps.people import CoreTeam, CoreTeamMember, Login, parse_core_team


def numbers(*values: int) -> frozenset[PepNumber]:
    return frozenset(PepNumber(value) for value in values)


def claim(number: int, pull_request: int) -> Claim:
    return Claim(PepNumber(number), pull_request)


def ledger(*published: int, **other: Any) -> NumberLedger:
    return NumberLedger(numbers(*published), **other)


def member(
    name: str,
    login: str | None = "somebody",
    joined: date | None = date(2010, 1, 1),
    left: date | None = None,
) -> CoreTeamMember:
    return CoreTeamMember(name, Login(login) if login else None, joined, left)


def pep(*headers: str, body: str = "Abstract\n========\n") -> str:
    return "\n".join(headers) + "\n\n" + body


Key = TypeVar("Key")
OtherKey = TypeVar("OtherKey")


class Texts(Mapping[Key, str]):
    """Texts compressed to a third of their size, because they are kept between tests."""

    def __init__(self, packed: Mapping[Key, bytes]) -> None:
        self._packed = packed

    def __getitem__(self, key: Key) -> str:
        return zlib.decompress(self._packed[key]).decode()

    def __iter__(self) -> Iterator[Key]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def by(self, key_of: Callable[[Key], OtherKey | None]) -> "Texts[OtherKey]":
        """The same texts by other keys, without those that have none."""
        return Texts(
            {
                other: packed
                for key, packed in self._packed.items()
                if (other := key_of(key)) is not None
            }
        )


@dataclass(frozen=True)
class PepTree:
    """The PEP files by path, and CODEOWNERS, of 31-Dec-2025."""

    texts: Texts[str]
    codeowners: str

    @property
    def published(self) -> frozenset[PepNumber]:
        return frozenset(
            number for path in self.texts if (number := number_in_path(path)) is not None
        )


@lru_cache(maxsize=1)
def pep_tree(shared_data: Path) -> PepTree:
    """Read the tree, once per process."""
    texts: dict[str, bytes] = {}
    with tarfile.open(shared_data / "peps-2025-12-31.tar.xz") as archive:
        for entry in archive:
            if entry.isfile() and (content := archive.extractfile(entry)):
                texts[entry.name.removeprefix("./")] = zlib.compress(content.read(), level=1)
    codeowners = zlib.decompress(texts.pop(".github/CODEOWNERS")).decode()
    return PepTree(Texts(texts), codeowners)


def core_team(shared_data: Path) -> CoreTeam:
    return parse_core_team((shared_data / "core-team-2025-12-31.csv").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def added_peps(shared_data: Path) -> tuple[tuple[date, str], ...]:
    """The merge date and the text of every PEP that the replayed pull requests add."""
    return tuple(_added_peps(shared_data))


def _added_peps(shared_data: Path) -> Iterator[tuple[date, str]]:
    with lzma.open(shared_data / "pulls-2023-2025.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            pull = json.loads(line)
            for file in pull["files"]:
                if file["status"] == "added" and number_in_path(file["path"]) is not None:
                    yield date.fromisoformat(pull["date"][:10]), file["after"]
