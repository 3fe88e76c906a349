"""A load balancer for several servers: it sends each webhook to one of them, and some to all."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp
from aiohttp import web
from multidict import CIMultiDict


@dataclass(slots=True)
class Balancer:
    """Passes webhooks on to the servers.

    Attributes:
        urls: The servers' webhook URLs.
        chance: Draws which webhooks are sent to all servers.
        share: The share of those webhooks.
        doubled: How the servers answered each of them, by its id.
    """

    urls: Sequence[str]
    chance: random.Random
    share: float = 0.25
    doubled: dict[str, list[str]] = field(default_factory=dict)
    url: str = ""
    _turn: int = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Accept webhooks at `url` inside the block."""
        async with aiohttp.ClientSession() as session:
            app = web.Application(client_max_size=2**26)

            async def take(request: web.Request) -> web.Response:
                return await self._pass_on(session, request)

            app.router.add_post("/webhook", take)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
            try:
                yield
            finally:
                await runner.cleanup()

    async def _pass_on(self, session: aiohttp.ClientSession, request: web.Request) -> web.Response:
        body, headers = await request.read(), request.headers.copy()
        if self.chance.random() >= self.share:
            self._turn += 1
            url = self.urls[self._turn % len(self.urls)]
            status, text = await _posted(session, url, body, headers)
            return web.Response(status=status, text=text)
        answers = await asyncio.gather(*(_posted(session, url, body, headers) for url in self.urls))
        said = [json.loads(text)["status"] for status, text in answers if status < 300]
        self.doubled[headers["X-GitHub-Delivery"]] = said
        # GitHub gets the answer of the first server.
        status, text = min(answers, key=lambda answer: '"accepted"' not in answer[1])
        return web.Response(status=status, text=text)


async def _posted(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: CIMultiDict[str]
) -> tuple[int, str]:
    try:
        async with session.post(url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()
    except aiohttp.ClientError:
        return HTTPStatus.BAD_GATEWAY, ""
