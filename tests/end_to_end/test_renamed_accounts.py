"""Accounts that are renamed, and other accounts that take their former logins."""

import pytest

from bot.cli.digest import read_digest
from tests.end_to_end.conftest import EDITOR, OTHER_EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose, set_policy

SKIP = "/pep skip sponsor because I say so"


async def _say(harness: Harness, number: int, words: str, *, by: str) -> list[str]:
    comment = await harness.simulator.comment(REPOSITORY, number, by=by, body=words)
    await harness.wait_until_idle()
    return harness.reactions(number, comment)


def _taken(harness: Harness, login: str) -> str:
    """Have an account renamed and its login taken by another; returns its new login."""
    renamed = f"{login}-of-old"
    harness.simulator.rename_user(login, renamed)
    harness.simulator.add_user(login)
    return renamed


async def _told(harness: Harness) -> list[str]:
    items = await read_digest(f"sqlite:///{harness.store}")
    return [f"{item.number} {item.reason}: {item.title}" for item in items]


async def test_who_takes_the_login_of_an_editor_or_a_sponsor_gets_no_right_and_the_renamed_keep_it(
    harness: Harness,
) -> None:
    await set_policy(harness, f'[editors]\nlogins = ["{EDITOR}", "{OTHER_EDITOR}"]\n')
    first = await propose(harness)
    second = await propose(harness, pep(843, sponsor=None), number=843)
    for by in (EDITOR, SPONSOR):
        await _say(harness, second, "Interesting.", by=by)  # so each is known by now
    editor, sponsor = _taken(harness, EDITOR), _taken(harness, SPONSOR)
    assert await _say(harness, second, SKIP, by=EDITOR) == ["confused"]
    assert "for a PEP editor" in harness.replies(second)[-1]
    assert harness.conclusions(second) == ["failure"]
    assert await _say(harness, first, "/pep sponsor", by=SPONSOR) == ["confused"]
    await harness.simulator.review(REPOSITORY, first, by=SPONSOR, state="APPROVED")
    await harness.simulator.label(REPOSITORY, second, by=EDITOR, name="skip sponsor")
    await harness.wait_until_idle()
    assert "awaiting sponsor" in harness.labels(first)
    assert harness.conclusions(second) == ["failure"]
    assert await _say(harness, second, SKIP, by=OTHER_EDITOR) == ["+1"]
    assert await _say(harness, second, "/pep unskip sponsor", by=editor) == ["+1"]
    assert harness.conclusions(second) == ["failure"]
    assert await _say(harness, first, "/pep sponsor", by=sponsor) == ["+1"]
    assert "awaiting editor" in harness.labels(first)
    reply_texts = await _told(harness)
    assert [one.partition(": ")[0] for one in reply_texts] == [
        f"{second} {EDITOR} is another account now",
        f"{first} {SPONSOR} is another account now",
    ]


async def test_a_team_says_which_account_is_meant_before_it_ever_acted_here(
    harness: Harness,
) -> None:
    number = await propose(harness, pep(sponsor=None))
    other = await propose(harness, pep(843, sponsor=None), number=843)
    renamed = _taken(harness, EDITOR)
    assert await _say(harness, number, SKIP, by=EDITOR) == ["confused"]
    assert await _say(harness, number, SKIP, by=renamed) == ["+1"]
    assert await _say(harness, other, SKIP, by=OTHER_EDITOR) == ["+1"]


async def test_editors_accept_another_account_in_the_policy_and_are_told_of_it_once(
    harness: Harness,
) -> None:
    logins = f'[editors]\nlogins = ["{EDITOR}", "{OTHER_EDITOR}"]\n'
    await set_policy(harness, logins)
    number = await propose(harness, pep(sponsor=None))
    other = await propose(harness, pep(843, sponsor=None), number=843)
    await _say(harness, number, "Interesting.", by=EDITOR)
    renamed = _taken(harness, EDITOR)
    for on in (number, other):
        assert await _say(harness, on, SKIP, by=EDITOR) == ["confused"]
    issue = await harness.simulator.open_issue(
        REPOSITORY, by=EDITOR, title="A number", body="/pep number 850 because of a day"
    )
    await harness.wait_until_idle()
    assert "for a PEP editor" in harness.replies(issue)[-1]
    (reply_texts,) = await _told(harness)
    entry = reply_texts.partition("`")[2].partition("`")[0]
    await set_policy(harness, f"{logins}[people.accounts]\n{entry}\n")
    assert await _say(harness, number, SKIP, by=EDITOR) == ["+1"]
    assert await _say(harness, other, SKIP, by=renamed) == ["confused"]
    assert await _say(harness, other, SKIP, by=OTHER_EDITOR) == ["+1"]


@pytest.mark.exhaustive
async def test_what_an_edit_or_a_late_event_shows_counts_for_the_account_and_not_the_login(
    harness: Harness,
) -> None:
    first = await propose(harness)
    second = await propose(harness, pep(843), number=843)
    # Seen elsewhere, so that the login is known before anybody is asked.
    elsewhere = await propose(harness, pep(844, sponsor=None), number=844)
    await _say(harness, elsewhere, "Interesting.", by=SPONSOR)
    renamed = _taken(harness, SPONSOR)
    for number, by in ((first, SPONSOR), (second, renamed)):
        comment = await harness.simulator.comment(REPOSITORY, number, by=by, body="Hm.")
        await harness.simulator.edit_comment(REPOSITORY, comment, by=by, body="Hm.\n\n/pep sponsor")
        await harness.wait_until_idle()
    for delivery in list(harness.simulator.deliveries):
        if delivery.event == "issue_comment":
            await harness.simulator.redeliver(delivery.guid)
    await harness.wait_until_idle()
    assert "[agreed here](" not in harness.comment(first)
    assert "[agreed here](" in harness.comment(second)


@pytest.mark.exhaustive
async def test_an_account_that_was_accepted_by_command_is_meant_by_its_id_too(
    harness: Harness,
) -> None:
    numbers = [
        await propose(harness, pep(number, sponsor="Sam Stranger"), number=number)
        for number in (842, 843)
    ]
    for number in numbers:
        accept = f"/pep accept-sponsor @{STRANGER} because https://discuss.python.org/t/91337/47"
        assert await _say(harness, number, accept, by=OTHER_EDITOR) == ["+1"]
    await _say(harness, numbers[0], "Thanks.", by=STRANGER)
    renamed = _taken(harness, STRANGER)
    for number in numbers:
        assert await _say(harness, number, "/pep unsponsor", by=STRANGER) == ["confused"]
        assert "awaiting sponsor" not in harness.labels(number)
    assert await _say(harness, numbers[1], "/pep unsponsor", by=renamed) == ["+1"]
    assert "awaiting sponsor" in harness.labels(numbers[1])
