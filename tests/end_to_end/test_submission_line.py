"""The one comment under a submission, where the policy wants it: edited in place, never doubled."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.handlers.internal_jobs import SUBMISSION
from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep
from tests.end_to_end.council import (
    COUNCIL,
    MARKER,
    TYPING,
    council_writes,
    open_council,
    said,
    submit,
)
from tests.end_to_end.desk import REPOSITORY, Desk
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


async def commit(desk: Desk, files: Mapping[str, str]) -> None:
    desk.simulator.clear_requests()
    await desk.simulator.commit(REPOSITORY, dict(files), by=EDITOR)
    await desk.calm()


async def set_840(desk: Desk, written: str) -> None:
    await commit(desk, {"peps/pep-0840.rst": written})


async def with_line(desk: Desk) -> None:
    """The council's repository, with the line on."""
    await set_policy(desk, ON)
    await open_council(desk)


@pytest.mark.exhaustive
async def test_the_line_is_off_by_default(desk: Desk) -> None:
    await open_council(desk)
    issue = await submit(desk, 840, by=AUTHOR)
    await set_840(desk, text())
    await desk.simulator.close(COUNCIL, issue, by=EDITOR)
    await desk.calm()
    assert said(desk, issue) == []
    assert council_writes(desk) == []


async def test_one_comment_says_where_the_pep_stands_and_then_what_changed(desk: Desk) -> None:
    await with_line(desk)
    await set_840(desk, text(headers=THREADS))
    issue = await submit(desk, 840, by=AUTHOR)
    assert council_writes(desk) == [("POST", COMMENTS)]
    (comment,) = said(desk, issue)
    assert comment == (
        f"{MARKER}\n[PEP 840 – A calmer way](https://peps.python.org/pep-0840/): **Draft**. "
        "Discussed [here](https://discuss.python.org/t/1234). "
        "Posted [01-Mar-2025](https://discuss.python.org/t/1234).\n\n"
        "Nothing has changed in the PEP since it was submitted.\n"
    )
    assert "@" not in comment

    await set_840(desk, text("Another.\nAnd more.", headers=THREADS))
    assert [method for method, _ in council_writes(desk)] == ["PATCH"]
    (comment,) = said(desk, issue)
    assert "Changed since it was submitted: Abstract (+2 −1)." in comment

    await set_840(desk, text(headers=THREADS, status="Accepted"))
    (comment,) = said(desk, issue)
    assert ": **Accepted**." in comment
    assert "Changed since it was submitted: header (+1 −1)." in comment

    await set_840(desk, text(headers=THREADS))
    (comment,) = said(desk, issue)
    assert "Nothing has changed" in comment


@pytest.mark.exhaustive
async def test_nothing_is_written_where_nothing_that_is_said_changed(desk: Desk) -> None:
    await with_line(desk)
    await submit(desk, 840, by=AUTHOR)
    await commit(desk, {"README.rst": "Other words.\n"})
    assert council_writes(desk) == []
    assert not [path for path in desk.reads() if COUNCIL in path]
    await desk.simulator.edit_pull_request(COUNCIL, 1, by=AUTHOR, body="Please consider PEP 840.")
    await desk.simulator.comment(COUNCIL, 1, by=STRANGER, body="+1")
    await desk.calm()
    assert council_writes(desk) == []


@pytest.mark.exhaustive
async def test_a_closed_issue_is_left_alone_and_a_reopened_one_brought_up_to_date(
    desk: Desk,
) -> None:
    await with_line(desk)
    await submit(desk, 840, by=AUTHOR)
    await desk.simulator.close(COUNCIL, 1, by=EDITOR)
    await set_840(desk, text("Changed."))
    assert council_writes(desk) == []
    await desk.simulator.reopen(COUNCIL, 1, by=EDITOR)
    await desk.calm()
    assert [method for method, _ in council_writes(desk)] == ["PATCH"]
    assert "Changed since it was submitted" in said(desk, 1)[0]


