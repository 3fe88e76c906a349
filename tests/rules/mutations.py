"""Ways to break a valid PEP, each with the rule that should report it and the line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.peps.preamble import Header, parse_preamble

REQUIRED = ("PEP", "Title", "Author", "Status", "Type", "Created")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken PEP.

    Attributes:
        name: What was done to it.
        rule: The only rule that should report it.
        text: The broken text.
        line: The 1-based line that the rule should point at.
    """

    name: str
    rule: str
    text: str
    line: int


def mutants(text: str) -> Iterator[Mutant]:
    """Every mutation that is possible for a PEP."""
    for make in (*_OF_THE_HEADER, *_OF_THE_TEXT):
        yield from make(text)


def _headers(text: str) -> tuple[Header, ...]:
    return parse_preamble(text).headers


def _replaced(text: str, first: int, last: int, *new: str) -> str:
    """The text with these 1-based lines replaced."""
    lines = text.split("\n")
    lines[first - 1 : last] = new
    return "\n".join(lines)


def _block(text: str, header: Header) -> list[str]:
    return text.split("\n")[header.line - 1 : header.last_line]


def _dropped(text: str) -> Iterator[Mutant]:
    for header in _headers(text):
        if header.name in REQUIRED and header.name != "PEP":
            without = _replaced(text, header.line, header.last_line)
            yield Mutant(f"{header.name} dropped", "header-required", without, 1)
        if header.name in REQUIRED:
            empty = _replaced(text, header.line, header.last_line, f"{header.name}:")
            rule = "number" if header.name == "PEP" else "header-required"
            yield Mutant(f"{header.name} empty", rule, empty, header.line)


def _doubled(text: str) -> Iterator[Mutant]:
    for header in _headers(text):
        block = _block(text, header)
        twice = _replaced(text, header.line, header.last_line, *block, *block)
        yield Mutant(f"{header.name} doubled", "header-names", twice, header.last_line + 1)


def _misspelled(text: str) -> Iterator[Mutant]:
    for header in _headers(text):
        if header.name == "PEP":
            continue
        block = _block(text, header)
        for how, name in (
            ("a letter lost", header.name[:-1]),
            ("in lower case", header.name.lower()),
            ("a letter doubled", header.name[:2] + header.name[1:]),
        ):
            first = block[0].replace(header.name, name, 1)
            wrong = _replaced(text, header.line, header.last_line, first, *block[1:])
            yield Mutant(f"{header.name}: {how}", "header-names", wrong, header.line)


def _tight(text: str) -> Iterator[Mutant]:
    for header in _headers(text):
        block = _block(text, header)
        if header.name == "PEP" or not block[0].startswith(f"{header.name}: "):
            continue
        first = block[0].replace(": ", ":", 1)
        tight = _replaced(text, header.line, header.last_line, first, *block[1:])
        yield Mutant(f"{header.name} without its blank", "header-form", tight, header.line)


def _swapped(text: str) -> Iterator[Mutant]:
    headers = _headers(text)
    for one, other in pairwise(headers[1:]):
        first, second = _block(text, one), _block(text, other)
        swapped = _replaced(text, one.line, other.last_line, *second, *first)
        yield Mutant(f"{one.name} after {other.name}", "header-order", swapped, one.line)


_SPOILT: tuple[tuple[str, str, Callable[[str], str | None]], ...] = (
    ("Title", "title", lambda value: f"{value} {'x' * 79}"),
    ("Author", "people", lambda value: value.replace(">", "", 1) if ">" in value else None),
    ("Sponsor", "people", lambda value: value.replace(">", "", 1) if ">" in value else None),
    ("Discussions-To", "discussions-to", lambda value: "somewhere else"),
    ("Discussions-To", "discussions-to", lambda value: "https://example.org/t/12"),
    ("Status", "status", lambda value: "Drafty"),
    ("Status", "status", lambda value: value.lower()),
    ("Type", "type", lambda value: "Standard"),
    ("Topic", "topic", lambda value: "Wordplay"),
    ("Topic", "topic", lambda value: f"{value}, {value}"),
    ("Requires", "references", lambda value: "seven"),
    ("Requires", "references", lambda value: f"PEP {value}"),
    ("Created", "created", lambda value: "2024-05-01"),
    ("Created", "created", lambda value: "1-May-2024"),
    ("Created", "created", lambda value: "31-Feb-2024"),
    ("Created", "created", lambda value: "01-Jan-2099"),
    ("Python-Version", "python-version", lambda value: "3"),
    ("Python-Version", "python-version", lambda value: "3.15, banana.9"),
    ("Post-History", "post-history", lambda value: "yesterday"),
    (
        "Post-History",
        "post-history",
        lambda value: "`01-Jan-2026<https://discuss.python.org/t/1>`__",
    ),
    ("Resolution", "resolution", lambda value: "Pending"),
    ("Resolution", "resolution", lambda value: "`01-Jan-2026<https://discuss.python.org/t/1/2>`__"),
    ("Superseded-By", "references", lambda value: "the other"),
    ("Replaces", "references", lambda value: "0x10"),
)


