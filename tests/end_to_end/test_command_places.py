"""Commands in every place where people can write: edited, doubled, reordered, lost, ignored."""

from collections.abc import Awaitable, Callable

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import BOT, REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose, set_policy

AWAITS_AUTHOR = {"new-pep", "awaiting author"}


async def in_comment(harness: Harness, number: int, body: str) -> int:
    return await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body=body)


async def in_review(harness: Harness, number: int, body: str) -> int:
    return await harness.simulator.review(
        REPOSITORY, number, by=EDITOR, state="COMMENTED", body=body
    )


async def in_review_comment(harness: Harness, number: int, body: str) -> int:
    return await harness.simulator.review_comment(
        REPOSITORY, number, by=EDITOR, path=PATH, line=2, body=body
    )


async def edit_comment(harness: Harness, number: int, text: int, body: str) -> None:
    await harness.simulator.edit_comment(REPOSITORY, text, by=EDITOR, body=body)


async def edit_review(harness: Harness, number: int, text: int, body: str) -> None:
    await harness.simulator.edit_review(REPOSITORY, number, text, by=EDITOR, body=body)


async def edit_review_comment(harness: Harness, number: int, text: int, body: str) -> None:
    await harness.simulator.edit_review_comment(REPOSITORY, number, text, by=EDITOR, body=body)


Say = Callable[[Harness, int, str], Awaitable[int]]
Edit = Callable[[Harness, int, int, str], Awaitable[None]]
PLACES: dict[str, tuple[Say, Edit]] = {
    "comment": (in_comment, edit_comment),
    "review": (in_review, edit_review),
    "review comment": (in_review_comment, edit_review_comment),
}


def reactions(harness: Harness, number: int, place: str, text: int) -> list[str]:
    pull = harness.simulator.pull_request(REPOSITORY, number)
    if place == "review":
        return []
    among = pull.comments if place == "comment" else pull.review_comments
    (found,) = (one for one in among if one.id == text)
    return [content for login, content in found.reactions if login == BOT]


async def test_new_and_edited_texts_are_processed_in_each_place(harness: Harness) -> None:
    number = await propose(harness)
    for stage, (place, (say, edit)) in zip(
        ("author", "sponsor", "editor"), PLACES.items(), strict=True
    ):
        text = await say(harness, number, "Hm.\n\n/pep await athor")
        await harness.wait_until_idle()
        reacts = place != "review"
        assert reactions(harness, number, place, text) == (["confused"] if reacts else [])
        assert len(harness.replies(number)) == 1, place
        await edit(harness, number, text, f"Hm.\n\n/pep await {stage}")
        await harness.wait_until_idle()
        assert harness.labels(number) == {"new-pep", f"awaiting {stage}"}, place
        assert harness.replies(number) == [], place
        assert reactions(harness, number, place, text) == (["+1"] if reacts else [])


async def test_descriptions_are_processed_when_opened_and_when_edited(harness: Harness) -> None:
    number = await propose(harness, body="My first PEP.\n\n/pep pause because I am not done")
    assert "bot: paused" in harness.labels(number)
    pull = harness.simulator.pull_request(REPOSITORY, number)
    assert pull.reactions == [(BOT, "+1")]
    body = "My first PEP.\n\n/pep pause because I am not done\n/pep resume"
    await harness.simulator.edit_pull_request(REPOSITORY, number, by=AUTHOR, body=body)
    await harness.wait_until_idle()
    assert "bot: paused" not in harness.labels(number)
    await harness.simulator.edit_pull_request(REPOSITORY, number, by=EDITOR, title="PEP 842: Calm")
    await harness.wait_until_idle()
    assert harness.replies(number) == [], "somebody else changed the title, not the text"
    await harness.simulator.edit_pull_request(
        REPOSITORY, number, by=EDITOR, body=f"{body}\n/pep await editor"
    )
    await harness.wait_until_idle()
    assert "Somebody else wrote commands" in harness.replies(number)[0]


