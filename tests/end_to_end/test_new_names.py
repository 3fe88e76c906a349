"""Repositories that are renamed or transferred, with and without the event for it."""

import aiohttp
import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep
from tests.end_to_end.harness import BOT, REPLY, REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose

RENAMED = "python/enhancements"
TRANSFERRED = "psf/enhancements"


async def _say(
    harness: Harness, number: int, login: str, body: str, repository: str = RENAMED
) -> None:
    await harness.simulator.comment(repository, number, by=login, body=body)
    await harness.wait_until_idle()


def _runs(harness: Harness, number: int, repository: str = RENAMED) -> list[str | None]:
    head = harness.simulator.pull_request(repository, number).head_sha
    return [run.conclusion for run in harness.simulator.check_runs(repository, head)]


def _said(harness: Harness, number: int, repository: str = RENAMED) -> list[str]:
    comments = harness.simulator.pull_request(repository, number).comments
    return [one.body for one in comments if one.login == BOT]


async def _two(harness: Harness) -> tuple[int, int]:
    """Two new PEPs, the second with a rule skipped by an editor, and a number kept elsewhere."""
    first = await propose(harness)
    second = await propose(harness, pep(843, sponsor=None), number=843, by=STRANGER)
    assert harness.conclusions(second) == ["failure"]
    await _say(harness, second, EDITOR, "/pep skip sponsor because it is a process PEP", REPOSITORY)
    await _reserve(harness)
    assert harness.conclusions(second) != ["failure"], harness.replies(second)
    return first, second


async def _reserve(harness: Harness) -> None:
    reserve = "/pep number 850 because of an anniversary"
    await harness.simulator.open_issue(REPOSITORY, by=EDITOR, title="Numbers", body=reserve)
    await harness.wait_until_idle()


@pytest.mark.parametrize("received", [pytest.param(True, marks=pytest.mark.exhaustive), False])
async def test_a_renamed_repository_keeps_orders_numbers_and_one_check_run_on_each_head(
    harness: Harness, received: bool
) -> None:
    first, second = await _two(harness)
    before = {number: harness.conclusions(number) for number in (first, second)}
    with harness.simulator.lost_webhooks(not received):
        await harness.simulator.rename_repository(REPOSITORY, RENAMED, by=EDITOR)
    await harness.wait_until_idle()
    for number in (first, second):
        await _say(harness, number, STRANGER, "Thanks")
        assert _runs(harness, number) == before[number]
        assert len([body for body in _said(harness, number) if REPLY not in body]) == 1
    await _say(harness, first, AUTHOR, "/pep number")
    assert "850" in _said(harness, first)[-1]
    # What was made under the former name is found by it, and there is nothing new to make.
    (run,) = harness.simulator.check_runs(
        RENAMED, harness.simulator.pull_request(RENAMED, second).head_sha
    )
    await harness.simulator.push(RENAMED, first, {PATH: pep(sponsor=None)})
    await harness.simulator.rerequest_check_run(RENAMED, run.id, by=EDITOR)
    await harness.wait_until_idle()
    assert _runs(harness, first) == ["failure"]
    assert _runs(harness, second) == before[second]
    assert "accepted" in harness.answers("check_run")


async def test_pages_answer_under_the_former_name_as_long_as_the_present_may_be_shown(
    harness: Harness,
) -> None:
    number = await propose(harness)
    await harness.simulator.rename_repository(REPOSITORY, RENAMED, by=EDITOR)
    await harness.wait_until_idle()
    async with aiohttp.ClientSession() as session:

        async def look(name: str) -> tuple[int, str]:
            async with session.get(harness.url(f"/{name}/pull/{number}")) as answer:
                return answer.status, await answer.text()

        status, words = await look(REPOSITORY)
        assert status == 200
        assert RENAMED in words
        assert await look(RENAMED) == (status, words)
        harness.simulator.set_private(RENAMED, private=True)
        await _say(harness, number, STRANGER, "Thanks")
        await harness.stop()
        await harness.start()
        assert (await look(REPOSITORY))[0] == (await look(RENAMED))[0] == 404


async def test_a_transferred_repository_keeps_what_is_remembered_under_another_installation(
    harness: Harness,
) -> None:
    first, second = await _two(harness)
    before = {number: harness.conclusions(number) for number in (first, second)}
    harness.simulator.create_repository("psf/other", {"README": "Other.\n"})
    there = await harness.simulator.install_app(["psf/other"])
    await harness.wait_until_idle()
    await harness.simulator.rename_repository(REPOSITORY, TRANSFERRED, by=EDITOR)
    await harness.simulator.change_installation(there, add=[TRANSFERRED])
    await harness.simulator.change_installation(harness.installation, remove=[TRANSFERRED])
    await harness.wait_until_idle()
    for number in (first, second):
        await _say(harness, number, STRANGER, "Thanks", TRANSFERRED)
        assert len(_runs(harness, number, TRANSFERRED)) == len(before[number]) == 1
        own_comments = [body for body in _said(harness, number, TRANSFERRED) if REPLY not in body]
        assert len(own_comments) == 1
    await _say(harness, first, AUTHOR, "/pep number", TRANSFERRED)
    assert "850" in _said(harness, first, TRANSFERRED)[-1]


async def test_another_repository_that_takes_the_former_name_is_another(harness: Harness) -> None:
    first = await propose(harness)
    await _reserve(harness)
    await harness.simulator.rename_repository(REPOSITORY, RENAMED, by=EDITOR)
    await harness.wait_until_idle()
    harness.simulator.create_repository(REPOSITORY, {"peps/pep-0840.rst": pep(840)})
    await harness.simulator.change_installation(harness.installation, add=[REPOSITORY])
    await harness.wait_until_idle()
    other = await propose(harness, number=850, line=None)
    assert other == first
    assert len(_runs(harness, other, REPOSITORY)) == 1, "not taken for that of the other repository"
    await _say(harness, first, AUTHOR, "/pep number")
    assert "850" in _said(harness, first)[-1], "still reserved where it was"
    await _say(harness, other, STRANGER, "/pep number", REPOSITORY)
    assert "anniversary" not in harness.replies(other)[-1]
