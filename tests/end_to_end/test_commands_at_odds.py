"""Commands that somebody slips into another's text, and what goes wrong on the way."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose, set_policy

SLIPPED = "/pep skip codeowners because mine"


async def says(desk: Desk, number: int, body: str, by: str = EDITOR) -> int:
    comment = await desk.simulator.comment(REPOSITORY, number, by=by, body=body)
    await desk.calm()
    return comment


async def edits(desk: Desk, comment: int, body: str, by: str = EDITOR) -> None:
    await desk.simulator.edit_comment(REPOSITORY, comment, by=by, body=body)


@pytest.mark.exhaustive
async def test_what_was_said_or_slipped_in_while_locked_is_not_carried_out_later(
    desk: Desk,
) -> None:
    number = await propose(desk, line=None)
    comment = await says(desk, number, "Hello")
    await desk.simulator.lock(REPOSITORY, number, by=EDITOR)
    said = await says(desk, number, "/pep pause")
    await edits(desk, comment, f"Hello\n\n{SLIPPED}", by=SPONSOR)
    await desk.simulator.unlock(REPOSITORY, number, by=EDITOR)
    await edits(desk, comment, f"Hello!\n\n{SLIPPED}")
    await desk.calm()
    assert "needs codeowners" in desk.labels(number)
    assert "was not heard of then" in desk.replies(number)[0]
    await edits(desk, comment, f"Hello!!\n\n{SLIPPED}")
    await desk.calm()
    assert "needs codeowners" in desk.labels(number)
    assert "bot: paused" not in desk.labels(number)
    assert desk.reactions(number, said) == []


@pytest.mark.exhaustive
async def test_nor_what_stood_behind_twenty_others_or_came_late_or_was_told_by_no_event(
    desk: Desk,
) -> None:
    number = await propose(desk, line=None)
    own = [f"/pep number {number}" for number in range(860, 880)]
    crowded = await says(desk, number, "\n".join(own))
    await edits(desk, crowded, "\n".join([*own, SLIPPED]), by=SPONSOR)
    await edits(desk, crowded, "\n".join([*own[1:], SLIPPED]))
    await desk.calm()
    assert "needs codeowners" in desk.labels(number)

    silent = await says(desk, number, "Hello")
    with desk.simulator.lost_webhooks():
        await edits(desk, silent, f"Hello\n\n{SLIPPED}", by=SPONSOR)
    await edits(desk, silent, f"Hello!\n\n{SLIPPED}")
    await desk.calm()
    assert "needs codeowners" in desk.labels(number)

    late = await says(desk, number, "Hello")
    desk.simulator.hold_webhooks()
    await edits(desk, late, f"Hello\n\n{SLIPPED}", by=SPONSOR)
    await edits(desk, late, f"Hello!\n\n{SLIPPED}")
    await desk.simulator.release_webhooks(reverse=True)
    await desk.calm()
    assert "needs codeowners" in desk.labels(number)
    assert desk.reactions(number, late) == ["confused"]
    assert "Somebody else wrote commands" in desk.replies(number)[-1]


@pytest.mark.exhaustive
async def test_what_was_barred_may_be_written_anew_by_the_authors_own_hand(desk: Desk) -> None:
    number = await propose(desk)
    comment = await says(desk, number, "Hello", by=AUTHOR)
    await edits(desk, comment, "Hello\n\n/pep pause")
    await edits(desk, comment, "Hello?", by=AUTHOR)
    await desk.calm()
    assert "bot: paused" not in desk.labels(number)
    await edits(desk, comment, "Well, yes.\n\n/pep pause", by=AUTHOR)
    await desk.calm()
    assert "bot: paused" in desk.labels(number)
    assert desk.reactions(number, comment) == ["+1"]


@pytest.mark.exhaustive
async def test_what_is_heard_backwards_counts_as_it_was_written(desk: Desk) -> None:
    number = await propose(desk)
    desk.simulator.hold_webhooks()
    refused = await says(desk, number, "/pep unskip codeowners", by=STRANGER)
    await edits(desk, refused, "Pray.\n\n/pep unskip codeowners", by=STRANGER)
    put_back = await says(desk, number, "/pep pause", by=AUTHOR)
    await edits(desk, put_back, "(Nothing.)")
    await edits(desk, put_back, "/pep pause")
    corrected = await desk.simulator.comment(
        REPOSITORY, number, by=AUTHOR, body="I puse it.\n\n/pep help pause"
    )
    await edits(desk, corrected, "I pause it.\n\n/pep help pause")
    await desk.simulator.release_webhooks(reverse=True)
    await desk.calm()
    assert desk.reactions(number, refused) == ["confused"], "a refusal is told all the same"
    assert desk.reactions(number, put_back) == ["+1"], "its author had said it first"
    assert desk.reactions(number, corrected) == ["+1"], "another's edit does not bar one's own"
    assert "bot: paused" in desk.labels(number)
    helped, told = sorted(desk.replies(number), key=lambda reply: "is for a PEP editor" in reply)
    assert "keep the bot from writing here" in helped
    assert "is for a PEP editor" in told


async def test_a_refused_command_stays_refused_whoever_edits_its_text(desk: Desk) -> None:
    number = await propose(desk)
    desk.simulator.define_label(REPOSITORY, "typing")
    comment = await says(desk, number, "/pep label +typing\n\nPlaese!", by=STRANGER)
    for by, text in ((STRANGER, "Plaese"), (EDITOR, "Please!")):
        await edits(desk, comment, f"/pep label +typing\n\n{text}", by=by)
        await desk.calm()
        assert "is for a PEP editor" in desk.replies(number)[0], by
        assert "Somebody else" not in desk.replies(number)[0], by
    await set_policy(desk, '[label_command]\nanyone = ["*"]\n')
    await edits(desk, comment, "/pep label +typing\n\nPlease.")
    await desk.calm()
    assert "typing" not in desk.labels(number)
    assert "nothing that was refused before is carried out" in desk.replies(number)[0]
    await edits(desk, comment, "/pep label +typing", by=STRANGER)
    await desk.calm()
    assert "typing" in desk.labels(number)
    assert desk.reactions(number, comment) == ["+1"]
    assert desk.replies(number) == []


@pytest.mark.exhaustive
async def test_politeness_and_a_full_stop_consent_as_well(desk: Desk) -> None:
    number = await propose(desk)
    await says(desk, number, "/pep sponsor, please.", by=SPONSOR)
    assert desk.labels(number) == {"new-pep", "awaiting editor"}
    await says(desk, number, "/pep unsponsor.", by=SPONSOR)
    assert desk.labels(number) == {"new-pep", "awaiting sponsor"}


@pytest.mark.exhaustive
async def test_labels_with_commas_keep_their_order_too(desk: Desk) -> None:
    desk.simulator.define_label(REPOSITORY, "a,b!")
    number = await propose(desk)
    desk.simulator.hold_webhooks()
    await desk.simulator.comment(REPOSITORY, number, by=EDITOR, body='/pep label +"a,b!"')
    await desk.simulator.comment(REPOSITORY, number, by=EDITOR, body='/pep label -"a,b!"')
    await desk.simulator.release_webhooks(reverse=True)
    await desk.calm()
    assert "a,b!" not in desk.labels(number)


@pytest.mark.exhaustive
async def test_two_different_mends_in_one_text_are_both_offered(desk: Desk) -> None:
    text = pep(body="A\ttab.").replace("Status: Draft\n", "Status:  Draft\n")
    number = await propose(desk, text.replace("Title: A", "Title:A"))
    await says(desk, number, "/pep fix tabs\n/pep fix header-form", by=AUTHOR)
    pull = desk.simulator.pull_request(REPOSITORY, number)
    assert len(pull.reviews) == 2
    assert len({comment.line for comment in pull.review_comments}) == 2


async def test_others_hear_of_a_number_although_a_write_failed_meanwhile(desk: Desk) -> None:
    desk.simulator.define_label(REPOSITORY, "typing")
    first, second = await propose(desk), await propose(desk, number=843)
    desk.simulator.fail_next(502, times=2, match=rf"POST .*/issues/{second}/labels$")
    await says(desk, second, f"/pep number 842 for #{second} because a\n/pep label +typing")
    await desk.until(lambda: "needs number" in desk.labels(first))


async def test_a_comment_whose_deletion_is_heard_first_stays_dead(desk: Desk) -> None:
    number = await propose(desk)
    desk.simulator.hold_webhooks()
    comment = await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep pause\n/pep x")
    await desk.simulator.delete_comment(REPOSITORY, comment, by=AUTHOR)
    await desk.simulator.release_webhooks(reverse=True)
    await desk.calm()
    assert desk.replies(number) == []
    answered = await says(desk, number, "/pep help", by=STRANGER)
    assert len(desk.replies(number)) == 1
    await desk.simulator.delete_comment(REPOSITORY, answered, by=STRANGER)
    await desk.calm()
    assert desk.replies(number) == []


async def test_a_label_that_github_or_the_policy_lets_nobody_make_is_told_and_may_be_tried_again(
    desk: Desk,
) -> None:
    number = await propose(desk)
    for status in (404, 403):
        desk.simulator.fail_next(status, match=r"POST .*/python/peps/labels$")
        comment = await says(desk, number, f"/pep pause because of {status}")
        assert desk.reactions(number, comment) == ["confused"]
    await set_policy(desk, "[labels]\ncreate_missing = false\n")
    comment = await says(desk, number, "/pep pause")
    assert desk.reactions(number, comment) == ["confused"]
    desk.simulator.define_label(REPOSITORY, "bot: paused")
    await edits(desk, comment, "/pep pause\n\nNow?")
    await desk.calm()
    assert "bot: paused" in desk.labels(number)


async def test_a_reply_that_somebody_deleted_does_not_silence_the_bot(desk: Desk) -> None:
    number = await propose(desk)
    comment = await says(desk, number, "/pep chekk", by=STRANGER)
    (reply,) = (
        one
        for one in desk.simulator.pull_request(REPOSITORY, number).comments
        if "pep-bot:reply" in one.body
    )
    await desk.simulator.delete_comment(REPOSITORY, reply.id, by=EDITOR)
    await edits(desk, comment, "/pep help", by=STRANGER)
    await desk.calm()
    assert "Here you are a guest" in desk.replies(number)[0]


async def test_refused_suggestions_are_patched_apart_from_what_is_a_patch_anyway(
    desk: Desk,
) -> None:
    files = {
        "peps/pep-9999.rst": pep(9999, sponsor="Ada Merritt <a@b.example>"),
        "peps/pep-0843.rst": pep(843, body="A\ttab."),
    }
    number = await propose(desk, files=files)
    desk.simulator.fail_next(422, match=r"POST .*/reviews")
    await says(desk, number, "/pep fix", by=AUTHOR)
    (reply,) = desk.replies(number)
    assert reply.count("rename from peps/pep-9999.rst") == 1
    assert "A tab." in reply or "+A" in reply
    assert PATH in reply


@pytest.mark.exhaustive
async def test_the_same_question_twice_in_one_text_is_answered_once(desk: Desk) -> None:
    number = await propose(desk)
    comment = await says(desk, number, "\n".join(["/pep help"] * 19), by=STRANGER)
    (reply,) = desk.replies(number)
    assert reply.count("Here you are a guest") == 1
    assert desk.reactions(number, comment) == ["+1"]


@pytest.mark.exhaustive
async def test_commands_beyond_the_most_are_told_and_not_taken_for_done(desk: Desk) -> None:
    number = await propose(desk)
    lines = [f"/pep number {one}" for one in range(860, 881)]
    comment = await says(desk, number, "\n".join(lines))
    assert desk.reactions(number, comment) == ["confused"]
    (reply,) = desk.replies(number)
    assert "only the first 20 commands are heard" in reply
    await edits(desk, comment, "\n".join(lines[:20]))
    await desk.calm()
    assert desk.reactions(number, comment) == ["+1"]
    assert desk.replies(number) == []


@pytest.mark.exhaustive
async def test_what_a_person_writes_into_a_programs_text_is_not_even_answered(desk: Desk) -> None:
    desk.simulator.register_app(78, "dependabot", secret="another", private_key_pem=desk.pem)
    number = await propose(desk)
    comment = await says(desk, number, "Bumps a dependency.", by="dependabot[bot]")
    await edits(desk, comment, "Bumps a dependency.\n\n/pep pause")
    await desk.calm()
    assert desk.replies(number) == []
    assert desk.reactions(number, comment) == []


@pytest.mark.exhaustive
async def test_dismissing_a_review_is_not_writing_it(desk: Desk) -> None:
    number = await propose(desk)
    with desk.simulator.lost_webhooks():
        review = await desk.simulator.review(
            REPOSITORY, number, by=EDITOR, state="CHANGES_REQUESTED", body="/pep await author"
        )
    await desk.simulator.dismiss_review(REPOSITORY, number, review, by=SPONSOR)
    await desk.calm()
    assert desk.replies(number) == []


@pytest.mark.exhaustive
async def test_a_lost_command_is_heard_with_the_next_event_where_the_bot_is_silent_too(
    desk: Desk,
) -> None:
    number = await propose(desk, files={"README.rst": "Other words.\n"}, title="Infra: Words")
    with desk.simulator.lost_webhooks():
        lost = await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep await nobody")
    await desk.simulator.push(REPOSITORY, number, {"README.rst": "Still other words.\n"})
    await desk.calm()
    assert desk.reactions(number, lost) == ["confused"]
    assert len(desk.replies(number)) == 1