async def test_issues_are_processed_and_answered(harness: Harness) -> None:
    issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Which number?")
    await harness.wait_until_idle()
    harness.simulator.clear_requests()
    await harness.simulator.comment(REPOSITORY, issue, by=STRANGER, body="Nobody?")
    await harness.wait_until_idle()
    assert (harness.reads(), harness.writes()) == ([], [])
    comment = await harness.simulator.comment(REPOSITORY, issue, by=STRANGER, body="/pep number")
    await harness.wait_until_idle()
    assert harness.reactions(issue, comment) == ["+1"]
    assert "The next PEP number is **842**" in harness.replies(issue)[0]
    comment = await harness.simulator.comment(REPOSITORY, issue, by=EDITOR, body="/pep fix")
    await harness.wait_until_idle()
    assert harness.reactions(issue, comment) == ["confused"]
    assert "works on pull requests only" in harness.replies(issue)[1]
    harness.simulator.define_label(REPOSITORY, "question")
    await harness.simulator.comment(REPOSITORY, issue, by=EDITOR, body="/pep label +question")
    await harness.wait_until_idle()
    assert harness.labels(issue) == {"question"}
    for turns in ("-question\n/pep label +question", "-question\n/pep label +question -question"):
        await harness.simulator.comment(REPOSITORY, issue, by=EDITOR, body=f"/pep label {turns}")
        await harness.wait_until_idle()
        assert harness.labels(issue) == ({"question"} if turns.endswith("+question") else set())


async def test_commands_of_bots_and_on_locked_threads_are_not_processed(harness: Harness) -> None:
    number = await propose(harness)
    # Our own comment, made to say a command.
    (comment,) = harness.simulator.pull_request(REPOSITORY, number).comments
    await harness.simulator.edit_comment(
        REPOSITORY, comment.id, by=EDITOR, body=f"{comment.body}\n/pep await author"
    )
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}
    await harness.simulator.lock(REPOSITORY, number, by=EDITOR)
    await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body="/pep await author")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}
    assert harness.replies(number) == []


@pytest.mark.exhaustive
async def test_a_comment_whose_event_was_lost_is_processed_when_it_is_read(
    harness: Harness,
) -> None:
    number = await propose(harness)
    with harness.simulator.lost_webhooks():
        lost = await in_comment(harness, number, "/pep await author")
        edited = await in_comment(harness, number, "/pep await edit0r")
        await harness.simulator.edit_comment(
            REPOSITORY, edited, by=EDITOR, body="/pep await editor"
        )
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="Hello?")
    await harness.wait_until_idle()
    assert harness.labels(number) == AWAITS_AUTHOR, "who edited the other, REST does not tell"
    assert harness.reactions(number, lost) == ["+1"]
    assert harness.reactions(number, edited) == []


async def test_a_delivery_that_comes_again_carries_nothing_out_again(harness: Harness) -> None:
    harness.simulator.define_label(REPOSITORY, "typing")
    number = await propose(harness)
    await in_comment(harness, number, "/pep label +typing\n/pep help\n/pep number foo")
    await harness.wait_until_idle()
    await harness.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="typing")
    await harness.wait_until_idle()
    delivery = next(one for one in harness.simulator.deliveries if one.event == "issue_comment")
    await harness.stop()
    await harness.start()
    harness.simulator.clear_requests()
    await harness.simulator.send_again(delivery.guid)
    await harness.wait_until_idle()
    assert "typing" not in harness.labels(number)
    assert harness.writes() == []
    assert len(harness.replies(number)) == 1


async def test_the_later_word_holds_in_whatever_order_it_is_processed(harness: Harness) -> None:
    harness.simulator.define_label(REPOSITORY, "typing")
    number = await propose(harness)
    harness.simulator.hold_webhooks()
    await in_comment(harness, number, "/pep label +typing\n/pep pause\n/pep await author")
    await in_comment(harness, number, "/pep label -typing\n/pep resume\n/pep await editor")
    await harness.simulator.release_webhooks(reverse=True)
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting editor"}


async def test_a_command_counts_from_when_it_was_said_first_although_that_is_processed_last(
    harness: Harness,
) -> None:
    number = await propose(harness, line=None)
    harness.simulator.hold_webhooks()
    waiver = await in_comment(harness, number, "/pep skip codeowners because of me")
    await in_comment(harness, number, "/pep unskip codeowners")
    await edit_comment(harness, number, waiver, "(Gone.)")
    await edit_comment(harness, number, waiver, "/pep skip codeowners because of me")
    await harness.simulator.release_webhooks(reverse=True)
    await harness.wait_until_idle()
    assert "needs codeowners" in harness.labels(number)


async def test_an_older_version_received_late_does_not_bring_its_mistake_back(
    harness: Harness,
) -> None:
    number = await propose(harness)
    harness.simulator.hold_webhooks()
    comment = await in_comment(harness, number, "/pep await author\n/pep chekk")
    await harness.simulator.edit_comment(
        REPOSITORY, comment, by=EDITOR, body="/pep await author\n/pep check"
    )
    await harness.simulator.release_webhooks(reverse=True)
    await harness.wait_until_idle()
    assert harness.labels(number) == AWAITS_AUTHOR
    assert harness.replies(number) == []
    assert harness.reactions(number, comment) == ["+1"]


