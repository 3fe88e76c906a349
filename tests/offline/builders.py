"""Real git repositories of PEPs in a temporary folder, and the commands run on them."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from bot.cli.check import check
from bot.cli.numbers import numbers

OWNERS = """\
*  @python/pep-editors

peps/pep-0700.rst  @vera
peps/pep-0701.rst  @vera
"""

COPYRIGHT = """

Copyright
=========

This document is placed in the public domain or under the
CC0-1.0-Universal license, whichever is more permissive.
"""

CORE_TEAM = """\
Vera Core,vera,2010-01-01,,
Wim Core,wim,2012-01-01,,
"""


def pep(number: object, author: str = "Olga Outsider", **headers: str) -> str:
    lines = [
        f"PEP: {number}",
        "Title: An idea",
        f"Author: {author} <someone at example.org>",
        *(f"{name}: {value}" for name, value in headers.items()),
        "Status: Draft",
        "Type: Standards Track",
        "Created: 12-May-2025",
        "Python-Version: 3.99",
    ]
    return "\n".join([*lines, "", "Abstract", "========", "", *map(str, range(30)), COPYRIGHT])


@dataclass
class Repository:
    """A repository whose `main` has PEP 700 and 701, with CODEOWNERS."""

    root: Path

    def write(self, path: str, content: str | bytes) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return place

    def git(self, *arguments: str, **variables: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        done = subprocess.run(
            ["git", *identity, "-c", "core.hooksPath=/dev/null", *arguments],
            cwd=self.root,
            env=kept | {"GIT_CONFIG_GLOBAL": os.devnull} | variables,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str = "change") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def state(self) -> dict[str, bytes]:
        """Every file of the repository, git's own included."""
        return {
            str(file.relative_to(self.root)): file.read_bytes()
            for file in self.root.rglob("*")
            if file.is_file()
        }


def repository(root: Path, *, with_git: bool = True) -> Repository:
    root.mkdir(parents=True, exist_ok=True)
    made = Repository(root)
    for number in (700, 701):
        made.write(f"peps/pep-0{number}.rst", pep(number, "Vera Core"))
    made.write(".github/CODEOWNERS", OWNERS)
    if with_git:
        made.git("init", "-q", "-b", "main")
        made.commit("first")
    return made


def run_check(where: Repository | Path, *arguments: str) -> Result:
    root = where.root if isinstance(where, Repository) else where
    return CliRunner().invoke(check, ["--repo", str(root), *arguments])


def run_numbers(where: Repository | Path, *arguments: str) -> Result:
    root = where.root if isinstance(where, Repository) else where
    return CliRunner().invoke(numbers, ["--repo", str(root), *arguments])


def findings(result: Result) -> list[dict[str, Any]]:
    """The findings of a run with `--format json` that went as it should."""
    assert result.exit_code in (0, 1), result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def checked(where: Repository | Path, *arguments: str) -> list[dict[str, Any]]:
    return findings(run_check(where, *arguments, "--format", "json"))


def places_of(found: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(one["rule"], one["severity"], one["path"]) for one in found}
