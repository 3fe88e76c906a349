"""The way of a PEP to its decision as a page shows it, a paragraph a step."""

from datetime import date

from markupsafe import Markup, escape

from bot.peps.number import NumberLedger
from bot.peps.preamble import Preamble
from bot.policy.model import Policy
from bot.review.submission import Submission
from bot.review.way import Way, way_of
from bot.review.wording import lines
from bot.rules.context import Context
from bot.web.shown import shown


def way_on(
    preamble: Preamble, policy: Policy, day: date, submissions: tuple[Submission, ...] = ()
) -> Way:
    """The way of a PEP with this header on a day.

    Args:
        preamble: The header.
        policy: What the repository wants.
        day: The day.
        submissions: What is known to be submitted.
    """
    return way_of(preamble, Context(day, policy, NumberLedger(frozenset())), submissions)


def way_in_html(way: Way) -> tuple[Markup, ...]:
    """Who decides, whom to ask before, who may sponsor, where to ask, and why."""
    told = lines(
        "way", way=way, link=_link, told=_told, strong=Markup("<strong>{}</strong>").format
    )
    # The template's own words hold no markup; everything else was escaped on its way into them.
    return tuple(_with_code(line) for line in told)


def _told(text: str) -> Markup:
    return escape(shown(text, 2_000))


def _link(words: str, url: str) -> Markup:
    if not url.startswith("https://"):
        return escape(words)
    return Markup('<a href="{}">{}</a>').format(url, words)


def _with_code(line: str) -> Markup:
    """A line whose single backticks stand for code."""
    parts = line.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(Markup(part)) if place % 2 else Markup(part)  # noqa: S704
        for place, part in enumerate(parts)
    )
