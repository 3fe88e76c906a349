"""Commands wherever people write: each place, edited, doubled, reordered, lost, ignored."""

from collections.abc import Awaitable, Callable

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import BOT, REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose, set_policy

AWAITS_AUTHOR = {"new-pep", "awaiting author"}


async def in_comment(desk: Desk, number: int, body: str) -> int:
    return await desk.simulator.comment(REPOSITORY, number, by=EDITOR, body=body)


async def in_review(desk: Desk, number: int, body: str) -> int:
    return await desk.simulator.review(REPOSITORY, number, by=EDITOR, state="COMMENTED", body=body)


async def in_review_comment(desk: Desk, number: int, body: str) -> int:
    return await desk.simulator.review_comment(
        REPOSITORY, number, by=EDITOR, path=PATH, line=2, body=body
    )


async def edit_comment(desk: Desk, number: int, text: int, body: str) -> None:
    await desk.simulator.edit_comment(REPOSITORY, text, by=EDITOR, body=body)


async def edit_review(desk: Desk, number: int, text: int, body: str) -> None:
    await desk.simulator.edit_review(REPOSITORY, number, text, by=EDITOR, body=body)


async def edit_review_comment(desk: Desk, number: int, text: int, body: str) -> None:
    await desk.simulator.edit_review_comment(REPOSITORY, number, text, by=EDITOR, body=body)


Say = Callable[[Desk, int, str], Awaitable[int]]
Edit = Callable[[Desk, int, int, str], Awaitable[None]]
PLACES: dict[str, tuple[Say, Edit]] = {
    "comment": (in_comment, edit_comment),
    "review": (in_review, edit_review),
    "review comment": (in_review_comment, edit_review_comment),
}


def reactions(desk: Desk, number: int, place: str, text: int) -> list[str]:
    pull = desk.simulator.pull_request(REPOSITORY, number)
    if place == "review":
        return []
    among = pull.comments if place == "comment" else pull.review_comments
    (found,) = (one for one in among if one.id == text)
    return [content for login, content in found.reactions if login == BOT]


async def test_new_and_edited_texts_are_heard_in_each_place(desk: Desk) -> None:
    number = await propose(desk)
    for stage, (place, (say, edit)) in zip(
        ("author", "sponsor", "editor"), PLACES.items(), strict=True
    ):
        text = await say(desk, number, "Hm.\n\n/pep await athor")
        await desk.calm()
        reacts = place != "review"
        assert reactions(desk, number, place, text) == (["confused"] if reacts else [])
        assert len(desk.replies(number)) == 1, place
        await edit(desk, number, text, f"Hm.\n\n/pep await {stage}")
        await desk.calm()
        assert desk.labels(number) == {"new-pep", f"awaiting {stage}"}, place
        assert desk.replies(number) == [], place
        assert reactions(desk, number, place, text) == (["+1"] if reacts else [])


async def test_descriptions_are_heard_when_opened_and_when_edited(desk: Desk) -> None:
    number = await propose(desk, body="My first PEP.\n\n/pep pause because I am not done")
    assert "bot: paused" in desk.labels(number)
    pull = desk.simulator.pull_request(REPOSITORY, number)
    assert pull.reactions == [(BOT, "+1")]
    body = "My first PEP.\n\n/pep pause because I am not done\n/pep resume"
    await desk.simulator.edit_pull_request(REPOSITORY, number, by=AUTHOR, body=body)
    await desk.calm()
    assert "bot: paused" not in desk.labels(number)
    await desk.simulator.edit_pull_request(REPOSITORY, number, by=EDITOR, title="PEP 842: Calm")
    await desk.calm()
    assert desk.replies(number) == [], "somebody else changed the title, not the text"
    await desk.simulator.edit_pull_request(
        REPOSITORY, number, by=EDITOR, body=f"{body}\n/pep await editor"
    )
    await desk.calm()
    assert "Somebody else wrote commands" in desk.replies(number)[0]


