"""Fills in the pages' templates, and makes strangers' text safe for them."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.peps.dates import format_pep_date

LONGEST = 200
"""Characters of a title that are shown."""

_MOST_MARKS = 3


def for_html(text: str, longest: int = LONGEST) -> str:
    """Clean a text for a page: no control characters, single spaces, cut to a length.

    It still has to be escaped, which the templates do.

    Args:
        text: Any text.
        longest: Characters after which it is cut.
    """
    characters: list[str] = []
    marks = 0
    for letter in text[: 4 * longest]:
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind[0] == "M" else 0
        if kind[0] == "Z" or letter in "\t\r\n":
            characters.append(" ")
        elif kind[0] != "C" and marks <= _MOST_MARKS:
            characters.append(letter)
    joined = " ".join("".join(characters).split())
    return joined if len(joined) <= longest else f"{joined[: longest - 1].rstrip()}…"


_CODE = re.compile(r"(?<!`)(`{1,2})([^`]+)\1(?!`)")


def with_code(text: str) -> Markup:
    """Clean a text as `for_html` does, and show as code what stands between backquotes.

    Titles of PEPs have two, as reStructuredText wants, and those of pull requests one or two.
    """
    cleaned = for_html(text)
    shown, end = Markup(), 0
    for code in _CODE.finditer(cleaned):
        shown += cleaned[end : code.start()]
        shown += Markup("<code>{}</code>").format(code[2])
        end = code.end()
    return shown + cleaned[end:]


STYLE = files("bot.web").joinpath("templates", "style.css").read_bytes()
"""The style sheet of all pages."""

STYLE_VERSION = sha256(STYLE).hexdigest()[:12]
"""Changes with the style sheet, so that browsers may cache it for long."""

_DAY = timedelta(days=1)
_TEMPLATES = Environment(
    loader=PackageLoader("bot.web"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=True,
    # A running process keeps its templates while the files are being replaced.
    auto_reload=False,
)
_TEMPLATES.globals["style_version"] = STYLE_VERSION


def day(moment: datetime) -> Markup:
    """A time as its day (UTC), with the exact time for programs."""
    utc = moment.astimezone(UTC)
    iso = utc.isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(iso, format_pep_date(utc.date()))


def in_days(duration: timedelta) -> str:
    """`less than a day`, `1 day`, `12 days`."""
    days = duration // _DAY
    return "less than a day" if days == 0 else f"{days} day{'' if days == 1 else 's'}"


_TEMPLATES.filters.update(for_html=for_html, with_code=with_code, pep_day=format_pep_date, day=day)


def page(template: str, **values: Any) -> bytes:
    """Fill in the template of a page; everything in `values` except `Markup` is escaped."""
    return _TEMPLATES.get_template(f"{template}.html.j2").render(values).encode()
