"""What an operator sees of a working bot: its log lines, its metrics, its commands."""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.logs import FIELDS
from bot.rules.engine import registry
from github_simulator.github import GitHubSimulator
from tests.empty_store import put_empty_store
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, CORE_TEAM, EDITOR, SPONSOR, pep
from tests.end_to_end.harness import REPOSITORY, SECRET
from tests.end_to_end.process import (
    UNTHROTTLED,
    BotProcess,
    command_here,
    environment,
    github,
    wait_until_idle,
)
from tests.end_to_end.proposal import Files

FORBIDDEN = "Resource not accessible by integration"
GUID = "00000000-0000-4000-8000-00000000000"

OF_THE_PROCESS = {"listening", "serving", "working", "shutting down", "stopped"}
"""Lines of no delivery."""

PEP_FILES: Files = {"peps/pep-9999.rst": pep(9999, sponsor=None)}


@asynccontextmanager
async def started(settings: dict[str, str]) -> AsyncIterator[BotProcess]:
    bot = BotProcess(settings, UNTHROTTLED)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.close()


@pytest.fixture
async def simulator(pem: str) -> AsyncIterator[GitHubSimulator]:
    files = {".github/CODEOWNERS": CODEOWNERS, "README.rst": "PEPs\n"}
    async with github(pem, files, CORE_TEAM) as simulated:
        yield simulated


