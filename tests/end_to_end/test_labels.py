"""Labels: made, renamed, taken off by people, and those by which editors instruct the bot."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, OTHER_EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose, set_policy

UNNUMBERED = {"new-pep", "needs number", "awaiting author"}


@pytest.mark.exhaustive
async def test_labels_the_repository_lacks_are_made_with_colour_and_description(
    desk: Desk,
) -> None:
    await propose(desk)
    made = {label.name: label for label in desk.simulator.label_definitions(REPOSITORY)}
    assert made.keys() == {"new-pep", "awaiting sponsor"}
    for label in made.values():
        assert label.description
        assert label.color != "ededed", "GitHub's grey: the label was made in passing"


async def test_a_policy_renames_labels_switches_them_off_and_forbids_making_them(
    desk: Desk,
) -> None:
    await set_policy(
        desk, '[labels]\nnew_pep = "proposal"\nawaiting_sponsor = ""\nneeds_number = "number!"\n'
    )
    number = await propose(desk)
    assert desk.labels(number) == {"proposal"}
    await set_policy(desk, "[labels]\ncreate_missing = false\n")
    unnumbered = await propose(desk, number=9999, line=None)
    assert desk.labels(unnumbered) == set()
    assert {label.name for label in desk.simulator.label_definitions(REPOSITORY)} == {"proposal"}


@pytest.mark.exhaustive
async def test_a_draft_awaits_its_author_until_it_is_ready(desk: Desk) -> None:
    number = await propose(desk, draft=True)
    assert desk.labels(number) == {"new-pep", "awaiting author"}
    assert desk.conclusions(number) == ["neutral"]
    await desk.simulator.mark_ready(REPOSITORY, number)
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting sponsor"}


async def test_a_label_that_a_person_took_off_stays_away_until_its_cause_changes(
    desk: Desk,
) -> None:
    number = await propose(desk, number=9999, line=None)
    assert desk.labels(number) == UNNUMBERED
    with desk.simulator.lost_webhooks():
        await desk.simulator.unlabel(REPOSITORY, number, by=AUTHOR, name="needs number")
    path = "peps/pep-9999.rst"
    await desk.simulator.push(REPOSITORY, number, {path: pep(9999, body="Other words.")})
    await desk.calm()
    assert desk.labels(number) == UNNUMBERED - {"needs number"}
    await desk.simulator.push(
        REPOSITORY,
        number,
        {path: None, "peps/pep-0841x.rst": None} | {"peps/pep-0843.rst": pep(845)},
    )
    await desk.calm()
    assert desk.labels(number) >= {"needs number"}


async def test_an_editor_sets_a_finding_aside_and_takes_that_back(desk: Desk) -> None:
    number = await propose(desk, pep(sponsor=None), line=None)
    assert desk.conclusions(number) == ["failure"]
    await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="skip sponsor")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "skip sponsor", "awaiting editor"}
    assert desk.conclusions(number) == ["success"]
    assert "Set aside by an editor" in desk.comment(number)
    await desk.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="skip sponsor")
    await desk.calm()
    assert desk.conclusions(number) == ["failure"]
    assert "Set aside" not in desk.comment(number)


@pytest.mark.exhaustive
async def test_the_same_label_set_by_somebody_with_triage_rights_has_no_effect(
    desk: Desk,
) -> None:
    desk.simulator.set_collaborator(REPOSITORY, STRANGER, "triage")
    number = await propose(desk, pep(sponsor=None), line=None)
    for label in ("skip sponsor", "bot: paused"):
        await desk.simulator.label(REPOSITORY, number, by=STRANGER, name=label)
    await desk.simulator.push(REPOSITORY, number, {PATH: pep(sponsor=None, body="More.")})
    await desk.calm()
    assert desk.conclusions(number) == ["failure"]
    assert "needs sponsor" in desk.labels(number)
    # An editor's label that the stranger took off and set again is the stranger's.
    await desk.simulator.unlabel(REPOSITORY, number, by=STRANGER, name="skip sponsor")
    await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="skip sponsor")
    await desk.calm()
    assert "needs sponsor" not in desk.labels(number)
    await desk.simulator.unlabel(REPOSITORY, number, by=STRANGER, name="skip sponsor")
    await desk.simulator.label(REPOSITORY, number, by=STRANGER, name="skip sponsor")
    await desk.calm()
    assert "needs sponsor" in desk.labels(number)


async def test_a_late_event_does_not_vouch_for_a_label_that_somebody_else_set_since(
    desk: Desk,
) -> None:
    desk.simulator.set_collaborator(REPOSITORY, STRANGER, "triage")
    numbers = [
        await propose(desk, pep(number, sponsor=None), number=number, line=None)
        for number in (842, 843)
    ]
    desk.simulator.hold_webhooks()
    for number, first, last in zip(
        numbers, (OTHER_EDITOR, STRANGER), (STRANGER, EDITOR), strict=True
    ):
        await desk.simulator.label(REPOSITORY, number, by=first, name="skip sponsor")
        await desk.simulator.unlabel(REPOSITORY, number, by=STRANGER, name="skip sponsor")
        await desk.simulator.label(REPOSITORY, number, by=last, name="skip sponsor")
    await desk.simulator.release_webhooks(reverse=True)
    await desk.calm()
    assert [desk.conclusions(number) for number in numbers] == [["failure"], ["success"]]


@pytest.mark.exhaustive
async def test_who_set_a_label_is_found_although_the_event_was_lost(desk: Desk) -> None:
    desk.simulator.set_collaborator(REPOSITORY, STRANGER, "triage")
    number = await propose(desk, pep(sponsor=None), line=None)
    with desk.simulator.lost_webhooks():
        await desk.simulator.label(REPOSITORY, number, by=STRANGER, name="skip sponsor")
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Hello?")
    await desk.calm()
    assert desk.conclusions(number) == ["failure"]
    other = await propose(desk, pep(843, sponsor=None), number=843, line=None)
    with desk.simulator.lost_webhooks():
        await desk.simulator.label(REPOSITORY, other, by=EDITOR, name="skip sponsor")
    await desk.simulator.comment(REPOSITORY, other, by=AUTHOR, body="Hello?")
    await desk.calm()
    assert desk.conclusions(other) == ["success"]


async def test_nobody_instructs_the_bot_while_the_editors_cannot_be_read(desk: Desk) -> None:
    desk.simulator.fail_next(403, times=10, match="/teams/pep-editors/members")
    number = await propose(desk, pep(sponsor=None), line=None)
    await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="skip sponsor")
    await desk.calm()
    assert desk.conclusions(number) == ["failure"]
    assert "It could not be read who the PEP editors are" in desk.comment(number)


@pytest.mark.exhaustive
async def test_a_paused_bot_leaves_everything_but_its_check_run_alone(desk: Desk) -> None:
    number = await propose(desk, pep(sponsor=None), line=None)
    before = desk.comment(number)
    await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="bot: paused")
    await desk.simulator.push(REPOSITORY, number, {PATH: pep()})
    await desk.calm()
    assert desk.comment(number) == before
    assert "needs sponsor" in desk.labels(number)
    assert desk.conclusions(number) == ["neutral"]
    await desk.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="bot: paused")
    await desk.calm()
    assert desk.comment(number) != before
    assert "needs sponsor" not in desk.labels(number)


@pytest.mark.exhaustive
async def test_a_stage_that_a_person_set_counts_although_the_event_was_lost(desk: Desk) -> None:
    number = await propose(desk)
    with desk.simulator.lost_webhooks():
        await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="awaiting author")
    await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body="Hello?")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting author"}
    desk.simulator.clear_requests()
    await desk.simulator.push(REPOSITORY, number, {PATH: pep(body="More.")})
    await desk.calm()
    assert not any(path.endswith("/events") for path in desk.reads()), "asked once"
    assert desk.labels(number) == {"new-pep", "awaiting author"}
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting editor"}


@pytest.mark.exhaustive
async def test_of_two_stages_that_people_set_the_later_stands(desk: Desk) -> None:
    number = await propose(desk)
    desk.simulator.hold_webhooks()
    for label in ("awaiting decision", "awaiting author", "awaiting editor"):
        await desk.simulator.label(REPOSITORY, number, by=EDITOR, name=label)
    await desk.simulator.release_webhooks()
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting editor"}
    await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body="Hello?")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting editor"}


@pytest.mark.exhaustive
async def test_a_persons_label_is_not_taken_off_when_the_bot_comes_to_agree(desk: Desk) -> None:
    path = "peps/pep-0840.rst"
    text = pep(840, author="Edith Quill <edith@python.example>", sponsor=None, body="Other words.")
    number = await propose(desk, files={path: text}, title="PEP 840: Words")
    assert desk.labels(number) == set()
    await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="awaiting author")
    await desk.simulator.review(REPOSITORY, number, by=EDITOR, state="CHANGES_REQUESTED", body="?")
    await desk.calm()
    assert desk.labels(number) == {"awaiting author"}
    await desk.simulator.push(REPOSITORY, number, {path: text.replace("Other", "Better")})
    await desk.calm()
    assert desk.labels(number) == set()
