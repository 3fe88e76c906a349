"""docs/operator.md followed from top to bottom: every command in it runs, on a simulated GitHub."""

import asyncio
import json
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.end_to_end.conftest import CORE_TEAM
from tests.end_to_end.harness import REPOSITORY
from tests.end_to_end.process import (
    BotProcess,
    Ended,
    command_here,
    environment,
    github,
    wait_until_idle,
)
from tests.end_to_end.test_process import FILES, propose
from tests.test_setup import run as run_setup

GUIDE = (Path(__file__).parents[2] / "docs" / "operator.md").read_text("utf-8")
_COMMAND = re.compile(r"\.uv/bin/uv run python -m bot ([^`\n#]+)")


def documented() -> set[str]:
    """The guide's commands, with and without what may be left out."""
    found = set()
    for command in _COMMAND.findall(GUIDE):
        without, optional, _ = command.strip().partition(" [")
        found.add(without)
        if optional:
            found.add(re.sub(r"[][]", "", command.strip()))
    return found


@dataclass
class Operator:
    """Somebody who runs the guide's commands, with their own values in place of the guide's."""

    environment: dict[str, str]
    values: dict[str, str]
    stack: AsyncExitStack
    followed: set[str] = field(default_factory=set)

    async def follow(self, command: str, *, code: int = 0) -> Ended:
        """Run a command as the guide has it."""
        self.followed.add(command)
        arguments = [self.values.get(word, word) for word in command.split()]
        ended = await asyncio.to_thread(command_here, self.environment, *arguments)
        assert ended.code == code, f"{command}: {ended}"
        return ended

    async def start(self, command: str) -> BotProcess:
        """Start a process as the guide has it; returns once it is ready."""
        self.followed.add(command)
        bot = BotProcess(self.environment, ("bot", *command.split()))
        self.stack.push_async_callback(bot.close)
        await bot.start()
        return bot


@pytest.mark.exhaustive
@pytest.mark.postgres
async def test_the_guide_can_be_followed(pem: str, tmp_path: Path, postgres_url: str) -> None:
    policy, clone = tmp_path / "pep-bot.toml", tmp_path / "peps"
    await asyncio.to_thread(_prepare, policy, clone)
    store = f"sqlite:///{tmp_path / 'pep-bot.sqlite3'}"
    async with github(pem, FILES, CORE_TEAM) as simulator, AsyncExitStack() as stack:
        settings = environment(pem, simulator.api_url, store, PUBLIC_URL="https://your.host")
        operator = Operator(
            settings,
            {
                "FILE": str(policy),
                "../peps": str(clone),
                "URL": store,
                "sqlite:///pep-bot.sqlite3": store,
                "postgresql://pepbot:password@host/pepbot": postgres_url,
            },
            stack,
        )
        process, page = await run_setup(simulator, tmp_path)
        operator.followed.add("setup --public-url https://your.host")
        assert page.startswith("http://127.0.0.1:")
        process.terminate()
        await process.communicate()
        assert "nothing to fix" in (await operator.follow("policy check FILE")).out

        bot = await operator.start("serve")
        simulator.set_webhook(bot.url("/webhook"))
        await simulator.install_app([REPOSITORY])
        number = await propose(simulator, 842)
        await wait_until_idle(simulator, bot)
        # GitHub sends to this machine, and not to the address that the guide has.
        told = (await operator.follow("doctor", code=1)).out
        assert "✓ store: can be read and written" in told
        assert "✗ webhook: goes to http://127.0.0.1" in told
        assert f"#{number}" in (await operator.follow("queue")).out
        (listed,) = (await operator.follow("queue --format json")).out.splitlines()
        assert json.loads(listed)["repository"] == REPOSITORY
        await operator.follow("digest")
        await operator.follow("digest --format json")
        assert "842" in (await operator.follow("numbers --repo ../peps --store URL")).out

        deliveries = (await operator.follow("deliveries list")).out
        assert "done" in deliveries
        (opened,) = [one for one in simulator.deliveries if one.action == "opened"]
        operator.values |= {"ID": opened.guid, "ID…": opened.guid}
        assert '"repository"' in (await operator.follow("deliveries show ID")).out
        await operator.follow("deliveries replay ID…")
        await wait_until_idle(simulator, bot)
        assert await bot.terminate() == 0

        guides = "store copy sqlite:///pep-bot.sqlite3 postgresql://pepbot:password@host/pepbot"
        await operator.follow(guides)
        operator.followed.add("store copy FROM TO")
        operator.environment = settings | {"DATABASE_URL": postgres_url}
        server = await operator.start("serve --no-worker")
        worker = await operator.start("work")
        assert (await server.get("/readyz"))[0] == 200
        assert [await one.terminate() for one in (worker, server)] == [0, 0]
    assert operator.followed == documented()


def _prepare(policy: Path, clone: Path) -> None:
    policy.write_text("[reminders]\nquiet_days = 40\n")
    (clone / "peps").mkdir(parents=True)
    (clone / "peps" / "pep-0841.rst").write_text("PEP: 841\n")
