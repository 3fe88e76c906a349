"""The templates of everything the bot writes on GitHub, and how they are filled.

Words stand in `templates/`, one file a duty; here is only what they may call.
"""

import re
from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.peps.dates import in_pep_style
from bot.review.render.markdown import plural, prose, target
from bot.rules.finding import code

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
    code=code,
    prose=prose,
    target=target,
    enumerated=join_and,
    in_words=in_words,
    plural=plural,
    pep_day=in_pep_style,
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
