"""Finds the command lines in a text and splits them into words.

Each word keeps its column, so that an error message can point at it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.review.render.markdown import markdown_parser
from bot.rules.engine.pull_request_text import without_comments

if TYPE_CHECKING:
    from markdown_it.token import Token

_WORD = re.compile(
    r"""
    (?P<sign>[+-]?)                              # a label's sign stands outside its quotes
    (?:"(?P<double>[^"]*)"?|“(?P<curly>[^”]*)”?|'(?P<single>[^']*)'(?=[\s,;.!]|$))
    | (?P<comma>[,;])
    | (?P<plain>[^\s,;]+)
    """,
    re.VERBOSE,
)
_TRAILING = ".!?:,;"
_WRAPPING = "`*_"
_POLITE = frozenset({"please", "pls", "plz", "kindly", "thanks", "thx", "ty"})


@dataclass(frozen=True, slots=True)
class LineToken:
    """A word of a line.

    Attributes:
        text: The word without quotes, trailing punctuation and Markdown around it.
        start: The 0-based column of its first character.
        end: The column after its last one.
        quoted: Whether it was in quotes, so that it is never a word of the grammar.
    """

    text: str
    start: int
    end: int
    quoted: bool = False

    @property
    def folded(self) -> str:
        """The word as compared with words of the grammar; empty if quoted, so that it is none."""
        return "" if self.quoted else self.text.casefold()


def tokenize(text: str, start: int = 0) -> tuple[LineToken, ...]:
    """The words from a column on, without commas and without polite words at either end."""
    found = [
        word for match in _WORD.finditer(text, start) if (word := _token_of(match)) is not None
    ]
    while found and found[0].folded in _POLITE:
        del found[0]
    while found and (many := _polite_at_end(found)):
        del found[-many:]
    return tuple(found)


def _token_of(match: re.Match[str]) -> LineToken | None:
    if match["comma"]:
        return None
    plain = match["plain"]
    if plain is None:
        quoted_text = next(
            match[name] for name in ("double", "curly", "single") if match[name] is not None
        )
        return LineToken(
            match["sign"] + quoted_text.strip(), match.start(), match.end(), quoted=True
        )
    kept = plain.rstrip(_TRAILING).strip(_WRAPPING).rstrip(_TRAILING)
    if not kept:
        return None
    return LineToken(kept, match.start(), match.end())


def _polite_at_end(tokens: Sequence[LineToken]) -> int:
    """How many words at the end are only polite; `thank` or `you` alone may mean something."""
    if tokens[-1].folded in _POLITE:
        return 1
    return 2 if [word.folded for word in tokens[-2:]] == ["thank", "you"] else 0


MOST_COMMANDS = 20
"""How many commands of one text are read; the rest are ignored."""

LONGEST_TEXT = 65_536
"""How many characters of a text are read: the most GitHub allows in a comment."""

_PREFIX = "/pep"
# Private-use characters mean nothing in Markdown, so a mark cannot change how a text is parsed.
_MARK_START, _MARK_END = "\ue000", "\ue001"
_MARKS = str.maketrans({_MARK_START: "\ufffd", _MARK_END: "\ufffd"})
_MARKED = re.compile(f"{_MARK_START}([0-9]+){_MARK_END}")
_TAG = re.compile(r"<(/?)(a|blockquote|code|kbd|pre|q|samp|template)(?![a-z0-9-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A line that begins with `/pep`: its 1-based number in the text, and as it was written."""

    line: int
    text: str


def command_lines(text: str, most: int = MOST_COMMANDS) -> tuple[CommandLine, ...]:
    """The command lines in a comment, a review or a description, in order.

    A line counts if it begins with `/pep` and a space, and GitHub shows it as plain
    text: not in code, quotations, HTML comments or links. At most `most` lines of one text are
    returned, and only its first `LONGEST_TEXT` characters are read.
    """
    lines = text[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    candidates = [index for index, line in enumerate(lines) if _may_be_command(line)]
    if not candidates:
        return ()
    marked = [line.translate(_MARKS) for line in lines]
    for index in candidates:
        marked[index] = f"{_MARK_START}{index}{_MARK_END}{marked[index][len(_PREFIX) :]}"
    visible = _visible_lines(markdown_parser().parse("\n".join(marked)))
    return tuple(CommandLine(index + 1, lines[index]) for index in sorted(visible)[:most])


def _may_be_command(line: str) -> bool:
    return line.startswith((f"{_PREFIX} ", f"{_PREFIX}\t")) and line.strip() != _PREFIX


def _visible_lines(tokens: "Sequence[Token]") -> set[int]:
    """The candidate lines that begin with the command as plain text."""
    quotes = 0
    html: Counter[str] = Counter()
    found: set[int] = set()
    for token in tokens:
        if token.type == "blockquote_open":
            quotes += 1
        elif token.type == "blockquote_close":
            quotes -= 1
        elif token.type == "html_block":
            _count_open_tags(token.content, html)
        elif token.type == "inline":
            found.update(_visible_in(token.children or (), html, quoted=quotes > 0))
    return found


def _visible_in(children: "Sequence[Token]", html: Counter[str], *, quoted: bool) -> Iterator[int]:
    links = 0
    at_line_start = True
    for child in children:
        if child.type == "link_open":
            links += 1
        elif child.type == "link_close":
            links -= 1
        elif child.type == "html_inline":
            _count_open_tags(child.content, html)
        elif (
            child.type == "text"
            and at_line_start
            and not (quoted or links or any(html.values()))
            and (mark := _MARKED.match(child.content))
        ):
            yield int(mark[1])
        at_line_start = child.type in ("softbreak", "hardbreak") or (
            at_line_start and child.type == "text" and not child.content
        )


def _count_open_tags(content: str, open_tags: Counter[str]) -> None:
    """Update the count of open HTML elements that hide a command as Markdown code or quotes do."""
    for closing, name in _TAG.findall(without_comments(content)):
        tag = name.lower()
        open_tags[tag] = max(0, open_tags[tag] + (-1 if closing else 1))


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """A command that was not understood.

    Attributes:
        text: The line as written.
        column: The 0-based column of the problem; after the end if something is missing.
        problem: What is wrong there, a few words without a full stop. Untrusted text in it has
            been sanitized by `bot.rules.engine.finding`.
        understood: What was understood before it, such as `/pep skip`.
        nearest: The closest valid command, ready to copy; empty if none is close.
        usage: The command's usage; empty for an unknown command.
    """

    text: str
    column: int
    problem: str
    understood: str = ""
    nearest: str = ""
    usage: str = ""


class CommandSyntaxError(Exception):
    """A command could not be parsed; `syntax_problem` says what is wrong."""

    def __init__(self, syntax_problem: SyntaxProblem) -> None:
        super().__init__(syntax_problem.problem)
        self.syntax_problem = syntax_problem
