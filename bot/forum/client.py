"""Makes one request to the forum: anonymous, to its own address only, and limited.

No redirect is followed, no cookie or credential is sent, and the answer is read only up to a limit.
"""

import json
from typing import Any, Final

import aiohttp
from yarl import URL

MOST_BYTES = 1_000_000
"""Bytes of the longest answer that is accepted."""

LONGEST: Final = 5.0
"""Seconds that one request may take, including reading the answer."""

_CHUNK = 64 * 1024
_MOST_WAIT = 3_600
_HEADERS = {
    "Accept": "application/json",
    # Nothing is decompressed here, so that a small answer cannot become a large one.
    "Accept-Encoding": "identity",
    "User-Agent": "pep-editor-bot",
}


class ForumReadError(Exception):
    """The forum did not answer a request; the message says why and quotes nothing from the forum.

    Attributes:
        wait: Seconds that the forum asks to wait; None if it did not say.
        is_missing: Whether it answered that the post does not exist or is not public.
    """

    def __init__(self, reason: str, *, wait: float | None = None, is_missing: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        self.is_missing = is_missing


class ForumClient:
    """Sends requests to one forum."""

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, *, seconds: float = LONGEST
    ) -> None:
        """Use the forum at `base_url` through `session`, which keeps no cookies.

        Args:
            session: Makes the connections; it is not closed here.
            base_url: The forum's root, https except in tests.
            seconds: How long one request may take.
        """
        self._session = session
        self._base = URL(base_url.rstrip("/"))
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def get(self, *path: str | int) -> Any:
        """The JSON document under a path.

        Args:
            path: The parts of the path: only constants and numbers, nothing from outside.

        Raises:
            ForumReadError: There was no answer, it is too large, or it is not JSON.
        """
        url = self._base.joinpath(*map(str, path))
        try:
            async with self._session.get(
                url, headers=_HEADERS, allow_redirects=False, timeout=self._timeout
            ) as response:
                _check(response)
                content = await _read_limited(response.content)
        except TimeoutError:
            raise ForumReadError("it did not answer in time") from None
        except aiohttp.ClientError as error:
            raise ForumReadError(f"no answer ({type(error).__name__})") from None
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise ForumReadError("the answer is no JSON") from None


def _check(response: aiohttp.ClientResponse) -> None:
    if response.status != 200:
        raise ForumReadError(
            f"status {response.status}",
            wait=_retry_after(response),
            is_missing=response.status in {403, 404, 410},
        )
    if response.content_type != "application/json":
        raise ForumReadError("the answer is no JSON")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ForumReadError("the answer is packed although that was not asked for")


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    text = response.headers.get("Retry-After", "")
    return min(float(text), _MOST_WAIT) if text.isascii() and text.isdigit() else None


async def _read_limited(stream: aiohttp.StreamReader) -> bytes:
    content = bytearray()
    async for chunk in stream.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise ForumReadError(f"the answer is larger than {MOST_BYTES:,} bytes")
    return bytes(content)
