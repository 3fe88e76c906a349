"""The way to a decision in words: as Markdown for GitHub, as plain text for a terminal."""

from bot.review.markdown import prose, target
from bot.review.way import Way
from bot.review.wording import lines


def way_in_markdown(way: Way) -> list[str]:
    """Who decides, whom to ask before, who may sponsor, where to ask, and why; one text each."""
    return lines(
        "way",
        way=way,
        link=lambda words, url: f"[{words}]({target(url)})",
        told=prose,
        strong=lambda words: f"**{words}**",
    )


def way_in_text(way: Way) -> list[str]:
    """The same as plain text; an address stands in brackets behind what it is for."""
    return lines(
        "way",
        way=way,
        link=lambda words, url: f"{words} <{url}>",
        told=lambda text: text,
        strong=lambda words: words,
    )
