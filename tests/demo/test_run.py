"""The demo ends with what its story says, and notices when it does not come true."""

import asyncio
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.demo.run import run_demo
from bot.demo.story import STORY

CHECKOUT = Path(__file__).resolve().parents[2]


async def _demo(*arguments: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
        *arguments,
        cwd=CHECKOUT,
        # A newcomer's: none of the settings that the server needs, and a port that is not free.
        env={"PATH": os.environ.get("PATH", ""), "PORT": "1", "GH_SECRET": ",,"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_once_it_ends_with_0_and_shows_every_step() -> None:
    code, out, err = await _demo("--once")
    assert (code, err) == (0, "")
    assert "Everything went as it should." in out
    flowing = " ".join(out.split())
    for step in STORY:
        assert step.words in flowing


@pytest.mark.exhaustive
async def test_a_taken_port_is_named_without_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = await _demo("--once", "--port", str(taken.getsockname()[1]))
    assert code == 2
    (line,) = err.splitlines()
    assert "cannot listen on 127.0.0.1" in line


async def test_a_story_that_does_not_come_true_is_a_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = STORY[0]
    wrong = {
        name: replace(expected, labels=frozenset({"no such label"}), conclusion="success")
        for name, expected in first.expected.items()
    }
    assert not await run_demo(once=True, port=0, story=[replace(first, expected=wrong)])
    told = " ".join(capsys.readouterr().out.split())
    assert "expected ['no such label']" in told
    assert "the check is failure, expected success" in told
    assert "Something went wrong" in told
