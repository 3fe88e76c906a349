"""The page of the queue, public and so without what is only for editors.

Every section is a heading and rows of cells; to add a section, add another list of rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.peps.dates import format_pep_date
from bot.policy.model import Links
from bot.review.published_peps import Published
from bot.review.queue.pages import PER_PAGE, QueuePage, queue_fields
from bot.review.queue.queue import Queue, Waiting, open_points
from bot.review.render import markdown as link_to
from bot.review.render.queue import (
    TURN_HEADINGS,
    awaiting_fact,
    follow_up_fact,
    in_days,
    named_news,
    source_fact,
)
from bot.review.snapshot import QueueEntry
from bot.web.page_rendering import page

MOST_ROWS = 100
"""How many rows are shown of a section that is not divided into pages; the rest is counted."""

_NO_LINKS = Links()
_WAITING = ("Pull request", "Title", "What", "Waiting", "Last touched")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; the template sanitizes what strangers wrote.

    Attributes:
        text: The text.
        url: The address it links to; built or checked here, never as a stranger wrote it.
        note: A less prominent text after it.
        idle: A mark after it; empty for none.
    """

    text: str
    url: str = ""
    note: str = ""
    idle: str = ""


@dataclass(frozen=True, slots=True)
class PageSection:
    """A part of a page.

    Attributes:
        heading: Its heading.
        columns: The headings of its columns.
        rows: Its rows, a cell for each column.
        caption: What the table is about, if the heading does not say so.
        left_out: How many further rows are not shown anywhere.
        elsewhere: How many rows are on other pages.
    """

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    left_out: int = 0
    elsewhere: int = 0


def queue_page(repository: str, part: QueuePage, web_url: str, links: Links = _NO_LINKS) -> bytes:
    """Render the page."""
    here = f"/{repository}"
    there = f"{web_url}/{repository}"
    queue = part.queue
    return page(
        "queue",
        repository=repository,
        web_url=web_url,
        sections=[one for one in _sections(part, here, there) if one.rows],
        here=f"{here}/queue",
        part=part,
        peps=[one for one in _peps(queue, here, links) if one.rows],
        not_reviewed=queue.not_reviewed,
        news=_news(queue, here),
        numbers=[one for one in (_claimed(queue, here), _reserved(queue, here)) if one.rows],
        is_complete=queue.is_complete,
    )


def queue_json(repository: str, part: QueuePage) -> Mapping[str, object]:
    """The same for programs."""
    here = f"/{repository}/queue.json"
    links = {"first": 1, "prev": part.number - 1, "next": part.number + 1, "last": part.pages}
    return {
        "repository": repository,
        "page": part.number,
        "pages": part.pages,
        "per_page": PER_PAGE,
        "links": {
            name: f"{here}?page={number}" if 1 <= number <= part.pages else None
            for name, number in links.items()
        },
        "counts": {
            **{turn.value: count for turn, count in part.turns.items()},
            "drafts": part.drafts,
            "no_pep": part.others,
        },
        **queue_fields(part.queue),
    }


def _sections(part: QueuePage, here: str, there: str) -> Iterable[PageSection]:
    queue = part.queue
    named = [
        (TURN_HEADINGS[turn], waiting, "", part.turns[turn])
        for turn, waiting in queue.turns.items()
    ]
    named += [
        ("Drafts", queue.drafts, "Not ordered by turn.", part.drafts),
        ("Touches no PEP", queue.others, "", part.others),
    ]
    for heading, waiting, caption, count in named:
        rows = tuple(_waiting_row(one, here, there) for one in waiting)
        yield PageSection(heading, _WAITING, rows, caption, elsewhere=count - len(rows))


def _waiting_row(one: Waiting, here: str, there: str) -> tuple[Cell, ...]:
    queue_entry = one.queue_entry
    return (
        _pull(one.number, here),
        Cell(
            queue_entry.title or "(without a title)",
            f"{there}/pull/{one.number}",
            note=", ".join(_notes(queue_entry)),
        ),
        Cell(queue_entry.kind),
        Cell(in_days(one.waited)),
        Cell(f"{in_days(one.idle)} ago", idle="idle" if one.is_idle else ""),
    )


