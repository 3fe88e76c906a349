"""Runs git with fixed arguments, without a shell, and in a safe environment.

A checked-out pull request is hostile: nothing in it may end up as an option, run a program, or
point git at another repository. Revisions are typed by people, so they are checked too.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.offline.request import CannotRun
from bot.rules.engine.finding import safe_code

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_LONGEST_REVISION = 250
_OPTIONS = (
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    "-c",
    "core.quotepath=off",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
)


class GitFailed(Exception):
    """A git command ended with another code than 0; the message is the end of its output."""

    def __init__(self, exit_code: int, message: str) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Git:
    """Runs git in one repository.

    Attributes:
        folder: Where git runs: the top of the working tree, or a bare repository.
        is_bare: True if there is no working tree.
    """

    folder: Path
    is_bare: bool = False

    def run(
        self, *arguments: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> bytes:
        """Run a git command and return its output.

        Args:
            arguments: The subcommand and its arguments. Whatever comes from outside must follow
                `--` or `--end-of-options`.
            stdin: What git reads from stdin.
            variables: More environment variables.

        Raises:
            GitFailed: The command failed.
            CannotRun: There is no git on this machine.
        """
        program = shutil.which("git")
        if program is None:
            raise CannotRun("This needs git, which is not installed.")
        try:
            process = subprocess.run(  # noqa: S603  no shell, fixed options, hostile words behind `--`
                [program, *_OPTIONS, *arguments],
                cwd=self.folder,
                env=_environment() | dict(variables or {}),
                input=stdin,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            message = f"git cannot be run in {safe_code(str(self.folder))}: {error.strerror}."
            raise CannotRun(message) from error
        if process.returncode:
            lines = process.stderr.decode("utf-8", "replace").strip().splitlines()
            fatal = next((line for line in lines if line.startswith("fatal:")), (lines or [""])[0])
            raise GitFailed(process.returncode, safe_code(fatal.removeprefix("fatal:").strip()))
        return process.stdout

    def commit(self, revision: str) -> str:
        """The SHA of the commit that a revision names.

        Raises:
            CannotRun: There is no such commit in this clone.
        """
        is_invalid = (
            not revision
            or revision.startswith(("-", "^"))
            or len(revision) > _LONGEST_REVISION
            or _CONTROL.search(revision)
        )
        if not is_invalid:
            try:
                name = f"{revision}^{{commit}}"
                answer = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", name)
                sha = answer.decode("ascii", "replace").strip()
                if _SHA.fullmatch(sha):
                    return sha
            except GitFailed:
                pass
        hint = "" if is_invalid else self._fetch_hint(revision)
        raise CannotRun(f"There is no revision {safe_code(revision)} in this repository.{hint}")

    def _fetch_hint(self, revision: str) -> str:
        """A hint on how to fetch a revision; empty if there is none."""
        remote, _, branch = revision.partition("/")
        if _BRANCH.fullmatch(branch) and remote in self._remotes():
            place = f"{branch}:refs/remotes/{remote}/{branch}"
            return f" Run `git fetch {remote} {place}` first."
        return " This is a shallow clone; you may have to fetch it first." * self.is_shallow()

    def _remotes(self) -> list[str]:
        """The remotes with plain names."""
        names = self.run("remote").decode("utf-8", "replace").splitlines()
        return [name for name in names if _BRANCH.fullmatch(name)]

    def has_commits(self) -> bool:
        """Whether HEAD is a commit, which it is not on a branch without commits."""
        try:
            self.run("rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}")
        except GitFailed:
            return False
        return True

    def is_shallow(self) -> bool:
        """Whether the repository is a shallow clone."""
        return self.run("rev-parse", "--is-shallow-repository").strip() == b"true"

    def merge_base(self, base: str, head: str) -> str:
        """The SHA of the merge base of two commits.

        Raises:
            CannotRun: They have none, or it lies outside of a shallow clone.
        """
        try:
            answer = self.run("merge-base", "--end-of-options", base, head)
        except GitFailed as failed:
            if self.is_shallow():
                remotes = self._remotes()
                remote = "origin" if "origin" in remotes else (remotes or ["origin"])[0]
                raise CannotRun(
                    "This clone is too shallow to tell what changed since the base. Run "
                    f"`git fetch --deepen=200 {remote}`, or, if the branch began before that, "
                    f"`git fetch --unshallow {remote}`; in a workflow let the checkout fetch all "
                    "history (`fetch-depth: 0`)."
                ) from failed
            raise CannotRun("The base and the head have no commit in common.") from failed
        return answer.decode("ascii").splitlines()[0]


def open_repository(folder: Path) -> Git:
    """Open the git repository of a folder.

    Raises:
        CannotRun: The folder is in no git repository, or git refuses to read it.
    """
    here = Git(folder)
    if not folder.is_dir():
        raise CannotRun(f"There is no folder {safe_code(str(folder))}.")
    try:
        if here.run("rev-parse", "--is-bare-repository").strip() == b"true":
            return Git(folder, is_bare=True)
        top = here.run("rev-parse", "--show-toplevel").removesuffix(b"\n")
    except GitFailed as failed:
        raise CannotRun(
            f"{safe_code(str(folder))} is not a readable git repository: {failed}"
        ) from failed
    return Git(Path(os.fsdecode(top)))


def _environment() -> dict[str, str]:
    """The environment without variables that point git elsewhere, and with messages in English."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return environment | {
        "LC_ALL": "C",
        "LANGUAGE": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