async def post(url: str, body: bytes, event: str, guid: str, secret: str = SECRET) -> int:
    """Send a webhook by hand; returns the status of the answer."""
    headers = {
        "X-Hub-Signature-256": "sha256="
        + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": guid,
        "Content-Type": "application/json",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        return answer.status


async def read(url: str) -> tuple[int, str]:
    """Status and text of a page."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def play(simulator: GitHubSimulator, bot: BotProcess) -> None:
    """Whatever an operator may meet: reviews, failures, refusals, comings and goings."""
    installation = await simulator.install_app([REPOSITORY])
    await wait_until_idle(simulator, bot)

    simulator.fail_next(502, match=r"GET /repos/python/peps/pulls/1\b")
    simulator.drop_connections(r"POST .*/issues/1/comments", after=True)
    simulator.fail_next(403, match=r"(POST|PUT) .*/issues/1/labels", message=FORBIDDEN)
    number = await simulator.open_pull_request(
        REPOSITORY, by=AUTHOR, title="PEP 9999: Calm", files=PEP_FILES
    )
    await wait_until_idle(simulator, bot)

    simulator.secondary_rate_limit(match=r"GET .*/pulls/1\b")
    comment = await simulator.comment(REPOSITORY, number, by=SPONSOR, body="Sure.")
    await wait_until_idle(simulator, bot)
    await simulator.edit_comment(REPOSITORY, comment, by=EDITOR, body="/pep sponsor")
    await wait_until_idle(simulator, bot)
    simulator.fail_next(403, times=9, match=r"GET .*/pulls/1\b", message=FORBIDDEN)
    await simulator.comment(REPOSITORY, number, by=AUTHOR, body="Well?")
    await wait_until_idle(simulator, bot)
    simulator.clear_faults()

    await simulator.open_issue(REPOSITORY, by=AUTHOR, title="No pull request")
    await simulator.merge(REPOSITORY, number, by=EDITOR)
    await simulator.redeliver(simulator.deliveries[0].guid)
    await wait_until_idle(simulator, bot)

    webhook = bot.url("/webhook")
    assert await post(webhook, b"{}", "push", GUID + "1", "wrong") == 401
    assert await post(webhook, b"{", "push", GUID + "2") == 400
    assert await post(webhook, b"{}", "push", "no\tid") == 400
    assert await post(webhook, b'{"zen": "Non-blocking"}', "ping", GUID + "3") == 200
    await simulator.uninstall_app(installation)
    await wait_until_idle(simulator, bot)
    named = {"repository": {"full_name": REPOSITORY, "default_branch": "main"}}
    assert await post(webhook, json.dumps(named).encode(), "push", GUID + "4") == 202
    await wait_until_idle(simulator, bot)


async def test_every_line_tells_what_it_is_about_and_none_tells_a_secret(
    simulator: GitHubSimulator, pem: str, tmp_path: Path
) -> None:
    put_empty_store(tmp_path / "bot.sqlite3")
    settings = environment(pem, simulator.api_url, tmp_path / "bot.sqlite3")
    async with started(settings) as bot:
        simulator.webhook_url = bot.url("/webhook")
        await play(simulator, bot)
        assert await bot.terminate() == 0
    lines = bot.events()
    assert {line["event"] for line in lines} >= {
        *OF_THE_PROCESS,
        "webhook answered",
        "webhook refused",
        "handled",
        "reviewed",
        "finding",
        "request retried",
        "rate limited",
        "will retry",
        "given up",
        "write not allowed",
        "consent ignored; not the author's own text",
        "repository added",
        "repository removed",
        "no installation reaches this repository; ignored",
    }, "the story is to have all of these in it"
    assert {line["level"] for line in lines} <= {"info", "warning", "error"}
    assert_no_secret("".join(bot.lines), simulator, pem)
    answered = {line["status"] for line in bot.events("webhook answered")}
    assert answered == {"accepted", "duplicate", "ignored", "ping"}
    for line in lines:
        assert {"event", "level", "timestamp", *FIELDS} <= set(line), line
        if line["event"] in OF_THE_PROCESS:
            assert [line[field] for field in FIELDS] == [None] * 4, line
        elif line["event"] == "webhook refused":
            # Nothing that such a webhook says could be believed.
            assert (line["installation"], line["subject"]) == (None, None), line
        else:
            assert line["delivery"], line
            if line.get("status") != "ping":
                assert line["subject"], line
        if line["event"] == "finding":
            assert line["rule"] in {one.id for one in registry.all_rules()}, line
    for line in lines:
        # A repository's own hook does not name the installation, and here there is none.
        by_own_hook = line["delivery"] == GUID + "4"
        if line["subject"] not in (None, "app") and not by_own_hook:
            assert isinstance(line["installation"], int), line
    refused = [line["delivery"] for line in bot.events("webhook refused")]
    assert refused == [GUID + "1", GUID + "2", None]
    subjects = {line["subject"] for line in lines if line["subject"]}
    installation = bot.events("repository added")[0]["installation"]
    assert subjects == {
        f"{REPOSITORY}#1",
        f"{REPOSITORY}#2",
        "app",
        REPOSITORY,
        f"installation:{installation}",
    }


def assert_no_secret(told: str, simulator: GitHubSimulator, pem: str) -> None:
    """Neither what the program was told nor what GitHub gave it."""
    tokens = [one.response["token"] for one in simulator.requests if "access_tokens" in one.path]
    assert tokens
    for secret in (SECRET, *tokens, *pem.splitlines()[1:-1]):
        assert secret not in told


@pytest.mark.exhaustive
async def test_nobody_forges_a_line_on_the_console(
    simulator: GitHubSimulator, pem: str, tmp_path: Path
) -> None:
    forged = "x\x1b[2J\n2025-06-02T12:00:00Z [error    ] forged"
    path = "peps/pep-9999\x1b[31m.rst"
    settings = environment(pem, simulator.api_url, tmp_path / "bot.sqlite3", LOG_FORMAT="console")
    async with started(settings) as bot:
        simulator.webhook_url = bot.url("/webhook")
        await simulator.install_app([REPOSITORY])
        await wait_until_idle(simulator, bot)
        ignored = json.dumps({"action": forged, "repository": {"full_name": forged}}).encode()
        assert await post(bot.url("/webhook"), ignored, "star", GUID + "1") == 202
        coloured = json.dumps({"action": "forged\x1b[31m"}).encode()
        assert await post(bot.url("/webhook"), coloured, "star", GUID + "2") == 202
        await simulator.open_pull_request(
            REPOSITORY, by=AUTHOR, title=forged, body=forged, files={**PEP_FILES, path: pep(9999)}
        )
        await wait_until_idle(simulator, bot)
        assert await bot.terminate() == 0
    text = "".join(bot.lines)
    assert "finding" in text
    assert "forged" in text, "what was ignored is told"
    assert "\x1b" not in text
    for line in text.splitlines():
        assert re.match(r"20\d\d-\d\d-\d\dT[\d:.]+Z \[(info|warning|error) *\] |    ", line), line
        assert not line.startswith("2025-06-02"), line


@pytest.mark.exhaustive
@pytest.mark.usefixtures("logs_as_they_were")
async def test_commands_say_what_they_were_asked_for_and_nothing_else(
    simulator: GitHubSimulator, pem: str, tmp_path: Path
) -> None:
    settings = environment(pem, simulator.api_url, tmp_path / "bot.sqlite3")
    async with started(settings) as bot:
        simulator.webhook_url = bot.url("/webhook")
        await simulator.install_app([REPOSITORY])
        await wait_until_idle(simulator, bot)
        simulator.fail_next(502, times=2, match="GET /app")
        simulator.secondary_rate_limit(match="GET /repos/python/peps$")
        ended = await asyncio.to_thread(command_here, settings, "doctor")
        assert ended.err == ""
        assert {line[0] for line in ended.out.splitlines()} <= {"✓", "✗", "!"}, ended.out
        assert re.search(
            r"^✓ deliveries: last received \d+ s ago, none waiting$", ended.out, re.MULTILINE
        )
        for arguments in (("list",), ("show", simulator.deliveries[0].guid)):
            ended = await asyncio.to_thread(command_here, settings, "deliveries", *arguments)
            assert (ended.code, ended.err) == (0, "")
            assert not re.search(r"\[(info|warning|error) *\]", ended.out)