@pytest.mark.exhaustive
async def test_those_who_recommend_are_linked_for_their_topic(desk: Desk) -> None:
    await set_policy(desk, ON)
    await open_council(desk, COUNCIL, TYPING)
    await set_840(desk, text(headers="Topic: Typing\n"))
    await submit(desk, 840, by=AUTHOR)
    assert "Typing Council: none known." in said(desk, 1)[0]
    await submit(desk, 840, by=AUTHOR, tracker=TYPING)
    assert len(said(desk, 1)) == 1
    assert (
        f"Typing Council: [issue #1](https://github.com/{TYPING}/issues/1), open."
        in said(desk, 1)[0]
    )
    assert said(desk, 1, TYPING) == [], "only those who decide are told"
    await desk.simulator.close(TYPING, 1, by=EDITOR)
    await desk.calm()
    assert "issues/1), closed." in said(desk, 1)[0]


@pytest.mark.exhaustive
async def test_switched_on_later_it_comes_with_the_policy(desk: Desk) -> None:
    await open_council(desk)
    await submit(desk, 840, by=AUTHOR)
    await set_840(desk, text("Meanwhile."))
    assert said(desk, 1) == []
    await set_policy(desk, ON)
    assert "Changed since it was submitted: Abstract" in said(desk, 1)[0]


async def test_doubled_deliveries_and_lost_receipts_lead_to_one_comment(desk: Desk) -> None:
    await with_line(desk)
    desk.simulator.drop_connections(match=r"POST .*/comments", after=True)
    await submit(desk, 840, by=AUTHOR)
    assert len(said(desk, 1)) == 1
    for delivery in [one for one in desk.simulator.deliveries if one.event in ("issues", "push")]:
        await desk.simulator.send_again(delivery.guid)
    await desk.calm()
    assert len(said(desk, 1)) == 1


@pytest.mark.exhaustive
async def test_a_lost_store_leads_to_no_second_one(desk: Desk, tmp_path: Path) -> None:
    await with_line(desk)
    await submit(desk, 840, by=AUTHOR)
    await desk.stop()
    lose_store(tmp_path)
    await desk.start()
    await set_840(desk, text("Makes the bot know of this repository."))
    await desk.simulator.edit_pull_request(COUNCIL, 1, by=AUTHOR, body="Please consider PEP 840")
    await desk.calm()
    assert len(said(desk, 1)) == 1


@pytest.mark.exhaustive
async def test_one_that_a_person_deleted_is_not_made_again(desk: Desk) -> None:
    await with_line(desk)
    await submit(desk, 840, by=AUTHOR)
    (comment,) = desk.simulator.pull_request(COUNCIL, 1).comments
    await desk.simulator.delete_comment(COUNCIL, comment.id, by=EDITOR)
    await set_840(desk, text("Changed."))
    await set_840(desk, text("Changed again."))
    assert said(desk, 1) == []


async def test_blank_ones_by_newcomers_and_peps_that_are_none_get_no_word(desk: Desk) -> None:
    await with_line(desk)
    for title in ("PEP 999: nobody's", "PEP 840", "PEP 840: words"):
        body = "Please." if "999" in title else ""
        await submit(desk, 840, by=STRANGER, title=title, body=body)
        assert council_writes(desk) == [], title


async def test_a_councils_repository_of_another_account_is_not_spoken_in(desk: Desk) -> None:
    await set_policy(
        desk,
        ON
        + '[bodies.elder-council]\nname = "Elder Council"\npart = "decides"\nsince = 2020-01-01\n'
        'decides_since = 2020-01-01\ntopics = ["Age"]\nreason = "Age."\n'
        'source = "https://x.example/"\n'
        'tracker = "https://github.com/elders/council/issues/new"\n',
    )
    desk.simulator.create_organization("elders")
    desk.simulator.create_repository("elders/council", {"README.md": "Hello\n"})
    await desk.simulator.install_app(["elders/council"])
    await desk.calm()
    await submit(desk, 840, by=AUTHOR, tracker="elders/council")
    assert said(desk, 1, "elders/council") == []


