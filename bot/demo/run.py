"""Runs the demo: simulator and bot in this process, talking real HTTP to each other."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from aiolimiter import AsyncLimiter
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pydantic import SecretStr
from rich.console import Console

from bot.demo import world
from bot.demo.show import Problem, Show, Thread
from bot.demo.story import STORY, Cast, Step
from bot.github.client.app import PERMISSIONS
from bot.github.client.throttle import Limiter
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.server import Server, running
from bot.settings import Settings
from github_simulator.github import GitHubSimulator

APP_ID = 4242
SLUG = "pep-editor-bot"
_SECRET = "a secret of the demo"  # noqa: S105  # known to this process alone
_REPLY = "<!-- pep-bot:reply "
_TIMEOUT = 20.0
"""Seconds a step may take before the demo counts as failed."""


async def run_demo(*, once: bool, port: int, story: Sequence[Step] = STORY) -> bool:
    """Play the story; returns True if everything worked.

    Args:
        once: End when the story does; else keep running until interrupted.
        port: The port on which the bot listens, 0 for any free port.
        story: What people do, and what must be visible after each step.

    Raises:
        SettingsInvalid: The port is taken.
    """
    show = Show(Console(highlight=False, width=None if sys.stdout.isatty() else 100))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pep-bot-demo-"))
        simulator = GitHubSimulator()
        await stack.enter_async_context(simulator.serve())
        simulator.register_app(
            app_id=APP_ID,
            slug=SLUG,
            private_key_pem=pem,
            secret=_SECRET,
            webhook_url="",
            permissions=dict(PERMISSIONS),
            events=list(SUBSCRIBED_EVENTS),
        )
        server = await stack.enter_async_context(
            running(_settings(simulator.api_url, pem, Path(folder), port), throttle=_no_throttle)
        )
        simulator.webhook_url = f"http://127.0.0.1:{server.port}/webhook"
        show.opening(
            "A simulated GitHub and the real bot run on this machine and talk over real HTTP.\n"
            "After each step of a person you see the webhooks, and what the bot wrote."
        )
        world.populate(simulator)
        await simulator.install_app([world.REPOSITORY])
        await wait_until_idle(simulator, server)
        started = time.monotonic()
        is_ok = await _play(story, simulator, server, show)
        await _close(show, simulator, is_ok=is_ok, seconds=time.monotonic() - started)
        if not once:
            show.closing(
                f"The bot stays up. Its queue: http://127.0.0.1:{server.port}"
                f"/{world.REPOSITORY}/queue\n"
                f"The simulated GitHub: {simulator.api_url}/repos/python/peps/pulls/1\n"
                "Press Ctrl-C to stop."
            )
            await asyncio.Event().wait()
    return is_ok


def _settings(api_url: str, pem: str, folder: Path, port: int) -> Settings:
    """The demo's own settings; it does not read the environment."""
    return Settings.model_construct(
        gh_app_id=str(APP_ID),
        gh_private_key=SecretStr(pem),
        gh_private_key_file=None,
        gh_secret=(SecretStr(_SECRET),),
        gh_api_url=api_url,
        database_url=f"sqlite:///{folder / 'demo.sqlite3'}",
        host="127.0.0.1",
        port=port,
        dry_run=False,
    )


def _no_throttle() -> Limiter:
    """No pauses between writes: the simulated GitHub needs none, and viewers should not wait."""
    return AsyncLimiter(max_rate=1000, time_period=1)


async def _play(
    story: Sequence[Step], simulator: GitHubSimulator, server: Server, show: Show
) -> bool:
    cast, is_ok = Cast(), True
    for step in story:
        is_ok = await _play_step(step, simulator, server, show, cast) and is_ok
    return is_ok


async def _play_step(
    step: Step, simulator: GitHubSimulator, server: Server, show: Show, cast: Cast
) -> bool:
    show.step(step.sentence)
    seen = len(simulator.deliveries)
    await step.act(simulator, cast)
    try:
        async with asyncio.timeout(_TIMEOUT):
            await wait_until_idle(simulator, server)
    except TimeoutError:
        show.problem(f"the bot did not finish within {_TIMEOUT:.0f} s")
        return False
    for delivery in list(simulator.deliveries)[seen:]:
        if delivery.payload["sender"]["type"] != "Bot" and delivery.event != "check_suite":
            name = f"{delivery.event}.{delivery.action}" if delivery.action else delivery.event
            status = json.loads(delivery.response).get("status", delivery.response)
            show.event(name, f"{delivery.status_code} {status}")
    is_ok = True
    for name, expected in step.expected.items():
        number: int = getattr(cast, name)
        thread = read_thread(simulator, number)
        show.changes(number, thread)
        for problem in expected.problems(thread):
            show.problem(f"#{number}: {problem}")
            is_ok = False
    return is_ok


async def wait_until_idle(simulator: GitHubSimulator, server: Server) -> None:
    """Wait until no webhook is under way and the bot has nothing left to do."""
    before = (-1, -1)
    while True:
        await simulator.settle()
        now = _traffic(simulator)
        # The store is asked only once the simulator sees no requests: asking it costs more.
        if now == before and await server.is_idle() and now == _traffic(simulator):
            return
        before = now
        await asyncio.sleep(0.01)


def _traffic(simulator: GitHubSimulator) -> tuple[int, int]:
    """How many requests and webhooks GitHub and the bot have exchanged."""
    return len(simulator.deliveries), len(simulator.requests)


def read_thread(simulator: GitHubSimulator, number: int) -> Thread:
    """Read what a person sees of the bot on a pull request."""
    pull = simulator.pull_request(world.REPOSITORY, number)
    runs = simulator.check_runs(world.REPOSITORY, pull.head_sha)
    run = runs[-1] if runs else None
    bot = f"{SLUG}[bot]"
    bodies = [comment.body for comment in pull.comments if comment.login == bot]
    return Thread(
        labels=frozenset(pull.labels),
        comments=tuple(body for body in bodies if _REPLY not in body),
        replies=tuple(body for body in bodies if _REPLY in body),
        reactions=tuple(
            (content, comment.body.splitlines()[-1][:60])
            for comment in pull.comments
            for login, content in comment.reactions
            if login == bot
        ),
        conclusion=run.conclusion if run else None,
        title=(run.title or "") if run else "",
        annotations=tuple(
            Problem(
                place=f"{note['path']}:{note['start_line']}",
                level=note["annotation_level"],
                message=note["message"],
            )
            for note in run.annotations
        )
        if run
        else (),
    )


async def _close(show: Show, simulator: GitHubSimulator, *, is_ok: bool, seconds: float) -> None:
    webhooks = len(simulator.deliveries)
    writes = sum(
        request.method != "GET" and "access_tokens" not in request.path
        for request in simulator.requests
    )
    reads = sum(request.method == "GET" for request in simulator.requests)
    verdict = "Everything worked." if is_ok else "Something went wrong, see above."
    show.closing(
        f"{verdict} {webhooks} webhooks, {reads} reads and {writes} writes in {seconds:.1f} s."
    )
