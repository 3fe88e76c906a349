"""The parsed arguments of a command, and the building blocks of a command's form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Protocol

from bot.commands.grammar.lines import LineToken
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.peps.status import Status
from bot.review.stage import Stage


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A label to add or remove."""

    name: str
    add: bool

    def __str__(self) -> str:
        """The label change as it is written in a command."""
        return f'{"+" if self.add else "-"}"{self.name}"'


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments after a command's verb; those that are not given are None or empty.

    Attributes:
        keywords: The fixed words of the grammar that it contains, such as `release`.
        number: A PEP's number.
        pull_request: The number of a pull request.
        repository: Its repository as the URL names it, in any case; empty for this one.
        login: An account.
        rules: Ids of rules.
        stage: Who should act next.
        labels: Labels to add and remove.
        verb: Another command, for `help`.
        link: An https URL.
        status: The new status of a PEP.
        successor: The number of the PEP that supersedes another.
        day: A date.
        reason: The reason, in the person's own words; cut to 300 characters.
    """

    keywords: tuple[str, ...] = ()
    number: PepNumber | None = None
    pull_request: int | None = None
    repository: str = ""
    login: Login | None = None
    rules: tuple[str, ...] = ()
    stage: Stage | None = None
    labels: tuple[LabelChange, ...] = ()
    verb: str = ""
    link: str = ""
    status: Status | None = None
    successor: PepNumber | None = None
    day: date | None = None
    reason: str = ""

    @property
    def account(self) -> Login:
        """The account, in a form that requires one.

        Raises:
            LookupError: There is none.
        """
        if self.login is None:
            raise LookupError("this form names no account")
        return self.login


@dataclass(frozen=True, slots=True)
class Match:
    """What an argument matched: how many words, its values, and its canonical spelling."""

    count: int
    values: dict[str, object] = field(default_factory=dict)
    canonical: str = ""


_NOTHING = Match(0)


class ParseError(Exception):
    """An argument that did not match.

    Attributes:
        at: How many words after the start of the argument the problem is.
        problem: What is wrong there.
        nearest: The closest word that would be right there; empty if none is close.
        surplus: Whether the form was already complete before that word.
        meant: Whether the word was clearly meant for this argument, although it is wrong.
    """

    def __init__(
        self,
        at: int,
        problem: str,
        nearest: str = "",
        *,
        surplus: bool = False,
        meant: bool = False,
    ) -> None:
        super().__init__(problem)
        self.at = at
        self.problem = problem
        self.nearest = nearest
        self.surplus = surplus
        self.meant = meant or bool(at or nearest)


class Argument(Protocol):
    """A part of a command's form."""

    @property
    def syntax(self) -> str:
        """How usage lines show it, such as `@login`."""

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:
        """Match this argument at the first of these words; `text` is the whole line.

        Raises:
            ParseError: The words do not begin with this argument.
        """


@dataclass(frozen=True, slots=True)
class Literal:
    """A fixed word of the grammar."""

    word: str

    @property
    def syntax(self) -> str:
        """The word itself."""
        return self.word

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:  # noqa: ARG002 - see `Argument`
        """Read that word."""
        if not tokens:
            raise ParseError(0, f"`{self.word}` is missing here")
        if tokens[0].folded != self.word:
            close = get_close_matches(tokens[0].folded, [self.word], n=1, cutoff=0.6)
            raise ParseError(0, f"`{self.word}` was expected here", close[0] if close else "")
        return Match(1, {"keywords": (self.word,)}, self.word)


@dataclass(frozen=True, slots=True)
class OptionalPart:
    """Parts that may be left out together."""

    parts: tuple[Argument, ...]

    @property
    def syntax(self) -> str:
        """The parts in brackets."""
        return f"[{' '.join(part.syntax for part in self.parts)}]"

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:
        """Read the parts, or nothing if the first one is not there."""
        try:
            first = self.parts[0].parse(tokens, text)
        except ParseError as error:
            # A word meant for the first part is an error; any other word belongs to what follows.
            if error.meant:
                raise
            return _NOTHING
        return parse_all(self.parts[1:], tokens, text, first)


@dataclass(frozen=True, slots=True)
class AnyOrder:
    """Parts that may each be left out and come in any order; each must look different."""

    parts: tuple[Argument, ...]

    @property
    def syntax(self) -> str:
        """Each part in brackets."""
        return " ".join(f"[{part.syntax}]" for part in self.parts)

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:
        """Read the parts that are there, each at most once."""
        found: dict[int, Match] = {}
        count = 0
        while (one := self._next(tokens[count:], text, count, found)) is not None:
            found[one[0]] = one[1]
            count += one[1].count
        matched = [found[place] for place in sorted(found)]
        values: dict[str, object] = {}
        for match in matched:
            values |= match.values
        return Match(count, values, " ".join(match.canonical for match in matched))

    def _next(
        self, tokens: Sequence[LineToken], text: str, at: int, found: Mapping[int, Match]
    ) -> tuple[int, Match] | None:
        """The index of the part that begins here, and its match."""
        if not tokens:
            return None
        meant: ParseError | None = None
        for place, part in enumerate(self.parts):
            if place in found:
                continue
            try:
                return place, part.parse(tokens, text)
            except ParseError as error:
                if error.meant and meant is None:
                    meant = error
        if meant is not None:
            raise ParseError(at + meant.at, meant.problem, meant.nearest, meant=True)
        return None


def parse_all(
    parts: Sequence[Argument], tokens: Sequence[LineToken], text: str, matched: Match = _NOTHING
) -> Match:
    """Read parts one after the other, after those that matched already.

    Raises:
        ParseError: One of them is missing.
    """
    for part in parts:
        try:
            more = part.parse(tokens[matched.count :], text)
        except ParseError as error:
            raise ParseError(
                matched.count + error.at,
                error.problem,
                error.nearest,
                meant=error.meant,
            ) from None
        literals = (*_keywords_in(matched), *_keywords_in(more))
        matched = Match(
            matched.count + more.count,
            {**matched.values, **more.values, "keywords": literals},
            f"{matched.canonical} {more.canonical}".strip(),
        )
    return matched


def _keywords_in(matched: Match) -> tuple[str, ...]:
    literals = matched.values.get("keywords", ())
    return literals if isinstance(literals, tuple) else ()
