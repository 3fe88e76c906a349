"""What is kept of the replayed pull requests: a row of each in memory, its texts in a file."""

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.peps.change import FileChange, FileStatus
from bot.peps.number import is_pep_path


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the file of texts."""

    begin: int
    length: int


class Texts:
    """A file of texts that goes with this object."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115

    def put(self, content: bytes) -> Place:
        """Keep a text."""
        begin = self._file.seek(0, 2)
        return Place(begin, self._file.write(content))

    def get(self, place: Place) -> str:
        """Read a text that was kept."""
        self._file.seek(place.begin)
        return self._file.read(place.length).decode("utf-8")


@dataclass(frozen=True, slots=True)
class Touched:
    """A file of a pull request without its texts."""

    path: str
    previous: str | None
    status: FileStatus
    has_before: bool

    @property
    def former_path(self) -> str:
        return self.previous or self.path


@dataclass(frozen=True, slots=True)
class Row:
    """A pull request without its texts."""

    place: Place
    pull_request: int | None
    moment: datetime
    files: tuple[Touched, ...]

    @property
    def day(self) -> date:
        return self.moment.date()

    def touches(self, path: str) -> bool:
        return any(file.path == path for file in self.files)

    @property
    def may_add_pep(self) -> bool:
        wanted = (FileStatus.ADDED, FileStatus.RENAMED)
        return any(file.status in wanted and is_pep_path(file.path) for file in self.files)


def row_without_texts(read: dict[str, Any], place: Place) -> Row:
    return Row(
        place,
        read["pr"],
        datetime.fromisoformat(read["date"]),
        tuple(
            Touched(
                file["path"],
                file.get("previous"),
                FileStatus(file["status"]),
                file["before"] is not None,
            )
            for file in read["files"]
        ),
    )


def file_change(file: dict[str, Any]) -> FileChange:
    return FileChange(
        path=file["path"],
        status=FileStatus(file["status"]),
        previous_path=file.get("previous"),
        before=file["before"],
        after=file["after"],
    )
