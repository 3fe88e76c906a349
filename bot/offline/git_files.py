"""Finds the files that differ between two commits, or a commit and the working tree, with git.

git finds renames. The working tree is compared through a copy of the index, to which untracked PEPs
are added, so that `git diff` sees them as new or renamed. The repository itself is not changed.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.offline.files import LARGEST, Text, decode_text
from bot.offline.git import Git, GitFailed
from bot.offline.request import CannotRun
from bot.peps.change import FileStatus, Unreadable
from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import is_among_peps
from bot.policy.load import POLICY_PATH, RELEASE_DATA_PATH, is_relevant_path
from bot.rules.engine.finding import safe_code

_OPTIONS = (
    "-z",
    "-M",
    "--no-abbrev",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--ignore-submodules=all",
)
_STATUSES = {"A": FileStatus.ADDED, "D": FileStatus.REMOVED, "R": FileStatus.RENAMED}
_NO_MODE = "000000"


@dataclass(frozen=True, slots=True)
class DiffEntry:
    """One changed file, without its texts.

    Attributes:
        path: Its path after the change (or before it, if it was removed).
        status: What happened to it.
        previous_path: Its path before a renaming.
        before: The blob before; None if there was none.
        after: The blob after; None if there is none. Meaningless for files of a working tree.
    """

    path: str
    status: FileStatus
    previous_path: str | None
    before: str | None
    after: str | None


def between_commits(git: Git, base: str, head: str) -> tuple[DiffEntry, ...]:
    """What differs between two commits.

    Raises:
        CannotRun: git cannot compare them.
    """
    try:
        raw = git.run("diff-tree", "-r", "--raw", *_OPTIONS, base, head, "--")
    except GitFailed as failed:
        raise CannotRun(f"git cannot compare the base with the head: {failed}") from failed
    return _entries(raw)


def with_working_tree(git: Git, base: str) -> tuple[DiffEntry, ...]:
    """What differs between a commit and the working tree, untracked files included.

    Ignored files are left out, and so are untracked files other than PEPs and CODEOWNERS.

    Raises:
        CannotRun: git cannot compare them.
    """
    try:
        untracked = _untracked(git)
        if not untracked:
            return _entries(git.run("diff", "--raw", *_OPTIONS, base, "--"))
        with tempfile.TemporaryDirectory(prefix="pep-bot-") as folder:
            index = {"GIT_INDEX_FILE": str(_index_with(git, untracked, Path(folder)))}
            return _entries(git.run("diff", "--raw", *_OPTIONS, base, "--", variables=index))
    except GitFailed as failed:
        raise CannotRun(f"git cannot compare the base with the working tree: {failed}") from failed


def _untracked(git: Git) -> list[str]:
    listing = git.run(
        "ls-files", "-z", "--others", "--exclude-standard", "--", "peps", *CODEOWNERS_PATHS
    )
    names = (os.fsdecode(name) for name in listing.split(b"\0"))
    return [name for name in names if is_relevant_path(name)]


def _index_with(git: Git, untracked: list[str], folder: Path) -> Path:
    """A copy of the index, with the given files added as empty ones."""
    index = folder / "index"
    current = Path(os.fsdecode(git.run("rev-parse", "--git-path", "index").removesuffix(b"\n")))
    if (git.folder / current).exists():
        shutil.copyfile(git.folder / current, index)
    empty = git.run("hash-object", "--stdin").decode("ascii").strip()
    lines = "".join(f"100644 {empty} 0\t{path}\0" for path in untracked)
    git.run(
        "update-index",
        "-z",
        "--index-info",
        stdin=os.fsencode(lines),
        variables={"GIT_INDEX_FILE": str(index)},
    )
    return index


def _entries(raw: bytes) -> tuple[DiffEntry, ...]:
    """Parse git's raw output, each file once ("git diff", Raw output format)."""
    entries: dict[str, DiffEntry] = {}
    for entry in _parsed(raw):
        # A file in conflict is listed twice; what it was before is listed once.
        entries.setdefault(entry.path, entry)
    return tuple(entries.values())


def _parsed(raw: bytes) -> Iterator[DiffEntry]:
    fields = iter(raw.split(b"\0"))
    for meta in fields:
        if not meta:
            return
        old_mode, new_mode, old, new, letter = meta.decode("ascii").removeprefix(":").split(" ")
        first = os.fsdecode(next(fields))
        status = _STATUSES.get(letter[0], FileStatus.MODIFIED)
        renamed = status is FileStatus.RENAMED
        yield DiffEntry(
            path=os.fsdecode(next(fields)) if renamed else first,
            status=status,
            previous_path=first if renamed else None,
            before=None if old_mode == _NO_MODE else old,
            after=None if new_mode == _NO_MODE else new,
        )


