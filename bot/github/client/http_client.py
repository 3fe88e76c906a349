"""Clients for GitHub: who asks, and which credentials, quota and caches belong to them.

One set of quota and caches for each installation, one token for each repository of it; both are
kept here, so that clients themselves are cheap and made anew for each review.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import aiohttp
from cachetools import LRUCache

from bot.github.client.api import (
    Account,
    Api,
    Exchange,
    RetryPolicy,
    Transport,
    Variables,
    translate_decode_errors,
    utc_now,
)
from bot.github.client.app import (
    Anonymous,
    AppKey,
    Clock,
    Credentials,
    InstallationCredentials,
    InstallationTokens,
    Token,
)
from bot.github.client.failure import Gone, Refused, TryLater
from bot.github.client.response import Caches
from bot.github.client.throttle import Quota
from bot.github.client.wire import Wire

_JSON = "application/vnd.github+json"
_MOST_INSTALLATIONS = 16


class GitHubClient:
    """Requests on behalf of one account; implements `bot.github.client.client.Client`."""

    def __init__(self, transport: Transport, account: Account, credentials: Credentials) -> None:
        self._api = Api(transport, account, credentials)

    @property
    def quota(self) -> Quota:
        """What is left of the account's requests."""
        return self._api.account.quota

    async def get(self, url: str, variables: Variables | None = None) -> Any:
        """One JSON document; conditional where an etag is known."""
        with translate_decode_errors(f"GET {url}"):
            return await self._api.getitem(url, variables, accept=_JSON)

    async def pages(self, url: str, variables: Variables | None = None) -> AsyncIterator[Any]:
        """The items of a paginated list, page after page, 100 at a time.

        A list wrapped in an object stands under the last word of the path (`check-runs`:
        `check_runs`), GitHub's custom.

        Raises:
            Refused: There is no such list.
        """
        filled = dict(variables or {})
        if "per_page" not in url:
            filled["per_page"] = 100
            if "{?" in url:
                url = url.replace("{?", "{?per_page,", 1)
            else:
                url += "{&per_page}" if "?" in url else "{?per_page}"
        last_word = re.split(r"\{?\?", url, maxsplit=1)[0].rsplit("/", 1)[-1]
        with translate_decode_errors(f"GET {url}"):
            async for item in self._api.getiter(
                url, filled, accept=_JSON, iterable_key=last_word.replace("-", "_")
            ):
                if isinstance(item, str):
                    raise Refused(f"GET {url}: the answer is no list")
                yield item

    async def raw(
        self, url: str, variables: Variables | None = None, *, cap: int = 2_000_000
    ) -> bytes:
        """The raw bytes behind a blob or contents URL, streamed; blobs are kept by their SHA.

        Raises:
            TooLarge: There are more than `cap` bytes; reading stopped there.
        """
        return await self._api.raw(url, variables, cap)

    async def post(self, url: str, variables: Variables, data: Any) -> Any:
        """Create something; never repeated when the answer was lost."""
        with translate_decode_errors(f"POST {url}"):
            return await self._api.post(url, variables, data=data, accept=_JSON)

    async def patch(self, url: str, variables: Variables, data: Any) -> Any:
        """Change something; never repeated when the answer was lost."""
        with translate_decode_errors(f"PATCH {url}"):
            return await self._api.patch(url, variables, data=data, accept=_JSON)

    async def put(self, url: str, variables: Variables, data: Any) -> Any:
        """Replace something."""
        with translate_decode_errors(f"PUT {url}"):
            return await self._api.put(url, variables, data=data, accept=_JSON)

    async def delete(self, url: str, variables: Variables) -> None:
        """Remove something."""
        with translate_decode_errors(f"DELETE {url}"):
            await self._api.delete(url, variables, accept=_JSON)


class GitHubClients:
    """Where clients come from; implements `bot.github.client.client.Clients`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        app_id: str,
        private_key: str,
        api_url: str,
        clock: Clock = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        retry_policy: RetryPolicy | None = None,
        on_request: Callable[[Exchange], None] | None = None,
        on_quota: Callable[[str, Quota], None] | None = None,
    ) -> None:
        """Speak for one app.

        Args:
            session: Where connections come from; it is not closed here. It should keep no cookies.
            app_id: The app's id or client id.
            private_key: The app's key, PEM.
            api_url: The API's root, such as `https://api.github.com`.
            clock: The present time (UTC).
            sleep: Waits so many seconds.
            jitter: A number from 0 to 1, so that many do not come back at once.
            retry_policy: How long to try.
            on_request: Told of each request that went over the wire.
            on_quota: Told after each answer what is left of which account's requests.

        Raises:
            ValueError: The key or the URL cannot be used.
        """
        retry_policy = retry_policy or RetryPolicy()
        wire = Wire(session, api_url, connect=retry_policy.connect, total=retry_policy.total)
        self._transport = Transport(
            wire,
            retry_policy=retry_policy,
            clock=clock,
            sleep=sleep,
            jitter=jitter,
            on_request=on_request,
            on_quota=on_quota,
        )
        app = Account("app", Quota(), Caches(budget=2_000_000))
        anonymous = Account("anonymous", Quota(), Caches(budget=4_000_000))
        self._app = GitHubClient(self._transport, app, AppKey(app_id, private_key, clock))
        self._anonymous = GitHubClient(self._transport, anonymous, Anonymous())
        self._tokens = InstallationTokens(self._fetch_token, clock)
        self._installations: LRUCache[int, Account] = LRUCache(_MOST_INSTALLATIONS)

    async def for_repository(self, full_name: str, installation: int) -> GitHubClient:
        """A client whose token is narrowed to this repository."""
        credentials = InstallationCredentials(self._tokens, installation, full_name)
        return GitHubClient(self._transport, self._account(installation), credentials)

    async def installation_of(self, full_name: str) -> int | None:
        """The installation that reaches a repository, by the app's own JWT; None if none does."""
        owner, _, name = full_name.partition("/")
        try:
            found = await self._app.get(
                "/repos/{owner}/{repo}/installation", {"owner": owner, "repo": name}
            )
        except Gone:
            return None
        return int(found["id"])

    def forget(self, full_name: str) -> None:
        """Forget the tokens for what was called so: another repository is, by now."""
        self._tokens.forget(full_name)

    async def anonymous(self) -> GitHubClient:
        """A client without a token, for public documents."""
        return self._anonymous

    async def for_app(self) -> GitHubClient:
        """A client that speaks for the app itself, by its own JWT, of no installation."""
        return self._app

    async def app(self) -> Mapping[str, Any]:
        """The app itself: `slug`, `permissions`, `events` (`GET /app`)."""
        document: Mapping[str, Any] = await self._app.get("/app")
        return document

    def quota(self, installation: int) -> Quota:
        """What is left of an installation's requests, as far as answers have told."""
        return self._account(installation).quota

    def _account(self, installation: int) -> Account:
        account = self._installations.get(installation)
        if account is None:
            account = Account(f"installation {installation}", Quota(), Caches())
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
