"""What others do to a pull request: those concerned are reviewed again, no others, once."""

import pytest

from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, CORE_TEAM, EDITOR, STRANGER, pep
from tests.end_to_end.dependents import (
    Queue,
    absence,
    once,
    owners_with,
    queue_up,
    queue_up_and_sweep,
    reviewed,
    sweep,
)
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import LINE, PATH, propose, set_policy

TREE = f"/repos/{REPOSITORY}/git/trees/main?recursive=1"
POLICY = ".github/pep-bot.toml"
NEW_MEMBER = "Nova First,nova,2026-01-01,,\n"


@pytest.fixture
async def queue(desk: Desk) -> Queue:
    """Pull requests of all kinds, each reviewed."""
    return await queue_up(desk)


@pytest.fixture
async def swept(desk: Desk) -> Queue:
    """The same, and the bot has looked through them."""
    return await queue_up_and_sweep(desk)


async def push(desk: Desk, files: dict[str, str | bytes | None]) -> None:
    """Push to the main branch without a pull request."""
    await desk.simulator.commit(REPOSITORY, files, by=EDITOR)
    await desk.calm()


# Claims


@pytest.mark.exhaustive
async def test_claims_given_up_and_taken_again_concern_whoever_was_told_of_them(
    desk: Desk, queue: Queue
) -> None:
    await desk.simulator.close(REPOSITORY, queue.older, by=AUTHOR)
    await desk.calm()
    # 842 is still claimed by the later, so nothing changes for who is told of 843.
    assert reviewed(desk) == once(queue.older, queue.later)
    assert "needs number" not in desk.labels(queue.later)
    desk.simulator.clear_requests()
    await desk.simulator.reopen(REPOSITORY, queue.older, by=AUTHOR)
    await desk.calm()
    assert reviewed(desk) == once(queue.older, queue.later)
    assert "needs number" in desk.labels(queue.later)
    closing = [one for one in desk.simulator.deliveries if one.action == "closed"][-1]
    desk.simulator.clear_requests()
    for _ in range(2):
        await desk.simulator.redeliver(closing.guid)
        await desk.calm()
    assert desk.reads() == [], "an event that is known already"
    await desk.simulator.close(REPOSITORY, queue.later, by=STRANGER)
    await desk.calm()
    assert reviewed(desk) == once(queue.later), "the older had the number all the time"
    desk.simulator.clear_requests()
    await desk.simulator.close(REPOSITORY, queue.older, by=AUTHOR)
    await desk.calm()
    assert reviewed(desk) == once(queue.older, queue.waiting, queue.ahead)
    assert "842 is free" in desk.comment(queue.waiting)
    assert "842 is unused too" in desk.comment(queue.ahead)


@pytest.mark.exhaustive
async def test_renumbering_concerns_the_later_claimant_and_who_was_told_of_the_new_number(
    desk: Desk, queue: Queue
) -> None:
    moved = {PATH: None, "peps/pep-0843.rst": pep(843)}
    await desk.simulator.push(REPOSITORY, queue.older, moved)
    await desk.calm()
    assert reviewed(desk) == once(queue.older, queue.later, queue.waiting, queue.ahead)
    assert "needs number" not in desk.labels(queue.later)
    assert "845 is free" in desk.comment(queue.waiting)
    assert "**Number 844** is the next free one" in desk.comment(queue.ahead)


@pytest.mark.exhaustive
async def test_merging_concerns_the_later_claimant_once_though_two_events_tell_of_it(
    desk: Desk, queue: Queue
) -> None:
    await desk.simulator.merge(REPOSITORY, queue.older, by=EDITOR)
    await desk.calm()
    counted = reviewed(desk)
    # The merged one is told of by its own event, and its number by the push.
    assert counted.pop(queue.older) <= 2
    assert counted == once(queue.later)
    assert "PEP 842 is already published" in desk.comment(queue.later)


@pytest.mark.parametrize(
    "first", [pytest.param("push", marks=pytest.mark.exhaustive), "pull_request"]
)
async def test_in_whatever_order_a_merge_is_told_the_number_is_never_called_free(
    desk: Desk, first: str
) -> None:
    older, later = await propose(desk), await propose(desk, by=STRANGER)
    closed = await propose(desk, number=845)
    desk.simulator.clear_requests()
    with desk.simulator.lost_webhooks():
        await desk.simulator.close(REPOSITORY, closed, by=AUTHOR)
    desk.simulator.hold_webhooks()
    await desk.simulator.merge(REPOSITORY, older, by=EDITOR)
    told = {delivery.event: delivery.guid for delivery in desk.simulator.deliveries[-4:]}
    url, desk.simulator.webhook_url = desk.simulator.webhook_url, "http://127.0.0.1:1/"
    await desk.simulator.release_webhooks()
    await desk.simulator.settle()
    desk.simulator.webhook_url = url
    for event in (first, *({"push", "pull_request"} - {first})):
        await desk.simulator.redeliver(told[event])
        await desk.calm()
        (view,) = desk.simulator.pull_request(REPOSITORY, later).comments
        texts = [*view.former, view.body]
        assert not any("Everything I can check is in order" in text for text in texts)
    assert reviewed(desk)[later] == 1
    assert "PEP 842 is already published" in desk.comment(later)


