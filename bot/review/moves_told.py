"""What is known of moves of a status in words: as Markdown for editors, as text for a terminal."""

from collections.abc import Callable, Sequence
from datetime import date

from bot.review.evidence import About
from bot.review.markdown import prose, target
from bot.review.status_move import MOST, StatusMove
from bot.review.wording import lines
from bot.rules.post_told import writer
from bot.rules.wording import name as harmless

_MOST_WHOLE = 3
"""More moves than these are told in a line each."""

_MOST_LINES = 50
_SHORT = {
    About.RESOLUTION: "`Resolution`",
    About.COUNCIL_ISSUE: "the issue",
    About.RECOMMENDATION: "the recommendation",
    About.APPOINTMENT: "the appointment",
    About.DELEGATE: "the delegate's word",
    About.MEMBER: "the council's word",
    About.AUTHORS: "the authors' word",
    About.DOCUMENTATION: "the link to the documentation",
    About.PYTHON_VERSION: "`Python-Version`",
    About.SUCCESSOR: "`Superseded-By`",
    About.SUCCESSOR_BACK: "`Replaces` in its successor",
}


def moves_told(moves: Sequence[StatusMove], today: date) -> str:
    """All moves as Markdown; empty without any."""
    if len(moves) > _MOST_WHOLE:
        told = [f"- {_in_a_line(move)}" for move in moves[:_MOST_LINES]]
        if len(moves) > _MOST_LINES:
            at_least = "at least " if len(moves) == MOST else ""
            told.append(f"- and {at_least}{len(moves) - _MOST_LINES} more")
        return "\n".join(told)
    return "\n\n".join(
        "\n".join(
            [f"**{_heading(move)}**", "", *(f"- {one}" for one in move_in_markdown(move, today))]
        )
        for move in moves
    )


def move_in_markdown(move: StatusMove, today: date) -> list[str]:
    """Who had to decide, what shows it and what is missing; one text each."""
    return _told(
        move,
        today,
        link=lambda words, url: f"[{words}]({target(url)})",
        told=prose,
        strong=lambda words: f"**{words}**",
    )


def move_in_text(move: StatusMove, today: date) -> list[str]:
    """The same as plain text, under the heading."""
    told = _told(
        move,
        today,
        link=lambda words, url: f"{words} <{url}>",
        told=lambda text: text,
        strong=lambda words: words,
    )
    return [_heading(move), *(f"  {one}" for one in told)]


def _told(
    move: StatusMove,
    today: date,
    *,
    link: Callable[[str, str], str],
    told: Callable[[str], str],
    strong: Callable[[str], str],
) -> list[str]:
    return lines("move", move=move, today=today, link=link, told=told, strong=strong, writer=writer)


def _heading(move: StatusMove) -> str:
    return f"{_name(move)}: {move.kind} ({harmless(move.before)} to {harmless(move.after)})"


def _in_a_line(move: StatusMove) -> str:
    lacking = dict.fromkeys(_SHORT[one.about] for one in move.lacking)
    return f"{_heading(move)}; " + (
        f"missing or to mend: {', '.join(lacking)}." if lacking else "nothing is missing."
    )


def _name(move: StatusMove) -> str:
    return f"PEP {move.number}" if move.number is not None else "A PEP"