async def test_infrastructure_and_closed_pull_requests_answer_what_makes_sense(
    harness: Harness,
) -> None:
    number = await propose(harness, files={"README.rst": "Other words.\n"}, title="Infra: Words")
    await in_comment(harness, number, "/pep help")
    await harness.wait_until_idle()
    (reply,) = harness.replies(number)
    assert "`/pep label +LABEL -LABEL`" in reply
    await harness.simulator.close(REPOSITORY, number, by=AUTHOR)
    comment = await in_comment(harness, number, "/pep title")
    await harness.wait_until_idle()
    assert harness.reactions(number, comment) == ["confused"]
    assert "open pull requests only" in harness.replies(number)[1]


@pytest.mark.exhaustive
async def test_buttons_do_what_the_sender_may(harness: Harness) -> None:
    number = await propose(harness, pep(9999), number=9999, line=None)
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    assert [one.label for one in run.actions] == ["Re-check", "Suggest fixes", "Use number 842"]
    await harness.simulator.request_action(REPOSITORY, run.id, "number", by=EDITOR)
    await harness.wait_until_idle()
    (reply,) = harness.replies(number)
    assert "rename from peps/pep-9999.rst\nrename to peps/pep-0842.rst" in reply
    await harness.simulator.request_action(REPOSITORY, run.id, "fix", by=SPONSOR)
    await harness.wait_until_idle()
    assert "`/pep fix [RULE]` is for an author or a PEP editor." in harness.replies(number)[1]
    harness.simulator.clear_requests()
    await harness.simulator.request_action(REPOSITORY, run.id, "check", by=SPONSOR)
    await harness.wait_until_idle()
    assert harness.writes() == []
    assert any("/reviews" in path for path in harness.reads())


async def test_suggestions_stand_on_the_lines_of_the_diff(harness: Harness) -> None:
    text = pep().replace("Status: Draft\n", "Status:\tDraft\n")
    text = text.replace("This PEP proposes something.", "See PEP 840.\n\n\tIndented.")
    number = await propose(harness, text)
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep fix")
    await harness.wait_until_idle()
    pull = harness.simulator.pull_request(REPOSITORY, number)
    (review,) = (one for one in pull.reviews if one.login == BOT)
    assert review.state == "COMMENTED"
    lines = text.split("\n")
    for comment in pull.review_comments:
        assert comment.path == PATH
        assert "\t" in lines[comment.line - 1]
        assert "```suggestion\n" in comment.body
    assert len(pull.review_comments) == 2
    assert harness.replies(number) == [], "the review says it all"


async def test_suggestions_that_github_refuses_come_as_a_patch(harness: Harness) -> None:
    text = pep().replace("Status: Draft\n", "Status:\tDraft\n")
    number = await propose(harness, text)
    harness.simulator.fail_next(422, match=r"POST .*/reviews")
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep fix")
    await harness.wait_until_idle()
    (reply,) = harness.replies(number)
    assert "-Status:\tDraft\n+Status: Draft\n" in reply


async def test_a_review_whose_answer_was_lost_is_not_made_twice(harness: Harness) -> None:
    text = pep().replace("Status: Draft\n", "Status:\tDraft\n")
    number = await propose(harness, text)
    harness.simulator.drop_connections(match=r"POST .*/(reviews|issues/\d+/comments)", after=True)
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep fix\n/pep help")
    await harness.wait_until_idle()
    pull = harness.simulator.pull_request(REPOSITORY, number)
    assert len([one for one in pull.reviews if one.login == BOT]) == 1
    harness.simulator.drop_connections(match=r"POST .*/issues/\d+/comments", after=True)
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep number")
    await harness.wait_until_idle()
    assert len(harness.replies(number)) == 2


async def test_new_pep_by_hand_makes_it_one(harness: Harness) -> None:
    await set_policy(harness, "")
    text = pep(840, author="Edith Quill <edith@python.example>", sponsor=None, body="Changed.")
    number = await propose(harness, files={"peps/pep-0840.rst": text})
    assert "new-pep" not in harness.labels(number)
    await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="new-pep")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting editor"}
    assert "marked this as a new PEP" in harness.comment(number)
    await harness.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="new-pep")
    await harness.wait_until_idle()
    assert harness.labels(number) == set()
