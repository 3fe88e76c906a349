"""Writes text as GitHub's Markdown, so that text by strangers never acts as Markdown.

Findings and assessments hold plain sentences with code between single backticks. Everything outside
the code is escaped here. Nothing inside it can end the code early, since `bot.rules.engine.finding`
removed the backticks.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from bot.peps.dates import format_pep_date
from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble
from bot.policy.bodies import Body
from bot.policy.model import Links
from bot.rules.engine.finding import join_names, safe_code
from bot.rules.preamble.delegate import person_of

if TYPE_CHECKING:
    from jinja2 import Environment
    from markdown_it import MarkdownIt

# Only text between two single backticks: next to another backtick, Markdown would not see code.
_CODE = re.compile(r"((?<!`)`[^`]+`(?!`))")
_TICKS = re.compile("`+")
_SPECIAL = re.compile(r"([\\`*_\[\]~|!])")
_LIMIT = 65_535
"""GitHub's limit for a check run's summary, in characters; a comment may have one more."""


def prose(text: str) -> str:
    """Escape a sentence, leaving the code between backticks as it is.

    `@` is replaced outside code: no mention is allowed of anybody but the author.
    """
    return "".join(
        part if _CODE.fullmatch(part) else escape(part)
        for part in _CODE.split(" ".join(text.splitlines()))
    )


def escape(text: str) -> str:
    """Escape text for use in a Markdown paragraph."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", escaped).replace("@", "(at)")


def target(url: str) -> str:
    """A URL encoded for the parentheses of a Markdown link, without an `@`."""
    return quote(url, safe=":/?#=&%+~.,;-_")


TextForm = Mapping[str, Callable[..., str]]
"""How a template that serves for Markdown and for plain text writes links, texts, and headings."""

MARKDOWN: TextForm = {
    "link": lambda words, url: f"[{words}]({target(url)})",
    "rendered": prose,
    "strong": lambda words: f"**{words}**",
}
PLAIN_TEXT: TextForm = {
    "link": lambda words, url: f"{words} <{url}>",
    "rendered": str,
    "strong": str,
}


def block(text: str, indent: str = "") -> str:
    """Show text as an indented code block, which nothing in the text can end."""
    return "\n".join(f"{indent}    {line}".rstrip() for line in text.splitlines())


