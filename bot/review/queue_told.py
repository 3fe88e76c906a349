"""The queue as an issue for everybody: without mentions, and without what is for editors alone."""

from bot.review.follow_up_told import awaiting_fact, follow_up_fact
from bot.review.markdown import within_limit
from bot.review.queue import Queue
from bot.review.stage import Stage
from bot.review.wording import page

QUEUE_MARKER = "<!-- pep-bot:queue -->"
"""By what the issue is known again, beside its author."""

QUEUE_TITLE = "Pull requests by whose turn it is"

_MOST = 100
"""So many a section; the rest is counted."""

_TURNS = {
    Stage.EDITOR: "Editors",
    Stage.DECISION: "Those who decide",
    Stage.SPONSOR: "Sponsors",
    Stage.AUTHOR: "Authors",
}


def queue_issue(queue: Queue) -> str:
    """The issue's text: days and no durations, so that it changes only when something does."""
    sections = [(_TURNS[turn], waiting) for turn, waiting in queue.turns.items()]
    sections += [("Drafts", queue.drafts), ("No PEP is touched", queue.others)]
    news = [
        (what, numbers)
        for what, numbers in (
            ("opened", queue.news.opened),
            ("another's turn", queue.news.moved),
            ("merged", queue.news.merged),
            ("closed", queue.news.closed),
        )
        if numbers
    ]
    text = page(
        "queue",
        queue=queue,
        sections=sections,
        news=news,
        awaiting=[(one, awaiting_fact(one)) for one in queue.awaiting],
        due=[(one, follow_up_fact(one)) for one in queue.due],
        most=_MOST,
    )
    return within_limit(text, "The list goes on; it is too long for an issue.")
