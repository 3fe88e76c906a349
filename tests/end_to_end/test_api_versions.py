"""A new PEP's life under each version of GitHub's REST API; all other tests use the bot's own."""

from pathlib import Path

import pytest

from bot.github.client import wire
from github_simulator.api.versions import NEWER, OLDER
from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, pep, pep_harness, with_line
from tests.end_to_end.harness import BOT, REPOSITORY
from tests.end_to_end.proposal import LINE, PATH, propose


def test_the_bot_asks_for_a_version_that_github_has() -> None:
    assert wire.API_VERSION in {OLDER, NEWER}


@pytest.mark.parametrize("version", [OLDER, NEWER])
async def test_a_new_pep_is_led_from_opened_to_merged(
    version: str, pem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "API_VERSION", version)
    async with pep_harness(tmp_path, pem) as harness:
        simulator = harness.simulator
        number = await propose(harness, pep(9999, sponsor=None, body="A\ttab."), number=9999)
        assert harness.labels(number) == {
            "new-pep",
            "needs number",
            "needs sponsor",
            "awaiting author",
        }
        assert harness.conclusions(number) == ["failure"]

        comment = await simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep fix tabs")
        await harness.wait_until_idle()
        assert harness.reactions(number, comment) == ["+1"]
        reviews = simulator.pull_request(REPOSITORY, number).reviews
        assert [(review.login, review.state) for review in reviews] == [(BOT, "COMMENTED")]

        files = {"peps/pep-9999.rst": None, PATH: pep(), ".github/CODEOWNERS": with_line(LINE)}
        await simulator.push(REPOSITORY, number, files)
        title = "PEP 842: A calmer way"
        await simulator.edit_pull_request(REPOSITORY, number, by=AUTHOR, title=title)
        await harness.wait_until_idle()
        assert harness.labels(number) == {"new-pep", "awaiting sponsor"}

        await simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
        await harness.wait_until_idle()
        assert harness.labels(number) == {"new-pep", "awaiting editor"}
        assert harness.conclusions(number) == ["success"]

        await simulator.merge(REPOSITORY, number, by=EDITOR)
        await harness.wait_until_idle()
        assert len(harness.comments(number)) == 2, "the summary, and the steps after the merge"
        read = [
            request.response
            for request in simulator.requests
            if (request.method, request.status) == ("GET", 200)
            and request.path.endswith(f"/pulls/{number}")
        ]
        assert {"merge_commit_sha" in document for document in read} == {version == OLDER}
