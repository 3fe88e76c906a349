"""Rule: no invisible characters, changes of text direction, or words that mix alphabets."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

_MAX_FINDINGS = 20
# Embeddings, overrides, isolates and direction marks (Unicode Standard Annex 9).
_DIRECTION_MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = "\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"
_HIDDEN = re.compile(rf"[{_DIRECTION_MARKS}{_INVISIBLE}\U000e0000-\U000e007f]")
# Joiners are normal between letters of some scripts and in emoji; in a header they hide something.
_JOINERS = re.compile("[\u200c\u200d]")
_WORD = re.compile(r"\w+")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN")


@rule(
    id="hidden-characters",
    title="Hidden characters",
    severity=Severity.WARNING,
    source="PEP 672 § Confusing Features; Unicode Technical Standard 39",
    link="https://peps.python.org/pep-0672/#confusing-features",
    doc=(
        "Characters that change the direction of text, or have no width, make readers "
        "see something other than what is there. In headers, a word with letters of two "
        "alphabets is reported too: a Cyrillic letter can make one name look like "
        "another."
    ),
    bad="Title: A pure\u200b function",
    good="Title: A pure function",
    remedy="Remove the character, or write its escape (`\\u202E`) if the text is about it.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look for hidden characters in the lines that a change adds or edits."""
    return introduced_findings("hidden-characters", change, _hidden)


def _hidden(pep: PepText) -> Iterator[TextFinding]:
    return islice(_findings(pep), _MAX_FINDINGS)


def _findings(pep: PepText) -> Iterator[TextFinding]:
    if pep.text.isascii():
        return
    last_header = pep.preamble.last_line
    if not (_HIDDEN.search(pep.text) or not "".join(pep.lines[:last_header]).isascii()):
        return
    for number, line in enumerate(pep.lines, start=1):
        if line.isascii():
            continue
        in_header = number <= last_header
        # The rule `header-form` reports a byte order mark at the very beginning.
        start = 1 if number == 1 and line.startswith("\ufeff") else 0
        found = _HIDDEN.search(line, start)
        if found is None and in_header:
            found = _JOINERS.search(line)
        if found is not None:
            yield _finding(number, line, found, in_header=in_header)
        elif in_header and (word := _word_of_two_alphabets(line)) is not None:
            yield TextFinding(
                line=number,
                message="A word here mixes letters of two alphabets that look alike.",
                action="Write the word in one alphabet",
                columns=(word.start() + 1, word.end()),
            )


def _finding(number: int, line: str, found: re.Match[str], *, in_header: bool) -> TextFinding:
    character = found[0]
    name = unicodedata.name(character, "a control character").lower()
    # Below the header the text may be about the character, and joiners may belong to words.
    fix: Fix | None = None
    if in_header:
        head, rest = line[: found.start()], line[found.start() :]
        fix = Fix(number, number, (head + _JOINERS.sub("", _HIDDEN.sub("", rest)),))
    return TextFinding(
        line=number,
        message=f"This line contains an invisible character, U+{ord(character):04X} ({name}).",
        action="Remove the character",
        help="If the text is about this character, write its escape instead.",
        columns=(found.start() + 1, found.start() + 1),
        fix=fix,
    )


def _word_of_two_alphabets(line: str) -> re.Match[str] | None:
    """The first word with letters of more than one alphabet; None if there is none."""
    for word in _WORD.finditer(line[:2_000]):
        if word[0].isascii():
            continue
        names = [unicodedata.name(letter, "").partition(" ")[0] for letter in word[0]]
        if len({name for name in names if name in _SCRIPTS}) > 1:
            return word
    return None
