"""Files in a working folder, with or without git; symbolic links are never followed."""

import os
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.offline.failure import CannotRun
from bot.offline.files import LARGEST, Text, as_text
from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import is_pep_path
from bot.policy.load import POLICY_PATH
from bot.rules.change import Unreadable
from bot.rules.wording import code

PEPS = "peps"
"""The folder the PEPs are in."""


@dataclass(frozen=True)
class Folder:
    """The PEPs, CODEOWNERS and policy in a folder.

    Attributes:
        root: The top of the repository.
    """

    root: Path

    @cached_property
    def paths(self) -> frozenset[str]:
        """Their paths; only regular files."""
        places = (*CODEOWNERS_PATHS, POLICY_PATH)
        peps = (f"{PEPS}/{name}" for name in self._names_of_peps())
        return frozenset(path for path in (*peps, *places) if self._is_file(path))

    def text(self, path: str) -> Text:
        """The text of a file as git would store it: of a symbolic link, where it points.

        Raises:
            CannotRun: The file is there, but may not be read.
        """
        place = self.root / path
        try:
            if place.is_symlink():
                return as_text(os.fsencode(place.readlink()))
            if not self._is_file(path):
                return Unreadable.NOT_TEXT
            with place.open("rb") as file:
                return as_text(file.read(LARGEST + 1))
        except OSError as error:
            raise CannotRun(f"{code(path)} cannot be read: {error.strerror}.") from error

    def _names_of_peps(self) -> list[str]:
        folder = self.root / PEPS
        if not self._is_folder(PEPS):
            return []
        try:
            names = [entry.name for entry in folder.iterdir()]
        except OSError as error:
            raise CannotRun(f"{code(str(folder))} cannot be read: {error.strerror}.") from error
        return sorted(name for name in names if is_pep_path(f"{PEPS}/{name}"))

    def _is_file(self, path: str) -> bool:
        parent = path.rpartition("/")[0]
        if parent and not self._is_folder(parent):
            return False
        try:
            return stat.S_ISREG((self.root / path).lstat().st_mode)
        except OSError:
            return False

    def _is_folder(self, path: str) -> bool:
        try:
            return stat.S_ISDIR((self.root / path).lstat().st_mode)
        except OSError:
            return False


def open_folder(folder: Path) -> Folder:
    """The repository a folder belongs to: the nearest one upwards with PEPs or with git.

    Raises:
        CannotRun: There is none.
    """
    here = folder.resolve()
    if not here.is_dir():
        raise CannotRun(f"There is no folder {code(str(folder))}.")
    for root in (here, *here.parents):
        if (root / PEPS).is_dir() or (root / ".git").exists():
            return Folder(root)
    raise CannotRun(f"{code(str(folder))} has no folder `{PEPS}` and is no git repository.")