async def test_issues_are_heard_and_answered(desk: Desk) -> None:
    issue = await desk.simulator.open_issue(REPOSITORY, by=STRANGER, title="Which number?")
    await desk.calm()
    desk.simulator.clear_requests()
    await desk.simulator.comment(REPOSITORY, issue, by=STRANGER, body="Nobody?")
    await desk.calm()
    assert (desk.reads(), desk.writes()) == ([], [])
    comment = await desk.simulator.comment(REPOSITORY, issue, by=STRANGER, body="/pep number")
    await desk.calm()
    assert desk.reactions(issue, comment) == ["+1"]
    assert "The next PEP number is **842**" in desk.replies(issue)[0]
    comment = await desk.simulator.comment(REPOSITORY, issue, by=EDITOR, body="/pep fix")
    await desk.calm()
    assert desk.reactions(issue, comment) == ["confused"]
    assert "works on pull requests only" in desk.replies(issue)[1]
    desk.simulator.define_label(REPOSITORY, "question")
    await desk.simulator.comment(REPOSITORY, issue, by=EDITOR, body="/pep label +question")
    await desk.calm()
    assert desk.labels(issue) == {"question"}
    for turns in ("-question\n/pep label +question", "-question\n/pep label +question -question"):
        await desk.simulator.comment(REPOSITORY, issue, by=EDITOR, body=f"/pep label {turns}")
        await desk.calm()
        assert desk.labels(issue) == ({"question"} if turns.endswith("+question") else set())


async def test_programs_ourselves_and_locked_threads_are_not_heard(desk: Desk) -> None:
    number = await propose(desk)
    # Our own comment, made to say a command.
    (comment,) = desk.simulator.pull_request(REPOSITORY, number).comments
    await desk.simulator.edit_comment(
        REPOSITORY, comment.id, by=EDITOR, body=f"{comment.body}\n/pep await author"
    )
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting sponsor"}
    await desk.simulator.lock(REPOSITORY, number, by=EDITOR)
    await desk.simulator.comment(REPOSITORY, number, by=EDITOR, body="/pep await author")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting sponsor"}
    assert desk.replies(number) == []


@pytest.mark.exhaustive
async def test_a_comment_whose_event_was_lost_is_heard_when_it_is_read(desk: Desk) -> None:
    number = await propose(desk)
    with desk.simulator.lost_webhooks():
        lost = await in_comment(desk, number, "/pep await author")
        edited = await in_comment(desk, number, "/pep await edit0r")
        await desk.simulator.edit_comment(REPOSITORY, edited, by=EDITOR, body="/pep await editor")
    await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body="Hello?")
    await desk.calm()
    assert desk.labels(number) == AWAITS_AUTHOR, "who edited the other, REST does not tell"
    assert desk.reactions(number, lost) == ["+1"]
    assert desk.reactions(number, edited) == []


async def test_a_delivery_that_comes_again_carries_nothing_out_again(desk: Desk) -> None:
    desk.simulator.define_label(REPOSITORY, "typing")
    number = await propose(desk)
    await in_comment(desk, number, "/pep label +typing\n/pep help\n/pep number foo")
    await desk.calm()
    await desk.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="typing")
    await desk.calm()
    told = next(one for one in desk.simulator.deliveries if one.event == "issue_comment")
    await desk.stop()
    await desk.start()
    desk.simulator.clear_requests()
    await desk.simulator.send_again(told.guid)
    await desk.calm()
    assert "typing" not in desk.labels(number)
    assert desk.writes() == []
    assert len(desk.replies(number)) == 1


async def test_the_later_word_holds_in_whatever_order_it_is_heard(desk: Desk) -> None:
    desk.simulator.define_label(REPOSITORY, "typing")
    number = await propose(desk)
    desk.simulator.hold_webhooks()
    await in_comment(desk, number, "/pep label +typing\n/pep pause\n/pep await author")
    await in_comment(desk, number, "/pep label -typing\n/pep resume\n/pep await editor")
    await desk.simulator.release_webhooks(reverse=True)
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting editor"}


async def test_a_command_counts_from_when_it_was_said_first_although_that_is_heard_last(
    desk: Desk,
) -> None:
    number = await propose(desk, line=None)
    desk.simulator.hold_webhooks()
    waiver = await in_comment(desk, number, "/pep skip codeowners because of me")
    await in_comment(desk, number, "/pep unskip codeowners")
    await edit_comment(desk, number, waiver, "(Gone.)")
    await edit_comment(desk, number, waiver, "/pep skip codeowners because of me")
    await desk.simulator.release_webhooks(reverse=True)
    await desk.calm()
    assert "needs codeowners" in desk.labels(number)


