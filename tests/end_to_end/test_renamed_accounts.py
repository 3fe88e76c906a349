"""Accounts that are renamed, and others that take their former logins."""

import pytest

from bot.cli.digest import read_digest
from tests.end_to_end.conftest import EDITOR, OTHER_EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import propose, set_policy

SKIP = "/pep skip sponsor because I say so"


async def _say(desk: Desk, number: int, words: str, *, by: str) -> list[str]:
    comment = await desk.simulator.comment(REPOSITORY, number, by=by, body=words)
    await desk.calm()
    return desk.reactions(number, comment)


def _taken(desk: Desk, login: str) -> str:
    """Have an account renamed and its login taken by another; returns its new login."""
    renamed = f"{login}-of-old"
    desk.simulator.rename_user(login, renamed)
    desk.simulator.add_user(login)
    return renamed


async def _told(desk: Desk) -> list[str]:
    items = await read_digest(f"sqlite:///{desk.store}")
    return [f"{item.number} {item.reason}: {item.title}" for item in items]


async def test_who_takes_the_login_of_an_editor_or_a_sponsor_gets_no_right_and_the_renamed_keep_it(
    desk: Desk,
) -> None:
    await set_policy(desk, f'[editors]\nlogins = ["{EDITOR}", "{OTHER_EDITOR}"]\n')
    first = await propose(desk)
    second = await propose(desk, pep(843, sponsor=None), number=843)
    for by in (EDITOR, SPONSOR):
        await _say(desk, second, "Interesting.", by=by)  # so each is known by now
    editor, sponsor = _taken(desk, EDITOR), _taken(desk, SPONSOR)
    assert await _say(desk, second, SKIP, by=EDITOR) == ["confused"]
    assert "for a PEP editor" in desk.replies(second)[-1]
    assert desk.conclusions(second) == ["failure"]
    assert await _say(desk, first, "/pep sponsor", by=SPONSOR) == ["confused"]
    await desk.simulator.review(REPOSITORY, first, by=SPONSOR, state="APPROVED")
    await desk.simulator.label(REPOSITORY, second, by=EDITOR, name="skip sponsor")
    await desk.calm()
    assert "awaiting sponsor" in desk.labels(first)
    assert desk.conclusions(second) == ["failure"]
    assert await _say(desk, second, SKIP, by=OTHER_EDITOR) == ["+1"]
    assert await _say(desk, second, "/pep unskip sponsor", by=editor) == ["+1"]
    assert desk.conclusions(second) == ["failure"]
    assert await _say(desk, first, "/pep sponsor", by=sponsor) == ["+1"]
    assert "awaiting editor" in desk.labels(first)
    told = await _told(desk)
    assert [one.partition(": ")[0] for one in told] == [
        f"{second} {EDITOR} is another account now",
        f"{first} {SPONSOR} is another account now",
    ]


async def test_a_team_says_which_account_is_meant_before_it_ever_acted_here(desk: Desk) -> None:
    number = await propose(desk, pep(sponsor=None))
    other = await propose(desk, pep(843, sponsor=None), number=843)
    renamed = _taken(desk, EDITOR)
    assert await _say(desk, number, SKIP, by=EDITOR) == ["confused"]
    assert await _say(desk, number, SKIP, by=renamed) == ["+1"]
    assert await _say(desk, other, SKIP, by=OTHER_EDITOR) == ["+1"]


async def test_editors_accept_another_account_in_the_policy_and_are_told_of_it_once(
    desk: Desk,
) -> None:
    logins = f'[editors]\nlogins = ["{EDITOR}", "{OTHER_EDITOR}"]\n'
    await set_policy(desk, logins)
    number = await propose(desk, pep(sponsor=None))
    other = await propose(desk, pep(843, sponsor=None), number=843)
    await _say(desk, number, "Interesting.", by=EDITOR)
    renamed = _taken(desk, EDITOR)
    for on in (number, other):
        assert await _say(desk, on, SKIP, by=EDITOR) == ["confused"]
    issue = await desk.simulator.open_issue(
        REPOSITORY, by=EDITOR, title="A number", body="/pep number 850 because of a day"
    )
    await desk.calm()
    assert "for a PEP editor" in desk.replies(issue)[-1]
    (told,) = await _told(desk)
    entry = told.partition("`")[2].partition("`")[0]
    await set_policy(desk, f"{logins}[people.accounts]\n{entry}\n")
    assert await _say(desk, number, SKIP, by=EDITOR) == ["+1"]
    assert await _say(desk, other, SKIP, by=renamed) == ["confused"]
    assert await _say(desk, other, SKIP, by=OTHER_EDITOR) == ["+1"]


@pytest.mark.exhaustive
async def test_what_an_edit_or_a_late_event_shows_counts_for_the_account_and_not_the_login(
    desk: Desk,
) -> None:
    first = await propose(desk)
    second = await propose(desk, pep(843), number=843)
    # Seen elsewhere, so that the login is known before anybody is asked.
    elsewhere = await propose(desk, pep(844, sponsor=None), number=844)
    await _say(desk, elsewhere, "Interesting.", by=SPONSOR)
    renamed = _taken(desk, SPONSOR)
    for number, by in ((first, SPONSOR), (second, renamed)):
        comment = await desk.simulator.comment(REPOSITORY, number, by=by, body="Hm.")
        await desk.simulator.edit_comment(REPOSITORY, comment, by=by, body="Hm.\n\n/pep sponsor")
        await desk.calm()
    for delivery in list(desk.simulator.deliveries):
        if delivery.event == "issue_comment":
            await desk.simulator.redeliver(delivery.guid)
    await desk.calm()
    assert "agreed here" not in desk.comment(first)
    assert "agreed here" in desk.comment(second)


@pytest.mark.exhaustive
async def test_an_account_that_was_accepted_by_command_is_meant_by_its_id_too(desk: Desk) -> None:
    numbers = [
        await propose(desk, pep(number, sponsor="Sam Stranger"), number=number)
        for number in (842, 843)
    ]
    for number in numbers:
        accept = f"/pep accept-sponsor @{STRANGER} because https://discuss.python.org/t/91337/47"
        assert await _say(desk, number, accept, by=OTHER_EDITOR) == ["+1"]
    await _say(desk, numbers[0], "Thanks.", by=STRANGER)
    renamed = _taken(desk, STRANGER)
    for number in numbers:
        assert await _say(desk, number, "/pep unsponsor", by=STRANGER) == ["confused"]
        assert "awaiting sponsor" not in desk.labels(number)
    assert await _say(desk, numbers[1], "/pep unsponsor", by=renamed) == ["+1"]
    assert "awaiting sponsor" in desk.labels(numbers[1])