def _notes(queue_entry: QueueEntry) -> Iterator[str]:
    if queue_entry.opener:
        yield f"by {queue_entry.opener}"
    if awaited := open_points(queue_entry):
        yield awaited


def _pull(number: int, here: str) -> Cell:
    return Cell(f"#{number}", f"{here}/pull/{number}")


def _peps(queue: Queue, here: str, links: Links) -> Iterable[PageSection]:
    """The sections on published PEPs: those awaiting a decision, and follow-ups that are due."""
    yield PageSection(
        "PEPs awaiting a decision",
        ("PEP", "Title", "What"),
        tuple(
            (
                Cell(str(one.pep.number), f"{here}/pep/{one.pep.number}"),
                _titled(one.pep, links),
                Cell(
                    plain_fact(awaiting_fact(one)),
                    https(one.submission.url if one.submission else ""),
                ),
            )
            for one in queue.awaiting[:MOST_ROWS]
        ),
        left_out=max(0, len(queue.awaiting) - MOST_ROWS),
    )
    yield PageSection(
        "Follow-ups due",
        ("PEP", "Title", "What", "Since"),
        tuple(
            (
                Cell(str(one.pep.number), f"{here}/pep/{one.pep.number}"),
                _titled(one.pep, links),
                Cell(plain_fact(follow_up_fact(one)), https(one.url)),
                Cell(format_pep_date(one.since.date())),
            )
            for one in queue.due[:MOST_ROWS]
        ),
        "Editors set aside what is due for a PEP with /pep not-yet N.",
        max(0, len(queue.due) - MOST_ROWS),
    )
    yield _limited(
        "Sources of the policy",
        ("File", "What"),
        tuple(
            (
                Cell(f"{one.source.repository}/{one.source.path}", one.source.history),
                Cell(source_fact(one)),
            )
            for one in queue.sources
        ),
        "Editors compare the policy with them, and give the day there; /pep not-yet sources "
        "dismisses these changes.",
    )


def _titled(pep: Published, links: Links) -> Cell:
    return Cell(pep.title or "(without a title)", link_to.published(links, 0, pep.number) or "")


def plain_fact(sentence: str) -> str:
    """The sentence without the backticks around code."""
    return sentence.replace("`", "")


def https(url: str | None) -> str:
    """The address, or nothing if it is none that a page may link."""
    return url if url and url.startswith("https://") else ""


def _news(queue: Queue, here: str) -> list[tuple[str, list[Cell]]]:
    return [
        (what.capitalize(), [_pull(number, here) for number in numbers[:MOST_ROWS]])
        for what, numbers in named_news(queue)
    ]


def _claimed(queue: Queue, here: str) -> PageSection:
    rows = tuple(
        (Cell(str(number)), _pull(pull, here))
        for number, pulls in queue.assigned.items()
        for pull in pulls
    )
    return _limited("Claimed numbers", ("PEP", "By"), rows)


def _reserved(queue: Queue, here: str) -> PageSection:
    rows = tuple(
        (
            Cell(str(reservation.number)),
            Cell("anybody")
            if reservation.pull_request is None
            else _pull(reservation.pull_request, here),
            Cell(reservation.reason, https(reservation.url)),
        )
        for reservation in queue.reserved
    )
    rows += tuple(
        (Cell(str(number)), Cell("whoever the reason names"), Cell(reason, note="by the policy"))
        for number, reason in queue.reserved_by_policy.items()
    )
    return _limited("Reserved numbers", ("PEP", "For", "Why"), rows)


def _limited(
    heading: str, columns: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...], caption: str = ""
) -> PageSection:
    left_out = max(0, len(rows) - MOST_ROWS)
    return PageSection(heading, columns, rows[:MOST_ROWS], caption, left_out)
