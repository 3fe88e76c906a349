"""One request as a handler gets it: the caller, the path, the body, and helpers for the answer."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

from github_simulator.model.accounts import Account
from github_simulator.model.apps import App
from github_simulator.model.installations import Installation, InstallationToken, narrowed, suffices
from github_simulator.model.repository import Repository
from github_simulator.model.world import World
from github_simulator.render.context import RenderContext
from github_simulator.service import Service
from github_simulator.wire import JsonObject, Refusal, invalid

AuthorizationKind = Literal["jwt", "token", "anonymous"]
Level = Literal["read", "write"]
_Item = TypeVar("_Item")
_Kind = TypeVar("_Kind")

NOT_ACCESSIBLE = "Resource not accessible by integration"
_DEFAULT_PER_PAGE = 30
_MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request."""

    kind: AuthorizationKind
    app: App | None = None
    installation: Installation | None = None
    token: InstallationToken | None = None

    @property
    def quota(self) -> str:
        """Whose rate limit a request counts against."""
        if self.installation is not None:
            return f"installation ID {self.installation.id}"
        return f"app ID {self.app.id}" if self.app is not None else "anonymous"

    def covers(self, repository: Repository) -> bool:
        """Whether the token is for that repository."""
        if self.installation is None or self.token is None:
            return False
        installed = {each.id for each in self.installation.repositories}
        narrowed_to = self.token.repositories
        return repository.id in installed and (narrowed_to is None or repository.id in narrowed_to)

    def may(self, permission: str, level: Level) -> bool:
        """Whether both the token and its installation have a permission."""
        if self.installation is None or self.token is None:
            return False
        granted = narrowed(self.installation.permissions, self.token.permissions)
        return suffices(granted, permission, level)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: JSON, or raw bytes of a media type."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Call:
    """A request.

    Attributes:
        world: The state that the request sees; reads may see an older one than writes.
        path: The parts of the path by name, decoded.
        url: The URL without its query, for links to other pages.
        target: Path and query as received.
        content: The body as received.
    """

    service: Service
    world: World
    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    url: str
    target: str
    content: bytes

    @property
    def context(self) -> RenderContext:
        """The context for rendering JSON."""
        return self.service.context

    @property
    def repository(self) -> Repository:
        """The repository the path names."""
        return self.world.repository(f"{self.path['owner']}/{self.path['repo']}")

    @property
    def moved_to(self) -> str | None:
        """Where to send the request instead, if its path has a former name of a repository."""
        if "repo" not in self.path:
            return None
        name = f"{self.path['owner']}/{self.path['repo']}".lower()
        moved = self.world.moved.get(name)
        if moved is None or name in self.world.repositories:
            return None
        rest = self.target.split("/", 4)[4:]
        return "/".join([f"{self.service.context.api}/repos/{moved.full_name}", *rest])

    @property
    def number(self) -> int:
        """The issue's or pull request's number in the path."""
        return int(self.path["number"])

    @property
    def actor(self) -> Account:
        """The account that acts: the app's own."""
        return self.app.account

    @property
    def app(self) -> App:
        """The app that asks.

        Raises:
            Refusal: 401 for anonymous requests.
        """
        if self.caller.app is None:
            raise Refusal(401, "Requires authentication")
        return self.caller.app

    def wants_raw(self) -> bool:
        """Whether the `Accept` header asks for the bytes instead of JSON."""
        accept = self.headers.get("Accept", "")
        return re.search(r"application/vnd\.github\.(v3\.)?raw", accept) is not None

    def json(self) -> JsonObject:
        """The body as an object.

        Raises:
            Refusal: 400 or 422.
        """
        found = self.any_json()
        if not isinstance(found, dict):
            raise Refusal(422, "Invalid request.\n\nThe body is not an object.")
        return found

    def any_json(self) -> Any:
        """The body, an empty object if there is none."""
        if not self.content:
            return {}
        try:
            return json.loads(self.content)
        except ValueError:
            raise Refusal(400, "Problems parsing JSON") from None


def required(body: JsonObject, resource: str, name: str, kind: type[_Kind]) -> _Kind:
    """A required field of that type, else 422."""
    found = optional(body, resource, name, kind)
    if found is None:
        raise invalid(resource, name, "missing_field")
    return found


def optional(body: JsonObject, resource: str, name: str, kind: type[_Kind]) -> _Kind | None:
    """An optional field of that type: None if it is absent, 422 if it has another type."""
    found = body.get(name)
    if found is None:
        return None
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
        raise invalid(resource, name)
    return found


def moment(call: Call, resource: str, name: str) -> datetime | None:
    """A time in the query; None if it is absent, 422 if it is not one."""
    text = call.query.get(name)
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise invalid(resource, name) from None


def page(
    call: Call, items: Sequence[_Item], render: Callable[[_Item], Any]
) -> tuple[list[Any], dict[str, str]]:
    """The page that the query asks for, rendered, with the `Link` header to the other pages.

    Source: https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api.
    """
    size = per_page(call)
    number = max(_integer(call.query.get("page"), 1), 1)
    last = max((len(items) + size - 1) // size, 1)
    links: dict[str, int] = {}
    if number > 1:
        links |= {"prev": min(number - 1, last)}
    if number < last:
        links |= {"next": number + 1, "last": last}
    if number > 1:
        links |= {"first": 1}
    headers = {}
    if links:
        headers["Link"] = ", ".join(
            f'<{page_url(call, page=str(target))}>; rel="{name}"' for name, target in links.items()
        )
    page_items = items[(number - 1) * size : number * size]
    return [render(each) for each in page_items], headers


def per_page(call: Call) -> int:
    """The size of a page: 30 unless asked otherwise, 100 at most."""
    return min(max(_integer(call.query.get("per_page"), _DEFAULT_PER_PAGE), 1), _MOST_PER_PAGE)


def page_url(call: Call, **changed: str) -> str:
    """The call's URL with other query parameters."""
    return f"{call.url}?{urlencode({**call.query, **changed})}"


def listed(call: Call, items: Sequence[_Item], render: Callable[[_Item], Any]) -> Answer:
    """One page of a plain list."""
    body, headers = page(call, items, render)
    return Answer(body, headers=headers)


def _integer(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() else default
