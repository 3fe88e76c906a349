"""Reads one line of CODEOWNERS as GitHub does ("About code owners")."""

import re
from dataclasses import dataclass, field

from bot.peps.number import PepNumber
from bot.peps.people import LOGIN

_PATTERN = re.compile(r"(?:\\.|[^\s\\])+|\\")
_ACCOUNT_OR_TEAM = rf"@{LOGIN}(?:/[A-Za-z0-9_.-]{{1,100}})?"
_EMAIL = r"[^@\s,<>()]{1,64}@[^@\s,<>()/]{1,255}"
_OWNER = re.compile(rf"{_ACCOUNT_OR_TEAM}|{_EMAIL}")
_PEP = re.compile(r"/?peps/pep-([0-9]{4})(?![0-9])")
_LONGEST_PATTERN = 4_096


@dataclass(frozen=True, slots=True)
class OwnersLine:
    """One line of CODEOWNERS, valid or not.

    Attributes:
        number: The 1-based line.
        text: The line as written, with its carriage return but without its line feed.
        pattern: The pattern that gets owners, as written; None for a comment or an empty line.
        owners: Its owners as written, with `@`.
        comment: The text after `#`, without spaces around it.
        commented_path: The PEP file that a comment leaves without owners (`# peps/pep-0666.rst`).
        error: Why GitHub ignores the line, a plain sentence without quotations; else None.
        path: The path that it is about, commented out or not, without a leading slash.
        pep: The PEP whose file, folder or auxiliary file it is about.
    """

    number: int
    text: str
    pattern: str | None = None
    owners: tuple[str, ...] = ()
    comment: str = ""
    commented_path: str | None = None
    error: str | None = None
    path: str | None = field(init=False, compare=False)
    pep: PepNumber | None = field(init=False, compare=False)

    def __post_init__(self) -> None:
        path = self.pattern or self.commented_path
        object.__setattr__(self, "path", None if path is None else path.removeprefix("/"))
        found = _PEP.match(self.path or "")
        object.__setattr__(self, "pep", PepNumber(int(found[1])) if found else None)


def parse_line(number: int, text: str) -> OwnersLine:
    """Read one line.

    Args:
        number: The 1-based line.
        text: The line without its line feed.

    Returns:
        The line; `error` says what is wrong with it.
    """
    content = text.strip()
    if not content:
        return OwnersLine(number, text)
    if content.startswith("#"):
        comment = content.lstrip("#").strip()
        return OwnersLine(number, text, comment=comment, commented_path=_commented_path(comment))
    found = _PATTERN.match(content)
    pattern = found[0] if found else content
    words = content[len(pattern) :].split()
    start = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
    owners = tuple(words[:start])
    return OwnersLine(
        number,
        text,
        pattern=pattern,
        owners=owners,
        comment=" ".join(words[start:]).lstrip("#").strip(),
        error=_pattern_error(pattern) or _owners_error(owners),
    )


def format_line(path: str, logins: tuple[str, ...] | list[str]) -> str:
    """The line as python/peps writes it: path, two spaces, accounts separated by single spaces."""
    return f"{path}  {' '.join(f'@{login}' for login in logins)}"


def owners_as_logins(line: OwnersLine) -> frozenset[str]:
    """The owners of a line as a set to compare: without `@` and in lower case.

    Teams stay `organisation/team`, which cannot be an account's name, and e-mail addresses whole.
    """
    return frozenset(owner.removeprefix("@").casefold() for owner in line.owners)


def _commented_path(comment: str) -> str | None:
    word = comment.split(maxsplit=1)[0].rstrip(",") if comment else ""
    return word.removeprefix("/") if _PEP.match(word) else None


def _pattern_error(pattern: str) -> str | None:
    if pattern.startswith("!"):
        return "GitHub knows no exceptions (`!`) here."
    if pattern.startswith("\\#"):
        return "A pattern cannot begin with `#`, with a backslash before it either."
    if "[" in pattern or "]" in pattern:
        return "GitHub knows no character ranges (`[ ]`) here."
    if len(pattern) > _LONGEST_PATTERN:
        return "The pattern is longer than any path can be."
    return None


def _owners_error(owners: tuple[str, ...]) -> str | None:
    for place, owner in enumerate(owners, start=1):
        if _OWNER.fullmatch(owner):
            continue
        if not owner.startswith("@"):
            return f"Owner {place} lacks its `@`, and is no e-mail address."
        return f"Owner {place} is neither an account nor a team."
    return None
