"""The kinds of argument that commands have, and how each is parsed.

Different spellings of the same thing (`842`, `PEP 842`, `pep-0842.rst`, the URL of its page) give
the same value.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.commands.grammar.arguments import LabelChange, Match, ParseError
from bot.commands.grammar.lines import LineToken
from bot.peps.number import PepNumber
from bot.peps.people import LOGIN, Login
from bot.rules.engine.finding import safe_code
from bot.rules.engine.registry import rule_ids

LONGEST_REASON = 300
"""How many characters of a reason are kept."""

MOST_LABELS = 10
"""How many labels one command may change."""

_PEP = re.compile(r"(?:pep[-_ ]?)?([0-9]{1,4})(?:\.rst)?", re.IGNORECASE)
_PEP_ROLE = re.compile(r":pep:`?([0-9]{1,4})`?", re.IGNORECASE)
_PEP_PLACE = re.compile(
    r"(?:https?://\S*/|peps/)pep-([0-9]{4})(?:/|\.rst|\.html)?(?:[#?].*)?", re.IGNORECASE
)
_PULL = re.compile(r"(?:(?:pr|gh)[-_]?)?#?([1-9][0-9]{0,8})", re.IGNORECASE)
_PULL_ADDRESS = re.compile(
    r"(?:https://[A-Za-z0-9.-]+/)?([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)(?:/pull/|#)([1-9][0-9]{0,8})"
    r"(?:[/?#].*)?"
)
_ACCOUNT = re.compile(f"@?({LOGIN})")
_LINK = re.compile(r"https://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:/[A-Za-z0-9._~/?#%=&+:@,;!-]*)?")
_LONGEST_LINK = 500
_LABEL = re.compile(r"[^\x00-\x1f\x7f\"“”]{1,50}")


@dataclass(frozen=True, slots=True)
class _Single:
    """An argument of one word; `read` returns its values and its canonical spelling."""

    syntax: str
    description: str
    read: Callable[[str], tuple[dict[str, object], str] | None]

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:  # noqa: ARG002 - see `Argument`
        if not tokens:
            raise ParseError(0, f"{self.description} is missing here")
        found = self.read(tokens[0].text)
        if found is None:
            raise ParseError(0, f"{safe_code(tokens[0].text)} is not {self.description}")
        return Match(1, *found)


@dataclass(frozen=True, slots=True)
class _Prefixed:
    """An argument that may follow a word saying what it is: `PEP 842`, `PR #12`."""

    single: _Single
    before: frozenset[str]

    @property
    def syntax(self) -> str:
        return self.single.syntax

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:
        if len(tokens) > 1 and tokens[0].folded in self.before:
            try:
                match = self.single.parse(tokens[1:], text)
            except ParseError as error:
                raise ParseError(1, error.problem, error.nearest, meant=True) from None
            return Match(2, match.values, match.canonical)
        return self.single.parse(tokens, text)


def _read_number(word: str) -> tuple[dict[str, object], str] | None:
    found = _PEP.fullmatch(word) or _PEP_ROLE.fullmatch(word) or _PEP_PLACE.fullmatch(word)
    return ({"number": PepNumber(int(found[1]))}, str(int(found[1]))) if found else None


def _read_pull_request(word: str) -> tuple[dict[str, object], str] | None:
    if found := _PULL.fullmatch(word):
        return {"pull_request": int(found[1])}, f"#{found[1]}"
    if found := _PULL_ADDRESS.fullmatch(word):
        values = {"pull_request": int(found[2]), "repository": found[1]}
        return values, f"{found[1]}#{found[2]}"
    return None


def _read_login(word: str) -> tuple[dict[str, object], str] | None:
    found = _ACCOUNT.fullmatch(word)
    return ({"login": Login(found[1])}, f"@{found[1]}") if found else None


def link_in(word: str) -> str | None:
    """The plain https URL that a word is, without the brackets Markdown puts around it."""
    bare = word.removeprefix("<").removesuffix(">")
    return bare if len(bare) <= _LONGEST_LINK and _LINK.fullmatch(bare) else None


NUMBER = _Prefixed(_Single("N", "the number of a PEP", _read_number), frozenset({"pep", "number"}))
PULL_REQUEST = _Prefixed(
    _Single("#PR", "the number of a pull request", _read_pull_request),
    frozenset({"pr", "pull", "gh"}),
)
LOGIN_ARGUMENT = _Single("@login", "an account on GitHub", _read_login)


@dataclass(frozen=True, slots=True)
class Choice:
    """One word out of a list."""

    name: str
    options: Callable[[], Sequence[str]]
    description: str
    convert: Callable[[str], object]
    placeholder: str = ""

    @property
    def syntax(self) -> str:
        """The options, or a placeholder if there are many."""
        return self.placeholder or "|".join(self.options())

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:  # noqa: ARG002 - see `Argument`
        """Read one of the options."""
        if not tokens:
            raise ParseError(0, f"{self.description} is missing here")
        chosen = _choose(tokens[0], self.options(), 0, f"is not {self.description}")
        return Match(1, {self.name: self.convert(chosen)}, chosen)


def _choose(word: LineToken, options: Sequence[str], at: int, problem: str) -> str:
    written = word.text.casefold()
    if written in options:
        return written
    close = get_close_matches(written[:60], options, n=1, cutoff=0.6)
    raise ParseError(at, f"{safe_code(word.text)} {problem}", close[0] if close else "", meant=True)


@dataclass(frozen=True, slots=True)
class Rules:
    """A list of rule ids, with or without commas and `and`."""

    syntax: str = "RULE"

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:  # noqa: ARG002 - see `Argument`
        """Read rule ids up to `because` or the end."""
        known = sorted(rule_ids())
        found: list[str] = []
        count = 0
        for word in tokens:
            if word.folded == BECAUSE:
                break
            if not (word.folded == "and" and found):
                rule = _choose(word, known, count, "is not the id of a rule")
                if rule not in found:
                    found.append(rule)
            count += 1
        if not found:
            raise ParseError(0, "the id of a rule is missing here")
        return Match(count, {"rules": tuple(found)}, " ".join(found))


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels, each with a sign: `+topic-typing -"needs number"`."""

    syntax: str = "+LABEL -LABEL"

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:  # noqa: ARG002 - see `Argument`
        """Read labels up to the end."""
        changes: list[LabelChange] = []
        for at, word in enumerate(tokens):
            sign, name = word.text[:1], word.text[1:].strip()
            if sign not in ("+", "-"):
                raise ParseError(at, f"{safe_code(word.text)} has no `+` or `-` before it")
            if not _LABEL.fullmatch(name):
                raise ParseError(at, "a label has 1 to 50 characters")
            changes.append(LabelChange(name, sign == "+"))
        if not changes:
            raise ParseError(0, "a label with `+` or `-` before it is missing here")
        if len(changes) > MOST_LABELS:
            raise ParseError(MOST_LABELS, f"one command changes at most {MOST_LABELS} labels")
        _refuse_contradiction(changes)
        return Match(len(tokens), {"labels": tuple(changes)}, " ".join(map(str, changes)))


