"""Reads a repository's files from a commit or a folder, and writes fixes into a folder."""

import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeAlias

from bot.offline.request import CannotRun
from bot.peps.change import Unreadable
from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import PepNumber, is_among_peps, is_pep_path, number_in_path
from bot.policy.load import POLICY_PATH, PolicyInvalid, default_policy, parse_policy
from bot.policy.model import Policy
from bot.review.fixes.files import apply_fixes
from bot.rules.engine.finding import Finding, safe_code
from bot.rules.engine.registry import rule_ids

LARGEST = 2_000_000
"""The most bytes of a file that are read, as on the server (2 MB)."""

Text: TypeAlias = str | Unreadable
"""A file's text, or why there is none."""


class Files(Protocol):
    """The PEPs, CODEOWNERS and policy of a repository, as of one commit or moment."""

    @property
    def paths(self) -> frozenset[str]:
        """The paths of these files, relative to the repository."""

    @property
    def auxiliary(self) -> frozenset[str]:
        """The paths of all other files among the PEPs, such as images."""

    def text(self, path: str) -> Text:
        """The text of one of these files."""


def decode_text(content: bytes) -> Text:
    """Decode a file as the server does: UTF-8 of at most 2 MB."""
    if len(content) > LARGEST:
        return Unreadable.TOO_LARGE
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return Unreadable.NOT_TEXT
    return Unreadable.NOT_TEXT if "\0" in text else text


def published_numbers(files: Files) -> frozenset[PepNumber]:
    """The numbers of the PEP files."""
    found = (number_in_path(path) for path in files.paths)
    return frozenset(number for number in found if number is not None)


def find_codeowners(files: Files) -> str | None:
    """The path of CODEOWNERS: GitHub uses the first of three places only."""
    return next((path for path in CODEOWNERS_PATHS if path in files.paths), None)


def policy_or_defaults(files: Files) -> tuple[Policy, tuple[str, ...]]:
    """The policy in the files; if it is invalid, the defaults as on the server, and why.

    So a change that fixes a broken policy can be checked, and a broken policy stops nobody.
    """
    try:
        return policy_of(files), ()
    except CannotRun as cannot:
        return default_policy(), (f"{cannot} The defaults apply instead.",)


def policy_of(files: Files) -> Policy:
    """The policy in the files, or the defaults if there is none.

    Raises:
        CannotRun: The policy is invalid; the message names the first problems.
    """
    if POLICY_PATH not in files.paths:
        return default_policy()
    text = files.text(POLICY_PATH)
    if isinstance(text, Unreadable):
        raise CannotRun(f"The policy `{POLICY_PATH}` cannot be read: {text.value}.")
    try:
        return parse_policy(text, rules=rule_ids())
    except PolicyInvalid as invalid:
        raise CannotRun(f"The policy `{POLICY_PATH}` is invalid: {invalid}") from invalid


PEPS = "peps"
"""The folder that holds the PEPs."""


@dataclass(frozen=True)
class Folder:
    """The PEPs, CODEOWNERS and policy in a folder.

    Attributes:
        root: The top folder of the repository.
    """

    root: Path

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of these files; only regular files."""
        places = (*CODEOWNERS_PATHS, POLICY_PATH)
        peps = (f"{PEPS}/{name}" for name in self._names_of_peps())
        return frozenset(path for path in (*peps, *places) if self._is_file(path))

    @cached_property
    def auxiliary(self) -> frozenset[str]:
        """The paths of all other files among the PEPs; what cannot be listed is left out."""
        found: set[str] = set()
        for place, _, names in os.walk(self.root / PEPS):
            folder = Path(place).relative_to(self.root).as_posix()
            found.update(f"{folder}/{name}" for name in names)
        return frozenset(filter(is_among_peps, found))

    def text(self, path: str) -> Text:
        """The text of a file as git would store it: for a symbolic link, its target.

        Raises:
            CannotRun: The file exists, but may not be read.
        """
        place = self.root / path
        try:
            if place.is_symlink():
                return decode_text(os.fsencode(place.readlink()))
            if not self._is_file(path):
                return Unreadable.NOT_TEXT
            with place.open("rb") as file:
                return decode_text(file.read(LARGEST + 1))
        except OSError as error:
            raise CannotRun(f"{safe_code(path)} cannot be read: {error.strerror}.") from error

    def _names_of_peps(self) -> list[str]:
        folder = self.root / PEPS
        if not self._is_folder(PEPS):
            return []
        try:
            names = [entry.name for entry in folder.iterdir()]
        except OSError as error:
            raise CannotRun(
                f"{safe_code(str(folder))} cannot be read: {error.strerror}."
            ) from error
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
    """Open the repository of a folder: the nearest folder upwards with PEPs or with git.

    Raises:
        CannotRun: There is none.
    """
    here = folder.resolve()
    if not here.is_dir():
        raise CannotRun(f"There is no folder {safe_code(str(folder))}.")
    for root in (here, *here.parents):
        if (root / PEPS).is_dir() or (root / ".git").exists():
            return Folder(root)
    raise CannotRun(f"{safe_code(str(folder))} has no folder `{PEPS}` and is not a git repository.")


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file in which findings were fixed.

    Attributes:
        path: The file.
        rules: The ids of the rules whose findings were fixed, one for each fix.
    """

    path: str
    rules: tuple[str, ...]


def fix_files(
    root: Path, findings: Iterable[Finding], texts: Mapping[str, str]
) -> tuple[FixedFile, ...]:
    """Apply all fixes that do not collide.

    Args:
        root: The top of the working folder.
        findings: The findings in files that may be changed.
        texts: The texts that the findings are about, by path.

    Raises:
        CannotRun: A file cannot be written.
    """
    fixed_files = []
    for path, fixed, rules in apply_fixes(findings, texts):
        if _is_unchanged(root / path, texts[path]):
            _write(root / path, fixed)
            fixed_files.append(FixedFile(path, rules))
    return tuple(fixed_files)


def _is_unchanged(place: Path, text: str) -> bool:
    try:
        if not stat.S_ISREG(place.lstat().st_mode) or place.parent.is_symlink():
            return False
        with place.open("rb") as file:
            return file.read(LARGEST + 1) == text.encode("utf-8")
    except (OSError, UnicodeEncodeError):
        return False


def _write(place: Path, text: str) -> None:
    """Replace a file atomically: readers see either the old text or the new one."""
    try:
        mode = stat.S_IMODE(place.stat().st_mode)
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".pep-bot-", delete=False) as new:
            try:
                new.write(text.encode("utf-8"))
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).chmod(mode)
                Path(new.name).replace(place)
            except BaseException:
                Path(new.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise CannotRun(f"{safe_code(place.name)} cannot be written: {error.strerror}.") from error
