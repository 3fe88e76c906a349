"""Power is lost between a create on GitHub and its record: the thing is created only once.

The connection ends when GitHub has made the thing, and the process with it. A process that had the
answer and ended before it wrote it down leaves the same behind; `test_interrupted_work` cuts there.
"""

from pathlib import Path

import pytest

from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, CORE_TEAM, pep
from tests.end_to_end.harness import BOT, REPOSITORY
from tests.end_to_end.process import (
    UNTHROTTLED,
    BotProcess,
    environment,
    github,
    until,
    wait_until_idle,
)

pytestmark = pytest.mark.exhaustive

LABELS = ("awaiting author", "needs codeowners", "new-pep")


async def _start(bot: BotProcess, simulated: GitHubSimulator) -> None:
    await bot.start()
    simulated.webhook_url = bot.url("/webhook")


@pytest.mark.parametrize(
    ("create", "begun_again"),
    [
        # GitHub refuses to make a label twice, so it may be asked to.
        pytest.param(r"^POST .*/peps/labels$", True, id="label"),
        pytest.param(r"^POST .*/issues/\d+/labels$", True, id="labels of the pull request"),
        pytest.param(r"^POST .*/issues/\d+/comments$", False, id="comment"),
        pytest.param(r"^POST .*/check-runs$", False, id="check run"),
    ],
)
async def test_what_was_made_when_the_power_went_stands_once(
    pem: str, tmp_path: Path, create: str, begun_again: bool
) -> None:
    files = {".github/CODEOWNERS": CODEOWNERS}
    async with github(pem, files, CORE_TEAM) as simulated:
        bot = BotProcess(environment(pem, simulated.api_url, tmp_path / "bot.sqlite3"), UNTHROTTLED)
        try:
            await _start(bot, simulated)
            await simulated.install_app([REPOSITORY])
            await wait_until_idle(simulated, bot)
            simulated.drop_connections(create, after=True)
            number = await simulated.open_pull_request(
                REPOSITORY, by=AUTHOR, title="PEP 842: Calm", files={"peps/pep-0842.rst": pep()}
            )
            (lost,) = await until(lambda: [one for one in simulated.requests if one.status is None])
            await bot.kill()
            await _start(bot, simulated)
            await wait_until_idle(simulated, bot)
        finally:
            await bot.close()
        pull = simulated.pull_request(REPOSITORY, number)
        (comment,) = [one for one in pull.comments if one.login == BOT]
        assert "PEP 842" in comment.body
        (run,) = simulated.check_runs(REPOSITORY, pull.head_sha)
        assert run.conclusion == "neutral"
        assert sorted(pull.labels) == [*LABELS]
        names = [label.name for label in simulated.label_definitions(REPOSITORY)]
        assert len(names) == len(set(names))
        asked = [
            one
            for one in simulated.requests
            if (one.method, one.path) == (lost.method, lost.path) and one.body == lost.body
        ]
        assert begun_again or len(asked) == 1, "it was found, not made a second time"
