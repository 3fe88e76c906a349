"""Reads the text below a PEP's header line by line: sections, directives, comments and code.

This is not a reStructuredText parser. It separates prose from code, tables and comments, and finds
what looks like a heading or a directive, in time proportional to the text. The text may be hostile,
so nothing here raises, and no regular expression looks at a character more than a few times.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

_ADORNMENT = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_MARKUP = re.compile(
    r"\.\.(?=[ \t]|$)[ \t]*(?:([A-Za-z](?:[A-Za-z0-9]|[-_+.:][A-Za-z0-9])*)[ ]?::)?"
)
_TARGET = re.compile(r"_|\[|\|[^ |]|__ ")
_ROW_OF_RULES = re.compile(r"=+(?:[ \t]+=+)+[ \t]*")

_VERBATIM = frozenset(
    {
        "code",
        "code-block",
        "csv-table",
        "doctest",
        "figure",
        "graphviz",
        "image",
        "literalinclude",
        "math",
        "mermaid",
        "parsed-literal",
        "productionlist",
        "raw",
        "sourcecode",
        "testcode",
        "testoutput",
    }
)
"""Directives whose content is not prose."""


class LineKind(IntEnum):
    """What kind of text a line is."""

    HEADER = 0
    BLANK = 1
    TEXT = 2
    HEADING = 3
    """A title, or the line of adornment below or above it."""
    DIRECTIVE = 4
    """The first line of a directive; the content of an admonition, for example, is `TEXT`."""
    VERBATIM = 5
    """Code, or anything else that is shown literally."""
    COMMENT = 6
    TARGET = 7
    """A link target, a footnote or a substitution."""
    TABLE = 8


_KINDS = tuple(LineKind)
"""By their numbers; looking one up here is quicker than asking the class."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section's heading.

    Attributes:
        title: The text of the heading.
        line: The 1-based line of the title.
        first_line: The first line of the heading: the title, or the overline.
        last_line: The line of the underline.
        adornment: The character that underlines the title.
        overlined: Whether the title has an overline too.
        level: 1 for the style that appears first, 2 for the next new style, and so on.
    """

    title: str
    line: int
    first_line: int
    last_line: int
    adornment: str
    overlined: bool
    level: int


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive's first line.

    Attributes:
        name: As written.
        argument: The rest of the line.
        line: Its 1-based line.
        column: The 1-based column of the argument, or of where it would be.
    """

    name: str
    argument: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class CommentLine:
    """The first line of a comment: its text, 1-based line, and the column where the text begins."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class PepBody:
    """Everything found in the text below a header.

    Attributes:
        kinds: What each line is; `kinds[N - 1]` for line N.
        sections: The headings, in order.
        directives: The directives, in order, without those in code.
        comments: The comments, in order.
    """

    kinds: bytes
    sections: tuple[Section, ...]
    directives: tuple[Directive, ...]
    comments: tuple[CommentLine, ...]

    def kind(self, line: int) -> LineKind:
        """The kind of a 1-based line."""
        return _KINDS[self.kinds[line - 1]]

    def content(self, section: int, *, whole: bool = True) -> range:
        """The 1-based lines below a heading.

        Args:
            section: Its index in `sections`.
            whole: Whether to include subsections.
        """
        here = self.sections[section]
        for index in range(section + 1, len(self.sections)):
            later = self.sections[index]
            if not whole or later.level <= here.level:
                return range(here.last_line + 1, later.first_line)
        return range(here.last_line + 1, len(self.kinds) + 1)


def read_body(lines: Sequence[str], header: int) -> PepBody:
    """Read the text below a header.

    Args:
        lines: All lines of the PEP, without their ends.
        header: How many of them belong to the header.
    """
    return _BodyParser(lines, header).read()


class _BodyParser:
    """One pass over the lines; `block` is what the indented lines that follow belong to."""

    def __init__(self, lines: Sequence[str], header: int) -> None:
        self.lines = lines
        self.header = header
        self.kinds = bytearray(len(lines))
        self.sections: list[Section] = []
        self.directives: list[Directive] = []
        self.comments: list[CommentLine] = []
        self.styles: dict[tuple[str, bool], int] = {}

    def read(self) -> PepBody:
        lines, kinds, count = self.lines, self.kinds, len(self.lines)
        block: tuple[int, LineKind] | None = None
        until_blank: LineKind | None = None
        index = self.header
        while index < count:
            line = lines[index]
            text = line.lstrip()
            if not text:
                kinds[index] = LineKind.BLANK
                until_blank = None
                index += 1
                continue
            indent = len(line) - len(text)
            if block is not None and indent > block[0]:
                kinds[index] = block[1]
                index += 1
                continue
            block = None
            if until_blank is not None:
                kinds[index] = until_blank
                index += 1
                continue
            if indent == 0 and (end := self._heading(index)):
                index = end
                continue
            text = text.rstrip()
            if text.startswith("..") and (markup_match := _MARKUP.match(text)):
                block = self._markup(index, indent, text, markup_match)
            elif text.startswith((">>> ", "|", "+-", "+=")):
                until_blank = LineKind.VERBATIM if text.startswith(">") else LineKind.TABLE
                kinds[index] = until_blank
            elif text.startswith("=") and _ROW_OF_RULES.fullmatch(text):
                index = self._table(index)
                continue
            else:
                kinds[index] = LineKind.TEXT
                if text.endswith("::"):
                    block = (indent, LineKind.VERBATIM)
            index += 1
        return PepBody(
            bytes(kinds), tuple(self.sections), tuple(self.directives), tuple(self.comments)
        )

    def _markup(
        self, index: int, indent: int, text: str, markup_match: re.Match[str]
    ) -> tuple[int, LineKind] | None:
        """Record a line that begins with `..`; return how to read the lines below it."""
        rest = text[markup_match.end() :].lstrip()
        column = indent + len(text) - len(rest) + 1
        if name := markup_match[1]:
            self.kinds[index] = LineKind.DIRECTIVE
            self.directives.append(Directive(name, rest, index + 1, column))
            return (indent, LineKind.VERBATIM) if name.lower() in _VERBATIM else None
        if _TARGET.match(rest):
            self.kinds[index] = LineKind.TARGET
            return (indent, LineKind.TARGET)
        self.kinds[index] = LineKind.COMMENT
        self.comments.append(CommentLine(rest, index + 1, column))
        if not rest and (index + 1 == len(self.lines) or not self.lines[index + 1].strip()):
            return None  # `..` alone is an empty comment, which ends at once.
        return (indent, LineKind.COMMENT)

    def _heading(self, index: int) -> int | None:
        """Record the heading that begins here and return the index after it; None without one."""
        lines = self.lines
        if index > self.header and self.kinds[index - 1] == LineKind.TEXT:
            return None
        first = _rule(lines[index])
        if first:
            if index + 2 >= len(lines) or _rule(lines[index + 2]) != first:
                return None
            title, last = index + 1, index + 2
            if not lines[title].strip() or _rule(lines[title]):
                return None
        else:
            title, last = index, index + 1
            if last >= len(lines) or not (first := _rule(lines[last])):
                return None
            if len(lines[last].rstrip()) < min(4, len(lines[title].rstrip())):
                return None
        style = (first, title > index)
        level = self.styles.setdefault(style, len(self.styles) + 1)
        title_text = lines[title].strip()
        self.sections.append(
            Section(title_text, title + 1, index + 1, last + 1, first, title > index, level)
        )
        self.kinds[index : last + 1] = bytes([LineKind.HEADING]) * (last + 1 - index)
        return last + 1

    def _table(self, index: int) -> int:
        """Record a simple table, which ends at a border followed by a blank line or the end."""
        lines, rules, end = self.lines, 0, index
        while end < len(lines):
            text = lines[end].strip()
            if text.startswith("=") and _ROW_OF_RULES.fullmatch(text):
                rules += 1
                if rules > 1 and (end + 1 == len(lines) or not lines[end + 1].strip()):
                    break
            elif rules == 3 or (text and self._would_be_heading(end)):
                end -= 1
                break
            end += 1
        end = min(end, len(lines) - 1)
        for number in range(index, end + 1):
            self.kinds[number] = LineKind.TABLE if lines[number].strip() else LineKind.BLANK
        return end + 1

    def _would_be_heading(self, index: int) -> bool:
        following = self.lines[index + 1] if index + 1 < len(self.lines) else ""
        return not self.lines[index - 1].strip() and bool(_rule(following))


def _rule(line: str) -> str:
    """The character that a line repeats and nothing else; empty for any other line."""
    first = line[:1]
    if first not in _ADORNMENT or not first:
        return ""
    text = line.rstrip()
    # Two are enough below a title of two letters; `..` and `::` alone mean something else.
    if len(text) < 2 or text in ("..", "::") or text.strip(first):
        return ""
    return first
