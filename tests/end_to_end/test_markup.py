"""Invalid reStructuredText is reported on its line, and text that takes too long as such."""

import pytest

from bot.peps.change import Markup
from tests.end_to_end.conftest import AUTHOR, EDITOR, pep, with_line
from tests.end_to_end.harness import REPOSITORY, Harness

PATH = "peps/pep-0842.rst"
OWNERS = {".github/CODEOWNERS": with_line("peps/pep-0842.rst  @ada")}


async def opened(harness: Harness, body: str) -> int:
    number = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title="PEP 842: A calmer way",
        files={PATH: pep(body=body), **OWNERS},
    )
    await harness.wait_until_idle()
    return number


async def test_what_docutils_cannot_read_is_reported_on_its_line_and_taken_back(
    harness: Harness,
) -> None:
    number = await opened(harness, "A reference_ to @everyone.")
    (note,) = harness.annotations(number)
    assert note[:3] == (PATH, pep().split("\n").index("Abstract") + 4, "warning")
    assert "Unknown target name" in note[3]
    assert "**Fix the reStructuredText" in harness.comment(number)
    await harness.simulator.push(
        REPOSITORY, number, {PATH: pep(body="A reference_.\n\n.. _reference: https://a.example")}
    )
    await harness.wait_until_idle()
    assert harness.annotations(number) == []
    assert "reStructuredText," in harness.comment(number), "in the fold, as checked"


@pytest.mark.exhaustive
async def test_a_repository_may_switch_it_off(harness: Harness) -> None:
    await harness.simulator.commit(
        REPOSITORY, {".github/pep-bot.toml": '[rules]\nmarkup = "off"\n'}, EDITOR
    )
    await harness.wait_until_idle()
    assert harness.annotations(await opened(harness, "A reference_.")) == []


class Overwhelmed:
    """Comes to no end with any text."""

    async def read(self, text: str) -> Markup:
        return Markup(incomplete_reason="it took longer than 10 s")


@pytest.mark.exhaustive
async def test_a_text_that_takes_too_long_is_reviewed_all_the_same(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.stop()
    monkeypatch.setattr("tests.end_to_end.harness.shared_reader", Overwhelmed)
    await harness.start()
    number = await opened(harness, "Words.")
    (note,) = harness.annotations(number)
    assert note[:3] == (PATH, 1, "notice")
    assert "it took longer than 10 s" in note[3]
    assert harness.labels(number) >= {"new-pep"}
    assert harness.conclusions(number) == ["neutral"]


@pytest.mark.exhaustive
async def test_a_server_has_a_process_of_its_own_for_it(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.stop()
    monkeypatch.setattr("tests.end_to_end.harness.shared_reader", lambda: None)
    await harness.start()
    assert "reference" in harness.annotations(await opened(harness, "A reference_."))[0][3]
