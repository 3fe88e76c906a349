"""The demo ends with what its story says, and notices when it does not come true."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.demo.run import run_demo
from bot.demo.story import STORY
from bot.settings import Settings


def _demo(*arguments: str) -> Result:
    # A newcomer's: none of the settings that the server needs, and a port that is not free.
    unset = dict.fromkeys(name.upper() for name in Settings.model_fields)
    return CliRunner().invoke(
        main, ["demo", *arguments], env=unset | {"PORT": "1", "GH_SECRET": ",,"}
    )


@pytest.mark.usefixtures("logs_as_they_were")
def test_once_it_ends_with_0_and_shows_every_step() -> None:
    ended = _demo("--once")
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "Everything worked." in ended.stdout
    flowing = " ".join(ended.stdout.split())
    for step in STORY:
        assert step.sentence in flowing


@pytest.mark.usefixtures("logs_as_they_were")
def test_a_taken_port_is_named_without_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = _demo("--once", "--port", str(taken.getsockname()[1]))
    assert ended.exit_code == 2
    (line,) = ended.stderr.splitlines()
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


def test_sigterm_ends_it_and_its_folder_is_removed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "demo"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as running:
        assert running.stdout is not None
        assert running.stdout.readline(), "it began"
        assert [one.name[:13] for one in tmp_path.iterdir()] == ["pep-bot-demo-"]
        running.terminate()
        running.stdout.read()
        assert running.wait() == 0
    assert list(tmp_path.iterdir()) == []
