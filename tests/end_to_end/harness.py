"""The harness: a simulated GitHub and the real bot in one process, joined by signed webhooks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from aiohttp import web_app
from aiolimiter import AsyncLimiter
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import SecretStr

from bot.demo.run import wait_until_idle
from bot.github.client.app import PERMISSIONS
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.inbox.delivery import Clock
from bot.server import Server, running
from bot.settings import Settings
from github_simulator.github import GitHubSimulator
from github_simulator.wire import now_utc
from tests.empty_store import put_empty_store
from tests.markup_readers import shared_reader

REPOSITORY = "python/peps"
APP_ID = 77
SLUG = "pep-editor-bot"
SECRET = "the webhook's secret"
BOT = f"{SLUG}[bot]"
REPLY = "<!-- pep-bot:reply "

_TIMEOUT = 60.0
"""Seconds to wait for anything before the test fails."""

Annotation = tuple[str, int, str, str]


@dataclass(slots=True)
class Harness:
    """One test's GitHub and bot.

    `stop` and `start` stop the bot and start it again on the same store and port.
    """

    simulator: GitHubSimulator
    pem: str
    folder: Path
    overrides: dict[str, object] = field(default_factory=dict)
    clock: Clock = now_utc
    port: int = 0
    installation: int = 0
    server: Server | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def store(self) -> Path:
        """The file with the bot's store."""
        return self.folder / "bot.sqlite3"

    async def start(self) -> None:
        """Start the bot, and send GitHub's webhooks to it."""
        if "database_url" not in self.overrides:
            put_empty_store(self.store)
        self._stack = AsyncExitStack()
        self.server = await self._stack.enter_async_context(
            running(
                self.settings(),
                throttle=lambda: AsyncLimiter(1000, 1),
                clock=self.clock,
                markup=shared_reader(),
            )
        )
        self.port = self.server.port
        self.simulator.webhook_url = self.url("/webhook")

    async def stop(self) -> None:
        """Stop the bot as SIGTERM does."""
        self.server = None
        await self._stack.aclose()
        # aiohttp caches the handlers of a thousand applications, and so everything that belongs to
        # each bot: half a megabyte.
        web_app._cached_build_middleware.cache_clear()

    def settings(self) -> Settings:
        """The bot's settings; `overrides` of the harness win."""
        return Settings.model_construct(
            **{
                "gh_app_id": str(APP_ID),
                "gh_private_key": SecretStr(self.pem),
                "gh_private_key_file": None,
                "gh_secret": (SecretStr(SECRET),),
                "gh_api_url": self.simulator.api_url,
                "database_url": f"sqlite:///{self.store}",
                "host": "127.0.0.1",
                "port": self.port,
                "dry_run": False,
                **self.overrides,
            }
        )

    def url(self, path: str) -> str:
        """The bot's URL for a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    async def wait_until_idle(self) -> None:
        """Wait until no webhook is under way and the bot has nothing left to do."""
        assert self.server is not None
        async with asyncio.timeout(_TIMEOUT):
            await wait_until_idle(self.simulator, self.server)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds, whether or not the bot is idle."""
        async with asyncio.timeout(_TIMEOUT):
            while not condition():  # noqa: ASYNC110  # GitHub tells nobody when it is written to
                await asyncio.sleep(0.01)

    def labels(self, number: int) -> set[str]:
        """The labels of a pull request."""
        return set(self.simulator.pull_request(REPOSITORY, number).labels)

    def comments(self, number: int) -> list[str]:
        """The bot's comments on a pull request, oldest first, replies to commands left out."""
        return [body for body in self._bot_comments(number) if REPLY not in body]

    def replies(self, number: int) -> list[str]:
        """The bot's replies to commands, oldest first."""
        return [body for body in self._bot_comments(number) if REPLY in body]

    def _bot_comments(self, number: int) -> list[str]:
        comments = self.simulator.pull_request(REPOSITORY, number).comments
        return [comment.body for comment in comments if comment.login == BOT]

    def reactions(self, number: int, comment: int) -> list[str]:
        """The bot's reactions to a comment."""
        comments = self.simulator.pull_request(REPOSITORY, number).comments
        (found,) = (one for one in comments if one.id == comment)
        return [content for login, content in found.reactions if login == BOT]

    def comment(self, number: int) -> str:
        """The bot's only comment on a pull request."""
        (body,) = self.comments(number)
        return body

    def conclusions(self, number: int) -> list[str | None]:
        """The conclusions of the bot's check runs on the head of a pull request: at most one."""
        head = self.simulator.pull_request(REPOSITORY, number).head_sha
        return [run.conclusion for run in self.simulator.check_runs(REPOSITORY, head)]

    def annotations(self, number: int) -> list[Annotation]:
        """The annotations of the check run on the head: path, line, level, message."""
        head = self.simulator.pull_request(REPOSITORY, number).head_sha
        return [
            (note["path"], note["start_line"], note["annotation_level"], note["message"])
            for run in self.simulator.check_runs(REPOSITORY, head)
            for note in run.annotations
        ]

    def reads(self) -> list[str]:
        """The bot's reads since the last `clear_requests`, without those for tokens."""
        return [r.path for r in self.simulator.requests if r.method == "GET"]

    def writes(self) -> list[tuple[str, str]]:
        """The bot's writes since the last `clear_requests`."""
        return [
            (request.method, request.path)
            for request in self.simulator.requests
            if request.method != "GET" and "/access_tokens" not in request.path
        ]

    def answers(self, event: str) -> list[str]:
        """The bot's answers to webhooks of an event: `accepted`, `duplicate` or `ignored`."""
        return [
            json.loads(delivery.response)["status"]
            for delivery in self.simulator.deliveries
            if delivery.event == event and delivery.status_code == 202
        ]