def fenced(text: str, language: str) -> str:
    """Show lines as a fenced code block, with a fence that nothing in the text can close.

    Args:
        text: Lines, each with its line feed; empty for an empty block.
        language: The word after the opening fence.
    """
    longest = max(map(len, _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}{fence}"


def within_limit(text: str, rest: str) -> str:
    """Cut a text that is too long for GitHub at a paragraph, and end it with `rest` instead."""
    if len(text) <= _LIMIT:
        return text
    room = _LIMIT - len(rest) - 2
    cut = text.rfind("\n\n", 0, room)
    return f"{text[: cut if cut > 0 else room]}\n\n{rest}"


def plural(count: int, one: str, many: str = "") -> str:
    """`one thing`, `two things`, `12 things`: numbers below ten in words."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    number = words[count] if count < len(words) else str(count)
    return f"{number} {one if count == 1 else many or one + 's'}"


SUBMITTING = "https://peps.python.org/pep-0001/#submitting-a-pep"

_NEW_TOPIC = "https://discuss.python.org/new-topic"
_LONGEST_TITLE = 200
_CATEGORIES = ("Packaging", "Typing")
_PEPS = "PEPs"


def file_number(path: str) -> str:
    """The `NNNN` of a PEP's file name, or what is in its place."""
    return path.rpartition("/")[2].removeprefix("pep-").removesuffix(".rst")


def preview(links: Links, pull_request: int, path: str) -> str | None:
    """The address of the preview of the pull request's PEP."""
    return _filled(links.preview, pull_request, file_number(path))


def published(links: Links, pull_request: int, number: PepNumber) -> str | None:
    """The address of the PEP once it is merged."""
    return _filled(links.published, pull_request, f"{number:04}")


def category(preamble: Preamble) -> str:
    """The category of discuss.python.org that a PEP is discussed in."""
    return next((topic for topic in preamble.topics if topic in _CATEGORIES), _PEPS)


def discussion_thread(number: PepNumber, preamble: Preamble, published: str = "") -> str:
    """Discourse's form for a new topic, with category, title and first text filled in.

    Args:
        number: The PEP's number.
        preamble: Its header.
        published: The PEP's address; without it the form's text is left empty.
    """
    title = _titled(number, preamble)
    text = f"This is the discussion thread of {title}\n\nThe PEP: {published}" if published else ""
    return _new_topic(category(preamble), title, text)


def announcement(number: PepNumber, preamble: Preamble, published: str = "") -> str | None:
    """The form to announce a PEP in the PEPs category; None if it is discussed there anyway."""
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
    """GitHub's form to edit a published PEP; people who may not push get a fork.

    Source: https://docs.github.com/en/repositories/working-with-files/managing-files/editing-files
    """
    place = quote(f"{full_name}/edit/{branch or 'main'}/peps/pep-{number:04}.rst")
    return f"https://github.com/{place}"


def prefilled(body: Body, preamble: Preamble) -> str | None:
    """A body's issue form, filled in for this PEP as the policy says; None if it has no tracker."""
    number, title = preamble.number, preamble.title
    if body.tracker is None or number is None or not title:
        return None
    # Number before title, so that `{number}` in a title is not replaced.
    query = {
        name: value.replace("{number}", str(number)).replace("{title}", title[:_LONGEST_TITLE])
        for name, value in body.form.items()
    }
    return f"{body.tracker}?{urlencode(query, quote_via=quote)}" if query else body.tracker


def offer_to_decide(body: Body, links: Links, number: PepNumber, preamble: Preamble) -> str:
    """The form in which a core developer offers a body to decide on a PEP, filled in."""
    offer = f"I offer to decide on PEP {number} as its PEP-Delegate."
    text = f"{offer}\n\n{published(links, 0, number) or _titled(number, preamble)}\n"
    query = {"title": f"PEP {number}: offer to be its PEP-Delegate", "body": text}
    return f"{body.tracker or body.source}?{urlencode(query, quote_via=quote)}"


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


def in_words(count: int, thing: str) -> str:
    """`Two steps`, for the start of a sentence."""
    words = plural(count, thing)
    return words[:1].upper() + words[1:]


@cache
def markdown_parser() -> "MarkdownIt":
    """Parses what people wrote; loaded for the first text."""
    from markdown_it import MarkdownIt

    # Emphasis cannot hide a command, and pairing its delimiters is the parser's slowest step.
    return MarkdownIt("commonmark").disable(["emphasis"])


@cache
def _templates() -> "Environment":
    """The templates; Jinja is loaded for the first text, since an idle server writes none."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # Markdown, not HTML: autoescaping would put entities into code. All text from outside goes
    # through `prose` or is in a link that was built here.
    templates = Environment(
        loader=PackageLoader("bot.review.render"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - see above
        # A running process keeps its templates while the files are being replaced.
        auto_reload=False,
        keep_trailing_newline=False,
    )
    templates.filters.update(
        code=safe_code,
        prose=prose,
        target=target,
        join_names=join_names,
        person=person_of,
        in_words=in_words,
        plural=plural,
        pep_day=format_pep_date,
    )
    return templates


def line(template: str, **values: Any) -> str:
    """Fill in a template of one paragraph; its line breaks and indents are removed."""
    folded = " ".join(_templates().get_template(f"{template}.md.j2").render(values).split())
    return _LONE_STOP.sub(r"\1", folded)


def lines(template: str, **values: Any) -> list[str]:
    """Fill in a template whose paragraphs, separated by blank lines, become one line each."""
    text = _templates().get_template(f"{template}.md.j2").render(values)
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return [_LONE_STOP.sub(r"\1", one) for one in paragraphs if one]


def page(template: str, **values: Any) -> str:
    """Fill in a template of several paragraphs, separated by single blank lines in the result."""
    text = _templates().get_template(f"{template}.md.j2").render(values)
    paragraphs: list[str] = []
    for raw in text.splitlines():
        if raw.strip() or (paragraphs and paragraphs[-1]):
            paragraphs.append(raw.rstrip())
    return "\n".join(paragraphs).strip() + "\n"
