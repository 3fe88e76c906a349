"""Who decides on the new PEPs that `check` looked at, in words for a terminal.

No finding, so it stands beside the report: on the standard error, in the form for people only, and
never where a PEP is published already.
"""

from collections.abc import Iterator

from bot.offline.judging import Judged
from bot.offline.printable import printable
from bot.rules.new_pep import new_peps

_MOST = 3


def deciding_told(judged: Judged) -> Iterator[str]:
    """The lines on each new PEP; nothing where there is none."""
    context = judged.context
    found = [
        pep
        for pep in new_peps(judged.occasion.change, context.numbers.placeholders)
        if judged.selection.includes(pep.path) and pep.preamble.headers
    ]
    if not found:
        return
    # Templates take a moment to load, which nearly every run of `check` can do without.
    from bot.review.way import way_of
    from bot.review.way_told import way_in_text

    for pep in found[:_MOST]:
        yield f"{printable(pep.path)}:"
        yield from (f"  {printable(told)}" for told in way_in_text(way_of(pep.preamble, context)))