def _values(text: str) -> Iterator[Mutant]:
    for header in _headers(text):
        for name, rule, spoil in _SPOILT:
            if name != header.name or not header.value:
                continue
            value = spoil(header.value.replace("\n", " "))
            if value is None:
                continue
            spoilt = _replaced(text, header.line, header.last_line, f"{name}: {value}")
            yield Mutant(f"{name}: {value[:30]}", rule, spoilt, header.line)
    (first, *_) = _headers(text)
    yield Mutant(
        "leading zero", "header-number", _replaced(text, 1, 1, f"PEP: 0{first.value}"), first.line
    )
    yield Mutant("another number", "number", _replaced(text, 1, 1, "PEP: 4"), first.line)


_LINKED = re.compile(r"`[^`]+ <https://discuss\.python\.org/t/[^`]+>`__")


def _threads(text: str) -> Iterator[Mutant]:
    """Replace the thread by another one than the last in the history."""
    headers = {header.name: header for header in _headers(text)}
    discussed, history = headers.get("Discussions-To"), headers.get("Post-History")
    if discussed is None or history is None:
        return
    entries = history.value.rstrip(",").replace("\n", " ").split(", ")
    if all(_LINKED.fullmatch(entry.strip()) for entry in entries):
        other = "Discussions-To: https://discuss.python.org/t/987654"
        moved = _replaced(text, discussed.line, discussed.last_line, other)
        yield Mutant("another thread", "post-history-thread", moved, discussed.line)


_HEADING = re.compile(r"^(?P<above>=+\n)?(?P<title>\S[^\n]*)\n(?P<line>=+)$", re.MULTILINE)


def _sections(text: str) -> Iterator[Mutant]:
    """Remove whole first-level sections that PEP 12 requires."""
    headings = [found for found in _HEADING.finditer(text) if len(found["line"]) >= 3]
    for place, found in enumerate(headings):
        title = found["title"].strip()
        end = headings[place + 1].start() if place + 1 < len(headings) else len(text)
        without = text[: found.start()] + text[end:]
        rule = "sections" if title in ("Abstract", "Copyright") else None
        if rule is not None:
            yield Mutant(f"{title} removed", rule, without, 0)


_TARGET = re.compile(r"^\.\. _(?P<name>[^`:\n]+): https?://\S+\n", re.MULTILINE)


def _targets(text: str) -> Iterator[Mutant]:
    """Break links whose target is used once, by renaming that use."""
    for found in _TARGET.finditer(text):
        uses = [*re.finditer(rf"(?<=[ \n]){re.escape(found['name'])}_(?=[ .,\n])", text)]
        if len(uses) == 1:
            (use,) = uses
            lost = f"{text[: use.start()]}lost-{use[0]}{text[use.end() :]}"
            line = text[: use.start()].count("\n") + 1
            yield Mutant(f"{found['name']} lost", "markup", lost, line)


def _underlines(text: str) -> Iterator[Mutant]:
    """Make titles of sections longer than their underlines."""
    for found in _HEADING.finditer(text):
        short = found["line"][:-3]
        if (
            len(short) > 3
            and not found["above"]
            and found["title"].strip() not in ("Abstract", "Copyright")
        ):
            at = found.start("line")
            line = text[:at].count("\n") + 1
            spoilt = text[:at] + short + text[found.end("line") :]
            yield Mutant(f"line below {found['title']}", "markup", spoilt, line)


def _lines(text: str) -> Iterator[Mutant]:
    """Insert bad lines into the body, before the first heading after Abstract."""
    headings = [found for found in _HEADING.finditer(text) if len(found["line"]) >= 3]
    if len(headings) < 2:
        return
    place = headings[1].start()
    line = text[:place].count("\n") + 1
    for name, rule, added, below in (
        ("a tab", "tabs", "Some\twords.\n\n\n", 0),
        ("a link to a PEP", "role-links", "See https://peps.python.org/pep-0008/ for it.\n\n\n", 0),
        (
            "a link to an RFC",
            "role-links",
            "See https://datatracker.ietf.org/doc/html/rfc2616 for it.\n\n\n",
            0,
        ),
        ("an unknown lexer", "code-lexer", ".. code-block:: pythn3\n\n   1 + 1\n\n\n", 0),
        ("one colon", "directive-colons", ".. note: read this\n\n\n", 0),
        ("a hidden turn", "hidden-characters", "Some \u202ewords\u202c here.\n\n\n", 0),
        ("an unknown role", "markup", "Some :peps:`8` here.\n\n\n", 0),
        ("an unknown directive", "markup", ".. code-blok:: python\n\n   1 + 1\n\n\n", 0),
        ("a target that is nowhere", "markup", "Some unheard-of-place_ here.\n\n\n", 0),
        ("a footnote that is nowhere", "markup", "Some words [9876]_ here.\n\n\n", 0),
        ("a literal without end", "markup", "Some ``words here.\n\n\n", 0),
        ("a wrong indentation", "markup", "Some\nwords\n  here.\n\n\n", 2),
        ("a list without a blank line", "markup", "* some\nwords\n\n\n", 1),
        ("an over-long line", "long-lines", f"{'word ' * 30}\n\n\n", 0),
    ):
        yield Mutant(name, rule, text[:place] + added + text[place:], line + below)


_OF_THE_HEADER = (_dropped, _doubled, _misspelled, _tight, _swapped, _values, _threads)
_OF_THE_TEXT = (_sections, _targets, _underlines, _lines)