async def test_an_older_version_heard_late_does_not_bring_its_mistake_back(desk: Desk) -> None:
    number = await propose(desk)
    desk.simulator.hold_webhooks()
    comment = await in_comment(desk, number, "/pep await author\n/pep chekk")
    await desk.simulator.edit_comment(
        REPOSITORY, comment, by=EDITOR, body="/pep await author\n/pep check"
    )
    await desk.simulator.release_webhooks(reverse=True)
    await desk.calm()
    assert desk.labels(number) == AWAITS_AUTHOR
    assert desk.replies(number) == []
    assert desk.reactions(number, comment) == ["+1"]


async def test_infrastructure_and_closed_pull_requests_answer_what_makes_sense(desk: Desk) -> None:
    number = await propose(desk, files={"README.rst": "Other words.\n"}, title="Infra: Words")
    await in_comment(desk, number, "/pep help")
    await desk.calm()
    (reply,) = desk.replies(number)
    assert "`/pep label +LABEL -LABEL`" in reply
    await desk.simulator.close(REPOSITORY, number, by=AUTHOR)
    comment = await in_comment(desk, number, "/pep title")
    await desk.calm()
    assert desk.reactions(number, comment) == ["confused"]
    assert "open pull requests only" in desk.replies(number)[1]


@pytest.mark.exhaustive
async def test_buttons_do_what_the_sender_may(desk: Desk) -> None:
    number = await propose(desk, pep(9999), number=9999, line=None)
    head = desk.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = desk.simulator.check_runs(REPOSITORY, head)
    assert [one.label for one in run.actions] == ["Re-check", "Suggest fixes", "Use number 842"]
    await desk.simulator.request_action(REPOSITORY, run.id, "number", by=EDITOR)
    await desk.calm()
    (reply,) = desk.replies(number)
    assert "rename from peps/pep-9999.rst\nrename to peps/pep-0842.rst" in reply
    await desk.simulator.request_action(REPOSITORY, run.id, "fix", by=SPONSOR)
    await desk.calm()
    assert "`/pep fix [RULE]` is for an author or a PEP editor." in desk.replies(number)[1]
    desk.simulator.clear_requests()
    await desk.simulator.request_action(REPOSITORY, run.id, "check", by=SPONSOR)
    await desk.calm()
    assert desk.writes() == []
    assert any("/reviews" in path for path in desk.reads())


async def test_suggestions_stand_on_the_lines_of_the_diff(desk: Desk) -> None:
    text = pep().replace("Status: Draft\n", "Status:\tDraft\n")
    text = text.replace("This PEP proposes something.", "See PEP 840.\n\n\tIndented.")
    number = await propose(desk, text)
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep fix")
    await desk.calm()
    pull = desk.simulator.pull_request(REPOSITORY, number)
    (review,) = (one for one in pull.reviews if one.login == BOT)
    assert review.state == "COMMENTED"
    lines = text.split("\n")
    for comment in pull.review_comments:
        assert comment.path == PATH
        assert "\t" in lines[comment.line - 1]
        assert "```suggestion\n" in comment.body
    assert len(pull.review_comments) == 2
    assert desk.replies(number) == [], "the review says it all"


async def test_suggestions_that_github_refuses_come_as_a_patch(desk: Desk) -> None:
    text = pep().replace("Status: Draft\n", "Status:\tDraft\n")
    number = await propose(desk, text)
    desk.simulator.fail_next(422, match=r"POST .*/reviews")
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep fix")
    await desk.calm()
    (reply,) = desk.replies(number)
    assert "-Status:\tDraft\n+Status: Draft\n" in reply


async def test_a_review_whose_answer_was_lost_is_not_made_twice(desk: Desk) -> None:
    text = pep().replace("Status: Draft\n", "Status:\tDraft\n")
    number = await propose(desk, text)
    desk.simulator.drop_connections(match=r"POST .*/(reviews|issues/\d+/comments)", after=True)
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep fix\n/pep help")
    await desk.calm()
    pull = desk.simulator.pull_request(REPOSITORY, number)
    assert len([one for one in pull.reviews if one.login == BOT]) == 1
    desk.simulator.drop_connections(match=r"POST .*/issues/\d+/comments", after=True)
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep number")
    await desk.calm()
    assert len(desk.replies(number)) == 2


async def test_new_pep_by_hand_makes_it_one(desk: Desk) -> None:
    await set_policy(desk, "")
    number = await propose(desk, files={"peps/pep-0840.rst": pep(840, body="Changed.")})
    assert "new-pep" not in desk.labels(number)
    await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="new-pep")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting editor"}
    assert "marked this as a new PEP" in desk.comment(number)
    await desk.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="new-pep")
    await desk.calm()
    assert desk.labels(number) == set()
