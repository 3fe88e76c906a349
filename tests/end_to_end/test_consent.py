"""Every way in which a sponsor's consent is given, ended, or only said elsewhere."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose

AWAITED = {"new-pep", "awaiting sponsor"}
SETTLED = {"new-pep", "awaiting editor"}


def agreed(desk: Desk, number: int) -> bool:
    """Whether labels, check and comment all say that the sponsor agreed, or all that not."""
    told = "agreed here" in desk.comment(number)
    assert desk.labels(number) == (SETTLED if told else AWAITED)
    assert desk.conclusions(number) == ["success" if told else "neutral"]
    return told


async def test_an_approval_is_consent_until_it_is_dismissed_and_again_when_renewed(
    desk: Desk,
) -> None:
    number = await propose(desk)
    assert not agreed(desk, number)
    review = await desk.simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
    await desk.calm()
    assert agreed(desk, number)
    await desk.simulator.dismiss_review(REPOSITORY, number, review, by=EDITOR)
    await desk.calm()
    assert not agreed(desk, number)
    assert "taken the consent back" in desk.comment(number)
    await desk.simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
    await desk.calm()
    assert agreed(desk, number)


async def test_requested_changes_and_unsponsor_end_consent_and_a_later_line_anywhere_renews_it(
    desk: Desk,
) -> None:
    """In a comment, a review, or a thread on the diff."""
    number = await propose(desk)
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Yes.\n\n/pep sponsor")
    await desk.calm()
    assert agreed(desk, number)
    await desk.simulator.review(REPOSITORY, number, by=SPONSOR, state="CHANGES_REQUESTED", body="?")
    await desk.calm()
    assert not agreed(desk, number)
    await desk.simulator.review(
        REPOSITORY, number, by=SPONSOR, state="COMMENTED", body="Good.\n/pep sponsor"
    )
    await desk.calm()
    assert agreed(desk, number)
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep unsponsor")
    await desk.calm()
    assert not agreed(desk, number)
    await desk.simulator.review_comment(
        REPOSITORY, number, by=SPONSOR, path=PATH, line=2, body="/pep sponsor"
    )
    await desk.calm()
    assert agreed(desk, number)


async def test_the_word_of_others_and_quoted_lines_are_no_consent(desk: Desk) -> None:
    number = await propose(desk)
    for by in (AUTHOR, STRANGER, EDITOR):
        await desk.simulator.comment(REPOSITORY, number, by=by, body="/pep sponsor")
    await desk.simulator.review(REPOSITORY, number, by=STRANGER, state="APPROVED")
    await desk.calm()
    assert not agreed(desk, number)
    await desk.simulator.comment(
        REPOSITORY, number, by=SPONSOR, body="> /pep sponsor\n\n```\n/pep sponsor\n```\nWhat now?"
    )
    await desk.calm()
    assert "agreed here" not in desk.comment(number)


@pytest.mark.exhaustive
async def test_a_sponsor_who_opens_the_pull_request_has_agreed(desk: Desk) -> None:
    number = await propose(desk, by=SPONSOR)
    assert desk.labels(number) == SETTLED
    assert desk.conclusions(number) == ["success"]
    assert "core developer, opened this pull request" in desk.comment(number)
    again = await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await desk.calm()
    assert desk.reactions(number, again) == ["+1"], "nothing is wrong with saying so again"


async def test_another_comment_ends_the_asking_without_being_consent(desk: Desk) -> None:
    number = await propose(desk)
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="I like the second section.")
    await desk.calm()
    assert desk.labels(number) == SETTLED
    assert desk.conclusions(number) == ["success"]
    assert "There is [a comment by the sponsor](https://github.com/" in desk.comment(number)
    assert "agreed here" not in desk.comment(number)


@pytest.mark.exhaustive
async def test_a_post_linked_in_the_description_ends_the_asking_and_is_never_fetched(
    desk: Desk,
) -> None:
    post = "https://discuss.python.org/t/91337/47"
    body = (
        "* [x] Core dev/PEP editor listed as ``Author`` or ``Sponsor``, and formally confirmed "
        f"their approval: {post}\n* [x] Another item\n"
    )
    number = await propose(desk, body=body)
    assert desk.labels(number) == SETTLED
    assert desk.conclusions(number) == ["success"]
    assert f"You linked [a post]({post}) for the agreement; I have not read it" in desk.comment(
        number
    )
    assert not [r for r in desk.simulator.requests if "discuss" in r.path]


@pytest.mark.exhaustive
async def test_a_comment_edited_by_somebody_else_does_not_count(desk: Desk) -> None:
    number = await propose(desk)
    comment = await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Hm.")
    await desk.simulator.edit_comment(REPOSITORY, comment, by=EDITOR, body="/pep sponsor")
    await desk.calm()
    assert "agreed here" not in desk.comment(number)
    # Neither when the event of the edit is lost and REST alone tells of the text.
    with desk.simulator.lost_webhooks():
        await desk.simulator.edit_comment(REPOSITORY, comment, by=EDITOR, body="\n/pep sponsor")
    await desk.simulator.push(REPOSITORY, number, {"peps/pep-0842/appendix.txt": "more\n"})
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Anybody?")
    await desk.calm()
    assert "agreed here" not in desk.comment(number)


@pytest.mark.exhaustive
async def test_what_somebody_else_slipped_in_is_no_consent_when_the_author_edits_later(
    desk: Desk,
) -> None:
    number = await propose(desk)
    comment = await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Hm.")
    edit = desk.simulator.edit_comment
    await edit(REPOSITORY, comment, by=EDITOR, body="Hm.\n\n/pep sponsor")
    await edit(REPOSITORY, comment, by=SPONSOR, body="Hmm.\n\n/pep sponsor")
    await desk.calm()
    assert "agreed here" not in desk.comment(number)
    await edit(REPOSITORY, comment, by=SPONSOR, body="Yes.\n\n/pep sponsor\n/pep sponsor")
    await desk.calm()
    assert agreed(desk, number)


@pytest.mark.exhaustive
async def test_an_edit_beside_an_earlier_consent_does_not_renew_it(desk: Desk) -> None:
    number = await propose(desk)
    comment = await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep unsponsor")
    await desk.calm()
    assert not agreed(desk, number)
    await desk.simulator.edit_comment(
        REPOSITORY, comment, by=SPONSOR, body="I agreed once.\n\n/pep sponsor"
    )
    await desk.calm()
    assert not agreed(desk, number)


@pytest.mark.exhaustive
async def test_consent_whose_event_was_lost_is_found_by_the_next_reading(desk: Desk) -> None:
    number = await propose(desk)
    with desk.simulator.lost_webhooks():
        await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Anybody?")
    await desk.calm()
    assert agreed(desk, number)


@pytest.mark.exhaustive
async def test_consent_is_ended_by_saying_so_and_by_no_edit_and_no_deletion(desk: Desk) -> None:
    number = await propose(desk)
    comment = await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await desk.calm()
    assert agreed(desk, number)
    edit = desk.simulator.edit_comment
    await edit(REPOSITORY, comment, by=EDITOR, body="/pep sponsor\n\n(typo mended)")
    await desk.calm()
    assert agreed(desk, number)
    await edit(REPOSITORY, comment, by=SPONSOR, body="Well.")
    await desk.simulator.delete_comment(REPOSITORY, comment, by=SPONSOR)
    await desk.calm()
    assert agreed(desk, number)
