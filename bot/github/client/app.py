"""Credentials for GitHub: a JWT for the app itself, a short-lived token for each installation.

Sources: https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
(JWT: RS256, at most ten minutes, `iat` backdated against clock drift; installation tokens: an hour,
may be narrowed to repositories).
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

from cachetools import LRUCache

from bot.concurrency import python_command
from bot.github.client.client import TryLater, number_at, text_at

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

Clock = Callable[[], datetime]
_Key = tuple[int, str]

_MOST_TOKENS = 1_000

_BACKDATED = timedelta(seconds=60)
_JWT_LIFE = timedelta(minutes=8)
_JWT_RENEW_AFTER = timedelta(minutes=6)
_TOKEN_MARGIN = timedelta(minutes=5)
_TOKEN_RENEW_AFTER = timedelta(minutes=50)
_CLOCK_TOLERANCE = timedelta(seconds=30)
"""Clocks that differ by no more than this count as equal; backdating makes up for it."""

_SIGNING_TIMEOUT = 30.0
"""Seconds that signing a JWT may take; usually a fifth of one is enough."""


class Credentials(Protocol):
    """Credentials that a request is sent with."""

    async def authorization(self) -> str | None:
        """The `Authorization` header; None to ask anonymously."""

    def reject(self, authorization: str | None, server_time: datetime | None = None) -> bool:
        """Drop credentials that GitHub answered with 401; True if asking again may help.

        Args:
            authorization: The header that was rejected.
            server_time: When that was, by GitHub's clock; None if it did not say.
        """


class Anonymous:
    """No credentials, for public documents."""

    async def authorization(self) -> str | None:
        """No header."""
        return None

    def reject(
        self,
        authorization: str | None,  # noqa: ARG002 - the protocol's name
        server_time: datetime | None = None,  # noqa: ARG002 - the protocol's name
    ) -> bool:
        """Nothing can be renewed, so asking again does not help."""
        return False


class AppKey:
    """Credentials of the app itself: a JWT, signed again every six minutes."""

    def __init__(self, app_id: str, private_key: str, clock: Clock) -> None:
        self._private_key = private_key
        self._app_id = app_id
        self._clock = clock
        self._header: str | None = None
        self._signed_at = clock()
        self._clock_offset = timedelta()
        self._lock = asyncio.Lock()

    async def authorization(self) -> str:
        """The current JWT as a bearer token.

        Raises:
            ValueError: The key is no RSA key in PEM form. The message does not quote it.
            TryLater: The process that signs could not be started, or broke down.
        """
        async with self._lock:
            now, renew_at = self._clock(), self._signed_at + _JWT_RENEW_AFTER
            if self._header is None or not self._signed_at <= now < renew_at:
                server_now = now + self._clock_offset
                claims = {
                    "iat": int((server_now - _BACKDATED).timestamp()),
                    "exp": int((server_now + _JWT_LIFE).timestamp()),
                    "iss": self._app_id,
                }
                self._header = f"Bearer {await _sign(claims, self._private_key)}"
                self._signed_at = now
            return self._header

    def reject(self, authorization: str | None, server_time: datetime | None = None) -> bool:
        """Sign again, using GitHub's clock if it gave the time, since ours may be wrong."""
        if authorization == self._header:
            self._header = None
            offset = timedelta() if server_time is None else server_time - self._clock()
            self._clock_offset = offset if abs(offset) > _CLOCK_TOLERANCE else timedelta()
        return True


@dataclass(frozen=True, slots=True)
class Token:
    """An installation token; its text never shows in a representation."""

    text: str = field(repr=False)
    expires_at: datetime


class InstallationTokens:
    """Installation tokens, each for one repository and kept until shortly before it expires."""

    def __init__(self, fetch: Callable[[int, str], Awaitable[Token]], clock: Clock) -> None:
        """Start without tokens.

        Args:
            fetch: Requests a token for an installation and a repository's full name.
            clock: The current time (UTC).
        """
        self._fetch = fetch
        self._clock = clock
        self._tokens: LRUCache[_Key, tuple[Token, datetime]] = LRUCache(_MOST_TOKENS)
        # Each lock exists as long as somebody holds it or waits for it.
        self._locks: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    async def token(self, installation: int, full_name: str) -> Token:
        """A token that is valid for some minutes more; one request at a time for each key.

        Raises:
            bot.github.client.client.GitHubFailure: GitHub gave none.
        """
        key = (installation, full_name.lower())
        async with self._locks.setdefault(key, asyncio.Lock()):
            token, renew_at = self._tokens.get(key, (None, None))
            if token is None or renew_at is None or renew_at <= self._clock():
                token = await self._fetch(installation, full_name)
                self._tokens[key] = token, self._renew_at(token)
            return token

    def _renew_at(self, token: Token) -> datetime:
        now, renew_at = self._clock(), token.expires_at - _TOKEN_MARGIN
        # If a new token seems to be old, GitHub's clock and ours disagree. Use it for most of the
        # hour that tokens live, instead of fetching one for each request.
        return renew_at if renew_at > now else now + _TOKEN_RENEW_AFTER

    def forget(self, full_name: str) -> None:
        """Forget the tokens for this name, which another repository has by now."""
        for key in [key for key in self._tokens if key[1] == full_name.lower()]:
            del self._tokens[key]

    def drop(self, installation: int, full_name: str, text: str) -> None:
        """Forget a token that was rejected, unless a newer one replaced it."""
        key = (installation, full_name.lower())
        if (cached := self._tokens.get(key)) is not None and cached[0].text == text:
            del self._tokens[key]


