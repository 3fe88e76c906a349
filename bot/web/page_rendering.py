"""Renders the pages from templates, and keeps what was rendered for a moment."""

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any

from cachetools import TTLCache
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.peps.dates import format_pep_date
from bot.web.limits import TooManyWaiting

LONGEST = 200
"""Characters of a title that are shown."""

_MOST_MARKS = 3


def for_html(text: str, longest: int = LONGEST) -> str:
    """Clean a text for a page: no control characters, single spaces, cut to a length.

    It still has to be escaped, which the templates do.
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
    """Clean a text as `for_html` does, and show text between backquotes as code.

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


_TEMPLATES.filters.update(for_html=for_html, with_code=with_code, pep_day=format_pep_date, day=day)


def page(template: str, **values: Any) -> bytes:
    """Fill in the template of a page; everything in `values` except `Markup` is escaped."""
    return _TEMPLATES.get_template(f"{template}.html.j2").render(values).encode()


MOST_WAITING = 16
"""How many requests may wait for a page; pages are made one after another, in milliseconds each."""

_LONGEST_REST = 1.0
"""Seconds."""

MOST_CACHED = 200
"""How many pages are kept at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is sent.

    Attributes:
        status: The HTTP status.
        body: HTML or JSON in UTF-8.
        etag: The body's ETag, in quotes.
        content_type: The type of the body.
    """

    status: int
    body: bytes
    etag: str
    content_type: str = "text/html"


Make = Callable[[], Awaitable[Page]]
"""Makes a page."""


class PageCache:
    """Keeps pages, and limits how often and how many at once are made."""

    def __init__(
        self, may_be_shown: Callable[[str], Awaitable[bool]], *, lifetime: float, rest: float
    ) -> None:
        """Start empty.

        Args:
            may_be_shown: Whether the repository of this name is (still) public.
            lifetime: Seconds that a page is kept.
            rest: After a page took n seconds to make, none is made for `rest` times n seconds.
        """
        self._may_be_shown = may_be_shown
        self._pages: TTLCache[tuple[str, ...], Page] = TTLCache(MOST_CACHED, lifetime)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._rest = rest
        self._resting_until = 0.0

    async def get_or_make(self, key: tuple[str, ...], make: Make) -> Page:
        """The kept page, or else a new one; a request that waited may find its page made by then.

        Args:
            key: What the page shows; its second part is the name of its repository.
            make: Makes the page.

        Raises:
            TooManyWaiting: The page would have to be made, and many wait already.
        """
        kept = await self._cached_page(key)
        if kept is not None:
            return kept
        if self._waiting >= MOST_WAITING:
            raise TooManyWaiting
        self._waiting += 1
        try:
            async with self._turn:
                kept = await self._cached_page(key)
                if kept is None:
                    kept = await self._make_after_rest(make)
                    # A missing page is cheap to make, and would push out pages that are not.
                    if kept.status == 200:
                        self._pages[key] = kept
                return kept
        finally:
            self._waiting -= 1

    async def _cached_page(self, key: tuple[str, ...]) -> Page | None:
        """The kept page; None if there is none, or its repository is no longer public."""
        kept = self._pages.get(key)
        if kept is not None and not await self._may_be_shown(key[1]):
            self._pages.pop(key, None)
            return None
        return kept

    async def _make_after_rest(self, make: Make) -> Page:
        now = asyncio.get_running_loop().time
        await asyncio.sleep(max(self._resting_until - now(), 0))
        begun = now()
        try:
            return await make()
        finally:
            self._resting_until = now() + min(self._rest * (now() - begun), _LONGEST_REST)
