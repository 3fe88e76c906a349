"""The queue in pages: whoever looks on the web is shown a hundred pull requests at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.review.queue import News, Queue, Waiting
from bot.review.stage import Stage

PER_PAGE = 100
"""Pull requests on a page."""


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page.

    Attributes:
        queue: The queue with this page's pull requests alone; whatever is no list of waiting pull
            requests is on the first page only.
        number: Which page, from 1.
        pages: How many pages there are, at least one.
        turns: How many pull requests there are in all by whose turn it is, drafts left out.
        drafts: How many drafts.
        others: How many that touch no PEP.
    """

    queue: Queue
    number: int
    pages: int
    turns: Mapping[Stage, int]
    drafts: int
    others: int


def page_of(queue: Queue, number: int, per_page: int = PER_PAGE) -> QueuePage | None:
    """A page of the queue; None if it has no such page.

    Args:
        queue: All of it.
        number: Which page, from 1.
        per_page: Pull requests on a page.
    """
    lists = [*queue.turns.values(), queue.drafts, queue.others]
    pages = max(1, -(-sum(map(len, lists)) // per_page))
    if not 1 <= number <= pages:
        return None
    start = (number - 1) * per_page
    shown: list[tuple[Waiting, ...]] = []
    before = 0
    for waiting in lists:
        shown.append(waiting[max(start - before, 0) : max(start + per_page - before, 0)])
        before += len(waiting)
    *turns, drafts, others = shown
    part = replace(
        queue, turns=dict(zip(queue.turns, turns, strict=True)), drafts=drafts, others=others
    )
    if number > 1:
        part = replace(
            part, unseen=0, news=News(), assigned={}, reserved=(), kept={}, awaiting=(), due=()
        )
    return QueuePage(
        queue=part,
        number=number,
        pages=pages,
        turns={turn: len(waiting) for turn, waiting in queue.turns.items()},
        drafts=len(queue.drafts),
        others=len(queue.others),
    )
