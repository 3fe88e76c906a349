"""The one comment on a submission, if the policy wants it: edited in place, never doubled."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.handlers.events import Job
from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep
from tests.end_to_end.council import (
    COUNCIL,
    MARKER,
    TYPING,
    bot_comments,
    council_writes,
    open_council,
    submit,
)
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import set_policy
from tests.end_to_end.test_queue_issue import lose_store

ON = "[council]\nline = true\n"
COMMENTS = f"/repos/{COUNCIL}/issues/1/comments"
THREADS = (
    "Discussions-To: https://discuss.python.org/t/1234\n"
    "Post-History: `01-Mar-2025 <https://discuss.python.org/t/1234>`__\n"
)


def text(body: str = "Something.", *, headers: str = "", status: str = "Draft") -> str:
    return pep(
        840,
        author="Edith Quill <edith@python.example>",
        sponsor=None,
        body=body,
        headers=headers,
        status=status,
    )


async def commit(harness: Harness, files: Mapping[str, str]) -> None:
    harness.simulator.clear_requests()
    await harness.simulator.commit(REPOSITORY, dict(files), by=EDITOR)
    await harness.wait_until_idle()


async def set_840(harness: Harness, written: str) -> None:
    await commit(harness, {"peps/pep-0840.rst": written})


async def with_line(harness: Harness) -> None:
    """The council's repository, with the line on."""
    await set_policy(harness, ON)
    await open_council(harness)


@pytest.mark.exhaustive
async def test_the_line_is_off_by_default(harness: Harness) -> None:
    await open_council(harness)
    issue = await submit(harness, 840, by=AUTHOR)
    await set_840(harness, text())
    await harness.simulator.close(COUNCIL, issue, by=EDITOR)
    await harness.wait_until_idle()
    assert bot_comments(harness, issue) == []
    assert council_writes(harness) == []


async def test_one_comment_says_where_the_pep_stands_and_then_what_changed(
    harness: Harness,
) -> None:
    await with_line(harness)
    await set_840(harness, text(headers=THREADS))
    issue = await submit(harness, 840, by=AUTHOR)
    assert council_writes(harness) == [("POST", COMMENTS)]
    (comment,) = bot_comments(harness, issue)
    assert comment == (
        f"{MARKER}\n[PEP 840 – A calmer way](https://peps.python.org/pep-0840/): **Draft**. "
        "Discussed [here](https://discuss.python.org/t/1234). "
        "Posted [01-Mar-2025](https://discuss.python.org/t/1234).\n\n"
        "Nothing has changed in the PEP since it was submitted.\n"
    )
    assert "@" not in comment

    await set_840(harness, text("Another.\nAnd more.", headers=THREADS))
    assert [method for method, _ in council_writes(harness)] == ["PATCH"]
    (comment,) = bot_comments(harness, issue)
    assert "Changed since it was submitted: Abstract (+2 −1)." in comment

    await set_840(harness, text(headers=THREADS, status="Accepted"))
    (comment,) = bot_comments(harness, issue)
    assert ": **Accepted**." in comment
    assert "Changed since it was submitted: header (+1 −1)." in comment

    await set_840(harness, text(headers=THREADS))
    (comment,) = bot_comments(harness, issue)
    assert "Nothing has changed" in comment


@pytest.mark.exhaustive
async def test_nothing_is_written_where_nothing_that_is_said_changed(harness: Harness) -> None:
    await with_line(harness)
    await submit(harness, 840, by=AUTHOR)
    await commit(harness, {"README.rst": "Other words.\n"})
    assert council_writes(harness) == []
    assert not [path for path in harness.reads() if COUNCIL in path]
    await harness.simulator.edit_pull_request(
        COUNCIL, 1, by=AUTHOR, body="Please consider PEP 840."
    )
    await harness.simulator.comment(COUNCIL, 1, by=STRANGER, body="+1")
    await harness.wait_until_idle()
    assert council_writes(harness) == []


@pytest.mark.exhaustive
async def test_a_closed_issue_is_left_alone_and_a_reopened_one_brought_up_to_date(
    harness: Harness,
) -> None:
    await with_line(harness)
    await submit(harness, 840, by=AUTHOR)
    await harness.simulator.close(COUNCIL, 1, by=EDITOR)
    await set_840(harness, text("Changed."))
    assert council_writes(harness) == []
    await harness.simulator.reopen(COUNCIL, 1, by=EDITOR)
    await harness.wait_until_idle()
    assert [method for method, _ in council_writes(harness)] == ["PATCH"]
    assert "Changed since it was submitted" in bot_comments(harness, 1)[0]