def _refuse_contradiction(changes: Sequence[LabelChange]) -> None:
    seen: dict[str, bool] = {}
    for at, change in enumerate(changes):
        if seen.setdefault(change.name.casefold(), change.add) is not change.add:
            raise ParseError(at, f"{safe_code(change.name)} cannot be both added and removed")


BECAUSE = "because"


@dataclass(frozen=True, slots=True)
class Because:
    """A reason: everything after the word `because`, as it was written."""

    syntax: str = "because …"

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:
        """Read the rest of the line."""
        if not tokens:
            raise ParseError(0, "`because` and a reason are missing here")
        if tokens[0].folded != BECAUSE:
            close = get_close_matches(tokens[0].folded, [BECAUSE], n=1, cutoff=0.6)
            raise ParseError(0, "`because` was expected here", close[0] if close else "")
        reason = _reason(text, tokens[0])[:LONGEST_REASON].strip()
        if not reason:
            raise ParseError(1, "the reason is missing here")
        return Match(len(tokens), {"reason": reason}, f"because {reason}")


def _reason(text: str, because: LineToken) -> str:
    return " ".join(text[because.end :].split())


@dataclass(frozen=True, slots=True)
class BecauseWithLink:
    """A reason that contains the link to a post."""

    syntax: str = "because LINK"

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:
        """Read the rest of the line, and find the one link in it."""
        match = Because().parse(tokens, text)
        links = [link for word in tokens[1:] if (link := link_in(word.text))]
        if len(links) != 1:
            problem = "the link to the post is missing here" if not links else "one link is enough"
            raise ParseError(1, problem)
        written = _reason(text, tokens[0]).replace(f"<{links[0]}>", "").replace(links[0], "")
        reason = " ".join(written.split())[:LONGEST_REASON].strip()
        canonical = f"because {links[0]} {reason}".strip()
        return Match(match.count, {"link": links[0], "reason": reason}, canonical)
