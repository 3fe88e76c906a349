"""Golden 18: a PEP that came without a pull request."""

from tests.end_to_end.conftest import EDITOR, pep, with_line
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose
from tests.end_to_end.test_golden_ownership import queue

PATH = "peps/pep-0850.rst"
FACT = "pushed directly, without a pull request"
BY_PUSH = "without a pull request"
EDITH = "Edith Quill <edith@python.example>"


async def push(harness: Harness, files: dict[str, str]) -> None:
    await harness.simulator.commit(REPOSITORY, files, by=EDITOR)
    await harness.wait_until_idle()


async def test_a_pep_that_was_pushed_is_one_entry_in_the_queue_and_no_comment(
    harness: Harness,
) -> None:
    harness.simulator.clear_requests()
    await push(harness, {PATH: pep(850, sponsor=None)})
    assert harness.writes() == []
    assert FACT not in await queue(harness), "the merge of a pull request may still become known"
    (line,) = [one for one in (await queue(harness, days=2)).splitlines() if FACT in one]
    assert line.startswith(f"  PEP 850 A calmer way: {FACT}: no sponsor, no CODEOWNERS line, since")
    await push(harness, {".github/CODEOWNERS": with_line(f"{PATH}  @edith")})
    assert f"{FACT}: no sponsor, since" in await queue(harness, days=2)
    await push(harness, {PATH: pep(850)})
    assert BY_PUSH not in await queue(harness, days=2)
    assert harness.writes() == []


async def test_a_decision_that_was_pushed_is_an_entry_too(
    harness: Harness,
) -> None:
    accepted = pep(840, author=EDITH, sponsor=None, status="Accepted")
    await push(harness, {"peps/pep-0840.rst": accepted})
    fact = "marked as Accepted by a push, without a pull request: no `Resolution`, since"
    assert fact in await queue(harness, days=2)
    assert harness.writes() == []


async def test_what_a_merged_pull_request_brought_is_silent(harness: Harness) -> None:
    number = await propose(harness, pep(sponsor=None), line=None)
    await harness.simulator.merge(REPOSITORY, number, by=EDITOR)
    await harness.wait_until_idle()
    assert BY_PUSH not in await queue(harness, days=2)


async def test_it_is_silent_whichever_event_of_a_merge_comes_first(harness: Harness) -> None:
    for reverse, pep_number in ((False, 842), (True, 843)):
        text = pep(pep_number, sponsor=None)
        number = await propose(harness, text, number=pep_number, line=None)
        harness.simulator.hold_webhooks()
        await harness.simulator.merge(REPOSITORY, number, by=EDITOR)
        await harness.simulator.release_webhooks(reverse=reverse)
        await harness.wait_until_idle()
        assert BY_PUSH not in await queue(harness, days=2)


async def test_edits_and_release_schedules_are_silent(harness: Harness) -> None:
    schedule = pep(850, author=EDITH, sponsor=None, headers="Topic: Release\n", status="Active")
    await push(harness, {PATH: schedule})
    edited = pep(840, author=EDITH, sponsor=None, body="This PEP proposes less.")
    await push(harness, {"peps/pep-0840.rst": edited})
    assert BY_PUSH not in await queue(harness, days=2)


async def test_a_pep_that_lacks_nothing_is_silent(harness: Harness) -> None:
    files = {PATH: pep(850), ".github/CODEOWNERS": with_line(f"{PATH}  @ada")}
    await push(harness, files)
    assert BY_PUSH not in await queue(harness, days=2)
