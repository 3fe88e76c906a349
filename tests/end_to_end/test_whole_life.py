"""A PEP's whole life: merged, forgotten, reminded of, discussed, submitted, decided, done.

The test sets the clock. Every change of the PEP is a patch that the bot made, and every form is one
that the bot's link opens.
"""

import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.cli.queue import queue_json, read_queues
from bot.peps.dates import format_pep_date
from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, Days, pep
from tests.end_to_end.council import (
    COUNCIL,
    council_writes,
    open_council,
    submit,
    summary,
)
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose
from tests.end_to_end.test_prepare import published, say
from tests.end_to_end.test_reminders import later, reminders
from tests.review.applying_fixes import patch_in, with_patch

THREAD = "https://discuss.python.org/t/a-calmer-way/1234"
POST = "https://discuss.python.org/t/1234/56"
RELEASES = "peps/pep-0790.rst"
LINK = re.compile(r"\]\((https://[^)]+)\)")


class PepLife:
    """The PEP, as its people and the clock move it on."""

    def __init__(self, harness: Harness, clock: Days, folder: Path) -> None:
        self.harness, self.clock, self.folder = harness, clock, folder

    def today(self) -> str:
        return format_pep_date(self.clock().date())

    async def sent(self, reply: str, title: str, *, blanks: tuple[str, str] = ("", "")) -> int:
        """Open a pull request with the patch of a reply, its blanks filled in."""
        assert f"`{title}`" in reply, reply
        before = {PATH: published(self.harness)}
        after = with_patch(self.folder / title.replace(" ", "-"), before, patch_in(reply))[PATH]
        number = await self.harness.simulator.open_pull_request(
            REPOSITORY, by=AUTHOR, title=title, files={PATH: after.replace(*blanks)}
        )
        await self.harness.wait_until_idle()
        assert self.harness.conclusions(number) == ["success"], summary(self.harness, number)
        assert self.harness.comments(number) == []
        return number

    async def merge(self, number: int) -> None:
        await self.harness.simulator.merge(REPOSITORY, number, by=EDITOR)
        await self.harness.wait_until_idle()

    async def queue(self) -> tuple[list[str], list[str | None]]:
        """What the command line tells of the PEP: follow-ups, and where it awaits a decision."""
        page_or_comment = await read_queues(self.harness.settings().database_url, self.clock)
        (here,) = [
            one
            for one in map(json.loads, queue_json(page_or_comment).splitlines())
            if one["repository"] == REPOSITORY
        ]
        return (
            [one["kind"] for one in here["follow_ups"] if one["pep"] == 842],
            [one["issue"] for one in here["awaiting_decision"] if one["pep"] == 842],
        )


@pytest.mark.exhaustive
async def test_from_draft_to_final_nothing_is_forgotten_and_nothing_said_twice(
    harness: Harness, clock: Days, tmp_path: Path
) -> None:
    life = PepLife(harness, clock, tmp_path)
    await open_council(harness)

    # A new PEP, merged; its thread is forgotten.
    first = await propose(harness, pep(body="Words."))
    await harness.simulator.review(REPOSITORY, first, by=SPONSOR, state="approved")
    await harness.wait_until_idle()
    await life.merge(first)
    steps = harness.comments(first)[-1]
    assert "<!-- pep-bot:merged -->" in steps
    await later(harness, clock, 6)
    assert harness.writes() == []
    await later(harness, clock, 2)
    assert len(reminders(harness, first)) == 1
    assert await life.queue() == (["thread-missing"], [])
    await later(harness, clock, 3)
    assert harness.writes() == []

    # It is set by the patch that the bot makes of the link.
    reply = await say(harness, first, f"/pep thread {THREAD} {life.today()}", by=AUTHOR)
    await life.merge(await life.sent(reply, "PEP 842: Add Discussions-To and Post-History"))
    assert "Discussions-To: https://discuss.python.org/t/1234\n" in published(harness)
    await later(harness, clock, 30)
    assert harness.writes() == []
    assert await life.queue() == ([], [])

    # It is handed to the Steering Council with the form that the bot fills in and does not send.
    reply = await say(harness, first, "/pep submit", by=SPONSOR)
    (form,) = [url for url in LINK.findall(reply) if f"/{COUNCIL}/issues/new?" in url]
    filled = {name: value for name, (value,) in parse_qs(urlsplit(form).query).items()}
    assert filled["template"] == "pep-submission.md"
    assert council_writes(harness) == []
    issue = await submit(harness, 842, by=SPONSOR, title=filled["title"])
    url = f"https://github.com/{COUNCIL}/issues/{issue}"
    assert await life.queue() == ([], [url])
    update = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title="PEP 842: Say it better",
        files={PATH: published(harness).replace("Words.", "Better words.")},
    )
    await harness.wait_until_idle()
    assert f"[issue #{issue}]({url}), open since" in summary(harness, update)
    await life.merge(update)

    # The issue is closed, and for a while nobody records what was decided.
    await later(harness, clock, 20)
    await harness.simulator.close(COUNCIL, issue, by=EDITOR)
    await harness.wait_until_idle()
    await later(harness, clock, 15)
    assert (await life.queue())[0] == ["decision-unrecorded"]
    assert harness.writes() == []

    # The decision: the patch has it, the check finds all that shows it.
    reply = await say(harness, first, f"/pep prepare accepted {POST} {life.today()}", by=AUTHOR)
    assert "**Who decides:** the Steering Council." in reply
    decision = await life.sent(reply, "PEP 842: Mark as Accepted")
    page_or_comment = summary(harness, decision)
    assert "PEP 842: Draft to Accepted, with a dated Resolution." in page_or_comment
    await life.merge(decision)
    assert await life.queue() == ([], [])

    # Python 3.16 is in beta, and nobody thought of Final.
    days = [f"{clock() + timedelta(days=passed):%Y-%m-%d}" for passed in (20, 120)]
    schedule = pep(
        790,
        author="Edith Quill <e@x.example>",
        sponsor=None,
        status="Active",
        headers="Topic: Release\n",
        body=f"- 3.16.0 beta 1: Monday, {days[0]}\n- 3.16.0 final: Monday, {days[1]}",
    )
    await harness.simulator.commit(REPOSITORY, {RELEASES: schedule}, by=EDITOR)
    await harness.wait_until_idle()
    await later(harness, clock, 10)
    assert await life.queue() == ([], [])
    await later(harness, clock, 20)
    assert await life.queue() == (["not-final"], [])

    reply = await say(harness, first, "/pep prepare final", by=AUTHOR)
    label = ("label-in-the-docs", "library/calm")
    final = await life.sent(reply, "PEP 842: Mark as Final", blanks=label)
    await life.merge(final)
    await later(harness, clock, 60)
    assert await life.queue() == ([], [])

    # All in all: the review's comment, the next steps, one reminder; and not a word to the council.
    assert len(harness.comments(first)) == 3
    assert harness.simulator.pull_request(COUNCIL, issue).comments == []
