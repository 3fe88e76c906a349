"""`GitHubSimulator`: one object with a GitHub, its people, and the switches for its faults."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import web

from github_simulator.actions import label as label_actions
from github_simulator.api.server import Request, Server
from github_simulator.faults import Faults
from github_simulator.limits import RateLimits
from github_simulator.misbehaviour import Misbehaviour
from github_simulator.model.installations import InstallationTokens
from github_simulator.model.world import World
from github_simulator.people.apps import AppActions
from github_simulator.people.conversation import ConversationActions
from github_simulator.people.repositories import RepositoryActions
from github_simulator.render.check import annotations
from github_simulator.render.context import RenderContext
from github_simulator.service import Service
from github_simulator.views import (
    CheckRunView,
    LabelView,
    PullRequestView,
    check_run_view,
    label_view,
    pull_request_view,
)
from github_simulator.webhooks import Delivery, Dispatcher
from github_simulator.wire import now_utc

_SHUTDOWN_SECONDS = 1.0


class GitHubSimulator(ConversationActions, RepositoryActions, AppActions, Misbehaviour):
    """A GitHub on this machine.

    Create accounts and repositories, `serve`, point the bot to `api_url`, set `webhook_url`, let
    people act, `settle`, and check the result. Methods that send webhooks are coroutines; they
    return before the webhooks are delivered.

    Args:
        clock: Gives the time of everything that happens.
        html_url: Base of the links for browsers.
        wall_clock: The time by which JWTs are judged.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = now_utc,
        html_url: str = "https://github.com",
        wall_clock: Callable[[], datetime] = now_utc,
    ) -> None:
        world = World(clock)
        self._service = Service(
            world=world,
            dispatcher=Dispatcher(clock, world.next_id),
            tokens=InstallationTokens(),
            faults=Faults(),
            limits=RateLimits(clock),
            context=RenderContext("https://api.github.com", html_url, world.git),
            wall_clock=wall_clock,
        )
        self._server = Server(self._service)

    @property
    def api_url(self) -> str:
        """Base of the REST API's URLs, without a slash at the end."""
        return self._service.context.api

    @asynccontextmanager
    async def serve(
        self, host: str = "127.0.0.1", port: int = 0
    ) -> AsyncIterator["GitHubSimulator"]:
        """Answer requests and deliver webhooks as long as the block runs; port 0: any free one."""
        runner = web.AppRunner(
            self._server.application(), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            address = runner.addresses[0]
            context = self._service.context
            self._service.context = RenderContext(
                f"http://{host}:{address[1]}", context.html, context.git
            )
            async with self._service.dispatcher.running():
                yield self
        finally:
            await runner.cleanup()

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Every webhook sent so far, oldest first, with its attempts."""
        return tuple(self._service.dispatcher.deliveries)

    async def settle(self) -> None:
        """Return once every webhook sent so far was answered (or failed)."""
        await self._service.dispatcher.settle()

    async def redeliver(self, guid: str) -> None:
        """Press "Redeliver": the same GUID and bytes once more.

        Raises:
            KeyError: There is no such delivery.
        """
        for delivery in self._service.dispatcher.deliveries:
            if delivery.guid == guid:
                self._service.dispatcher.redeliver(delivery)
                return
        raise KeyError(guid)

    def hold_webhooks(self) -> None:
        """Keep webhooks back from now on."""
        self._service.dispatcher.hold()

    async def release_webhooks(
        self,
        shuffle: bool = False,
        duplicate: bool = False,
        seed: int = 0,
        *,
        reverse: bool = False,
    ) -> None:
        """Send what was kept back, perhaps out of order or backwards, perhaps everything twice."""
        self._service.dispatcher.release(
            shuffle=shuffle, duplicate=duplicate, seed=seed, reverse=reverse
        )

    async def send_again(self, guid: str) -> None:
        """Send the event of a delivery under another GUID, as a second webhook would.

        Raises:
            KeyError: There is no such delivery.
        """
        for delivery in self._service.dispatcher.deliveries:
            if delivery.guid == guid:
                self._service.dispatcher.send_again(delivery)
                return
        raise KeyError(guid)

    def pull_request(self, repo: str, number: int) -> PullRequestView:
        """A pull request (or an issue) as it stands."""
        return pull_request_view(self._issue(repo, number))

    def check_runs(self, repo: str, head_sha: str) -> list[CheckRunView]:
        """The check runs on a commit, oldest first."""
        repository, context = self._repository(repo), self._service.context
        return [
            check_run_view(run, annotations(context, repository, run, run.annotations))
            for run in repository.check_runs.values()
            if run.head_sha == head_sha
        ]

    def define_label(self, repo: str, name: str, color: str = "ededed") -> None:
        """Define a label in the repository."""
        label_actions.define_label(self._service, self._repository(repo), name, color, None)

    def label_definitions(self, repo: str) -> list[LabelView]:
        """The labels a repository defines."""
        return [label_view(label) for label in self._repository(repo).labels.values()]

    def file(self, repo: str, path: str, ref: str | None = None) -> bytes | None:
        """A file's content at a branch or commit (the default branch's tip unless told)."""
        world, repository = self._service.world, self._repository(repo)
        sha = world.resolve(repository, ref or repository.default_branch)
        blob = world.git.files(sha).get(path) if sha else None
        return world.git.blob(blob) if blob else None

    def tip(self, repo: str) -> str:
        """The SHA at the tip of the default branch."""
        return self._repository(repo).tip

    @property
    def requests(self) -> Sequence[Request]:
        """Every request since the last `clear_requests`, oldest first."""
        return tuple(self._server.requests)

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self._server.requests.clear()

    def dump_traffic(self, path: Path | str) -> None:
        """Write the requests as JSON lines of method, path, body, status and response."""
        lines = [json.dumps(request.as_json()) + "\n" for request in self._server.requests]
        Path(path).write_text("".join(lines), encoding="utf-8")
