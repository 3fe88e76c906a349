"""Repositories that are renamed or transferred, with and without an event that tells of it."""

import aiohttp
import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep
from tests.end_to_end.desk import BOT, REPLY, REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose

RENAMED = "python/enhancements"
TRANSFERRED = "psf/enhancements"


async def _say(desk: Desk, number: int, login: str, body: str, repository: str = RENAMED) -> None:
    await desk.simulator.comment(repository, number, by=login, body=body)
    await desk.calm()


def _runs(desk: Desk, number: int, repository: str = RENAMED) -> list[str | None]:
    head = desk.simulator.pull_request(repository, number).head_sha
    return [run.conclusion for run in desk.simulator.check_runs(repository, head)]


def _said(desk: Desk, number: int, repository: str = RENAMED) -> list[str]:
    comments = desk.simulator.pull_request(repository, number).comments
    return [one.body for one in comments if one.login == BOT]


async def _two(desk: Desk) -> tuple[int, int]:
    """Two new PEPs, the second with a rule skipped by an editor, and a number kept elsewhere."""
    first = await propose(desk)
    second = await propose(desk, pep(843, sponsor=None), number=843, by=STRANGER)
    assert desk.conclusions(second) == ["failure"]
    await _say(desk, second, EDITOR, "/pep skip sponsor because it is a process PEP", REPOSITORY)
    await _reserve(desk)
    assert desk.conclusions(second) != ["failure"], desk.replies(second)
    return first, second


async def _reserve(desk: Desk) -> None:
    reserve = "/pep number 850 because of an anniversary"
    await desk.simulator.open_issue(REPOSITORY, by=EDITOR, title="Numbers", body=reserve)
    await desk.calm()


@pytest.mark.parametrize("heard", [pytest.param(True, marks=pytest.mark.exhaustive), False])
async def test_a_renamed_repository_keeps_orders_numbers_and_one_check_run_on_each_head(
    desk: Desk, heard: bool
) -> None:
    first, second = await _two(desk)
    before = {number: desk.conclusions(number) for number in (first, second)}
    with desk.simulator.lost_webhooks(not heard):
        await desk.simulator.rename_repository(REPOSITORY, RENAMED, by=EDITOR)
    await desk.calm()
    for number in (first, second):
        await _say(desk, number, STRANGER, "Thanks")
        assert _runs(desk, number) == before[number]
        assert len([body for body in _said(desk, number) if REPLY not in body]) == 1
    await _say(desk, first, AUTHOR, "/pep number")
    assert "850" in _said(desk, first)[-1]
    # What was made under the former name is found by it, and there is nothing new to make.
    (run,) = desk.simulator.check_runs(
        RENAMED, desk.simulator.pull_request(RENAMED, second).head_sha
    )
    await desk.simulator.push(RENAMED, first, {PATH: pep(sponsor=None)})
    await desk.simulator.rerequest_check_run(RENAMED, run.id, by=EDITOR)
    await desk.calm()
    assert _runs(desk, first) == ["failure"]
    assert _runs(desk, second) == before[second]
    assert "accepted" in desk.answers("check_run")


async def test_pages_answer_under_the_former_name_as_long_as_the_present_may_be_shown(
    desk: Desk,
) -> None:
    number = await propose(desk)
    await desk.simulator.rename_repository(REPOSITORY, RENAMED, by=EDITOR)
    await desk.calm()
    async with aiohttp.ClientSession() as session:

        async def look(name: str) -> tuple[int, str]:
            async with session.get(desk.url(f"/{name}/pull/{number}")) as answer:
                return answer.status, await answer.text()

        status, words = await look(REPOSITORY)
        assert status == 200
        assert RENAMED in words
        assert await look(RENAMED) == (status, words)
        desk.simulator.set_private(RENAMED, private=True)
        await _say(desk, number, STRANGER, "Thanks")
        await desk.stop()
        await desk.start()
        assert (await look(REPOSITORY))[0] == (await look(RENAMED))[0] == 404


async def test_a_transferred_repository_keeps_what_is_remembered_under_another_installation(
    desk: Desk,
) -> None:
    first, second = await _two(desk)
    before = {number: desk.conclusions(number) for number in (first, second)}
    desk.simulator.create_repository("psf/other", {"README": "Other.\n"})
    there = await desk.simulator.install_app(["psf/other"])
    await desk.calm()
    await desk.simulator.rename_repository(REPOSITORY, TRANSFERRED, by=EDITOR)
    await desk.simulator.change_installation(there, add=[TRANSFERRED])
    await desk.simulator.change_installation(desk.installation, remove=[TRANSFERRED])
    await desk.calm()
    for number in (first, second):
        await _say(desk, number, STRANGER, "Thanks", TRANSFERRED)
        assert len(_runs(desk, number, TRANSFERRED)) == len(before[number]) == 1
        told = [body for body in _said(desk, number, TRANSFERRED) if REPLY not in body]
        assert len(told) == 1
    await _say(desk, first, AUTHOR, "/pep number", TRANSFERRED)
    assert "850" in _said(desk, first, TRANSFERRED)[-1]


async def test_another_repository_that_takes_the_former_name_is_another(desk: Desk) -> None:
    first = await propose(desk)
    await _reserve(desk)
    await desk.simulator.rename_repository(REPOSITORY, RENAMED, by=EDITOR)
    await desk.calm()
    desk.simulator.create_repository(REPOSITORY, {"peps/pep-0840.rst": pep(840)})
    await desk.simulator.change_installation(desk.installation, add=[REPOSITORY])
    await desk.calm()
    other = await propose(desk, number=850, line=None)
    assert other == first
    assert len(_runs(desk, other, REPOSITORY)) == 1, "not taken for that of the other repository"
    await _say(desk, first, AUTHOR, "/pep number")
    assert "850" in _said(desk, first)[-1], "still put aside where it was"
    await _say(desk, other, STRANGER, "/pep number", REPOSITORY)
    assert "anniversary" not in desk.replies(other)[-1]
