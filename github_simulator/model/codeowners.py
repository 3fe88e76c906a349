"""Finds the errors that GitHub would find in CODEOWNERS: invalid patterns and unknown owners.

Source: https://docs.github.com/repositories (About code owners) and
https://docs.github.com/rest/repos/repos#list-codeowners-errors.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from github_simulator.model.accounts import Access
from github_simulator.model.repository import Repository
from github_simulator.model.world import World

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")

_LOGIN = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?")
_TEAM = re.compile(r"@([A-Za-z0-9-]{1,39})/([A-Za-z0-9_.-]{1,100})")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


@dataclass(frozen=True, slots=True)
class CodeOwnersError:
    """One error; line and column are 1-based."""

    line: int
    column: int
    kind: str
    source: str
    suggestion: str | None
    message: str


def find_errors(world: World, repository: Repository, text: str) -> Iterator[CodeOwnersError]:
    """The errors of a CODEOWNERS file, line by line."""
    for number, line in enumerate(text.split("\n"), start=1):
        source = line.rstrip("\r")
        words = list(re.finditer(r"(?:\\ |\S)+", source))
        if not words or words[0].group().startswith("#"):
            continue
        pattern = words[0].group()
        if reason := _pattern_error(pattern):
            yield _error(number, words[0], "Invalid pattern", source, reason)
            continue
        for word in words[1:]:
            owner = word.group()
            if owner.startswith("#"):
                break
            if found := _owner_error(world, repository, owner):
                yield _error(number, word, found[0], source, found[1])


def _error(line: int, word: re.Match[str], kind: str, source: str, reason: str) -> CodeOwnersError:
    column = word.start() + 1
    pointer = " " * (column - 1) + "^"
    message = f"{kind} on line {line}: {reason}\n\n  {source}\n  {pointer}"
    return CodeOwnersError(line, column, kind, source, None, message)


def _pattern_error(pattern: str) -> str | None:
    if pattern.startswith("!"):
        return "negated patterns are not supported"
    if "[" in pattern or "]" in pattern:
        return "character ranges are not supported"
    return "there are too many asterisks" if "***" in pattern else None


def _owner_error(world: World, repository: Repository, owner: str) -> tuple[str, str] | None:
    if team := _TEAM.fullmatch(owner):
        if (team[1].lower(), team[2].lower()) in world.teams:
            return None
        return "Unknown owner", f"make sure the team {owner} exists and has write access"
    if _LOGIN.fullmatch(owner):
        account = world.accounts.get(owner[1:].lower())
        if account is not None and repository.access(account) >= Access.WRITE:
            return None
        return (
            "Unknown owner",
            f"make sure {owner} exists and has write access to the repository",
        )
    if _EMAIL.fullmatch(owner) and not owner.startswith("@"):
        return None
    return "Invalid owner", "an owner is @user, @organization/team or an e-mail address"
