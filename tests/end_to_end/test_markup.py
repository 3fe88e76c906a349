"""Text that is no reStructuredText is told on its line; text that is too much is told as that."""

import pytest

from bot.peps.markup import Markup
from tests.end_to_end.conftest import AUTHOR, EDITOR, pep, with_line
from tests.end_to_end.desk import REPOSITORY, Desk

PATH = "peps/pep-0842.rst"
OWNERS = {".github/CODEOWNERS": with_line("peps/pep-0842.rst  @ada")}


async def opened(desk: Desk, body: str) -> int:
    number = await desk.simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title="PEP 842: A calmer way",
        files={PATH: pep(body=body), **OWNERS},
    )
    await desk.calm()
    return number


async def test_what_docutils_cannot_read_is_told_on_its_line_and_taken_back(desk: Desk) -> None:
    number = await opened(desk, "A reference_ to @everyone.")
    (note,) = desk.annotations(number)
    assert note[:3] == (PATH, pep().split("\n").index("Abstract") + 4, "warning")
    assert "Unknown target name" in note[3]
    assert "**Mend the reStructuredText" in desk.comment(number)
    await desk.simulator.push(
        REPOSITORY, number, {PATH: pep(body="A reference_.\n\n.. _reference: https://a.example")}
    )
    await desk.calm()
    assert desk.annotations(number) == []
    assert "reStructuredText," in desk.comment(number), "in the fold, as checked"


@pytest.mark.exhaustive
async def test_a_repository_may_switch_it_off(desk: Desk) -> None:
    await desk.simulator.commit(
        REPOSITORY, {".github/pep-bot.toml": '[rules]\nmarkup = "off"\n'}, EDITOR
    )
    await desk.calm()
    assert desk.annotations(await opened(desk, "A reference_.")) == []


class Overwhelmed:
    """Comes to no end with any text."""

    async def read(self, text: str) -> Markup:
        return Markup(gave_up="it took longer than 10 s")


@pytest.mark.exhaustive
async def test_a_text_that_takes_too_long_is_reviewed_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.stop()
    monkeypatch.setattr("tests.end_to_end.desk.shared_reader", Overwhelmed)
    await desk.start()
    number = await opened(desk, "Words.")
    (note,) = desk.annotations(number)
    assert note[:3] == (PATH, 1, "notice")
    assert "it took longer than 10 s" in note[3]
    assert desk.labels(number) >= {"new-pep"}
    assert desk.conclusions(number) == ["neutral"]


@pytest.mark.exhaustive
async def test_a_server_has_a_process_of_its_own_for_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.stop()
    monkeypatch.setattr("tests.end_to_end.desk.shared_reader", lambda: None)
    await desk.start()
    assert "reference" in desk.annotations(await opened(desk, "A reference_."))[0][3]
