"""The kinds of argument of commands about decisions: a status, the URL of a post, a date."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from bot.commands.grammar.argument_kinds import NUMBER, link_in
from bot.commands.grammar.arguments import Match, ParseError
from bot.commands.grammar.lines import LineToken
from bot.peps.dates import MONTHS, format_pep_date, parse_pep_date
from bot.peps.status import Status
from bot.review.fixes.prepared_status import ASKABLE
from bot.rules.engine.finding import safe_code

_ADDRESS = re.compile(r"<?[a-z]{2,10}:|(?:www|discuss|mail|lists)\.", re.IGNORECASE)
_DAY = re.compile(r"([0-9]{1,2})[-./ ]([A-Za-z]{3,9})[-./ ]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_LOOKS_LIKE_A_DAY = re.compile(r"[0-9]{1,4}[-./][0-9A-Za-z]{1,9}[-./][0-9]{1,4}")
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
class StatusArgument:
    """A status of PEP 1, in any case."""

    @property
    def syntax(self) -> str:
        """All the statuses."""
        return "|".join(_STATUSES)

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:  # noqa: ARG002 - see `Argument`
        """Read a status."""
        if not tokens:
            raise ParseError(0, "a status is missing here")
        written = tokens[0].text.casefold()
        if written in _STATUSES:
            return Match(1, {"status": _STATUSES[written]}, written)
        if written in _VERBS:
            nearest = _VERBS[written].casefold()
        else:
            close = get_close_matches(written[:40], _STATUSES, n=1, cutoff=0.6)
            nearest = close[0] if close else ""
        raise ParseError(
            0, f"{safe_code(tokens[0].text)} is not a status that can be prepared", nearest
        )


@dataclass(frozen=True, slots=True)
class By:
    """The PEP that supersedes another: `by 842`."""

    syntax: str = "by M"

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:
        """Read the word `by` and the number after it."""
        if not tokens or tokens[0].folded != "by":
            raise ParseError(0, "`by` was expected here")
        try:
            match = NUMBER.parse(tokens[1:], text)
        except ParseError as error:
            raise ParseError(1 + error.at, error.problem, error.nearest) from None
        return Match(
            1 + match.count, {"successor": match.values["number"]}, f"by {match.canonical}"
        )


@dataclass(frozen=True, slots=True)
class Address:
    """The https URL of a thread or post; the command checks whether it is the right one."""

    syntax: str = "URL"

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:  # noqa: ARG002 - see `Argument`
        """Read a URL."""
        if not tokens:
            raise ParseError(0, "a URL is missing here")
        link = link_in(tokens[0].text)
        if link is not None:
            return Match(1, {"link": link}, link)
        meant = _ADDRESS.match(tokens[0].text) is not None
        problem = f"{safe_code(tokens[0].text)} is not a plain URL that starts with `https://`"
        raise ParseError(0, problem, meant=meant)


@dataclass(frozen=True, slots=True)
class Day:
    """A date as PEP headers write it."""

    syntax: str = "DD-Mmm-YYYY"

    def parse(self, tokens: Sequence[LineToken], text: str) -> Match:  # noqa: ARG002 - see `Argument`
        """Read a date; one in another format is an error that proposes the right spelling."""
        if not tokens:
            raise ParseError(0, "a day is missing here")
        written = tokens[0].text
        day = parse_pep_date(written)
        if day is not None:
            return Match(1, {"day": day}, format_pep_date(day))
        nearest = _nearest_day(written)
        raise ParseError(
            0,
            f"{safe_code(written)} is not a day in the form `DD-Mmm-YYYY`",
            format_pep_date(nearest) if nearest else "",
            meant=_LOOKS_LIKE_A_DAY.fullmatch(written) is not None,
        )


def _nearest_day(written: str) -> date | None:
    """The date that is meant, if that is certain; an all-digit date is, only if it is ISO 8601."""
    try:
        if found := _ISO_DAY.fullmatch(written):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if (found := _DAY.fullmatch(written)) and (month := found[2][:3].title()) in MONTHS:
            return date(int(found[3]), MONTHS.index(month) + 1, int(found[1]))
    except ValueError:
        return None
    return None
