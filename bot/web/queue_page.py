"""The queue as a page: for everybody, so without what is for editors alone.

Every section is a heading and rows of cells; another section is another list of rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.review.queue import Queue, Waiting
from bot.review.stage import Stage
from bot.web.page_templates import in_days, page

MOST_ROWS = 200
"""Rows of a section that are shown; the rest is counted."""

_TURNS = {
    Stage.EDITOR: "Editors' turn",
    Stage.DECISION: "Awaiting a decision",
    Stage.SPONSOR: "Sponsors' turn",
    Stage.AUTHOR: "Authors' turn",
}
_WAITING = ("Pull request", "Title", "What", "Waits for", "Last touched")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table; whatever strangers wrote, the template makes harmless.

    Attributes:
        text: The words.
        url: What they link; built here, never by a stranger.
        note: Fainter words behind them.
        idle: A mark behind them; empty for none.
    """

    text: str
    url: str = ""
    note: str = ""
    idle: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page.

    Attributes:
        heading: Its heading.
        columns: The headings of its columns.
        rows: Its rows, a cell for each column.
        caption: What the table is, where the heading does not say it.
        left_out: How many further rows there are.
    """

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    left_out: int = 0


def queue_page(repository: str, queue: Queue, web_url: str) -> bytes:
    """The page.

    Args:
        repository: Which, `owner/name`.
        queue: Its queue.
        web_url: GitHub's address for people.
    """
    here = f"/{repository}"
    there = f"{web_url}/{repository}"
    return page(
        "queue",
        repository=repository,
        web_url=web_url,
        sections=[one for one in _sections(queue, here, there) if one.rows],
        unseen=queue.unseen,
        news=_news(queue, here),
        numbers=[one for one in (_claimed(queue, here), _put_aside(queue, here)) if one.rows],
        is_complete=queue.is_complete,
    )


def _sections(queue: Queue, here: str, there: str) -> Iterable[Section]:
    named = [(_TURNS[turn], waiting, "") for turn, waiting in queue.turns.items()]
    named += [
        ("Drafts", queue.drafts, "Whosever turn it will be."),
        ("No PEP is touched", queue.others, ""),
    ]
    for heading, waiting, caption in named:
        rows = tuple(_waiting_row(one, here, there) for one in waiting[:MOST_ROWS])
        yield Section(heading, _WAITING, rows, caption, max(0, len(waiting) - MOST_ROWS))


def _waiting_row(one: Waiting, here: str, there: str) -> tuple[Cell, ...]:
    listed = one.listed
    return (
        _pull(one.number, here),
        Cell(
            listed.title or "(without a title)",
            f"{there}/pull/{one.number}",
            note=f"by {listed.opener}" if listed.opener else "",
        ),
        Cell(listed.kind),
        Cell(in_days(one.waited)),
        Cell(f"{in_days(one.idle)} ago", idle="idle" if one.is_idle else ""),
    )


def _pull(number: int, here: str) -> Cell:
    return Cell(f"#{number}", f"{here}/pull/{number}")


def _news(queue: Queue, here: str) -> list[tuple[str, list[Cell]]]:
    named = (
        ("Opened", queue.news.opened),
        ("Another's turn", queue.news.moved),
        ("Merged", queue.news.merged),
        ("Closed", queue.news.closed),
    )
    return [
        (what, [_pull(number, here) for number in numbers[:MOST_ROWS]])
        for what, numbers in named
        if numbers
    ]


def _claimed(queue: Queue, here: str) -> Section:
    rows = tuple(
        (Cell(str(number)), _pull(pull, here))
        for number, pulls in queue.assigned.items()
        for pull in pulls
    )
    return Section("Numbers claimed", ("PEP", "By"), rows)


def _put_aside(queue: Queue, here: str) -> Section:
    rows = tuple(
        (
            Cell(str(held.number)),
            Cell("anybody") if held.pull_request is None else _pull(held.pull_request, here),
            Cell(held.reason, held.url if held.url and held.url.startswith("https://") else ""),
        )
        for held in queue.reserved
    )
    return Section("Numbers put aside", ("PEP", "For", "Why"), rows, "By editors.")
