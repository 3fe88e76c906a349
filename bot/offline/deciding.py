"""Who decides on the PEPs that `check` looked at, in words for a terminal.

Of new ones the whole way there; of those whose status moves, who had to decide and what the PEP
itself shows of it: what people said on a pull request is not known here.

No finding, so it stands beside the report: on the standard error, in the form for people only, and
never where a published PEP stays what it is.
"""

from collections.abc import Iterator

from bot.offline.judging import Judged
from bot.offline.printable import printable
from bot.rules.new_pep import new_peps
from bot.rules.pep_edit import pep_edits

_MOST = 3


def deciding_told(judged: Judged) -> Iterator[str]:
    """The lines on each new PEP and each whose status moves; nothing where there is none."""
    yield from _new_told(judged)
    yield from _moves_told(judged)


def _new_told(judged: Judged) -> Iterator[str]:
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


def _moves_told(judged: Judged) -> Iterator[str]:
    change, context = judged.occasion.change, judged.context
    if not any(
        edit.changes_status and judged.selection.includes(edit.path) for edit in pep_edits(change)
    ):
        return
    from bot.review.evidence import Seen
    from bot.review.moves_told import move_in_text
    from bot.review.status_move import status_moves

    found = [
        move
        for move in status_moves(Seen(change, context, judged.findings))
        if judged.selection.includes(move.path)
    ]
    for move in found[:_MOST]:
        yield from map(printable, move_in_text(move, context.today))
    if len(found) > _MOST:
        yield f"And {len(found) - _MOST} more PEPs whose status moves."