class InstallationCredentials:
    """Credentials for one repository: an installation token."""

    def __init__(self, tokens: InstallationTokens, installation: int, full_name: str) -> None:
        self._tokens = tokens
        self._installation = installation
        self._full_name = full_name

    async def authorization(self) -> str | None:
        """The current token."""
        token = await self._tokens.token(self._installation, self._full_name)
        return f"token {token.text}"

    def reject(
        self,
        authorization: str | None,
        server_time: datetime | None = None,  # noqa: ARG002 - the protocol's name
    ) -> bool:
        """Drop the token, so that the next request fetches a new one."""
        text = (authorization or "").removeprefix("token ")
        self._tokens.drop(self._installation, self._full_name, text)
        return True


async def _sign(claims: Mapping[str, object], private_key: str) -> str:
    """Sign a JWT, in a process of its own that ends with it.

    What signs takes 10 MB, and is needed once in six minutes at most. A process that has loaded it
    for something else signs by itself.
    """
    if "cryptography" in sys.modules:
        return _sign_here(claims, private_key)
    command = python_command("from bot.github.client.app import sign_for_parent as main; main()")
    request = json.dumps([claims, private_key]).encode()
    run = partial(subprocess.check_output, command, input=request, timeout=_SIGNING_TIMEOUT)
    try:
        signed, fault = json.loads(await asyncio.to_thread(run))
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise TryLater(f"no JWT could be signed ({type(error).__name__})") from None
    if fault:
        raise ValueError(fault)
    return str(signed)


def sign_for_parent() -> None:
    """The main function of the process that signs: claims and key come as JSON, as does the JWT."""
    claims, private_key = json.load(sys.stdin)
    try:
        answer = [_sign_here(claims, private_key), ""]
    except ValueError as fault:
        answer = ["", str(fault)]
    json.dump(answer, sys.stdout)


def _sign_here(claims: Mapping[str, object], private_key: str) -> str:
    import jwt

    return jwt.encode(dict(claims), _parse_key(private_key), algorithm="RS256")


# Loading a key checks its primes, which takes 50 ms; a process has only one key.
@lru_cache(maxsize=1)
def _parse_key(private_key: str) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError("the app's private key is not a readable key in PEM form") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the app's private key is not an RSA key")  # noqa: TRY004 - a value
    return key


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """The GitHub App the bot runs as.

    Attributes:
        id: The app's id.
        slug: Its name in URLs; its account is called `slug[bot]`.
    """

    id: int
    slug: str

    @property
    def login(self) -> str:
        """The account name the app writes under."""
        return f"{self.slug}[bot]"

    def is_author(self, login: str | None, app_id: int | None) -> bool:
        """Whether something was written by this app.

        Args:
            login: The account that wrote it.
            app_id: `performed_via_github_app.id`, None if GitHub names no app.
        """
        return app_id == self.id or (login or "").casefold() == self.login.casefold()


def parse_app(response: Mapping[str, object]) -> AppIdentity:
    """The identity in the response to "Get the authenticated app" (`GET /app`).

    Raises:
        ValueError: The response names no app.
    """
    app_id, slug = number_at(response, "id"), text_at(response, "slug")
    if app_id is None or not slug:
        raise ValueError("GitHub's answer to GET /app names no app")
    return AppIdentity(app_id, slug)


PERMISSIONS = {
    "contents": "read",
    "metadata": "read",
    "members": "read",
    "pull_requests": "write",
    "issues": "write",
    "checks": "write",
}
"""The least permissions that the bot's requests need."""

OPTIONAL_PERMISSIONS = frozenset({"members"})
"""Permissions the bot can work without; it then says what it cannot know."""