@pytest.mark.exhaustive
async def test_those_who_recommend_are_linked_for_their_topic(harness: Harness) -> None:
    await set_policy(harness, ON)
    await open_council(harness, COUNCIL, TYPING)
    await set_840(harness, text(headers="Topic: Typing\n"))
    await submit(harness, 840, by=AUTHOR)
    assert "Typing Council: no issue known." in bot_comments(harness, 1)[0]
    await submit(harness, 840, by=AUTHOR, tracker=TYPING)
    assert len(bot_comments(harness, 1)) == 1
    assert (
        f"Typing Council: [issue #1](https://github.com/{TYPING}/issues/1), open."
        in bot_comments(harness, 1)[0]
    )
    assert bot_comments(harness, 1, TYPING) == [], "only those who decide are told"
    await harness.simulator.close(TYPING, 1, by=EDITOR)
    await harness.wait_until_idle()
    assert "issues/1), closed." in bot_comments(harness, 1)[0]


@pytest.mark.exhaustive
async def test_switched_on_later_it_comes_with_the_policy(harness: Harness) -> None:
    await open_council(harness)
    await submit(harness, 840, by=AUTHOR)
    await set_840(harness, text("Meanwhile."))
    assert bot_comments(harness, 1) == []
    await set_policy(harness, ON)
    assert "Changed since it was submitted: Abstract" in bot_comments(harness, 1)[0]


async def test_doubled_deliveries_and_lost_receipts_lead_to_one_comment(harness: Harness) -> None:
    await with_line(harness)
    harness.simulator.drop_connections(match=r"POST .*/comments", after=True)
    await submit(harness, 840, by=AUTHOR)
    assert len(bot_comments(harness, 1)) == 1
    for delivery in [
        one for one in harness.simulator.deliveries if one.event in ("issues", "push")
    ]:
        await harness.simulator.send_again(delivery.guid)
    await harness.wait_until_idle()
    assert len(bot_comments(harness, 1)) == 1


@pytest.mark.exhaustive
async def test_a_lost_store_leads_to_no_second_one(harness: Harness, tmp_path: Path) -> None:
    await with_line(harness)
    await submit(harness, 840, by=AUTHOR)
    await harness.stop()
    lose_store(tmp_path)
    await harness.start()
    await set_840(harness, text("Makes the bot know of this repository."))
    await harness.simulator.edit_pull_request(COUNCIL, 1, by=AUTHOR, body="Please consider PEP 840")
    await harness.wait_until_idle()
    assert len(bot_comments(harness, 1)) == 1


@pytest.mark.exhaustive
async def test_one_that_a_person_deleted_is_not_made_again(harness: Harness) -> None:
    await with_line(harness)
    await submit(harness, 840, by=AUTHOR)
    (comment,) = harness.simulator.pull_request(COUNCIL, 1).comments
    await harness.simulator.delete_comment(COUNCIL, comment.id, by=EDITOR)
    await set_840(harness, text("Changed."))
    await set_840(harness, text("Changed again."))
    assert bot_comments(harness, 1) == []


async def test_blank_ones_by_newcomers_and_peps_that_are_none_get_no_word(harness: Harness) -> None:
    await with_line(harness)
    for title in ("PEP 999: nobody's", "PEP 840", "PEP 840: words"):
        body = "Please." if "999" in title else ""
        await submit(harness, 840, by=STRANGER, title=title, body=body)
        assert council_writes(harness) == [], title


async def test_a_councils_repository_of_another_account_is_not_spoken_in(harness: Harness) -> None:
    await set_policy(
        harness,
        ON
        + '[bodies.elder-council]\nname = "Elder Council"\npart = "decides"\nsince = 2020-01-01\n'
        'decides_since = 2020-01-01\ntopics = ["Age"]\nreason = "Age."\n'
        'source = "https://x.example/"\n'
        'tracker = "https://github.com/elders/council/issues/new"\n',
    )
    harness.simulator.create_organization("elders")
    harness.simulator.create_repository("elders/council", {"README.md": "Hello\n"})
    await harness.simulator.install_app(["elders/council"])
    await harness.wait_until_idle()
    await submit(harness, 840, by=AUTHOR, tracker="elders/council")
    assert bot_comments(harness, 1, "elders/council") == []


