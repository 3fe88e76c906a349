"""Files in a commit: listed from its tree, read by their SHA, never more than 2 MB of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.offline.failure import CannotRun
from bot.offline.files import LARGEST, Text, as_text
from bot.offline.git import Git, GitFailed
from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.policy.load import POLICY_PATH
from bot.policy.watched import RELEASE_SOURCE, is_watched
from bot.rules.change import Unreadable
from bot.rules.wording import code

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
        """Their paths; symbolic links are none of them."""
        return frozenset(self._blobs)

    def text(self, path: str) -> Text:
        """The text of one of them.

        Raises:
            KeyError: There is no such file.
            CannotRun: The clone lacks the file's content.
        """
        sha = self._blobs[path]
        if sha not in self._texts:
            self._texts.update(read_blobs(self.git, [sha]))
        return self._texts[sha]

    @cached_property
    def _blobs(self) -> Mapping[str, str]:
        listing = self.git.run(
            "ls-tree",
            "-z",
            "--full-tree",
            self.commit,
            "--",
            "peps/",
            POLICY_PATH,
            RELEASE_SOURCE,
            *CODEOWNERS_PATHS,
        )
        blobs: dict[str, str] = {}
        for entry in listing.split(b"\0"):
            facts, _, name = entry.partition(b"\t")
            path = name.decode("utf-8", "surrogateescape")
            if facts.split(b" ")[0] in _FILE_MODES and is_watched(path):
                blobs[path] = facts.split(b" ")[2].decode("ascii")
        return blobs


def is_in_commit(git: Git, commit: str, path: str) -> bool:
    """Whether a file or folder of this path is in a commit."""
    return bool(git.run("ls-tree", "-z", "--full-tree", commit, "--", path))


def read_blobs(git: Git, shas: Iterable[str]) -> dict[str, Text]:
    """The texts of blobs by their SHA; the size is asked first, so that nothing huge is read.

    Raises:
        CannotRun: The clone lacks one of them and cannot fetch it.
    """
    texts: dict[str, Text] = {}
    small: list[str] = []
    wanted = list(dict.fromkeys(shas))
    for sha, line in zip(wanted, _batch(git, "--batch-check", wanted).splitlines(), strict=True):
        words = line.split(b" ")
        if words[-1] == b"missing":
            raise CannotRun(f"This clone lacks the content of a changed file ({code(sha)}).")
        if words[1] != b"blob":
            texts[sha] = Unreadable.NOT_TEXT
        elif int(words[2]) > LARGEST:
            texts[sha] = Unreadable.TOO_LARGE
        else:
            small.append(sha)
    content = _batch(git, "--batch", small)
    start = 0
    for sha in small:
        heading_end = content.index(b"\n", start)
        size = int(content[start:heading_end].split(b" ")[2])
        start = heading_end + 1 + size + 1
        texts[sha] = as_text(content[heading_end + 1 : start - 1])
    return texts


def _batch(git: Git, mode: str, shas: list[str]) -> bytes:
    if not shas:
        return b""
    try:
        return git.run("cat-file", mode, stdin="\n".join([*shas, ""]).encode("ascii"))
    except GitFailed as failed:
        raise CannotRun(f"git cannot read changed files: {failed}") from failed
