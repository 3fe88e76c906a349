"""When something elsewhere changes, exactly the pull requests that depend on it are reviewed again.

Each is reviewed once.
"""

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
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import LINE, PATH, propose, set_policy

TREE = f"/repos/{REPOSITORY}/git/trees/main?recursive=1"
POLICY = ".github/pep-bot.toml"
NEW_MEMBER = "Nova First,nova,2026-01-01,,\n"


@pytest.fixture
async def queue(harness: Harness) -> Queue:
    """Pull requests of all kinds, each reviewed."""
    return await queue_up(harness)


@pytest.fixture
async def swept(harness: Harness) -> Queue:
    """The same, and the bot has looked through them."""
    return await queue_up_and_sweep(harness)


async def push(harness: Harness, files: dict[str, str | bytes | None]) -> None:
    """Push to the main branch without a pull request."""
    await harness.simulator.commit(REPOSITORY, files, by=EDITOR)
    await harness.wait_until_idle()


# Claims


@pytest.mark.exhaustive
async def test_claims_given_up_and_taken_again_concern_whoever_was_told_of_them(
    harness: Harness, queue: Queue
) -> None:
    await harness.simulator.close(REPOSITORY, queue.older, by=AUTHOR)
    await harness.wait_until_idle()
    # 842 is still claimed by the later, so nothing changes for who is told of 843.
    assert reviewed(harness) == once(queue.older, queue.later)
    assert "needs number" not in harness.labels(queue.later)
    harness.simulator.clear_requests()
    await harness.simulator.reopen(REPOSITORY, queue.older, by=AUTHOR)
    await harness.wait_until_idle()
    assert reviewed(harness) == once(queue.older, queue.later)
    assert "needs number" in harness.labels(queue.later)
    closing = [one for one in harness.simulator.deliveries if one.action == "closed"][-1]
    harness.simulator.clear_requests()
    for _ in range(2):
        await harness.simulator.redeliver(closing.guid)
        await harness.wait_until_idle()
    assert harness.reads() == [], "an event that is known already"
    await harness.simulator.close(REPOSITORY, queue.later, by=STRANGER)
    await harness.wait_until_idle()
    assert reviewed(harness) == once(queue.later), "the older had the number all the time"
    harness.simulator.clear_requests()
    await harness.simulator.close(REPOSITORY, queue.older, by=AUTHOR)
    await harness.wait_until_idle()
    assert reviewed(harness) == once(queue.older, queue.waiting, queue.ahead)
    assert "842 is free" in harness.comment(queue.waiting)
    assert "842 is also free" in harness.comment(queue.ahead)


@pytest.mark.exhaustive
async def test_renumbering_concerns_the_later_claimant_and_who_was_told_of_the_new_number(
    harness: Harness, queue: Queue
) -> None:
    moved = {PATH: None, "peps/pep-0843.rst": pep(843)}
    await harness.simulator.push(REPOSITORY, queue.older, moved)
    await harness.wait_until_idle()
    assert reviewed(harness) == once(queue.older, queue.later, queue.waiting, queue.ahead)
    assert "needs number" not in harness.labels(queue.later)
    assert "845 is free" in harness.comment(queue.waiting)
    assert "**Number 844** is the next free one" in harness.comment(queue.ahead)


@pytest.mark.exhaustive
async def test_merging_concerns_the_later_claimant_once_though_two_events_tell_of_it(
    harness: Harness, queue: Queue
) -> None:
    await harness.simulator.merge(REPOSITORY, queue.older, by=EDITOR)
    await harness.wait_until_idle()
    counted = reviewed(harness)
    # The merged one is told of by its own event, and its number by the push.
    assert counted.pop(queue.older) <= 2
    assert counted == once(queue.later)
    assert "PEP 842 is already published" in harness.comment(queue.later)


@pytest.mark.parametrize(
    "first", [pytest.param("push", marks=pytest.mark.exhaustive), "pull_request"]
)
async def test_in_whatever_order_a_merge_is_reported_the_number_is_never_called_free(
    harness: Harness, first: str
) -> None:
    older, later = await propose(harness), await propose(harness, by=STRANGER)
    closed = await propose(harness, number=845)
    harness.simulator.clear_requests()
    with harness.simulator.lost_webhooks():
        await harness.simulator.close(REPOSITORY, closed, by=AUTHOR)
    harness.simulator.hold_webhooks()
    await harness.simulator.merge(REPOSITORY, older, by=EDITOR)
    guids = {delivery.event: delivery.guid for delivery in harness.simulator.deliveries[-4:]}
    url, harness.simulator.webhook_url = harness.simulator.webhook_url, "http://127.0.0.1:1/"
    await harness.simulator.release_webhooks()
    await harness.simulator.settle()
    harness.simulator.webhook_url = url
    for event in (first, *({"push", "pull_request"} - {first})):
        await harness.simulator.redeliver(guids[event])
        await harness.wait_until_idle()
        (view,) = harness.simulator.pull_request(REPOSITORY, later).comments
        texts = [*view.former, view.body]
        assert not any("Everything I can check is in order" in text for text in texts)
    assert reviewed(harness)[later] == 1
    assert "PEP 842 is already published" in harness.comment(later)