@pytest.mark.exhaustive
async def test_hostile_titles_and_sections_stay_text(harness: Harness) -> None:
    await with_line(harness)
    await submit(harness, 840, by=AUTHOR)
    evil = "@everyone <img src=x> `x` [a](https://evil.example) #1"
    written = text().replace("A calmer way", evil) + f"\n\n{evil}\n{'=' * len(evil)}\n\nBoo.\n"
    await set_840(harness, written)
    (comment,) = bot_comments(harness, 1)
    assert "@" not in comment
    assert "<img" not in comment
    assert "(https://evil" not in comment


@pytest.mark.exhaustive
async def test_a_push_costs_little_with_the_line_on(harness: Harness) -> None:
    await with_line(harness)
    await submit(harness, 840, by=AUTHOR)
    await set_840(harness, text("Changed."))
    await set_840(harness, text("Changed.\nAgain."))
    assert len(council_writes(harness)) == 1
    # The repository, its tree, and the one blob that is new: the blob at the submission is kept.
    assert len(set(harness.reads())) <= 3, harness.reads()
    assert len(harness.writes()) == 1


@pytest.mark.exhaustive
async def test_where_the_app_is_not_any_more_it_writes_no_more(harness: Harness) -> None:
    await with_line(harness)
    await submit(harness, 840, by=AUTHOR)
    await harness.simulator.change_installation(harness.installation, remove=[COUNCIL])
    await harness.wait_until_idle()
    await set_840(harness, text("Changed."))
    assert harness.writes() == []
    assert harness.server is not None
    records = await harness.server.inbox.records(limit=1_000)
    assert {one.state for one in records} == {DeliveryState.DONE}


async def test_what_another_account_keeps_as_the_pep_is_not_what_was_submitted(
    harness: Harness,
) -> None:
    # By the name it comes first, and its policy names the same tracker.
    harness.simulator.create_repository("ada/peps", {"peps/pep-0840.rst": text("Forked.\nTwice.")})
    await harness.simulator.install_app(["ada/peps"])
    await harness.wait_until_idle()
    await with_line(harness)
    await submit(harness, 840, by=AUTHOR)
    await set_840(harness, text("Changed."))
    assert "Changed since it was submitted: Abstract (+1 −1)." in bot_comments(harness, 1)[0]
    assert not [path for path in harness.reads() if "/ada/" in path], "nothing is asked of it"


@pytest.mark.exhaustive
async def test_a_pep_that_is_published_after_its_submission_is_compared_with_its_first_text(
    harness: Harness,
) -> None:
    await open_council(harness)
    await submit(harness, 843, by=AUTHOR)
    for body in ("Something.", "Changed."):
        await commit(harness, {"peps/pep-0843.rst": pep(843, sponsor=None, body=body)})
    await set_policy(harness, ON)
    assert "Changed since it was submitted: Abstract (+1 −1)." in bot_comments(harness, 1)[0]


async def test_what_a_dry_run_said_nowhere_is_said_after_it_though_nothing_changed(
    harness: Harness,
) -> None:
    await with_line(harness)
    await harness.stop()
    harness.overrides["dry_run"] = True
    await harness.start()
    await submit(harness, 840, by=AUTHOR)
    assert bot_comments(harness, 1) == []
    await harness.stop()
    harness.overrides["dry_run"] = False
    await harness.start()
    await harness.simulator.edit_pull_request(COUNCIL, 1, by=AUTHOR, title="PEP 840 -- Calmer")
    await harness.wait_until_idle()
    assert len(bot_comments(harness, 1)) == 1


@pytest.mark.exhaustive
async def test_a_push_that_leaves_the_pep_alone_has_nothing_done(harness: Harness) -> None:
    await with_line(harness)
    await submit(harness, 840, by=AUTHOR)
    assert harness.server is not None
    before = await harness.server.inbox.records(limit=1_000)
    await commit(harness, {"README.rst": "Other words.\n"})
    after = await harness.server.inbox.records(limit=1_000)
    work = [
        [one for one in found if one.delivery.event == Job.SUBMISSION] for found in (before, after)
    ]
    assert len(work[0]) == len(work[1]) > 0


@pytest.mark.exhaustive
async def test_a_change_that_is_reported_nowhere_edits_nothing(harness: Harness) -> None:
    await with_line(harness)
    await set_840(harness, text())
    await submit(harness, 840, by=AUTHOR)
    await set_840(harness, text() + "\n\n")
    assert council_writes(harness) == []
