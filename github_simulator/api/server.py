"""The HTTP server: the steps that every request goes through.

Order: switches for faults, `User-Agent`, authentication, rate limit, version, permission, handler,
ETag; in the end the request and its answer are recorded.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import jwt
from aiohttp import web

from github_simulator.api import app as api_app
from github_simulator.api import archive as api_archive
from github_simulator.api import checks as api_checks
from github_simulator.api import git as api_git
from github_simulator.api import issues as api_issues
from github_simulator.api import labels as api_labels
from github_simulator.api import manifest as api_manifest
from github_simulator.api import pulls as api_pulls
from github_simulator.api import reactions as api_reactions
from github_simulator.api import repository as api_repository
from github_simulator.api import reviews as api_reviews
from github_simulator.api.call import Answer, AuthorizationKind, Call, Caller
from github_simulator.api.routes import Route, authorize
from github_simulator.api.versions import REQUESTED_HEADER, SELECTED_HEADER, in_version, selected
from github_simulator.service import Service
from github_simulator.wire import JsonObject, Refusal, not_found

ROUTES: tuple[Route, ...] = (
    *api_app.ROUTES,
    *api_manifest.ROUTES,
    *api_issues.ROUTES,
    *api_labels.ROUTES,
    *api_reactions.ROUTES,
    *api_pulls.ROUTES,
    *api_reviews.ROUTES,
    *api_checks.ROUTES,
    *api_git.ROUTES,
    *api_archive.ROUTES,
    *api_repository.ROUTES,
)
_MOST_BODY = 10_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """A request and its answer.

    Attributes:
        path: The path with its query, as received.
        body: The parsed JSON, None if there was none.
        status: None if the connection was closed without an answer.
        response: The parsed JSON of the answer; None for raw and empty ones.
        authorization_kind: How the caller authenticated.
        repository: `owner/name` in the path; None if the path has none.
        scope: Repositories that the token is limited to; None if it is not limited.
        received: When it came, in seconds of `time.perf_counter`.
        answered: When it was answered, on the same clock.
    """

    method: str
    path: str
    body: Any
    status: int | None
    response: Any
    authorization_kind: AuthorizationKind
    repository: str | None
    scope: tuple[str, ...] | None
    received: float
    answered: float

    def as_json(self) -> JsonObject:
        """A line of recorded traffic."""
        line: JsonObject = {"method": self.method, "path": self.path, "body": self.body}
        if self.status is not None:
            line["status"] = self.status
        if self.response is not None:
            line["response"] = self.response
        return line


class Server:
    """Answers requests from a service and records them."""

    def __init__(self, service: Service) -> None:
        self.requests: list[Request] = []
        self._service = service

    def application(self) -> web.Application:
        """The aiohttp application; the caller runs and stops it."""
        application = web.Application(client_max_size=_MOST_BODY)
        for route in ROUTES:
            application.router.add_route(route.method, route.path, self._handler(route))
        for pages in (
            api_manifest.ManifestPages(self._service),
            api_archive.ArchiveHost(self._service),
        ):
            application.router.add_routes(pages.routes())
        application.router.add_route("*", "/{rest:.*}", self._handler(None))
        return application

    def _handler(
        self, route: Route | None
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._handle(request, route)

        return handle

    async def _handle(self, request: web.Request, route: Route | None) -> web.StreamResponse:
        received = time.perf_counter()
        faults = self._service.faults
        content = await request.read()
        if faults.latency_seconds:
            await asyncio.sleep(faults.latency_seconds)
        caller = Caller("anonymous")
        name = f"{request.method} {request.raw_path}"
        answer: Answer | None
        try:
            if failure := faults.find(name, after=False):
                answer = _refused(failure.refusal())
            else:
                caller = self._identify(request)
                self._service.limits.spend(caller.quota)
                answer = self._answer(request, route, caller, content)
                if failure := faults.find(name, after=True):
                    answer = _refused(failure.refusal())
        except Refusal as refusal:
            answer = _refused(refusal)
        self._record(request, caller, content, answer, received)
        if answer is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        return self._response(answer, caller)

    def _answer(
        self, request: web.Request, route: Route | None, caller: Caller, content: bytes
    ) -> Answer:
        version = selected(request.headers.get(REQUESTED_HEADER))
        if route is None:
            raise not_found()
        service = self._service
        reads = route.method == "GET" and not route.as_app
        call = Call(
            service=service,
            world=service.faults.world_for_reading(service.world) if reads else service.world,
            caller=caller,
            path=request.match_info,
            query=request.query,
            headers=request.headers,
            url=f"{service.context.api}{request.rel_url.raw_path}",
            target=request.raw_path,
            content=content,
        )
        if (elsewhere := call.moved_to) is not None:
            # Whatever the method, the same request is to be sent there.
            status = 301 if route.method == "GET" else 307
            raise Refusal(status, "Moved Permanently", headers={"Location": elsewhere})
        authorize(route, call)
        answer = route.handler(call)
        answer = replace(
            answer,
            body=in_version(version, answer.body),
            headers={**answer.headers, SELECTED_HEADER: version},
        )
        if route.method != "GET":
            return answer
        # Another token gets another one: https://github.com/eclipse-csi/otterdog/issues/201.
        token = request.headers.get("Authorization", "").encode()
        etag = f'W/"{hashlib.sha256(token + _encoded(answer)).hexdigest()}"'
        headers = {**answer.headers, "ETag": etag, "Cache-Control": "private, max-age=60"}
        if request.headers.get("If-None-Match") == etag:
            if caller.kind != "anonymous":
                service.limits.give_back(caller.quota)
            return Answer(status=304, headers=headers)
        return Answer(answer.body, answer.status, headers, answer.media_type)

    def _identify(self, request: web.Request) -> Caller:
        if not request.headers.get("User-Agent"):
            raise Refusal(403, "Request forbidden by administrative rules.")
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if not credentials:
            return Caller("anonymous")
        if scheme.lower() not in {"bearer", "token"}:
            raise Refusal(401, "Bad credentials")
        if credentials.count(".") == 2:
            return self._identify_app(credentials)
        service = self._service
        token = service.tokens.find(credentials, service.world.now())
        installation = token and service.world.installations.get(token.installation)
        if not token or not installation:
            raise Refusal(401, "Bad credentials")
        installation.require_active()
        return Caller("token", installation.app, installation, token)

    def _identify_app(self, credentials: str) -> Caller:
        try:
            claims = jwt.decode(credentials, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            raise Refusal(401, "A JSON web token could not be decoded") from None
        issuer = str(claims.get("iss"))
        for app in self._service.world.apps.values():
            if issuer in {str(app.id), app.client_id}:
                app.verify(credentials, self._service.wall_clock())
                return Caller("jwt", app)
        raise Refusal(404, "Integration not found")

    def _record(
        self,
        request: web.Request,
        caller: Caller,
        content: bytes,
        answer: Answer | None,
        received: float,
    ) -> None:
        path = request.match_info
        raw = answer is None or isinstance(answer.body, bytes)
        scope = None
        if caller.token is not None and caller.token.repositories is not None:
            scope = tuple(self._names(caller.token.repositories))
        self.requests.append(
            Request(
                method=request.method,
                path=request.raw_path,
                body=_parsed(content),
                status=None if answer is None else answer.status,
                response=None if raw or answer is None else answer.body,
                authorization_kind=caller.kind,
                repository=f"{path['owner']}/{path['repo']}" if "repo" in path else None,
                scope=scope,
                received=received,
                answered=time.perf_counter(),
            )
        )

    def _names(self, ids: frozenset[int]) -> Iterator[str]:
        for repository in self._service.world.repositories.values():
            if repository.id in ids:
                yield repository.full_name

    def _response(self, answer: Answer, caller: Caller) -> web.Response:
        headers = {
            "X-GitHub-Media-Type": "github.v3; format=json",
            **self._service.limits.quota(caller.quota).headers(),
            **answer.headers,
        }
        if answer.status in {204, 304}:
            return web.Response(status=answer.status, headers=headers)
        headers["Content-Type"] = answer.media_type
        return web.Response(body=_encoded(answer), status=answer.status, headers=headers)


def _refused(refusal: Refusal | None) -> Answer | None:
    if refusal is None:
        return None
    return Answer(refusal.as_json(), refusal.status, refusal.headers)


def _encoded(answer: Answer) -> bytes:
    if isinstance(answer.body, bytes):
        return answer.body
    return json.dumps(answer.body, ensure_ascii=False).encode()


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return content.decode(errors="replace")