@pytest.mark.exhaustive
async def test_what_changes_no_claim_and_no_policy_in_force_concerns_nobody_else(
    harness: Harness, queue: Queue
) -> None:
    await harness.simulator.mark_draft(REPOSITORY, queue.older)
    await harness.wait_until_idle()
    assert reviewed(harness) == once(queue.older)
    harness.simulator.clear_requests()
    newest = await propose(harness)
    assert reviewed(harness) == once(newest), "its number was claimed already"
    harness.simulator.clear_requests()
    files = {POLICY: '[labels]\nnew_pep = "fresh"\n'}
    number = await propose(harness, files=files, title="Another policy", by=EDITOR)
    assert reviewed(harness) == once(number), "it is not merged"


# Pushes


@pytest.mark.exhaustive
async def test_a_push_that_publishes_a_suggested_number_concerns_all_who_were_told_of_it(
    harness: Harness, queue: Queue
) -> None:
    await push(harness, {"peps/pep-0843.rst": pep(843)})
    # The older one's number is the next free one no more.
    assert reviewed(harness) == once(queue.older, queue.later, queue.waiting, queue.ahead)
    assert "The next free number is 845" in harness.comment(queue.later)
    assert "845 is free" in harness.comment(queue.waiting)


@pytest.mark.exhaustive
async def test_a_push_that_concerns_nobody_costs_no_read_of_a_pull_request(
    harness: Harness, queue: Queue
) -> None:
    pushes: dict[str, dict[str, str | bytes | None]] = {
        "readme": {"README.rst": "Every PEP\n"},
        "edit": {"peps/pep-0840.rst": pep(840, sponsor=None, body="Mended.")},
        "old number": {"peps/pep-0500.rst": pep(500)},
        "template": {"peps/pep-0012/pep-NNNN.rst": "PEP: NNNN\n"},
        "CODEOWNERS": {**owners_with("peps/pep-0500.rst  @ada")},
        "empty policy": {POLICY: "# Nothing but the defaults.\n"},
    }
    await harness.simulator.commit(REPOSITORY, {PATH: pep()}, by=EDITOR, branch="topic")
    await harness.wait_until_idle()
    assert harness.reads() == [], "to another branch"
    for what, files in pushes.items():
        harness.simulator.clear_requests()
        await push(harness, files)
        assert reviewed(harness) == once(), what
        assert [path for path in harness.reads() if "/git/blobs/" not in path] == [TREE], what
        assert len(harness.reads()) <= 2, f"{what}: the tree, and CODEOWNERS' or the policy's text"
        assert harness.writes() == [], what


async def test_pushes_that_take_a_number_and_give_it_back_concern_its_claimants(
    harness: Harness,
) -> None:
    older, later = await propose(harness), await propose(harness, by=STRANGER)
    await propose(harness, number=700)
    harness.simulator.clear_requests()
    before = harness.simulator.tip(REPOSITORY)
    await push(harness, {PATH: pep(title="Another")})
    assert reviewed(harness) == once(older, later)
    for number in (older, later):
        assert "PEP 842 is already published" in harness.comment(number)
    harness.simulator.clear_requests()
    await harness.simulator.force_push(REPOSITORY, before, by=EDITOR)
    await harness.wait_until_idle()
    assert harness.simulator.deliveries[-1].payload.get("commits", []) == []
    assert reviewed(harness) == once(older, later)
    assert "needs number" not in harness.labels(older)


@pytest.mark.exhaustive
async def test_a_line_of_codeowners_on_main_concerns_the_pep_it_is_for(harness: Harness) -> None:
    lacking = await propose(harness, line=None)
    other = await propose(harness, number=843, line=None, by=STRANGER)
    assert {"needs codeowners"} <= harness.labels(lacking) & harness.labels(other)
    harness.simulator.clear_requests()
    await push(harness, owners_with(LINE))
    assert reviewed(harness) == once(lacking)
    assert "needs codeowners" not in harness.labels(lacking)


@pytest.mark.exhaustive
async def test_a_number_published_during_the_first_review_is_noticed(harness: Harness) -> None:
    harness.simulator.latency(0.1)
    number = await propose(harness, wait_until_idle=False)
    # Nobody knows of this pull request yet, so the push itself finds none that it concerns.
    await harness.until(lambda: any("/git/blobs/" in path for path in harness.reads()))
    await harness.simulator.commit(REPOSITORY, {PATH: pep(title="Another")}, by=EDITOR)
    await harness.wait_until_idle()
    assert "PEP 842 is already published" in harness.comment(number)


