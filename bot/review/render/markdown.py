"""Putting words into GitHub's Markdown so that no stranger's text takes part in it.

Findings and standings hold plain sentences with code between single backticks. Everything outside
the code is escaped here; inside it nothing can end the code early, since `bot.rules.engine.finding`
took the backticks out.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.peps.dates import format_pep_date
from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble
from bot.policy.bodies import Body
from bot.policy.model import Links
from bot.rules.engine.finding import safe_code

# Only a piece between two single backticks: beside a further one, Markdown would see no code.
_CODE = re.compile(r"((?<!`)`[^`]+`(?!`))")
_TICKS = re.compile("`+")
_SPECIAL = re.compile(r"([\\`*_\[\]~|!])")
_LIMIT = 65_535
"""GitHub's limit of a check run's summary, in characters; a comment may have one more."""


def prose(text: str) -> str:
    """Escape a sentence, leaving the code between backticks as it is.

    `@` does not survive outside code: the contract allows no mention that is not the author's.
    """
    return "".join(
        part if _CODE.fullmatch(part) else escape(part)
        for part in _CODE.split(" ".join(text.splitlines()))
    )


def escape(text: str) -> str:
    """Escape text for the inside of a Markdown paragraph."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", escaped).replace("@", "(at)")


def target(url: str) -> str:
    """A URL as it may stand between the parentheses of a link, without an `@`."""
    return quote(url, safe=":/?#=&%+~.,;-_")


def block(text: str, indent: str = "") -> str:
    """Show text as an indented code block, which nothing inside it can leave."""
    return "\n".join(f"{indent}    {line}".rstrip() for line in text.splitlines())


