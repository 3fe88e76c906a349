"""What docutils says of the texts of real data, asked once and kept beside pytest's own cache."""

from dataclasses import replace
from pathlib import Path

from bot.offline.markup import markups_of
from bot.offline.markup_cache import MarkupCache
from bot.rules.change import Change
from bot.rules.document.markup import texts_to_parse, with_markup
from tests.replay.history import Merged

PARSED = MarkupCache(Path(__file__).resolve().parents[2] / ".pytest_cache" / "markup")
"""What was said before, in this and in earlier runs."""


def parsed_history(history: tuple[Merged, ...]) -> tuple[Merged, ...]:
    """The pull requests with the PEPs they touch parsed."""
    texts = {
        f"{row}:{path}": text
        for row, merged in enumerate(history)
        for path, text in texts_to_parse(merged.change).items()
    }
    said = markups_of(texts, PARSED)
    return tuple(
        replace(
            merged,
            change=with_markup(
                merged.change,
                {path: said[f"{row}:{path}"] for path in texts_to_parse(merged.change)},
            ),
        )
        for row, merged in enumerate(history)
    )


def parsed_change(change: Change) -> Change:
    """The change with the PEPs it touches parsed."""
    return with_markup(change, markups_of(texts_to_parse(change), PARSED))
