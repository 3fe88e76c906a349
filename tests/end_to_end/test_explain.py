"""`/pep explain`: why each label and finding is there, since when, and who caused it."""

import re

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose


async def says(harness: Harness, number: int, by: str, body: str) -> None:
    await harness.simulator.comment(REPOSITORY, number, by=by, body=body)
    await harness.wait_until_idle()


async def explained(harness: Harness, number: int, what: str = "") -> str:
    """What a stranger is told."""
    await says(harness, number, STRANGER, f"/pep explain {what}".strip())
    return harness.replies(number)[-1]


async def test_each_label_and_finding_has_its_reason_and_what_came_at_once_one_date(
    harness: Harness,
) -> None:
    number = await propose(harness, pep(9999, sponsor=None), number=9999, line=None)
    reply = await explained(harness, number)
    assert "**Kind:** new PEP." in reply
    assert (
        "**Whose turn:** the author's, because there is something to fix (`number` and `sponsor`)."
    ) in reply
    assert "- `new-pep`: new PEP.\n" in reply
    assert "- `needs sponsor`: because of `sponsor`.\n" in reply
    assert "- `awaiting author`: whose turn it is, as above." in reply
    assert "- `number`, warning (`peps/pep-9999.rst`, line 1): 9999 is a placeholder." in reply
    when = (
        r"have been there since \d\d-\w{3}-\d{4} \d\d:\d\d UTC, when the pull request was opened\."
    )
    assert re.search(when, reply)
    assert reply.count("UTC") == 1
    assert "**The decision on PEP 9999:**\n\n- **Who decides:** the Steering Council." in reply


@pytest.mark.exhaustive
async def test_what_came_later_says_after_what(harness: Harness) -> None:
    number = await propose(harness)
    await harness.simulator.push(REPOSITORY, number, {PATH: pep(body="A\ttab.")})
    await harness.wait_until_idle()
    reply = await explained(harness, number)
    assert re.search(r"`tabs`, warning .*\. Since .* UTC, after a push\.", reply)
    assert re.search(
        r"`new-pep`: new PEP\. Since .* UTC, when the pull request was opened\.", reply
    )
    alone = await explained(harness, number, "tabs")
    assert re.search(r"Here:\n\n- `tabs`, warning .* UTC, after a push\.", alone)
    assert "It found nothing here." in await explained(harness, number, "markup")


async def test_what_people_said_names_them_and_where(harness: Harness) -> None:
    number = await propose(harness, pep(9999), number=9999, line=None)
    await says(harness, number, EDITOR, "/pep skip number because I know it")
    await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="skip title-prefix")
    await harness.simulator.label(REPOSITORY, number, by=SPONSOR, name="skip tabs")
    await harness.simulator.unlabel(REPOSITORY, number, by=SPONSOR, name="new-pep")
    await says(harness, number, AUTHOR, "/pep await editor")
    reply = await explained(harness, number)
    here = r"\(https://github\.com/python/peps/pull/1#issuecomment-\d+\)"
    assert re.search(rf"a PEP editor's, because `@nova` \[said so\]{here}\.", reply)
    assert re.search(rf"Skipped by `@edith`, \[here\]{here}: `I know it`\.", reply)
    assert (
        "**Without effect:** `skip tabs`, since I do not know of a PEP editor who set it." in reply
    )
    assert "**Removed by a person, so I leave them off:**\n\n- `new-pep`" in reply
    await harness.simulator.label(REPOSITORY, number, by=SPONSOR, name="awaiting decision")
    await says(harness, number, AUTHOR, "/pep pause because of lunch")
    reply = await explained(harness, number)
    assert "those who decide on the PEP, because `@ada` set the label." in reply
    assert re.search(rf"\*\*Paused\*\* by `@nova`, \[here\]{here}: `of lunch`\.", reply)
    assert "@" not in re.sub(r"`[^`]*`", "", reply), "nobody is mentioned"


@pytest.mark.exhaustive
async def test_a_label_that_sets_aside_names_who_set_it(harness: Harness) -> None:
    number = await propose(harness, pep(9999), number=9999, line=None)
    await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="skip number")
    await harness.wait_until_idle()
    assert "Skipped by label, set by `@edith`." in await explained(harness, number)