def fenced(text: str, language: str) -> str:
    """Show lines as a fenced code block, by a fence that nothing inside it can close.

    Args:
        text: Lines, each with its line feed; none for an empty block.
        language: What stands behind the fence.
    """
    longest = max(map(len, _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}{fence}"


def within_limit(text: str, rest: str) -> str:
    """Cut a text that GitHub would refuse at a paragraph, saying in `rest` what is left out."""
    if len(text) <= _LIMIT:
        return text
    room = _LIMIT - len(rest) - 2
    cut = text.rfind("\n\n", 0, room)
    return f"{text[: cut if cut > 0 else room]}\n\n{rest}"


def plural(count: int, one: str, many: str = "") -> str:
    """`one thing`, `two things`, `12 things`: small numbers in words."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    number = words[count] if count < len(words) else str(count)
    return f"{number} {one if count == 1 else many or one + 's'}"


SUBMITTING = "https://peps.python.org/pep-0001/#submitting-a-pep"

_NEW_TOPIC = "https://discuss.python.org/new-topic"
_LONGEST_TITLE = 200
_CATEGORIES = ("Packaging", "Typing")
_PEPS = "PEPs"


def file_number(path: str) -> str:
    """The `NNNN` of a PEP's file name, or what stands in its place."""
    return path.rpartition("/")[2].removeprefix("pep-").removesuffix(".rst")


def preview(links: Links, pull_request: int, path: str) -> str | None:
    """Where the pull request's PEP is rendered."""
    return _filled(links.preview, pull_request, file_number(path))


def published(links: Links, pull_request: int, number: PepNumber) -> str | None:
    """Where the PEP is shown once it is merged."""
    return _filled(links.published, pull_request, f"{number:04}")


def category(preamble: Preamble) -> str:
    """The category of discuss.python.org a PEP is discussed in."""
    return next((topic for topic in preamble.topics if topic in _CATEGORIES), _PEPS)


def discussion_thread(number: PepNumber, preamble: Preamble, published: str = "") -> str:
    """Discourse's form for a new topic, with category, title and first text filled in.

    Args:
        number: The PEP's number.
        preamble: Its header.
        published: Where the PEP can be read; without it the form has no first text.
    """
    title = _titled(number, preamble)
    text = f"This is the discussion thread of {title}\n\nThe PEP: {published}" if published else ""
    return _new_topic(category(preamble), title, text)


def announcement(number: PepNumber, preamble: Preamble, published: str = "") -> str | None:
    """The form to announce a PEP in the PEPs category; None if it is discussed there itself."""
    venue = category(preamble)
    if venue == _PEPS:
        return None
    title = _titled(number, preamble)
    at = f": {published}" if published else "."
    text = (
        f"{title}\n\nThis PEP is published{at}\n\n"
        f"It is discussed in the {venue} category: (put the link to its thread here)"
    )
    return _new_topic(_PEPS, title, text)


def edit_pep(full_name: str, branch: str, number: PepNumber) -> str:
    """GitHub's form to edit a published PEP and propose the change as a pull request."""
    place = quote(f"{full_name}/edit/{branch or 'main'}/peps/pep-{number:04}.rst")
    return f"https://github.com/{place}"


def prefilled(body: Body, preamble: Preamble) -> str | None:
    """A body's form with what the policy says filled in for this PEP; None if it has none."""
    number, title = preamble.number, preamble.title
    if body.tracker is None or number is None or not title:
        return None
    # Number before title: a title that holds `{number}` is not filled in itself.
    query = {
        name: value.replace("{number}", str(number)).replace("{title}", title[:_LONGEST_TITLE])
        for name, value in body.form.items()
    }
    return f"{body.tracker}?{urlencode(query, quote_via=quote)}" if query else body.tracker


def _titled(number: PepNumber, preamble: Preamble) -> str:
    return f"PEP {number}: {(preamble.title or '')[:_LONGEST_TITLE]}"


def _new_topic(place: str, title: str, text: str) -> str:
    query = {"category": place.lower(), "title": title} | ({"body": text} if text else {})
    return f"{_NEW_TOPIC}?{urlencode(query, quote_via=quote)}"


def _filled(template: str, pull_request: int, number: str) -> str | None:
    if not template:
        return None
    return template.format(number=quote(number, safe=""), pr=pull_request)


_LONE_STOP = re.compile(r" ([.,:;])(?= |$)")

# Markdown, not HTML: autoescaping would put entities into code. Everything from outside passes
# `prose` or stands in a link that was built here.
_TEMPLATES = Environment(
    loader=PackageLoader("bot.review.render"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701 - see above
    # What runs keeps its words while its files are being replaced.
    auto_reload=False,
    keep_trailing_newline=False,
)


def join_and(things: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(things) < 2:
        return "".join(things)
    return f"{', '.join(things[:-1])} and {things[-1]}"


def in_words(count: int, thing: str) -> str:
    """`Two steps`, as a sentence begins with it."""
    words = plural(count, thing)
    return words[:1].upper() + words[1:]


_TEMPLATES.filters.update(
    code=safe_code,
    prose=prose,
    target=target,
    join_and=join_and,
    in_words=in_words,
    plural=plural,
    pep_day=format_pep_date,
)


def line(template: str, **values: Any) -> str:
    """Fill a template that makes one paragraph; its line breaks and indents do not count."""
    folded = " ".join(_TEMPLATES.get_template(f"{template}.md.j2").render(values).split())
    return _LONE_STOP.sub(r"\1", folded)


def lines(template: str, **values: Any) -> list[str]:
    """Fill a template whose paragraphs, kept apart by blank lines, each make one line."""
    text = _TEMPLATES.get_template(f"{template}.md.j2").render(values)
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return [_LONE_STOP.sub(r"\1", one) for one in paragraphs if one]


def page(template: str, **values: Any) -> str:
    """Fill a template that makes several paragraphs, kept apart by single blank lines."""
    text = _TEMPLATES.get_template(f"{template}.md.j2").render(values)
    paragraphs: list[str] = []
    for raw in text.splitlines():
        if raw.strip() or (paragraphs and paragraphs[-1]):
            paragraphs.append(raw.rstrip())
    return "\n".join(paragraphs).strip() + "\n"
