"""Clients for GitHub, each with the credentials and the quota of its account.

There is one quota for each installation, one token for each of its repositories, and one set of
caches. All are kept here, so clients themselves are cheap and each review makes its own.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from typing import Any

import aiohttp
from cachetools import LRUCache
from uritemplate import URITemplate

from bot.github.client.api import (
    Account,
    Api,
    Transport,
    TransportOptions,
)
from bot.github.client.app import (
    Anonymous,
    AppKey,
    Credentials,
    InstallationCredentials,
    InstallationTokens,
    Token,
)
from bot.github.client.client import Caches, Gone, Refused, TryLater
from bot.github.client.throttle import MOST_INSTALLATIONS, Quota
from bot.github.client.wire import Wire

Variables = Mapping[str, str | int]

_JSON = "application/vnd.github+json"


@contextmanager
def _translate_decode_errors(details: str) -> Iterator[None]:
    """Treat a response that gidgethub cannot decode as a server error.

    Raises:
        TryLater: The response was not JSON in UTF-8.
    """
    try:
        yield
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise TryLater(f"{details}: the answer cannot be read") from None


class GitHubClient:
    """Requests on behalf of one account; implements `bot.github.client.client.Client`."""

    def __init__(self, transport: Transport, account: Account, credentials: Credentials) -> None:
        self._api = Api(transport, account, credentials)

    @property
    def quota(self) -> Quota:
        """What is left of the account's requests."""
        return self._api.account.quota

    async def get(self, url: str, variables: Variables | None = None) -> Any:
        """One JSON document; a conditional request if an etag is known."""
        with _translate_decode_errors(f"GET {url}"):
            return await self._api.getitem(self._address(url, variables), None, accept=_JSON)

    async def changed(self, url: str, variables: Variables, etag: str) -> tuple[Any, str] | None:
        """One JSON document and its etag; None if it still has this etag."""
        with _translate_decode_errors(f"GET {url}"):
            return await self._api.changed(self._address(url, variables), etag)

    async def pages(self, url: str, variables: Variables | None = None) -> AsyncIterator[Any]:
        """The items of a paginated list, page after page, 100 at a time.

        If the list is wrapped in an object, its key is the last part of the path, as is GitHub's
        custom (`check-runs`: `check_runs`).

        Raises:
            Refused: There is no such list.
        """
        values = dict(variables or {})
        if "per_page" not in url:
            values["per_page"] = 100
            if "{?" in url:
                url = url.replace("{?", "{?per_page,", 1)
            else:
                url += "{&per_page}" if "?" in url else "{?per_page}"
        last_word = re.split(r"\{?\?", url, maxsplit=1)[0].rsplit("/", 1)[-1]
        with _translate_decode_errors(f"GET {url}"):
            async for item in self._api.getiter(
                self._address(url, values),
                None,
                accept=_JSON,
                iterable_key=last_word.replace("-", "_"),
            ):
                if isinstance(item, str):
                    raise Refused(f"GET {url}: the answer is no list")
                yield item

    async def raw(
        self,
        url: str,
        variables: Variables | None = None,
        *,
        cap: int = 2_000_000,
        archive: bool = False,
    ) -> bytes:
        """The raw bytes at a blob, contents or archive URL; blobs are cached by their SHA.

        Raises:
            TooLarge: There are more than `cap` bytes; reading stopped there.
        """
        return await self._api.raw(self._address(url, variables), cap, archive=archive)

    async def post(self, url: str, variables: Variables, data: Any) -> Any:
        """Create something; not sent again if the response was lost."""
        with _translate_decode_errors(f"POST {url}"):
            return await self._api.post(
                self._address(url, variables), None, data=data, accept=_JSON
            )

    async def patch(self, url: str, variables: Variables, data: Any) -> Any:
        """Change something; not sent again if the response was lost."""
        with _translate_decode_errors(f"PATCH {url}"):
            return await self._api.patch(
                self._address(url, variables), None, data=data, accept=_JSON
            )

    async def put(self, url: str, variables: Variables, data: Any) -> Any:
        """Replace something."""
        with _translate_decode_errors(f"PUT {url}"):
            return await self._api.put(self._address(url, variables), None, data=data, accept=_JSON)

    async def delete(self, url: str, variables: Variables) -> None:
        """Remove something."""
        with _translate_decode_errors(f"DELETE {url}"):
            await self._api.delete(self._address(url, variables), None, accept=_JSON)

    def _address(self, url: str, variables: Variables | None) -> str:
        """The whole URL, with its template filled in, as gidgethub would do it."""
        template = _template(self._api.base_url + url if url.startswith("/") else url)
        return template.expand(dict(variables or {}))