@pytest.mark.exhaustive
async def test_what_changes_no_claim_and_no_policy_in_force_concerns_nobody_else(
    desk: Desk, queue: Queue
) -> None:
    await desk.simulator.mark_draft(REPOSITORY, queue.older)
    await desk.calm()
    assert reviewed(desk) == once(queue.older)
    desk.simulator.clear_requests()
    newest = await propose(desk)
    assert reviewed(desk) == once(newest), "its number was claimed already"
    desk.simulator.clear_requests()
    files = {POLICY: '[labels]\nnew_pep = "fresh"\n'}
    number = await propose(desk, files=files, title="Another policy", by=EDITOR)
    assert reviewed(desk) == once(number), "it is not merged"


# Pushes


@pytest.mark.exhaustive
async def test_a_push_that_publishes_a_suggested_number_concerns_all_who_were_told_of_it(
    desk: Desk, queue: Queue
) -> None:
    await push(desk, {"peps/pep-0843.rst": pep(843)})
    # The older one's number is the next free one no more.
    assert reviewed(desk) == once(queue.older, queue.later, queue.waiting, queue.ahead)
    assert "The next free number is 845" in desk.comment(queue.later)
    assert "845 is free" in desk.comment(queue.waiting)


@pytest.mark.exhaustive
async def test_a_push_that_concerns_nobody_costs_no_read_of_a_pull_request(
    desk: Desk, queue: Queue
) -> None:
    pushes: dict[str, dict[str, str | bytes | None]] = {
        "readme": {"README.rst": "Every PEP\n"},
        "edit": {"peps/pep-0840.rst": pep(840, sponsor=None, body="Mended.")},
        "old number": {"peps/pep-0500.rst": pep(500)},
        "template": {"peps/pep-0012/pep-NNNN.rst": "PEP: NNNN\n"},
        "CODEOWNERS": {**owners_with("peps/pep-0500.rst  @ada")},
        "empty policy": {POLICY: "# Nothing but the defaults.\n"},
    }
    await desk.simulator.commit(REPOSITORY, {PATH: pep()}, by=EDITOR, branch="topic")
    await desk.calm()
    assert desk.reads() == [], "to another branch"
    for what, files in pushes.items():
        desk.simulator.clear_requests()
        await push(desk, files)
        assert reviewed(desk) == once(), what
        assert [path for path in desk.reads() if "/git/blobs/" not in path] == [TREE], what
        assert len(desk.reads()) <= 2, f"{what}: the tree, and CODEOWNERS' or the policy's text"
        assert desk.writes() == [], what


async def test_pushes_that_take_a_number_and_give_it_back_concern_its_claimants(
    desk: Desk,
) -> None:
    older, later = await propose(desk), await propose(desk, by=STRANGER)
    await propose(desk, number=700)
    desk.simulator.clear_requests()
    before = desk.simulator.tip(REPOSITORY)
    await push(desk, {PATH: pep(title="Another")})
    assert reviewed(desk) == once(older, later)
    for number in (older, later):
        assert "PEP 842 is already published" in desk.comment(number)
    desk.simulator.clear_requests()
    await desk.simulator.force_push(REPOSITORY, before, by=EDITOR)
    await desk.calm()
    assert desk.simulator.deliveries[-1].payload.get("commits", []) == []
    assert reviewed(desk) == once(older, later)
    assert "needs number" not in desk.labels(older)


@pytest.mark.exhaustive
async def test_a_line_of_codeowners_on_main_concerns_the_pep_it_is_for(desk: Desk) -> None:
    lacking = await propose(desk, line=None)
    other = await propose(desk, number=843, line=None, by=STRANGER)
    assert {"needs codeowners"} <= desk.labels(lacking) & desk.labels(other)
    desk.simulator.clear_requests()
    await push(desk, owners_with(LINE))
    assert reviewed(desk) == once(lacking)
    assert "needs codeowners" not in desk.labels(lacking)


@pytest.mark.exhaustive
async def test_a_number_published_during_the_first_review_is_noticed(desk: Desk) -> None:
    desk.simulator.latency(0.1)
    number = await propose(desk, calm=False)
    await desk.until(lambda: TREE in desk.reads())
    # Nobody knows of this pull request yet, so the push itself finds none that it concerns.
    await desk.until(lambda: any("/git/blobs/" in path for path in desk.reads()))
    await desk.simulator.commit(REPOSITORY, {PATH: pep(title="Another")}, by=EDITOR)
    await desk.calm()
    assert "PEP 842 is already published" in desk.comment(number)


