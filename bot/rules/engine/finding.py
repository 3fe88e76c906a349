"""Findings: what a rule reports, how to fix it, and how to quote untrusted text safely."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Severity(StrEnum):
    """How serious a finding is.

    An error must not be merged, a warning should be fixed, a notice is for information.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def rank(self) -> int:
        """For sorting: the most serious comes first."""
        return list(Severity).index(self)

    def at_most(self, other: "Severity") -> "Severity":
        """The less serious of the two."""
        return max(self, other, key=lambda severity: severity.rank)


class Need(StrEnum):
    """What a pull request lacks, as its `needs …` label says."""

    SPONSOR = "sponsor"
    CODEOWNERS = "codeowners"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Fix:
    """A mechanical fix: replaces whole lines of the finding's file.

    Attributes:
        first_line: The first 1-based line to replace.
        last_line: The last one; `first_line - 1` to insert lines before the first.
        lines: The new lines, without line ends; empty to remove the old ones.
    """

    first_line: int
    last_line: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem or notice that a rule reports about a change, with its place and what to do.

    `message`, `action` and `help` are plain sentences in which single backticks enclose code and
    nothing else; untrusted text in them has been sanitized by this module. The renderer escapes
    everything outside the code, so a finding is safe in Markdown, in HTML and on a terminal.

    Attributes:
        rule: The id of the rule that reports it, kebab-case.
        severity: How serious it is.
        message: What is wrong, one or two sentences; the text of an annotation.
        action: What the reader should do, a few words in the imperative ("Find a sponsor"); empty
            if there is nothing to do.
        help: How to do it, and why. Empty if the message is enough.
        path: The file, relative to the repository, with `/`; None if the finding has no place.
        line: The 1-based line in the file after the change; None for the whole file.
        pep: The PEP that it is about, if any.
        need: What the pull request lacks until this finding is gone.
        paste: Text ready to paste, without trailing line end; None if there is none.
        waits_for_person: True if a person other than the pull request's author has to act.
        columns: The first and last 1-based column on the line; None for the whole line.
        fix: The mechanical fix, if there is one.
    """

    rule: str
    severity: Severity
    message: str
    action: str = ""
    help: str = ""
    path: str | None = None
    line: int | None = None
    pep: int | None = None
    need: Need | None = None
    paste: str | None = None
    waits_for_person: bool = False
    columns: tuple[int, int] | None = None
    fix: Fix | None = None

    @property
    def is_step(self) -> bool:
        """Whether the pull request's author has something to fix."""
        return self.severity is not Severity.NOTICE and not self.waits_for_person


MAX_NAME = 60
"""The longest name, in characters, before it is cut."""

MAX_CODE = 120
"""The longest piece of code, in characters, before it is cut."""

_NAME_PUNCTUATION = frozenset(".-'’,()")
_MAX_MARKS = 3  # Living scripts stack at most three marks on a letter; more is decoration or abuse.
# What GitHub turns into links by itself, as far as the characters allowed in a name can form it
# ("Autolinked references and URLs"): www addresses, GH-12, and full or short commit ids.
_AUTOLINK = re.compile(r"(?i)\b(www|gh)[.-](?=\S)")
_COMMIT_ID = re.compile(r"(?i)\b(?=[0-9a-f]*[0-9])([0-9a-f]{6})[0-9a-f]{1,34}\b")


def safe_name(text: str) -> str:
    """A person's name, sanitized for use in a sentence.

    Only letters, their marks, digits, spaces and `.-'’,()` are kept, so it cannot contain a
    mention, a link, markup or a change of text direction. At most 60 characters.
    """
    characters: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", text[: 8 * MAX_NAME]):
        kind = unicodedata.category(letter)
        if kind.startswith("M"):
            marks += 1
            if characters and marks <= _MAX_MARKS:
                characters.append(letter)
            continue
        marks = 0
        if kind[0] in "LN" or letter in _NAME_PUNCTUATION:
            characters.append(letter)
        elif kind[0] == "Z" or letter in "\t\r\n":
            characters.append(" ")
    result = " ".join("".join(characters).split())
    result = _COMMIT_ID.sub(r"\1", _AUTOLINK.sub(r"\1 ", result))
    return _cut(result, MAX_NAME) or "(a name without letters)"


def safe_code(text: str) -> str:
    """The text as one piece of inline code, with backticks around it and none inside.

    Control characters, changes of text direction and other invisible characters are dropped, and
    line ends become spaces. At most 120 characters between the backticks.
    """
    characters: list[str] = []
    for letter in text[: 8 * MAX_CODE]:
        kind = unicodedata.category(letter)
        if letter == "`":
            characters.append("'")
        elif kind[0] == "Z" or letter in "\t\r\n":
            characters.append(" ")
        elif kind[0] != "C":
            characters.append(letter)
    return f"`{_cut(''.join(characters).strip(), MAX_CODE) or '(empty)'}`"


def join_names(names: tuple[str, ...], conjunction: str = "and") -> str:
    """Sanitized words joined as in a sentence: "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


RuleAndFix: TypeAlias = tuple[str, Fix]
"""The id of a rule, and the fix of its finding."""


def fixed_text(text: str, fixes: Sequence[Fix]) -> str:
    """A text with fixes applied, which must be in order and not overlap.

    A new line gets the line end of the one it replaces, or else of the line before it.

    Args:
        text: The text that was checked.
        fixes: The fixes, sorted by line.
    """
    lines = text.split("\n")
    ends_with_newline = lines[-1] == ""
    if ends_with_newline:
        lines.pop()
    for fix in reversed(fixes):
        old = lines[fix.first_line - 1 : fix.last_line]
        neighbour = old or lines[max(fix.first_line - 2, 0) : fix.first_line - 1] or lines[:1]
        end = "\r" if neighbour and neighbour[0].endswith("\r") else ""
        lines[fix.first_line - 1 : fix.last_line] = [f"{line}{end}" for line in fix.lines]
    return "\n".join([*lines, ""] if ends_with_newline and lines else lines)


def without_overlaps(fixes: Iterable[RuleAndFix]) -> list[RuleAndFix]:
    """The fixes that do not overlap, in order; of two that overlap, the first is kept."""
    chosen: list[RuleAndFix] = []
    free_from = 1
    for rule, fix in sorted(fixes, key=lambda one: (one[1].first_line, one[1].last_line, one[0])):
        if fix.first_line >= free_from:
            chosen.append((rule, fix))
            free_from = max(fix.first_line, fix.last_line) + 1
    return chosen
