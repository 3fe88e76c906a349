"""Every way in which a sponsor's consent is given, ended, or only said elsewhere."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose

AWAITED = {"new-pep", "awaiting sponsor"}
SETTLED = {"new-pep", "awaiting editor"}


def agreed(harness: Harness, number: int) -> bool:
    """Whether labels, check and comment all say that the sponsor agreed, or all that not."""
    agreed_shown = "[agreed here](" in harness.comment(number)
    assert harness.labels(number) == (SETTLED if agreed_shown else AWAITED)
    assert harness.conclusions(number) == ["success" if agreed_shown else "neutral"]
    return agreed_shown


async def test_an_approval_is_consent_until_it_is_dismissed_and_again_when_renewed(
    harness: Harness,
) -> None:
    number = await propose(harness)
    assert not agreed(harness, number)
    review = await harness.simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
    await harness.wait_until_idle()
    assert agreed(harness, number)
    await harness.simulator.dismiss_review(REPOSITORY, number, review, by=EDITOR)
    await harness.wait_until_idle()
    assert not agreed(harness, number)
    assert "no longer agrees" in harness.comment(number)
    await harness.simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
    await harness.wait_until_idle()
    assert agreed(harness, number)


async def test_requested_changes_and_unsponsor_end_consent_and_a_later_line_anywhere_renews_it(
    harness: Harness,
) -> None:
    """In a comment, a review, or a thread on the diff."""
    number = await propose(harness)
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Yes.\n\n/pep sponsor")
    await harness.wait_until_idle()
    assert agreed(harness, number)
    await harness.simulator.review(
        REPOSITORY, number, by=SPONSOR, state="CHANGES_REQUESTED", body="?"
    )
    await harness.wait_until_idle()
    assert not agreed(harness, number)
    await harness.simulator.review(
        REPOSITORY, number, by=SPONSOR, state="COMMENTED", body="Good.\n/pep sponsor"
    )
    await harness.wait_until_idle()
    assert agreed(harness, number)
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep unsponsor")
    await harness.wait_until_idle()
    assert not agreed(harness, number)
    await harness.simulator.review_comment(
        REPOSITORY, number, by=SPONSOR, path=PATH, line=2, body="/pep sponsor"
    )
    await harness.wait_until_idle()
    assert agreed(harness, number)


async def test_comments_of_others_and_quoted_lines_are_no_consent(harness: Harness) -> None:
    number = await propose(harness)
    for by in (AUTHOR, STRANGER, EDITOR):
        await harness.simulator.comment(REPOSITORY, number, by=by, body="/pep sponsor")
    await harness.simulator.review(REPOSITORY, number, by=STRANGER, state="APPROVED")
    await harness.wait_until_idle()
    assert not agreed(harness, number)
    await harness.simulator.comment(
        REPOSITORY, number, by=SPONSOR, body="> /pep sponsor\n\n```\n/pep sponsor\n```\nWhat now?"
    )
    await harness.wait_until_idle()
    assert "[agreed here](" not in harness.comment(number)


@pytest.mark.exhaustive
async def test_a_sponsor_who_opens_the_pull_request_has_agreed(harness: Harness) -> None:
    number = await propose(harness, by=SPONSOR)
    assert harness.labels(number) == SETTLED
    assert harness.conclusions(number) == ["success"]
    assert "core developer, opened this pull request" in harness.comment(number)
    again = await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert harness.reactions(number, again) == ["+1"], "nothing is wrong with saying so again"


async def test_another_comment_ends_the_asking_without_being_consent(harness: Harness) -> None:
    number = await propose(harness)
    await harness.simulator.comment(
        REPOSITORY, number, by=SPONSOR, body="I like the second section."
    )
    await harness.wait_until_idle()
    assert harness.labels(number) == SETTLED
    assert harness.conclusions(number) == ["success"]
    assert "There is [a comment by the sponsor](https://github.com/" in harness.comment(number)
    assert "[agreed here](" not in harness.comment(number)


@pytest.mark.exhaustive
async def test_a_post_linked_in_the_description_ends_the_asking_and_is_never_fetched(
    harness: Harness,
) -> None:
    post = "https://discuss.python.org/t/91337/47"
    body = (
        "* [x] Core dev/PEP editor listed as ``Author`` or ``Sponsor``, and formally confirmed "
        f"their approval: {post}\n* [x] Another item\n"
    )
    number = await propose(harness, body=body)
    assert harness.labels(number) == SETTLED
    assert harness.conclusions(number) == ["success"]
    assert (
        f"You linked [a post]({post}) as the sponsor's agreement; I have not read it"
        in harness.comment(number)
    )
    assert not [r for r in harness.simulator.requests if "discuss" in r.path]


@pytest.mark.exhaustive
async def test_a_comment_edited_by_somebody_else_does_not_count(harness: Harness) -> None:
    number = await propose(harness)
    comment = await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Hm.")
    await harness.simulator.edit_comment(REPOSITORY, comment, by=EDITOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert "[agreed here](" not in harness.comment(number)
    # Neither when the event of the edit is lost and REST alone tells of the text.
    with harness.simulator.lost_webhooks():
        await harness.simulator.edit_comment(REPOSITORY, comment, by=EDITOR, body="\n/pep sponsor")
    await harness.simulator.push(REPOSITORY, number, {"peps/pep-0842/appendix.txt": "more\n"})
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Anybody?")
    await harness.wait_until_idle()
    assert "[agreed here](" not in harness.comment(number)


@pytest.mark.exhaustive
async def test_what_somebody_else_slipped_in_is_no_consent_when_the_author_edits_later(
    harness: Harness,
) -> None:
    number = await propose(harness)
    comment = await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Hm.")
    edit = harness.simulator.edit_comment
    await edit(REPOSITORY, comment, by=EDITOR, body="Hm.\n\n/pep sponsor")
    await edit(REPOSITORY, comment, by=SPONSOR, body="Hmm.\n\n/pep sponsor")
    await harness.wait_until_idle()
    assert "[agreed here](" not in harness.comment(number)
    await edit(REPOSITORY, comment, by=SPONSOR, body="Yes.\n\n/pep sponsor\n/pep sponsor")
    await harness.wait_until_idle()
    assert agreed(harness, number)


@pytest.mark.exhaustive
async def test_an_edit_beside_an_earlier_consent_does_not_renew_it(harness: Harness) -> None:
    number = await propose(harness)
    comment = await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep unsponsor")
    await harness.wait_until_idle()
    assert not agreed(harness, number)
    await harness.simulator.edit_comment(
        REPOSITORY, comment, by=SPONSOR, body="I agreed once.\n\n/pep sponsor"
    )
    await harness.wait_until_idle()
    assert not agreed(harness, number)


@pytest.mark.exhaustive
async def test_consent_whose_event_was_lost_is_found_by_the_next_reading(harness: Harness) -> None:
    number = await propose(harness)
    with harness.simulator.lost_webhooks():
        await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Anybody?")
    await harness.wait_until_idle()
    assert agreed(harness, number)


@pytest.mark.exhaustive
async def test_consent_is_ended_by_saying_so_and_by_no_edit_and_no_deletion(
    harness: Harness,
) -> None:
    number = await propose(harness)
    comment = await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert agreed(harness, number)
    edit = harness.simulator.edit_comment
    await edit(REPOSITORY, comment, by=EDITOR, body="/pep sponsor\n\n(typo mended)")
    await harness.wait_until_idle()
    assert agreed(harness, number)
    await edit(REPOSITORY, comment, by=SPONSOR, body="Well.")
    await harness.simulator.delete_comment(REPOSITORY, comment, by=SPONSOR)
    await harness.wait_until_idle()
    assert agreed(harness, number)
