"""The demo ends with what its story says, and notices when it does not come true."""

import socket
from dataclasses import replace

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
    assert "Everything went as it should." in ended.stdout
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
