"""`/pep explain`: why everything stands, since when, and by whose word, in words for people."""

import re

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose


async def says(desk: Desk, number: int, by: str, body: str) -> None:
    await desk.simulator.comment(REPOSITORY, number, by=by, body=body)
    await desk.calm()


async def explained(desk: Desk, number: int, what: str = "") -> str:
    """What a stranger is told."""
    await says(desk, number, STRANGER, f"/pep explain {what}".strip())
    return desk.replies(number)[-1]


async def test_each_label_and_finding_has_its_reason_and_what_came_at_once_one_date(
    desk: Desk,
) -> None:
    number = await propose(desk, pep(9999, sponsor=None), number=9999, line=None)
    told = await explained(desk, number)
    assert "**Kind:** new PEP." in told
    assert (
        "**Whose turn:** the author's, because there is something to mend (`number` and `sponsor`)."
    ) in told
    assert "- `new-pep`: new PEP.\n" in told
    assert "- `needs sponsor`: because of `sponsor`.\n" in told
    assert "- `awaiting author`: whose turn it is, as above." in told
    assert "- `number`, warning (`peps/pep-9999.rst`, line 1): 9999 is a placeholder." in told
    when = r"stand since \d\d-\w{3}-\d{4} \d\d:\d\d UTC, when the pull request was opened\."
    assert re.search(when, told)
    assert told.count("UTC") == 1
    assert "**Who decides on PEP 9999:**\n\n- **Decides:** the Steering Council." in told


@pytest.mark.exhaustive
async def test_what_came_later_says_after_what(desk: Desk) -> None:
    number = await propose(desk)
    await desk.simulator.push(REPOSITORY, number, {PATH: pep(body="A\ttab.")})
    await desk.calm()
    told = await explained(desk, number)
    assert re.search(r"`tabs`, warning .*\. Since .* UTC, after a push\.", told)
    assert re.search(r"`new-pep`: new PEP\. Since .* UTC, when the pull request was opened\.", told)
    alone = await explained(desk, number, "tabs")
    assert re.search(r"Here:\n\n- `tabs`, warning .* UTC, after a push\.", alone)
    assert "It found nothing here." in await explained(desk, number, "markup")


async def test_what_people_said_names_them_and_where(desk: Desk) -> None:
    number = await propose(desk, pep(9999), number=9999, line=None)
    await says(desk, number, EDITOR, "/pep skip number because I know it")
    await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="skip title-prefix")
    await desk.simulator.label(REPOSITORY, number, by=SPONSOR, name="skip tabs")
    await desk.simulator.unlabel(REPOSITORY, number, by=SPONSOR, name="new-pep")
    await says(desk, number, AUTHOR, "/pep await editor")
    told = await explained(desk, number)
    here = r"\(https://github\.com/python/peps/pull/1#issuecomment-\d+\)"
    assert re.search(rf"a PEP editor's, because `@nova` \[said so\]{here}\.", told)
    assert re.search(rf"Set aside by `@edith`, \[here\]{here}: `I know it`\.", told)
    assert "**Without effect:** `skip tabs`, since no PEP editor is known to have set it." in told
    assert "**Taken off by a person, and so left off:**\n\n- `new-pep`" in told
    await desk.simulator.label(REPOSITORY, number, by=SPONSOR, name="awaiting decision")
    await says(desk, number, AUTHOR, "/pep pause because of lunch")
    told = await explained(desk, number)
    assert "that of those who decide, because `@ada` set the label." in told
    assert re.search(rf"\*\*Paused\*\* by `@nova`, \[here\]{here}: `of lunch`\.", told)
    assert "@" not in re.sub(r"`[^`]*`", "", told), "nobody is mentioned"


@pytest.mark.exhaustive
async def test_a_label_that_sets_aside_names_who_set_it(desk: Desk) -> None:
    number = await propose(desk, pep(9999), number=9999, line=None)
    await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="skip number")
    await desk.calm()
    assert "Set aside by label, set by `@edith`." in await explained(desk, number)
