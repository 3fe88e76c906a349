"""Commands that somebody edits into another's text, and faults while they are processed."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose, set_policy

SLIPPED = "/pep skip codeowners because mine"


async def says(harness: Harness, number: int, body: str, by: str = EDITOR) -> int:
    comment = await harness.simulator.comment(REPOSITORY, number, by=by, body=body)
    await harness.wait_until_idle()
    return comment


async def edits(harness: Harness, comment: int, body: str, by: str = EDITOR) -> None:
    await harness.simulator.edit_comment(REPOSITORY, comment, by=by, body=body)


@pytest.mark.exhaustive
async def test_what_was_said_or_slipped_in_while_locked_is_not_carried_out_later(
    harness: Harness,
) -> None:
    number = await propose(harness, line=None)
    comment = await says(harness, number, "Hello")
    await harness.simulator.lock(REPOSITORY, number, by=EDITOR)
    said = await says(harness, number, "/pep pause")
    await edits(harness, comment, f"Hello\n\n{SLIPPED}", by=SPONSOR)
    await harness.simulator.unlock(REPOSITORY, number, by=EDITOR)
    await edits(harness, comment, f"Hello!\n\n{SLIPPED}")
    await harness.wait_until_idle()
    assert "needs codeowners" in harness.labels(number)
    assert "before this edit that I did not see then" in harness.replies(number)[0]
    await edits(harness, comment, f"Hello!!\n\n{SLIPPED}")
    await harness.wait_until_idle()
    assert "needs codeowners" in harness.labels(number)
    assert "bot: paused" not in harness.labels(number)
    assert harness.reactions(number, said) == []


@pytest.mark.exhaustive
async def test_nor_what_stood_behind_twenty_others_or_came_late_or_was_told_by_no_event(
    harness: Harness,
) -> None:
    number = await propose(harness, line=None)
    own = [f"/pep number {number}" for number in range(860, 880)]
    crowded = await says(harness, number, "\n".join(own))
    await edits(harness, crowded, "\n".join([*own, SLIPPED]), by=SPONSOR)
    await edits(harness, crowded, "\n".join([*own[1:], SLIPPED]))
    await harness.wait_until_idle()
    assert "needs codeowners" in harness.labels(number)

    silent = await says(harness, number, "Hello")
    with harness.simulator.lost_webhooks():
        await edits(harness, silent, f"Hello\n\n{SLIPPED}", by=SPONSOR)
    await edits(harness, silent, f"Hello!\n\n{SLIPPED}")
    await harness.wait_until_idle()
    assert "needs codeowners" in harness.labels(number)

    late = await says(harness, number, "Hello")
    harness.simulator.hold_webhooks()
    await edits(harness, late, f"Hello\n\n{SLIPPED}", by=SPONSOR)
    await edits(harness, late, f"Hello!\n\n{SLIPPED}")
    await harness.simulator.release_webhooks(reverse=True)
    await harness.wait_until_idle()
    assert "needs codeowners" in harness.labels(number)
    assert harness.reactions(number, late) == ["confused"]
    assert "Somebody else wrote commands" in harness.replies(number)[-1]


@pytest.mark.exhaustive
async def test_what_was_barred_may_be_written_anew_by_the_authors_own_hand(
    harness: Harness,
) -> None:
    number = await propose(harness)
    comment = await says(harness, number, "Hello", by=AUTHOR)
    await edits(harness, comment, "Hello\n\n/pep pause")
    await edits(harness, comment, "Hello?", by=AUTHOR)
    await harness.wait_until_idle()
    assert "bot: paused" not in harness.labels(number)
    await edits(harness, comment, "Well, yes.\n\n/pep pause", by=AUTHOR)
    await harness.wait_until_idle()
    assert "bot: paused" in harness.labels(number)
    assert harness.reactions(number, comment) == ["+1"]


@pytest.mark.exhaustive
async def test_what_is_processed_backwards_counts_as_it_was_written(harness: Harness) -> None:
    number = await propose(harness)
    harness.simulator.hold_webhooks()
    refused = await says(harness, number, "/pep unskip codeowners", by=STRANGER)
    await edits(harness, refused, "Pray.\n\n/pep unskip codeowners", by=STRANGER)
    put_back = await says(harness, number, "/pep pause", by=AUTHOR)
    await edits(harness, put_back, "(Nothing.)")
    await edits(harness, put_back, "/pep pause")
    corrected = await harness.simulator.comment(
        REPOSITORY, number, by=AUTHOR, body="I puse it.\n\n/pep help pause"
    )
    await edits(harness, corrected, "I pause it.\n\n/pep help pause")
    await harness.simulator.release_webhooks(reverse=True)
    await harness.wait_until_idle()
    assert harness.reactions(number, refused) == ["confused"], "a refusal is told all the same"
    assert harness.reactions(number, put_back) == ["+1"], "its author had said it first"
    assert harness.reactions(number, corrected) == ["+1"], "another's edit does not bar one's own"
    assert "bot: paused" in harness.labels(number)
    helped, told = sorted(harness.replies(number), key=lambda reply: "is for a PEP editor" in reply)
    assert "stop the bot from writing here" in helped
    assert "is for a PEP editor" in told


async def test_a_refused_command_stays_refused_whoever_edits_its_text(harness: Harness) -> None:
    number = await propose(harness)
    harness.simulator.define_label(REPOSITORY, "typing")
    comment = await says(harness, number, "/pep label +typing\n\nPlaese!", by=STRANGER)
    for by, text in ((STRANGER, "Plaese"), (EDITOR, "Please!")):
        await edits(harness, comment, f"/pep label +typing\n\n{text}", by=by)
        await harness.wait_until_idle()
        assert "is for a PEP editor" in harness.replies(number)[0], by
        assert "Somebody else" not in harness.replies(number)[0], by
    await set_policy(harness, '[label_command]\nanyone = ["*"]\n')
    await edits(harness, comment, "/pep label +typing\n\nPlease.")
    await harness.wait_until_idle()
    assert "typing" not in harness.labels(number)
    assert "I do not run what was refused before" in harness.replies(number)[0]
    await edits(harness, comment, "/pep label +typing", by=STRANGER)
    await harness.wait_until_idle()
    assert "typing" in harness.labels(number)
    assert harness.reactions(number, comment) == ["+1"]
    assert harness.replies(number) == []


@pytest.mark.exhaustive
async def test_politeness_and_a_full_stop_consent_as_well(harness: Harness) -> None:
    number = await propose(harness)
    await says(harness, number, "/pep sponsor, please.", by=SPONSOR)
    assert harness.labels(number) == {"new-pep", "awaiting editor"}
    await says(harness, number, "/pep unsponsor.", by=SPONSOR)
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}


@pytest.mark.exhaustive
async def test_labels_with_commas_keep_their_order_too(harness: Harness) -> None:
    harness.simulator.define_label(REPOSITORY, "a,b!")
    number = await propose(harness)
    harness.simulator.hold_webhooks()
    await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body='/pep label +"a,b!"')
    await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body='/pep label -"a,b!"')
    await harness.simulator.release_webhooks(reverse=True)
    await harness.wait_until_idle()
    assert "a,b!" not in harness.labels(number)


@pytest.mark.exhaustive
async def test_two_different_fixes_in_one_text_are_both_offered(harness: Harness) -> None:
    text = pep(body="A\ttab.").replace("Status: Draft\n", "Status:  Draft\n")
    number = await propose(harness, text.replace("Title: A", "Title:A"))
    await says(harness, number, "/pep fix tabs\n/pep fix header-form", by=AUTHOR)
    pull = harness.simulator.pull_request(REPOSITORY, number)
    assert len(pull.reviews) == 2
    assert len({comment.line for comment in pull.review_comments}) == 2


async def test_others_hear_of_a_number_although_a_write_failed_meanwhile(harness: Harness) -> None:
    harness.simulator.define_label(REPOSITORY, "typing")
    first, second = await propose(harness), await propose(harness, number=843)
    harness.simulator.fail_next(502, times=2, match=rf"POST .*/issues/{second}/labels$")
    await says(harness, second, f"/pep number 842 for #{second} because a\n/pep label +typing")
    await harness.until(lambda: "needs number" in harness.labels(first))


async def test_a_comment_whose_deletion_is_processed_first_stays_dead(harness: Harness) -> None:
    number = await propose(harness)
    harness.simulator.hold_webhooks()
    comment = await harness.simulator.comment(
        REPOSITORY, number, by=AUTHOR, body="/pep pause\n/pep x"
    )
    await harness.simulator.delete_comment(REPOSITORY, comment, by=AUTHOR)
    await harness.simulator.release_webhooks(reverse=True)
    await harness.wait_until_idle()
    assert harness.replies(number) == []
    answered = await says(harness, number, "/pep help", by=STRANGER)
    assert len(harness.replies(number)) == 1
    await harness.simulator.delete_comment(REPOSITORY, answered, by=STRANGER)
    await harness.wait_until_idle()
    assert harness.replies(number) == []


async def test_a_label_that_nobody_may_make_is_reported_and_may_be_tried_again(
    harness: Harness,
) -> None:
    number = await propose(harness)
    for status in (404, 403):
        harness.simulator.fail_next(status, match=r"POST .*/python/peps/labels$")
        comment = await says(harness, number, f"/pep pause because of {status}")
        assert harness.reactions(number, comment) == ["confused"]
    await set_policy(harness, "[labels]\ncreate_missing = false\n")
    comment = await says(harness, number, "/pep pause")
    assert harness.reactions(number, comment) == ["confused"]
    harness.simulator.define_label(REPOSITORY, "bot: paused")
    await edits(harness, comment, "/pep pause\n\nNow?")
    await harness.wait_until_idle()
    assert "bot: paused" in harness.labels(number)


async def test_a_reply_that_somebody_deleted_does_not_silence_the_bot(harness: Harness) -> None:
    number = await propose(harness)
    comment = await says(harness, number, "/pep chekk", by=STRANGER)
    (reply,) = (
        one
        for one in harness.simulator.pull_request(REPOSITORY, number).comments
        if "pep-bot:reply" in one.body
    )
    await harness.simulator.delete_comment(REPOSITORY, reply.id, by=EDITOR)
    await edits(harness, comment, "/pep help", by=STRANGER)
    await harness.wait_until_idle()
    assert "Here you are a guest" in harness.replies(number)[0]


async def test_a_refused_reply_that_is_needed_no_more_leaves_no_empty_comment(
    harness: Harness,
) -> None:
    number = await propose(harness)
    harness.simulator.fail_next(403, match=rf"POST .*/issues/{number}/comments$")
    comment = await says(harness, number, "/pep chekk", by=STRANGER)
    assert harness.replies(number) == []
    before = len(harness.writes())
    await edits(harness, comment, "Never mind.", by=STRANGER)
    await harness.wait_until_idle()
    assert [path for _, path in harness.writes()[before:] if path.endswith("/comments")] == []


async def test_refused_suggestions_are_patched_apart_from_what_is_a_patch_anyway(
    harness: Harness,
) -> None:
    files = {
        "peps/pep-9999.rst": pep(9999, sponsor="Ada Merritt <a@b.example>"),
        "peps/pep-0843.rst": pep(843, body="A\ttab."),
    }
    number = await propose(harness, files=files)
    harness.simulator.fail_next(422, match=r"POST .*/reviews")
    await says(harness, number, "/pep fix", by=AUTHOR)
    (reply,) = harness.replies(number)
    assert reply.count("rename from peps/pep-9999.rst") == 1
    assert "A tab." in reply or "+A" in reply
    assert PATH in reply


@pytest.mark.exhaustive
async def test_the_same_question_twice_in_one_text_is_answered_once(harness: Harness) -> None:
    number = await propose(harness)
    comment = await says(harness, number, "\n".join(["/pep help"] * 19), by=STRANGER)
    (reply,) = harness.replies(number)
    assert reply.count("Here you are a guest") == 1
    assert harness.reactions(number, comment) == ["+1"]


@pytest.mark.exhaustive
async def test_commands_beyond_the_most_are_reported_and_not_taken_for_done(
    harness: Harness,
) -> None:
    number = await propose(harness)
    lines = [f"/pep number {one}" for one in range(860, 881)]
    comment = await says(harness, number, "\n".join(lines))
    assert harness.reactions(number, comment) == ["confused"]
    (reply,) = harness.replies(number)
    assert "Only the first 20 commands of a text are run" in reply
    await edits(harness, comment, "\n".join(lines[:20]))
    await harness.wait_until_idle()
    assert harness.reactions(number, comment) == ["+1"]
    assert harness.replies(number) == []


@pytest.mark.exhaustive
async def test_what_a_person_writes_into_a_programs_text_is_not_even_answered(
    harness: Harness,
) -> None:
    harness.simulator.register_app(78, "dependabot", secret="another", private_key_pem=harness.pem)
    number = await propose(harness)
    comment = await says(harness, number, "Bumps a dependency.", by="dependabot[bot]")
    await edits(harness, comment, "Bumps a dependency.\n\n/pep pause")
    await harness.wait_until_idle()
    assert harness.replies(number) == []
    assert harness.reactions(number, comment) == []


@pytest.mark.exhaustive
async def test_dismissing_a_review_is_not_writing_it(harness: Harness) -> None:
    number = await propose(harness)
    with harness.simulator.lost_webhooks():
        review = await harness.simulator.review(
            REPOSITORY, number, by=EDITOR, state="CHANGES_REQUESTED", body="/pep await author"
        )
    await harness.simulator.dismiss_review(REPOSITORY, number, review, by=SPONSOR)
    await harness.wait_until_idle()
    assert harness.replies(number) == []


@pytest.mark.exhaustive
async def test_a_lost_command_is_processed_with_the_next_event_where_the_bot_is_silent_too(
    harness: Harness,
) -> None:
    number = await propose(harness, files={"README.rst": "Other words.\n"}, title="Infra: Words")
    with harness.simulator.lost_webhooks():
        lost = await harness.simulator.comment(
            REPOSITORY, number, by=AUTHOR, body="/pep await nobody"
        )
    await harness.simulator.push(REPOSITORY, number, {"README.rst": "Still other words.\n"})
    await harness.wait_until_idle()
    assert harness.reactions(number, lost) == ["confused"]
    assert len(harness.replies(number)) == 1
