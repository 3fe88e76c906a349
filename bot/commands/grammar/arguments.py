"""What a command says behind its verb, whatever the words were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Protocol

from bot.commands.grammar.lines import Word
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.peps.status import Status
from bot.review.stage import Stage


@dataclass(frozen=True, slots=True)
class LabelChange:
    """A label to be set or taken off."""

    name: str
    add: bool

    def __str__(self) -> str:
        """As it is written in a command."""
        return f'{"+" if self.add else "-"}"{self.name}"'


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a command says behind its verb; what it does not say is None or empty.

    Attributes:
        words: Words of the grammar that were said, such as `release`.
        number: A PEP's number.
        pull_request: The number of a pull request.
        repository: Its repository as its address names it, in whatever case; empty for this one.
        login: An account.
        rules: Ids of rules.
        stage: Whose turn it is to be.
        labels: Labels to set and to take off.
        verb: Another command, for `help`.
        link: An https address.
        status: A status that a PEP is to have.
        successor: The number of the PEP that takes another's place.
        day: A day.
        reason: Why, in the person's own words; cut to 300 characters.
    """

    words: tuple[str, ...] = ()
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
        """The account, in a form that has one.

        Raises:
            LookupError: The form has none.
        """
        if self.login is None:
            raise LookupError("this form names no account")
        return self.login


@dataclass(frozen=True, slots=True)
class Match:
    """What a part read: how many words, its values, and how it is written properly."""

    count: int
    values: dict[str, object] = field(default_factory=dict)
    proper: str = ""


class ParseError(Exception):
    """What a part did not find.

    Attributes:
        at: How many words on from the place it began to read.
        problem: What is wrong there.
        nearest: The word that would be right there; empty if none is near.
        surplus: Whether the form itself was complete before that.
        meant: Whether the word was surely meant for this part, wrong as it is.
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
    """A piece of a command's form."""

    @property
    def shown(self) -> str:
        """As the form of the command shows it, such as `@login`."""

    def take(self, words: Sequence[Word], text: str) -> Match:
        """Read from the first of these words on; `text` is the whole line.

        Raises:
            Expected: They do not begin with what this part is.
        """


@dataclass(frozen=True, slots=True)
class Literal:
    """A word of the grammar."""

    word: str

    @property
    def shown(self) -> str:
        """The word itself."""
        return self.word

    def take(self, words: Sequence[Word], text: str) -> Match:  # noqa: ARG002 - see `Part`
        """Read that word."""
        if not words:
            raise ParseError(0, f"`{self.word}` is missing here")
        if words[0].folded != self.word:
            close = get_close_matches(words[0].folded, [self.word], n=1, cutoff=0.6)
            raise ParseError(0, f"here `{self.word}` was expected", close[0] if close else "")
        return Match(1, {"words": (self.word,)}, self.word)


@dataclass(frozen=True, slots=True)
class Maybe:
    """Parts that may be left out together."""

    parts: tuple[Argument, ...]

    @property
    def shown(self) -> str:
        """The parts in brackets."""
        return f"[{' '.join(part.shown for part in self.parts)}]"

    def take(self, words: Sequence[Word], text: str) -> Match:
        """Read the parts, or nothing if the first one is not there."""
        try:
            first = self.parts[0].take(words, text)
        except ParseError as expected:
            # A word that was meant for the first part is a mistake, and one for what follows not.
            if expected.meant:
                raise
            return Match(0)
        return _joined(first, self.parts[1:], words, text)


@dataclass(frozen=True, slots=True)
class AnyOrder:
    """Parts that may each be left out, and stand in any order; told apart by their looks."""

    parts: tuple[Argument, ...]

    @property
    def shown(self) -> str:
        """Each in brackets."""
        return " ".join(f"[{part.shown}]" for part in self.parts)

    def take(self, words: Sequence[Word], text: str) -> Match:
        """Read those that are there, each at most once."""
        found: dict[int, Match] = {}
        count = 0
        while (one := self._next(words[count:], text, count, found)) is not None:
            found[one[0]] = one[1]
            count += one[1].count
        taken = [found[place] for place in sorted(found)]
        values: dict[str, object] = {}
        for one_taken in taken:
            values |= one_taken.values
        return Match(count, values, " ".join(one_taken.proper for one_taken in taken))

    def _next(
        self, words: Sequence[Word], text: str, at: int, found: Mapping[int, Match]
    ) -> tuple[int, Match] | None:
        """The part that begins here, and which it is."""
        if not words:
            return None
        meant: ParseError | None = None
        for place, part in enumerate(self.parts):
            if place in found:
                continue
            try:
                return place, part.take(words, text)
            except ParseError as expected:
                if expected.meant and meant is None:
                    meant = expected
        if meant is not None:
            raise ParseError(at + meant.at, meant.problem, meant.nearest, meant=True)
        return None


def take_all(parts: Sequence[Argument], words: Sequence[Word], text: str) -> Match:
    """Read parts one after the other.

    Raises:
        Expected: One of them is not there.
    """
    return _joined(Match(0), parts, words, text)


def _joined(taken: Match, parts: Sequence[Argument], words: Sequence[Word], text: str) -> Match:
    for part in parts:
        try:
            more = part.take(words[taken.count :], text)
        except ParseError as expected:
            raise ParseError(
                taken.count + expected.at,
                expected.problem,
                expected.nearest,
                meant=expected.meant,
            ) from None
        said = (*_words_in(taken), *_words_in(more))
        taken = Match(
            taken.count + more.count,
            {**taken.values, **more.values, "words": said},
            f"{taken.proper} {more.proper}".strip(),
        )
    return taken


def _words_in(taken: Match) -> tuple[str, ...]:
    said = taken.values.get("words", ())
    return said if isinstance(said, tuple) else ()