@pytest.mark.exhaustive
async def test_hostile_titles_and_sections_stay_text(desk: Desk) -> None:
    await with_line(desk)
    await submit(desk, 840, by=AUTHOR)
    evil = "@everyone <img src=x> `x` [a](https://evil.example) #1"
    written = text().replace("A calmer way", evil) + f"\n\n{evil}\n{'=' * len(evil)}\n\nBoo.\n"
    await set_840(desk, written)
    (comment,) = said(desk, 1)
    assert "@" not in comment
    assert "<img" not in comment
    assert "(https://evil" not in comment


@pytest.mark.exhaustive
async def test_a_push_costs_little_with_the_line_on(desk: Desk) -> None:
    await with_line(desk)
    await submit(desk, 840, by=AUTHOR)
    await set_840(desk, text("Changed."))
    await set_840(desk, text("Changed.\nAgain."))
    assert len(council_writes(desk)) == 1
    # The repository, its tree, and the one blob that is new: the blob at the submission is kept.
    assert len(set(desk.reads())) <= 3, desk.reads()
    assert len(desk.writes()) == 1


@pytest.mark.exhaustive
async def test_where_the_app_is_not_any_more_it_writes_no_more(desk: Desk) -> None:
    await with_line(desk)
    await submit(desk, 840, by=AUTHOR)
    await desk.simulator.change_installation(desk.installation, remove=[COUNCIL])
    await desk.calm()
    await set_840(desk, text("Changed."))
    assert desk.writes() == []
    assert desk.server is not None
    records = await desk.server.inbox.records(limit=1_000)
    assert {one.state for one in records} == {DeliveryState.DONE}


async def test_what_another_account_keeps_as_the_pep_is_not_what_was_submitted(
    desk: Desk,
) -> None:
    # By the name it comes first, and its policy names the same tracker.
    desk.simulator.create_repository("ada/peps", {"peps/pep-0840.rst": text("Forked.\nTwice.")})
    await desk.simulator.install_app(["ada/peps"])
    await desk.calm()
    await with_line(desk)
    await submit(desk, 840, by=AUTHOR)
    await set_840(desk, text("Changed."))
    assert "Changed since it was submitted: Abstract (+1 −1)." in said(desk, 1)[0]
    assert not [path for path in desk.reads() if "/ada/" in path], "nothing is asked of it"


@pytest.mark.exhaustive
async def test_a_pep_that_is_published_after_its_submission_is_compared_with_its_first_text(
    desk: Desk,
) -> None:
    await open_council(desk)
    await submit(desk, 843, by=AUTHOR)
    for body in ("Something.", "Changed."):
        await commit(desk, {"peps/pep-0843.rst": pep(843, sponsor=None, body=body)})
    await set_policy(desk, ON)
    assert "Changed since it was submitted: Abstract (+1 −1)." in said(desk, 1)[0]


async def test_what_a_dry_run_said_nowhere_is_said_after_it_though_nothing_changed(
    desk: Desk,
) -> None:
    await with_line(desk)
    await desk.stop()
    desk.overrides["dry_run"] = True
    await desk.start()
    await submit(desk, 840, by=AUTHOR)
    assert said(desk, 1) == []
    await desk.stop()
    desk.overrides["dry_run"] = False
    await desk.start()
    await desk.simulator.edit_pull_request(COUNCIL, 1, by=AUTHOR, title="PEP 840 -- Calmer")
    await desk.calm()
    assert len(said(desk, 1)) == 1


@pytest.mark.exhaustive
async def test_a_push_that_leaves_the_pep_alone_has_nothing_done(desk: Desk) -> None:
    await with_line(desk)
    await submit(desk, 840, by=AUTHOR)
    assert desk.server is not None
    before = await desk.server.inbox.records(limit=1_000)
    await commit(desk, {"README.rst": "Other words.\n"})
    after = await desk.server.inbox.records(limit=1_000)
    work = [[one for one in found if one.delivery.event == SUBMISSION] for found in (before, after)]
    assert len(work[0]) == len(work[1]) > 0


@pytest.mark.exhaustive
async def test_a_change_that_is_told_nowhere_edits_nothing(desk: Desk) -> None:
    await with_line(desk)
    await set_840(desk, text())
    await submit(desk, 840, by=AUTHOR)
    await set_840(desk, text() + "\n\n")
    assert council_writes(desk) == []
