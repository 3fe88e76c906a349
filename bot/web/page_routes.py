"""The routes of the pages, and how pages are sent.

The code that makes them (templates, rules, the database library) is loaded at the first request for
one, since many bots' pages are never requested, and the webhook has to be ready at once.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from aiohttp import web
from yarl import URL

from bot.store.location import StoreUnavailable, StoreUnusable
from bot.web.limits import Handler, TooManyWaiting

if TYPE_CHECKING:
    from bot.web.page_rendering import Page
    from bot.web.pages import Pages

    Make = Callable[[Pages, web.Request], Awaitable[Page]]

_PART = r"[A-Za-z0-9_.-]{1,100}"
_REPOSITORY = rf"/{{owner:{_PART}}}/{{name:{_PART}}}"
_NUMBER = r"{number:[1-9][0-9]{0,8}}"
_PEP = r"{number:[1-9][0-9]{0,3}}"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_REVALIDATE = {"Cache-Control": "no-cache"}
_IMMUTABLE = {"Cache-Control": "public, max-age=604800, immutable"}
_ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    b'<path d="M3 1h7l3 3v11H3z" fill="#0a58ca"/>'
    b'<path d="m5 9 2 2 4-5" fill="none" stroke="#fff" stroke-width="1.5"/></svg>'
)
"""Browsers ask for `/favicon.ico` by themselves, and take it for what its content type says."""

_PAGES: "dict[str, Make]" = {
    "/": lambda pages, _: pages.repositories(),
    f"{_REPOSITORY}/queue": lambda pages, at: pages.queue(_name(at), _page_number(at)),
    f"{_REPOSITORY}/queue.json": lambda pages, at: pages.queue(
        _name(at), _page_number(at), as_json=True
    ),
    f"{_REPOSITORY}/who-decides": lambda pages, at: pages.who_decides(_name(at)),
    f"{_REPOSITORY}/delegations": lambda pages, at: pages.delegations(_name(at)),
    f"{_REPOSITORY}/delegations.json": lambda pages, at: pages.delegations(_name(at), as_json=True),
    f"{_REPOSITORY}/pull/{_NUMBER}": lambda pages, at: pages.pull(_name(at), _number(at)),
    f"{_REPOSITORY}/pep/{_PEP}": lambda pages, at: pages.pep(_name(at), _number(at)),
}

_LIFETIME = 15.0
"""Seconds that a page is kept: anybody can request it often, and making it is expensive."""

_REST_FACTOR = 9.0
"""After a page, none is made for this many times as long as it took, so that at most a tenth of the
time is spent on pages, however many are requested."""


class PageRoutes:
    """Serves the pages from a store."""

    def __init__(
        self,
        database_url: str,
        clock: Callable[[], datetime],
        *,
        api_url: str,
        lifetime: float = _LIFETIME,
        rest: float = _REST_FACTOR,
    ) -> None:
        """Serve what is in the store at `database_url`.

        Args:
            database_url: The `DATABASE_URL`; opened at the first request, while others write there.
            clock: The current time (UTC).
            api_url: The address of GitHub's API, which gives that of its website.
            lifetime: Seconds that a page is kept.
            rest: After a page took n seconds to make, none is made for `rest` times n seconds.
        """
        self._database_url = database_url
        self._clock = clock
        self._web_url = web_address(api_url)
        self._lifetime = lifetime
        self._rest = rest
        self._pages: Pages | None = None
        self._open_lock = asyncio.Lock()

    def add_to(self, app: web.Application) -> None:
        """Add the pages to an application that has its other routes already."""
        router = app.router
        router.add_get("/style.css", self._style)
        router.add_get("/favicon.ico", _icon)
        router.add_get(_REPOSITORY, _to_queue)
        for path, make in _PAGES.items():
            router.add_get(path, self._handler(make))
        app.middlewares.append(self._with_not_found_page)

    async def close(self) -> None:
        """Close the store, if it was ever opened."""
        async with self._open_lock:
            if self._pages is not None:
                await self._pages.close()
                self._pages = None

    def _handler(self, make: "Make") -> Handler:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                pages = await self._open_once()
                return _response(request, await make(pages, request))
            except TooManyWaiting:
                return await asyncio.to_thread(_unavailable, is_busy=True)
            except (StoreUnavailable, StoreUnusable):
                return await asyncio.to_thread(_unavailable)

        return serve

    async def _style(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(
            body=await asyncio.to_thread(_style_sheet),
            content_type="text/css",
            charset="utf-8",
            headers={**_HEADERS, **_IMMUTABLE},
        )

    @web.middleware
    async def _with_not_found_page(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Answer requests for missing pages with a page that helps, or lead to the right one."""
        if request.method not in {"GET", "HEAD"}:
            return await handler(request)
        try:
            return await _without_slash(request, handler)
        except web.HTTPNotFound:
            return await self._missing(request)

    async def _missing(self, request: web.Request) -> web.StreamResponse:
        try:
            return _response(request, (await self._open_once()).missing())
        except (StoreUnavailable, StoreUnusable):
            return await asyncio.to_thread(_unavailable)

    async def _open_once(self) -> "Pages":
        """The pages, opened at the first request.

        Raises:
            StoreUnusable: The store cannot be opened (yet).
        """
        if self._pages is None:
            async with self._open_lock:
                if self._pages is None:
                    self._pages = await self._open()
        return self._pages

    async def _open(self) -> "Pages":
        await asyncio.to_thread(_load)
        from bot.store.database import open_database
        from bot.web.pages import Pages

        return Pages(
            await open_database(self._database_url, serving=False),
            self._clock,
            web_url=self._web_url,
            lifetime=self._lifetime,
            rest=self._rest,
        )


