"""What reviews cost in requests to GitHub."""

from tests.end_to_end.conftest import AUTHOR, EDITOR, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import LINE, PATH, propose


def review_writes(desk: Desk) -> list[tuple[str, str]]:
    """Writes but for the making of labels, which happens once in a repository."""
    return [write for write in desk.writes() if write != ("POST", f"/repos/{REPOSITORY}/labels")]


async def warm(desk: Desk) -> int:
    """A reviewed pull request, so that tree, policy, people and token are at hand."""
    number = await propose(desk)
    desk.simulator.clear_requests()
    return number


async def test_a_new_pep_costs_six_reads_and_at_most_four_writes_when_warm(desk: Desk) -> None:
    await warm(desk)
    await propose(desk, number=843)
    assert len(desk.reads()) <= 6, desk.reads()
    assert len(review_writes(desk)) <= 4, desk.writes()


async def test_mending_a_pull_request_costs_no_more(desk: Desk) -> None:
    number = await propose(desk, pep(sponsor=None), line=None)
    desk.simulator.clear_requests()
    await desk.simulator.push(
        REPOSITORY, number, {PATH: pep(), ".github/CODEOWNERS": f"* @python/pep-editors\n{LINE}\n"}
    )
    await desk.calm()
    assert len(desk.reads()) <= 6, desk.reads()
    assert len(review_writes(desk)) <= 4, desk.writes()


async def test_the_first_review_of_a_cold_bot_costs_sixteen_and_one_per_open_pull_request(
    desk: Desk,
) -> None:
    await desk.simulator.uninstall_app(desk.installation)
    others = [await propose(desk, number=number) for number in (843, 844, 845)]
    await desk.stop()
    (desk.folder / "bot.sqlite3").unlink()
    await desk.start()
    desk.simulator.clear_requests()
    await desk.simulator.install_app([REPOSITORY])
    number = await propose(desk)
    assert desk.conclusions(number) == ["neutral"]
    assert len(desk.reads()) <= 16 + len(others), desk.reads()
    assert len(review_writes(desk)) <= 4, desk.writes()
    assert [desk.comments(other) for other in others] == [[], [], []]


async def test_a_delivery_that_comes_again_costs_nothing(desk: Desk) -> None:
    await warm(desk)
    (opened,) = [d for d in desk.simulator.deliveries if d.action == "opened"]
    await desk.simulator.redeliver(opened.guid)
    await desk.calm()
    assert desk.simulator.requests == ()
    assert opened.attempts[-1].status_code == 202


async def test_a_push_of_nothing_new_costs_two_reads_and_the_check_run(desk: Desk) -> None:
    number = await warm(desk)
    await desk.simulator.push(REPOSITORY, number, {"peps/pep-0842/figure.svg": "<svg/>\n"})
    await desk.calm()
    assert len(desk.reads()) == 2, desk.reads()
    assert desk.writes() == [("POST", f"/repos/{REPOSITORY}/check-runs")]


async def test_an_infrastructure_pull_request_costs_two_reads(desk: Desk) -> None:
    await warm(desk)
    await desk.simulator.open_pull_request(
        REPOSITORY, by=EDITOR, title="Mend the build", files={"Makefile": "all:\n"}
    )
    await desk.calm()
    assert len(desk.reads()) == 2, desk.reads()
    assert desk.writes() == []


async def test_talk_costs_three_reads_and_a_second_comment_writes_nothing(desk: Desk) -> None:
    number = await warm(desk)
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Thanks!")
    await desk.calm()
    assert len(desk.reads()) <= 6, desk.reads()
    assert desk.writes() == []
