"""Having texts read by docutils, in as many processes as there are cores."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping

from bot.offline.markup_cache import MarkupCache
from bot.peps.markup import Markup

_SHOWN_FROM = 10
"""Texts from which on a progress bar is worth its place."""


def markups_of(texts: Mapping[str, str], cache: MarkupCache | None) -> dict[str, Markup]:
    """What docutils says of each text.

    Args:
        texts: The texts by their paths.
        cache: What was said before; None to ask anew and keep nothing.
    """
    every = set(texts.values())
    said = {text: known for text in every if cache and (known := cache.known(text))}
    missing = sorted(every - said.keys(), key=len, reverse=True)
    if missing:
        for text, markup in zip(missing, _read(missing), strict=True):
            said[text] = markup
            if cache:
                cache.keep(text, markup)
    return {path: said[text] for path, text in texts.items()}


def _read(texts: list[str]) -> Iterator[Markup]:
    from bot.markup.workers import MarkupWorkers

    with MarkupWorkers(min(os.cpu_count() or 1, len(texts))) as workers:
        yield from _shown(workers.read(texts), len(texts))


def _shown(markups: Iterable[Markup], total: int) -> Iterable[Markup]:
    """The same, with a bar on a terminal; a report that is piped away is not disturbed."""
    if total < _SHOWN_FROM or not sys.stderr.isatty():
        return markups
    from rich.console import Console
    from rich.progress import track

    return track(
        markups,
        "Parsing reStructuredText",
        total=total,
        console=Console(stderr=True),
        transient=True,
    )