_FILE_MODES = (b"100644", b"100755")


@dataclass(frozen=True)
class CommitFiles:
    """The PEPs, CODEOWNERS and policy in one commit.

    Attributes:
        git: The repository.
        commit: The SHA of the commit.
    """

    git: Git
    commit: str
    _texts: dict[str, Text] = field(default_factory=dict, repr=False, compare=False)

    @property
    def paths(self) -> frozenset[str]:
        """The paths of these files; symbolic links are left out."""
        return frozenset(self._blobs)

    def text(self, path: str) -> Text:
        """The text of one of these files.

        Raises:
            KeyError: There is no such file.
            CannotRun: The clone lacks the file's content.
        """
        sha = self._blobs[path]
        if sha not in self._texts:
            self._texts.update(read_blobs(self.git, [sha]))
        return self._texts[sha]

    def texts(self, paths: Iterable[str]) -> Mapping[str, Text]:
        """The texts of these files, read together.

        Raises:
            KeyError: There is no such file.
            CannotRun: The clone lacks a file's content.
        """
        shas = {path: self._blobs[path] for path in paths}
        self._texts.update(read_blobs(self.git, shas.values()))
        return {path: self._texts[sha] for path, sha in shas.items()}

    @property
    def auxiliary(self) -> frozenset[str]:
        """The paths of all other files among the PEPs."""
        return frozenset(path for path, _, _ in self._entries if is_among_peps(path))

    @cached_property
    def _blobs(self) -> Mapping[str, str]:
        return {
            path: sha
            for path, mode, sha in self._entries
            if mode in _FILE_MODES and is_relevant_path(path)
        }

    @cached_property
    def _entries(self) -> tuple[tuple[str, bytes, str], ...]:
        """The path of each file that may matter, with its mode and the SHA of its blob."""
        listing = self.git.run(
            "ls-tree",
            "-r",
            "-z",
            "--full-tree",
            self.commit,
            "--",
            "peps/",
            POLICY_PATH,
            RELEASE_DATA_PATH,
            *CODEOWNERS_PATHS,
        )
        entries: list[tuple[str, bytes, str]] = []
        for entry in filter(None, listing.split(b"\0")):
            facts, _, name = entry.partition(b"\t")
            mode, _, sha = facts.split(b" ")
            path = name.decode("utf-8", "surrogateescape")
            entries.append((path, mode, sha.decode("ascii")))
        return tuple(entries)


def is_in_commit(git: Git, commit: str, path: str) -> bool:
    """Whether a commit has a file or folder of this path."""
    return bool(git.run("ls-tree", "-z", "--full-tree", commit, "--", path))


def read_blobs(git: Git, shas: Iterable[str]) -> dict[str, Text]:
    """Read texts of blobs by their SHA; sizes are asked first, so that nothing huge is read.

    Raises:
        CannotRun: The clone lacks one of them and cannot fetch it.
    """
    texts: dict[str, Text] = {}
    small: list[str] = []
    unique_shas = list(dict.fromkeys(shas))
    for sha, line in zip(
        unique_shas, _batch(git, "--batch-check", unique_shas).splitlines(), strict=True
    ):
        fields = line.split(b" ")
        if fields[-1] == b"missing":
            raise CannotRun(f"This clone lacks the content of a changed file ({safe_code(sha)}).")
        if fields[1] != b"blob":
            texts[sha] = Unreadable.NOT_TEXT
        elif int(fields[2]) > LARGEST:
            texts[sha] = Unreadable.TOO_LARGE
        else:
            small.append(sha)
    content = _batch(git, "--batch", small)
    start = 0
    for sha in small:
        heading_end = content.index(b"\n", start)
        size = int(content[start:heading_end].split(b" ")[2])
        start = heading_end + 1 + size + 1
        texts[sha] = decode_text(content[heading_end + 1 : start - 1])
    return texts


def _batch(git: Git, mode: str, shas: list[str]) -> bytes:
    if not shas:
        return b""
    try:
        return git.run("cat-file", mode, stdin="\n".join([*shas, ""]).encode("ascii"))
    except GitFailed as failed:
        raise CannotRun(f"git cannot read changed files: {failed}") from failed