# Policy


async def test_another_policy_concerns_every_open_pull_request(desk: Desk) -> None:
    new = await propose(desk)
    other = await propose(desk, files={"README.rst": "All PEPs\n"}, title="Mend", by=EDITOR)
    closed = await propose(desk, number=843)
    await desk.simulator.close(REPOSITORY, closed, by=AUTHOR)
    await desk.calm()
    desk.simulator.clear_requests()
    await set_policy(desk, '[labels]\nnew_pep = "fresh"\n')
    assert reviewed(desk) == once(new, other)
    assert "fresh" in desk.labels(new)
    desk.simulator.clear_requests()
    await set_policy(desk, '# The same in other words.\nlabels.new_pep = "fresh"\n')
    assert reviewed(desk) == once()
    await set_policy(desk, "[labels]\nnonsense = 1\n")
    assert reviewed(desk) == once(new, other), "it is no longer valid"
    assert "is not followed" in desk.comment(new)


# People


@pytest.mark.exhaustive
async def test_each_change_of_the_core_team_concerns_every_open_new_pep(
    desk: Desk, swept: Queue
) -> None:
    # What it was once is as new as what it never was.
    for text in (CORE_TEAM + NEW_MEMBER, CORE_TEAM, CORE_TEAM + NEW_MEMBER):
        desk.simulator.clear_requests()
        await desk.simulator.commit("python/devguide", {"core-team/core-team.csv": text}, by=EDITOR)
        await desk.calm()
        assert desk.reads() == [], "no webhook tells of another repository"
        await sweep(desk)
        assert reviewed(desk) == once(*swept.new_peps)
        needs_sponsor = NEW_MEMBER not in text
        assert ("awaiting sponsor" in desk.labels(swept.older)) == needs_sponsor
        await sweep(desk)
    desk.simulator.clear_requests()
    await sweep(desk)
    assert reviewed(desk) == once(), "what the bot wrote was looked at, and nothing else is new"


@pytest.mark.exhaustive
async def test_a_core_team_list_that_can_be_read_at_last_concerns_every_open_new_pep(
    desk: Desk,
) -> None:
    await desk.simulator.commit(
        "python/devguide", {"core-team/core-team.csv": None, "README.md": "Moved."}, by=EDITOR
    )
    await desk.stop()
    (desk.folder / "bot.sqlite3").unlink()
    await desk.start()
    number = await propose(desk)
    await sweep(desk)
    await desk.simulator.commit(
        "python/devguide", {"core-team/core-team.csv": CORE_TEAM}, by=EDITOR
    )
    desk.simulator.clear_requests()
    await sweep(desk)
    assert reviewed(desk) == once(number)
    assert "**Sponsor: Ada Merritt**, core developer" in desk.comment(number)


@pytest.mark.exhaustive
async def test_other_editors_concern_every_open_new_pep(desk: Desk, swept: Queue) -> None:
    await sweep(desk)
    desk.simulator.create_team("python", "other-editors", [EDITOR, STRANGER])
    desk.simulator.clear_requests()
    await push(desk, {".github/CODEOWNERS": CODEOWNERS.replace("pep-editors", "other-editors")})
    assert reviewed(desk) == once(*swept.new_peps)
    await sweep(desk)
    async with absence(desk):  # the members are read once an hour
        desk.simulator.create_team("python", "other-editors", [EDITOR, AUTHOR])
    assert reviewed(desk) == once(*swept.new_peps)


# What was missed


@pytest.mark.exhaustive
async def test_only_what_changed_while_the_bot_was_away_is_reviewed(
    desk: Desk, swept: Queue
) -> None:
    await sweep(desk)
    assert reviewed(desk) == once()
    async with absence(desk):
        pass
    assert reviewed(desk) == once()
    async with absence(desk):
        await desk.simulator.commit(REPOSITORY, {"peps/pep-0843.rst": pep(843)}, by=EDITOR)
    assert reviewed(desk) == once(swept.older, swept.later, swept.waiting, swept.ahead)
    await sweep(desk)
    async with absence(desk):
        files = {POLICY: '[labels]\nnew_pep = "fresh"\n'}
        await desk.simulator.commit(REPOSITORY, files, by=EDITOR)
    assert reviewed(desk) == once(*swept.open)


@pytest.mark.exhaustive
async def test_a_merge_while_the_bot_was_away_concerns_the_later_claimant_once(
    desk: Desk, swept: Queue
) -> None:
    async with absence(desk):
        await desk.simulator.merge(REPOSITORY, swept.older, by=EDITOR)
    counted = reviewed(desk)
    # The sweep asks whether it is really closed, and then it is reviewed.
    assert counted.pop(swept.older) == 2
    assert counted == once(swept.later)
    assert "PEP 842 is already published" in desk.comment(swept.later)
