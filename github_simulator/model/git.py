"""Git objects in memory, with the SHAs that git would give them.

All repositories share one store, as a repository and its forks do on GitHub. So a base repository
can show the commits of a fork's pull request.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

EMPTY_SHA = "0" * 40


@dataclass(frozen=True, slots=True)
class Signature:
    """Who made a commit, and when."""

    name: str
    email: str
    login: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; `tree` and `parents` are SHAs."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file (`mode` 100644) or a folder (40000) in one level of a tree."""

    mode: str
    sha: str

    @property
    def is_tree(self) -> bool:
        """Whether this is a folder."""
        return self.mode == "40000"


class GitStore:
    """Blobs, trees and commits by SHA. Objects are never changed, so replicas may share it."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}
        self._trees: dict[str, Mapping[str, TreeEntry]] = {}
        self._commits: dict[str, Commit] = {}
        self._flat: dict[str, Mapping[str, str]] = {}

    def write_blob(self, content: bytes) -> str:
        """Store a file's content; returns its SHA."""
        sha = _hash("blob", content)
        self._blobs[sha] = content
        return sha

    def blob(self, sha: str) -> bytes | None:
        """A file's content, or None."""
        return self._blobs.get(sha)

    def write_tree(self, files: Mapping[str, str]) -> str:
        """Store a tree of paths and blob SHAs; returns the SHA of its root.

        Raises:
            ValueError: git would not accept a path, or a path is both a file and a folder.
        """
        root: dict[str, object] = {}
        for path, sha in files.items():
            *folders, name = _parts(path)
            level = root
            for folder in folders:
                below = level.setdefault(folder, {})
                if not isinstance(below, dict):
                    raise ValueError(f"{path!r}: {folder!r} is a file")  # noqa: TRY004 - the path is wrong
                level = below
            if isinstance(level.get(name), dict):
                raise ValueError(f"{path!r} is a folder")  # noqa: TRY004 - the path is wrong
            level[name] = sha
        sha = self._write_level(root)
        self._flat[sha] = dict(sorted(files.items()))
        return sha

    def _write_level(self, level: Mapping[str, object]) -> str:
        entries: dict[str, TreeEntry] = {}
        for name, below in level.items():
            if isinstance(below, dict):
                entries[name] = TreeEntry("40000", self._write_level(below))
            else:
                entries[name] = TreeEntry("100644", str(below))
        # git sorts folders as if their names ended in a slash
        ordered = sorted(entries, key=lambda name: name + "/" * entries[name].is_tree)
        content = b"".join(
            f"{entries[name].mode} {name}\0".encode() + bytes.fromhex(entries[name].sha)
            for name in ordered
        )
        sha = _hash("tree", content)
        self._trees[sha] = {name: entries[name] for name in ordered}
        return sha

    def tree(self, sha: str) -> Mapping[str, TreeEntry] | None:
        """One level of a tree in git's order, or None."""
        return self._trees.get(sha)

    def walk(self, sha: str, prefix: str = "") -> Iterator[tuple[str, TreeEntry]]:
        """Every entry of a tree, folders before their contents."""
        for name, entry in self._trees[sha].items():
            yield prefix + name, entry
            if entry.is_tree:
                yield from self.walk(entry.sha, f"{prefix}{name}/")

    def files(self, sha: str) -> Mapping[str, str]:
        """Path to blob SHA of all files of a tree or commit."""
        commit = self._commits.get(sha)
        tree = commit.tree if commit else sha
        if tree not in self._flat:
            self._flat[tree] = {
                path: entry.sha for path, entry in self.walk(tree) if not entry.is_tree
            }
        return self._flat[tree]

    def write_commit(
        self, tree: str, parents: Sequence[str], author: Signature, message: str
    ) -> str:
        """Store a commit; returns its SHA."""
        person = f"{author.name} <{author.email}> {int(author.at.timestamp())} +0000"
        lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
        lines += [f"author {person}", f"committer {person}", "", message]
        sha = _hash("commit", "\n".join(lines).encode())
        self._commits[sha] = Commit(sha, tree, tuple(parents), author, message)
        return sha

    def commit(self, sha: str) -> Commit | None:
        """A commit, or None."""
        return self._commits.get(sha)

    def edited_tree(self, sha: str, edits: Mapping[str, str | bytes | None]) -> str:
        """The tree of a commit after edits: new contents, or None to remove a file."""
        files = dict(self.files(sha)) if sha != EMPTY_SHA else {}
        for path, content in edits.items():
            if content is None:
                files.pop(path, None)
            else:
                encoded = content.encode() if isinstance(content, str) else content
                files[path] = self.write_blob(encoded)
        return self.write_tree(files)

    def ancestors(self, sha: str) -> list[str]:
        """A commit and all its ancestors, nearest first."""
        seen: dict[str, None] = {sha: None}
        waiting = [sha]
        for current in waiting:
            for parent in self._commits[current].parents:
                if parent not in seen:
                    seen[parent] = None
                    waiting.append(parent)
        return list(seen)

    def merge_base(self, one: str, other: str) -> str | None:
        """The nearest common ancestor, or None for unrelated histories."""
        behind = set(self.ancestors(one))
        return next((sha for sha in self.ancestors(other) if sha in behind), None)

    def commits_between(self, base: str, head: str) -> list[Commit]:
        """The commits of head that base lacks, oldest first."""
        behind = set(self.ancestors(base))
        ahead = [self._commits[sha] for sha in self.ancestors(head) if sha not in behind]
        return ahead[::-1]


def _hash(kind: str, content: bytes) -> str:
    # git's names of objects are SHA-1; nothing here is a matter of security
    header = f"{kind} {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def _parts(path: str) -> list[str]:
    parts = path.split("/")
    if any(part in {"", ".", "..", ".git"} or "\0" in part for part in parts):
        raise ValueError(f"{path!r} is not a path git would hold")
    return parts
