"""The kinds of argument of commands about decisions: a status, a post's address, a day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from bot.commands.grammar.argument_kinds import NUMBER, link_in
from bot.commands.grammar.arguments import Match, ParseError
from bot.commands.grammar.lines import Word
from bot.peps.dates import MONTHS, in_pep_style, parse_pep_date
from bot.peps.status import Status
from bot.review.fixes.prepared_status import ASKABLE
from bot.rules.finding import code

_ADDRESS = re.compile(r"<?[a-z]{2,10}:|(?:www|discuss|mail|lists)\.", re.IGNORECASE)
_DAY = re.compile(r"([0-9]{1,2})[-./ ]([A-Za-z]{3,9})[-./ ]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_LIKE_A_DAY = re.compile(r"[0-9]{1,4}[-./][0-9A-Za-z]{1,9}[-./][0-9]{1,4}")
_STATUSES = {status.casefold(): status for status in ASKABLE}
_VERBS = {
    "accept": Status.ACCEPTED,
    "reject": Status.REJECTED,
    "defer": Status.DEFERRED,
    "withdraw": Status.WITHDRAWN,
    "supersede": Status.SUPERSEDED,
    "finalize": Status.FINAL,
}


@dataclass(frozen=True, slots=True)
class StatusWord:
    """A status of PEP 1, in whatever case."""

    @property
    def shown(self) -> str:
        """All of them."""
        return "|".join(_STATUSES)

    def take(self, words: Sequence[Word], text: str) -> Match:  # noqa: ARG002 - see `Part`
        """Read a status."""
        if not words:
            raise ParseError(0, "a status is missing here")
        said = words[0].text.casefold()
        if said in _STATUSES:
            return Match(1, {"status": _STATUSES[said]}, said)
        if said in _VERBS:
            nearest = _VERBS[said].casefold()
        else:
            close = get_close_matches(said[:40], _STATUSES, n=1, cutoff=0.6)
            nearest = close[0] if close else ""
        raise ParseError(0, f"{code(words[0].text)} is no status that can be prepared", nearest)


@dataclass(frozen=True, slots=True)
class By:
    """The PEP that takes another's place: `by 842`."""

    shown: str = "by M"

    def take(self, words: Sequence[Word], text: str) -> Match:
        """Read the word and the number behind it."""
        if not words or words[0].folded != "by":
            raise ParseError(0, "here `by` was expected")
        try:
            taken = NUMBER.take(words[1:], text)
        except ParseError as expected:
            raise ParseError(1 + expected.at, expected.problem, expected.nearest) from None
        return Match(1 + taken.count, {"successor": taken.values["number"]}, f"by {taken.proper}")


@dataclass(frozen=True, slots=True)
class Address:
    """The https address of a thread or post; whether it is the right one is not its matter."""

    shown: str = "URL"

    def take(self, words: Sequence[Word], text: str) -> Match:  # noqa: ARG002 - see `Part`
        """Read an address."""
        if not words:
            raise ParseError(0, "an address is missing here")
        link = link_in(words[0].text)
        if link is not None:
            return Match(1, {"link": link}, link)
        meant = _ADDRESS.match(words[0].text) is not None
        problem = f"{code(words[0].text)} is no plain address that begins with `https://`"
        raise ParseError(0, problem, meant=meant)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as PEP headers write it."""

    shown: str = "DD-Mmm-YYYY"

    def take(self, words: Sequence[Word], text: str) -> Match:  # noqa: ARG002 - see `Part`
        """Read a day; one that is written otherwise is proposed, not taken."""
        if not words:
            raise ParseError(0, "a day is missing here")
        said = words[0].text
        day = parse_pep_date(said)
        if day is not None:
            return Match(1, {"day": day}, in_pep_style(day))
        nearest = _nearest_day(said)
        raise ParseError(
            0,
            f"{code(said)} is no day in the form `DD-Mmm-YYYY`",
            in_pep_style(nearest) if nearest else "",
            meant=_LIKE_A_DAY.fullmatch(said) is not None,
        )


def _nearest_day(said: str) -> date | None:
    """The day that is meant, where that is certain; days in figures alone are only if ISO 8601."""
    try:
        if found := _ISO_DAY.fullmatch(said):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if (found := _DAY.fullmatch(said)) and (month := found[2][:3].title()) in MONTHS:
            return date(int(found[3]), MONTHS.index(month) + 1, int(found[1]))
    except ValueError:
        return None
    return None