# Policy


async def test_another_policy_concerns_every_open_pull_request(harness: Harness) -> None:
    new = await propose(harness)
    other = await propose(harness, files={"README.rst": "All PEPs\n"}, title="Mend", by=EDITOR)
    closed = await propose(harness, number=843)
    await harness.simulator.close(REPOSITORY, closed, by=AUTHOR)
    await harness.wait_until_idle()
    harness.simulator.clear_requests()
    await set_policy(harness, '[labels]\nnew_pep = "fresh"\n')
    assert reviewed(harness) == once(new, other)
    assert "fresh" in harness.labels(new)
    harness.simulator.clear_requests()
    await set_policy(harness, '# The same in other words.\nlabels.new_pep = "fresh"\n')
    assert reviewed(harness) == once()
    await set_policy(harness, "[labels]\nnonsense = 1\n")
    assert reviewed(harness) == once(new, other), "it is no longer valid"
    assert "is not used" in harness.comment(new)


# People


@pytest.mark.exhaustive
async def test_each_change_of_the_core_team_concerns_every_open_new_pep(
    harness: Harness, swept: Queue
) -> None:
    # What it was once is as new as what it never was.
    for text in (CORE_TEAM + NEW_MEMBER, CORE_TEAM, CORE_TEAM + NEW_MEMBER):
        harness.simulator.clear_requests()
        await harness.simulator.commit(
            "python/devguide", {"core-team/core-team.csv": text}, by=EDITOR
        )
        await harness.wait_until_idle()
        assert harness.reads() == [], "no webhook tells of another repository"
        await sweep(harness)
        assert reviewed(harness) == once(*swept.new_peps)
        needs_sponsor = NEW_MEMBER not in text
        assert ("awaiting sponsor" in harness.labels(swept.older)) == needs_sponsor
        await sweep(harness)
    harness.simulator.clear_requests()
    await sweep(harness)
    assert reviewed(harness) == once(), "what the bot wrote was looked at, and nothing else is new"


@pytest.mark.exhaustive
async def test_a_core_team_list_that_can_be_read_at_last_concerns_every_open_new_pep(
    harness: Harness,
) -> None:
    await harness.simulator.commit(
        "python/devguide", {"core-team/core-team.csv": None, "README.md": "Moved."}, by=EDITOR
    )
    await harness.stop()
    (harness.folder / "bot.sqlite3").unlink()
    await harness.start()
    number = await propose(harness)
    await sweep(harness)
    await harness.simulator.commit(
        "python/devguide", {"core-team/core-team.csv": CORE_TEAM}, by=EDITOR
    )
    harness.simulator.clear_requests()
    await sweep(harness)
    assert reviewed(harness) == once(number)
    assert "**Sponsor: Ada Merritt**, core developer" in harness.comment(number)


@pytest.mark.exhaustive
async def test_other_editors_concern_every_open_new_pep(harness: Harness, swept: Queue) -> None:
    await sweep(harness)
    harness.simulator.create_team("python", "other-editors", [EDITOR, STRANGER])
    harness.simulator.clear_requests()
    await push(harness, {".github/CODEOWNERS": CODEOWNERS.replace("pep-editors", "other-editors")})
    assert reviewed(harness) == once(*swept.new_peps)
    await sweep(harness)
    async with absence(harness):  # the members are read once an hour
        harness.simulator.create_team("python", "other-editors", [EDITOR, AUTHOR])
    assert reviewed(harness) == once(*swept.new_peps)


# What was missed


@pytest.mark.exhaustive
async def test_only_what_changed_while_the_bot_was_away_is_reviewed(
    harness: Harness, swept: Queue
) -> None:
    await sweep(harness)
    assert reviewed(harness) == once()
    async with absence(harness):
        pass
    assert reviewed(harness) == once()
    async with absence(harness):
        await harness.simulator.commit(REPOSITORY, {"peps/pep-0843.rst": pep(843)}, by=EDITOR)
    assert reviewed(harness) == once(swept.older, swept.later, swept.waiting, swept.ahead)
    await sweep(harness)
    async with absence(harness):
        files = {POLICY: '[labels]\nnew_pep = "fresh"\n'}
        await harness.simulator.commit(REPOSITORY, files, by=EDITOR)
    assert reviewed(harness) == once(*swept.open)


@pytest.mark.exhaustive
async def test_a_merge_while_the_bot_was_away_concerns_the_later_claimant_once(
    harness: Harness, swept: Queue
) -> None:
    async with absence(harness):
        await harness.simulator.merge(REPOSITORY, swept.older, by=EDITOR)
    counted = reviewed(harness)
    # The sweep asks whether it is really closed, and then it is reviewed.
    assert counted.pop(swept.older) == 2
    assert counted == once(swept.later)
    assert "PEP 842 is already published" in harness.comment(swept.later)
