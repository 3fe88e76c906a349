"""Files that changed since the policy was compared with them are entries in the queue."""

from datetime import UTC, date, datetime, timedelta

from bot.handlers.events import Job
from bot.handlers.jobs import job_of
from bot.inbox.delivery import DeliveryState, utc_now
from bot.review.subject import Repository
from tests.end_to_end.conftest import EDITOR, STRANGER
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import set_policy
from tests.end_to_end.test_golden_ownership import queue
from tests.end_to_end.test_pages import get_page

COUNCIL = "python/typing-council"
HISTORY = f"https://github.com/{COUNCIL}/commits/HEAD/README.md"
OTHERS = ("core-team", "pep-13", "standing-delegations")
TODAY = datetime.now(UTC).date()
BEFORE, AFTER = TODAY - timedelta(days=1), TODAY + timedelta(days=7)


async def compared(harness: Harness, day: object) -> None:
    """Have the policy agree with the council's file as of a day, and with the others for ever."""
    tables = "".join(f"[sources.{name}]\nas_of = {date.max}\n" for name in OTHERS)
    await set_policy(harness, f"{tables}[sources.typing-council]\nas_of = {day}\n")


async def look(harness: Harness, cause: str) -> list[tuple[int | None, str]]:
    """The answers that a day's look gets for the council's file, and as whom it asked."""
    assert harness.server is not None
    harness.simulator.clear_requests()
    repository = Repository(REPOSITORY, harness.installation)
    job = job_of(Job.SOURCES, repository, cause, utc_now())
    await harness.server.inbox.accept(job)
    await harness.wait_until_idle()
    (done,) = [
        one.state
        for one in await harness.server.inbox.records(limit=10_000)
        if one.delivery.id == job.id
    ]
    assert done is DeliveryState.DONE
    assert harness.writes() == []
    return [
        (one.status, one.authorization_kind)
        for one in harness.simulator.requests
        if one.path.startswith(f"/repos/{COUNCIL}/commits?")
    ]


async def test_a_file_that_changed_is_an_entry_until_the_policy_gives_a_later_day(
    harness: Harness,
) -> None:
    harness.simulator.create_repository(COUNCIL, {"README.md": "Members\n"})
    await compared(harness, BEFORE)
    assert HISTORY not in await queue(harness), "nobody has looked yet"
    assert await look(harness, "monday") == [(200, "anonymous")]
    (line,) = [one for one in (await queue(harness)).splitlines() if HISTORY in one]
    assert line == f"  {HISTORY} changed on {TODAY:%d-%b-%Y}; the policy is as of {BEFORE:%d-%b-%Y}"
    _, words = await get_page(harness)
    assert f"{COUNCIL}/README.md changed on {TODAY:%d-%b-%Y}; the policy is as of" in words
    assert await look(harness, "tuesday") == [(304, "anonymous")]
    assert HISTORY in await queue(harness)
    await compared(harness, AFTER)
    assert HISTORY not in await queue(harness), "at once, without another look"


async def test_an_unchanged_file_is_silent_and_asked_for_conditionally_after_a_restart_too(
    harness: Harness,
) -> None:
    harness.simulator.create_repository(COUNCIL, {"README.md": "Members\n"})
    await compared(harness, AFTER)
    assert await look(harness, "monday") == [(200, "anonymous")]
    await harness.stop()
    await harness.start()
    await harness.wait_until_idle()
    assert await look(harness, "tuesday") == [(304, "anonymous")]
    assert HISTORY not in await queue(harness)


async def test_an_editor_dismisses_a_change_until_the_next(harness: Harness) -> None:
    harness.simulator.create_repository(COUNCIL, {"README.md": "Members\n"})
    await compared(harness, BEFORE)
    await look(harness, "monday")
    issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Hi", body="")
    for who, is_listed in ((STRANGER, True), (EDITOR, False)):
        await harness.simulator.comment(REPOSITORY, issue, by=who, body="/pep not-yet sources")
        await harness.wait_until_idle()
        assert (HISTORY in await queue(harness)) is is_listed
    await harness.simulator.commit(COUNCIL, {"LICENSE": "Free\n"}, by=STRANGER)
    await look(harness, "tuesday")
    assert HISTORY not in await queue(harness), "another file of that repository"
    await harness.simulator.commit(COUNCIL, {"README.md": "Others\n"}, by=STRANGER)
    assert await look(harness, "wednesday") == [(200, "anonymous")]
    assert HISTORY in await queue(harness)


async def test_a_file_that_cannot_be_read_breaks_nothing_and_the_queue_says_so(
    harness: Harness,
) -> None:
    await compared(harness, BEFORE)
    assert await look(harness, "monday") == [(404, "anonymous"), (404, "token")]
    unread = f"{HISTORY} I cannot read it; the policy is as of {BEFORE:%d-%b-%Y}"
    assert unread in await queue(harness)
    await set_policy(harness, '[reminders]\nsource_changed = "off"\n')
    assert await look(harness, "tuesday") == []
    assert "Sources of the policy" not in await queue(harness)


async def test_what_was_known_stays_while_requests_are_limited_and_no_delivery_fails(
    harness: Harness,
) -> None:
    harness.simulator.create_repository(COUNCIL, {"README.md": "Members\n"})
    await compared(harness, BEFORE)
    await look(harness, "monday")
    limited = {"retry-after": "3600"}
    harness.simulator.fail_next(
        429, times=2, match=f"GET /repos/{COUNCIL}/commits", headers=limited
    )
    assert [status for status, _ in await look(harness, "tuesday")] == [429, 429]
    assert HISTORY in await queue(harness)
