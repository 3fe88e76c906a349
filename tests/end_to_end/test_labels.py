"""Labels: created, renamed, removed by people, and those by which editors instruct the bot."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, OTHER_EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose, set_policy

UNNUMBERED = {"new-pep", "needs number", "awaiting author"}


@pytest.mark.exhaustive
async def test_labels_the_repository_lacks_are_made_with_colour_and_description(
    harness: Harness,
) -> None:
    await propose(harness)
    made = {label.name: label for label in harness.simulator.label_definitions(REPOSITORY)}
    assert made.keys() == {"new-pep", "awaiting sponsor"}
    for label in made.values():
        assert label.description
        assert label.color != "ededed", "GitHub's grey: the label was made in passing"


async def test_a_policy_renames_labels_switches_them_off_and_forbids_making_them(
    harness: Harness,
) -> None:
    await set_policy(
        harness, '[labels]\nnew_pep = "proposal"\nawaiting_sponsor = ""\nneeds_number = "number!"\n'
    )
    number = await propose(harness)
    assert harness.labels(number) == {"proposal"}
    await set_policy(harness, "[labels]\ncreate_missing = false\n")
    unnumbered = await propose(harness, number=9999, line=None)
    assert harness.labels(unnumbered) == set()
    assert {label.name for label in harness.simulator.label_definitions(REPOSITORY)} == {"proposal"}


@pytest.mark.exhaustive
async def test_a_draft_awaits_its_author_until_it_is_ready(harness: Harness) -> None:
    number = await propose(harness, draft=True)
    assert harness.labels(number) == {"new-pep", "awaiting author"}
    assert harness.conclusions(number) == ["neutral"]
    await harness.simulator.mark_ready(REPOSITORY, number)
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}


async def test_a_label_that_a_person_took_off_stays_away_until_its_cause_changes(
    harness: Harness,
) -> None:
    number = await propose(harness, number=9999, line=None)
    assert harness.labels(number) == UNNUMBERED
    with harness.simulator.lost_webhooks():
        await harness.simulator.unlabel(REPOSITORY, number, by=AUTHOR, name="needs number")
    path = "peps/pep-9999.rst"
    await harness.simulator.push(REPOSITORY, number, {path: pep(9999, body="Other words.")})
    await harness.wait_until_idle()
    assert harness.labels(number) == UNNUMBERED - {"needs number"}
    await harness.simulator.push(
        REPOSITORY,
        number,
        {path: None, "peps/pep-0841x.rst": None} | {"peps/pep-0843.rst": pep(845)},
    )
    await harness.wait_until_idle()
    assert harness.labels(number) >= {"needs number"}


async def test_an_editor_sets_a_finding_aside_and_takes_that_back(harness: Harness) -> None:
    number = await propose(harness, pep(sponsor=None), line=None)
    assert harness.conclusions(number) == ["failure"]
    await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="skip sponsor")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "skip sponsor", "awaiting editor"}
    assert harness.conclusions(number) == ["success"]
    assert "Skipped by an editor" in harness.comment(number)
    await harness.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="skip sponsor")
    await harness.wait_until_idle()
    assert harness.conclusions(number) == ["failure"]
    assert "Skipped" not in harness.comment(number)


@pytest.mark.exhaustive
async def test_the_same_label_set_by_somebody_with_triage_rights_has_no_effect(
    harness: Harness,
) -> None:
    harness.simulator.set_collaborator(REPOSITORY, STRANGER, "triage")
    number = await propose(harness, pep(sponsor=None), line=None)
    for label in ("skip sponsor", "bot: paused"):
        await harness.simulator.label(REPOSITORY, number, by=STRANGER, name=label)
    await harness.simulator.push(REPOSITORY, number, {PATH: pep(sponsor=None, body="More.")})
    await harness.wait_until_idle()
    assert harness.conclusions(number) == ["failure"]
    assert "needs sponsor" in harness.labels(number)
    # An editor's label that the stranger took off and set again is the stranger's.
    await harness.simulator.unlabel(REPOSITORY, number, by=STRANGER, name="skip sponsor")
    await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="skip sponsor")
    await harness.wait_until_idle()
    assert "needs sponsor" not in harness.labels(number)
    await harness.simulator.unlabel(REPOSITORY, number, by=STRANGER, name="skip sponsor")
    await harness.simulator.label(REPOSITORY, number, by=STRANGER, name="skip sponsor")
    await harness.wait_until_idle()
    assert "needs sponsor" in harness.labels(number)


async def test_a_late_event_does_not_vouch_for_a_label_that_somebody_else_set_since(
    harness: Harness,
) -> None:
    harness.simulator.set_collaborator(REPOSITORY, STRANGER, "triage")
    numbers = [
        await propose(harness, pep(number, sponsor=None), number=number, line=None)
        for number in (842, 843)
    ]
    harness.simulator.hold_webhooks()
    for number, first, last in zip(
        numbers, (OTHER_EDITOR, STRANGER), (STRANGER, EDITOR), strict=True
    ):
        await harness.simulator.label(REPOSITORY, number, by=first, name="skip sponsor")
        await harness.simulator.unlabel(REPOSITORY, number, by=STRANGER, name="skip sponsor")
        await harness.simulator.label(REPOSITORY, number, by=last, name="skip sponsor")
    await harness.simulator.release_webhooks(reverse=True)
    await harness.wait_until_idle()
    assert [harness.conclusions(number) for number in numbers] == [["failure"], ["success"]]


@pytest.mark.exhaustive
async def test_who_set_a_label_is_found_although_the_event_was_lost(harness: Harness) -> None:
    harness.simulator.set_collaborator(REPOSITORY, STRANGER, "triage")
    number = await propose(harness, pep(sponsor=None), line=None)
    with harness.simulator.lost_webhooks():
        await harness.simulator.label(REPOSITORY, number, by=STRANGER, name="skip sponsor")
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Hello?")
    await harness.wait_until_idle()
    assert harness.conclusions(number) == ["failure"]
    other = await propose(harness, pep(843, sponsor=None), number=843, line=None)
    with harness.simulator.lost_webhooks():
        await harness.simulator.label(REPOSITORY, other, by=EDITOR, name="skip sponsor")
    await harness.simulator.comment(REPOSITORY, other, by=AUTHOR, body="Hello?")
    await harness.wait_until_idle()
    assert harness.conclusions(other) == ["success"]


async def test_nobody_instructs_the_bot_while_the_editors_cannot_be_read(harness: Harness) -> None:
    harness.simulator.fail_next(403, times=10, match="/teams/pep-editors/members")
    number = await propose(harness, pep(sponsor=None), line=None)
    await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="skip sponsor")
    await harness.wait_until_idle()
    assert harness.conclusions(number) == ["failure"]
    assert "I could not read who the PEP editors are" in harness.comment(number)


@pytest.mark.exhaustive
async def test_a_paused_bot_leaves_everything_but_its_check_run_alone(harness: Harness) -> None:
    number = await propose(harness, pep(sponsor=None), line=None)
    before = harness.comment(number)
    await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="bot: paused")
    await harness.simulator.push(REPOSITORY, number, {PATH: pep()})
    await harness.wait_until_idle()
    assert harness.comment(number) == before
    assert "needs sponsor" in harness.labels(number)
    assert harness.conclusions(number) == ["neutral"]
    await harness.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="bot: paused")
    await harness.wait_until_idle()
    assert harness.comment(number) != before
    assert "needs sponsor" not in harness.labels(number)


@pytest.mark.exhaustive
async def test_a_stage_that_a_person_set_counts_although_the_event_was_lost(
    harness: Harness,
) -> None:
    number = await propose(harness)
    with harness.simulator.lost_webhooks():
        await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="awaiting author")
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="Hello?")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting author"}
    harness.simulator.clear_requests()
    await harness.simulator.push(REPOSITORY, number, {PATH: pep(body="More.")})
    await harness.wait_until_idle()
    assert not any(path.endswith("/events") for path in harness.reads()), "asked once"
    assert harness.labels(number) == {"new-pep", "awaiting author"}
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting editor"}


@pytest.mark.exhaustive
async def test_of_two_stages_that_people_set_the_later_stands(harness: Harness) -> None:
    number = await propose(harness)
    harness.simulator.hold_webhooks()
    for label in ("awaiting decision", "awaiting author", "awaiting editor"):
        await harness.simulator.label(REPOSITORY, number, by=EDITOR, name=label)
    await harness.simulator.release_webhooks()
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting editor"}
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="Hello?")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting editor"}


@pytest.mark.exhaustive
async def test_a_persons_label_is_not_taken_off_when_the_bot_comes_to_agree(
    harness: Harness,
) -> None:
    path = "peps/pep-0840.rst"
    text = pep(840, author="Edith Quill <edith@python.example>", sponsor=None, body="Other words.")
    number = await propose(harness, files={path: text}, title="PEP 840: Words")
    assert harness.labels(number) == set()
    await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="awaiting author")
    await harness.simulator.review(
        REPOSITORY, number, by=EDITOR, state="CHANGES_REQUESTED", body="?"
    )
    await harness.wait_until_idle()
    assert harness.labels(number) == {"awaiting author"}
    await harness.simulator.push(REPOSITORY, number, {path: text.replace("Other", "Better")})
    await harness.wait_until_idle()
    assert harness.labels(number) == set()