_without_slash = web.normalize_path_middleware(
    append_slash=False, remove_slash=True, merge_slashes=False
)
"""Redirects `/owner/name/queue/` to the page without the slash."""


async def _to_queue(request: web.Request) -> web.StreamResponse:
    """Redirect to the queue, since a repository has no page of its own."""
    raise web.HTTPFound(f"/{_name(request)}/queue")


async def _icon(_request: web.Request) -> web.StreamResponse:
    return web.Response(
        body=_ICON, content_type="image/svg+xml", headers={**_HEADERS, **_IMMUTABLE}
    )


def web_address(api_url: str) -> str:
    """The address of GitHub's website, from that of its API, without a slash at the end."""
    url = URL(api_url)
    if url.host == "api.github.com":
        return "https://github.com"
    return re.sub(r"/api/v3/?$", "", api_url).rstrip("/")


def _name(request: web.Request) -> str:
    return f"{request.match_info['owner']}/{request.match_info['name']}"


def _number(request: web.Request) -> int:
    return int(request.match_info["number"])


def _page_number(request: web.Request) -> int:
    """The requested page number; 0, which is never a page, if it is not a number."""
    requested = request.query.get("page", "1")
    return int(requested) if re.fullmatch(r"[1-9][0-9]{0,5}", requested) else 0


def _response(request: web.Request, page: "Page") -> web.Response:
    headers = {**_HEADERS, **_REVALIDATE, "ETag": page.etag}
    requested = request.headers.get("If-None-Match", "")
    if page.status == 200 and page.etag in (
        tag.strip().removeprefix("W/") for tag in requested.split(",")
    ):
        return web.Response(status=304, headers=headers)
    return web.Response(
        body=page.body,
        status=page.status,
        content_type=page.content_type,
        charset="utf-8",
        headers=headers,
    )


def _unavailable(*, is_busy: bool = False) -> web.Response:
    from bot.web.page_rendering import page

    return web.Response(
        body=page("unavailable", is_busy=is_busy),
        status=503,
        content_type="text/html",
        charset="utf-8",
        headers={**_HEADERS, "Cache-Control": "no-store", "Retry-After": "5" if is_busy else "30"},
    )


def _style_sheet() -> bytes:
    from bot.web.page_rendering import STYLE

    return STYLE


def _load() -> None:
    import bot.store.database
    import bot.web.pages  # noqa: F401