# gidgethub parses a template each time, which takes twice as long as filling it in.
_template = lru_cache(256)(URITemplate)


class GitHubClients:
    """Makes clients; implements `bot.github.client.client.Clients`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        app_id: str,
        private_key: str,
        api_url: str,
        options: TransportOptions | None = None,
    ) -> None:
        """Make clients for one app.

        Args:
            session: Provides the connections; it is not closed here. It should keep no cookies.
            app_id: The app's id or client id.
            private_key: The app's key, PEM.
            api_url: The API's root, such as `https://api.github.com`.
            options: How requests are sent, and who is told.

        Raises:
            ValueError: The URL cannot be used.
        """
        options = options or TransportOptions()
        timeouts = options.retry_policy
        wire = Wire(session, api_url, connect=timeouts.connect, total=timeouts.total)
        self._transport = Transport(wire, options)
        self._caches = Caches()
        app = Account("app", Quota(), self._caches)
        anonymous = Account("anonymous", Quota(), self._caches)
        self._key = AppKey(app_id, private_key, options.clock)
        self._app = GitHubClient(self._transport, app, self._key)
        self._anonymous = GitHubClient(self._transport, anonymous, Anonymous())
        self._tokens = InstallationTokens(self._fetch_token, options.clock)
        self._installations: LRUCache[int, Account] = LRUCache(MOST_INSTALLATIONS)

    async def check_key(self) -> None:
        """Sign once, so that a key that cannot be used is found before it is needed.

        Raises:
            ValueError: It cannot be used. The message does not quote it.
        """
        with suppress(TryLater):  # Nothing can be signed now; the first request tries again.
            await self._key.authorization()

    async def for_repository(self, full_name: str, installation: int) -> GitHubClient:
        """A client whose token is limited to this repository."""
        credentials = InstallationCredentials(self._tokens, installation, full_name)
        return GitHubClient(self._transport, self._account(installation), credentials)

    async def installation_of(self, full_name: str) -> int | None:
        """The installation on a repository, asked for with the app's own JWT; None if none."""
        owner, _, name = full_name.partition("/")
        try:
            found = await self._app.get(
                "/repos/{owner}/{repo}/installation", {"owner": owner, "repo": name}
            )
        except Gone:
            return None
        return int(found["id"])

    def forget(self, full_name: str) -> None:
        """Forget the tokens for this name, which another repository has by now."""
        self._tokens.forget(full_name)

    async def anonymous(self) -> GitHubClient:
        """A client without a token, for public documents."""
        return self._anonymous

    async def for_app(self) -> GitHubClient:
        """A client for the app itself, with its own JWT and without an installation."""
        return self._app

    async def app(self) -> Mapping[str, Any]:
        """The app itself: `slug`, `permissions`, `events` (`GET /app`)."""
        document: Mapping[str, Any] = await self._app.get("/app")
        return document

    def quota(self, installation: int) -> Quota:
        """What is left of an installation's requests, according to the responses so far."""
        return self._account(installation).quota

    def _account(self, installation: int) -> Account:
        account = self._installations.get(installation)
        if account is None:
            account = Account(f"installation {installation}", Quota(), self._caches)
            self._installations[installation] = account
        return account

    async def _fetch_token(self, installation: int, full_name: str) -> Token:
        name = full_name.partition("/")[2]
        url = "/app/installations/{installation}/access_tokens"
        try:
            document = await self._app.post(
                url, {"installation": installation}, {"repositories": [name]}
            )
        except Refused as refusal:
            # 422: the repository was deleted, renamed, or taken from the installation.
            raise Gone(str(refusal)) from None
        try:
            return Token(document["token"], datetime.fromisoformat(document["expires_at"]))
        except (KeyError, TypeError, ValueError):
            raise TryLater("GitHub gave no installation token") from None