@cache
def public_half(pem: str) -> bytes:
    """The public key of a private one; cached, since reading a private key takes 50 ms."""
    key = load_pem_private_key(pem.encode(), password=None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@asynccontextmanager
async def running_harness(
    folder: Path,
    pem: str,
    *,
    files: Mapping[str, str],
    core_team: str,
    editors: Sequence[str],
    people: Sequence[str],
    writers: Sequence[str] = (),
    clock: Clock = now_utc,
    bots_clock: Clock = now_utc,
    wall_clock: Clock | None = None,
    prepare: Callable[[GitHubSimulator], None] = lambda _github: None,
) -> AsyncIterator[Harness]:
    """A harness with a PEP repository of these files, and the bot installed and running.

    Args:
        folder: The folder of the bot's store.
        pem: The app's private key.
        files: The files of the PEP repository.
        core_team: The core team's list, CSV.
        editors: Members of the team python/pep-editors.
        people: All accounts.
        writers: Accounts with write access, besides the editors.
        clock: GitHub's clock.
        bots_clock: The bot's clock, which gives the day and the time of its signatures.
        wall_clock: The clock by which GitHub checks the bot's signatures; the bot's by default.
        prepare: What is done to GitHub before the app is installed.
    """
    simulator = GitHubSimulator(clock, wall_clock=wall_clock or bots_clock)
    async with simulator.serve():
        simulator.register_app(
            app_id=APP_ID,
            slug=SLUG,
            public_key_pem=public_half(pem),
            secret=SECRET,
            webhook_url="",
            permissions=dict(PERMISSIONS),
            events=list(SUBSCRIBED_EVENTS),
        )
        for login in people:
            simulator.add_user(login)
        simulator.create_organization("python")
        simulator.create_team("python", "pep-editors", list(editors))
        access = dict.fromkeys([*editors, *writers], "write")
        simulator.create_repository(REPOSITORY, dict(files), collaborators=access)
        simulator.create_repository("python/devguide", {"core-team/core-team.csv": core_team})
        prepare(simulator)
        harness = Harness(simulator, pem, folder, clock=bots_clock)
        await harness.start()
        try:
            harness.installation = await simulator.install_app([REPOSITORY])
            await harness.wait_until_idle()
            simulator.clear_requests()
            yield harness
        finally:
            await harness.stop()
