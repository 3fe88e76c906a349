"""What docutils says of the texts of real data, asked once and kept in the user's cache folder."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from platformdirs import user_cache_path

from bot.markup.process import MarkupProcess
from bot.offline.markup import MarkupCache, markups_of
from bot.peps.change import Change
from bot.rules.document.markup import texts_to_parse, with_markup
from tests.replay.history import Merged

CACHE_HOME = user_cache_path("pep-bot") / "tests"
"""A cache folder of the tests alone, laid out like the user's own; found before a test names
another one."""

PARSED = MarkupCache(CACHE_HOME / "pep-bot" / "markup")
"""What was said before, in this and in earlier runs."""

_FEW = 4
"""Texts up to which one process reads them all."""


@cache
def _reader() -> MarkupProcess:
    """A process for this test process: docutils would leave much of its memory taken."""
    return MarkupProcess()


def parsed(merged: Merged) -> Merged:
    """The pull request with the PEPs it touches parsed."""
    return replace(merged, change=parsed_change(merged.change))


def parsed_change(change: Change) -> Change:
    """The change with the PEPs it touches parsed."""
    texts = texts_to_parse(change)
    unknown = [text for text in texts.values() if PARSED.cached(text) is None]
    if len(unknown) <= _FEW:
        for text in unknown:
            PARSED.store(text, _reader().read(text))
    return with_markup(change, markups_of(texts, PARSED))


def parse_ahead(history: Iterable[Merged]) -> None:
    """Have the PEPs that pull requests touch parsed, by as many processes as there are cores."""
    texts = {text for merged in history for text in texts_to_parse(merged.change).values()}
    markups_of({text: text for text in texts if PARSED.cached(text) is None}, PARSED)
