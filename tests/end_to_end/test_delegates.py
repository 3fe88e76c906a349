"""Golden 13: who offers to decide on a PEP, who was appointed, and where that is told."""

from dataclasses import dataclass

from tests.end_to_end.conftest import AUTHOR, EDITOR, OTHER_EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.golden import mentions
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH as NEW
from tests.end_to_end.proposal import propose, set_policy
from tests.end_to_end.test_fix import suggested
from tests.end_to_end.test_pages import get_page
from tests.end_to_end.test_prepare import say

PATH = "peps/pep-0840.rst"
EDITH = "Edith Quill <edith@python.example>"
DELEGATE = "PEP-Delegate: Ada Merritt <ada@python.example>\n"
ISSUE = "https://github.com/python/steering-council/issues/259"
NOTICE = "Nothing here shows the appointment of Ada Merritt as PEP-Delegate."
APPOINTED = f"Ada Merritt as PEP-Delegate, [appointed]({ISSUE}) by the Steering Council"


def text(*, delegate: str = "", author: str = EDITH, body: str = "Words.") -> str:
    """Edith's published draft, with another delegate or text."""
    found = pep(840, author=author, sponsor=None, body=body)
    return found.replace("Status:", f"{delegate}Status:", 1)


async def issue(harness: Harness) -> int:
    """An issue, on which commands are given by number."""
    opened = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="A delegate?")
    await harness.wait_until_idle()
    return opened


async def edit(harness: Harness, new: str, body: str = "", by: str = EDITOR) -> int:
    """A pull request that changes the draft."""
    return await propose(harness, files={PATH: new}, title="PEP 840: Edit", body=body, by=by)


@dataclass(frozen=True)
class Shown:
    """What a pull request shows."""

    conclusion: str | None
    notes: list[tuple[str, str]]
    is_commented: bool


def shown(harness: Harness, number: int) -> Shown:
    (conclusion,) = harness.conclusions(number)
    notes = [(level, message) for _, _, level, message in harness.annotations(number)]
    return Shown(conclusion, notes, bool(harness.comments(number)))


SILENT = Shown("success", [], is_commented=False)


async def test_an_offer_by_number_is_told_on_every_later_thread(harness: Harness) -> None:
    where = await issue(harness)
    reply = await say(harness, where, "/pep delegate 840", by=SPONSOR)
    assert "Ada Merritt offers to decide on PEP 840 as its PEP-Delegate." in reply
    assert "(https://github.com/python/steering-council/issues/new?title=PEP%20840" in reply
    assert "       @edith I offer to decide on PEP 840 as its PEP-Delegate.\n" in reply
    assert mentions(reply) == []
    assert "steering-council" not in {path for _, path in harness.writes()}, "people send it"
    number = await edit(harness, text(body="Other words."))
    assert shown(harness, number) == SILENT
    explained = await say(harness, number, "/pep explain", by=STRANGER)
    assert "**Who decides:** the Steering Council." in explained
    assert "**Recorded:** Ada Merritt offered on" in explained
    prepared = await say(harness, where, "/pep prepare accepted 840")
    assert "**Recorded:** Ada Merritt offered on" in prepared
    again = await say(harness, number, "/pep delegate", by=SPONSOR)
    assert "You offered it [already](" in again


async def test_an_appointment_is_kept_by_pep_until_it_ends(harness: Harness) -> None:
    where = await issue(harness)
    refused = await say(harness, where, f"/pep delegate @ada 840 because {ISSUE}", by=STRANGER)
    assert "is for a PEP editor or somebody who decides on the PEP." in refused
    assert "What shows the appointment?" in await say(harness, where, "/pep delegate @ada 840")
    reply = await say(harness, where, f"/pep delegate @ada 840 because {ISSUE} she knows it")
    assert "Ada Merritt is recorded as PEP-Delegate of PEP 840." in reply
    number = await edit(harness, text(body="Other words."))
    for thread, command in (
        (number, "/pep explain"),
        (where, "/pep submit 840"),
        (where, "/pep prepare accepted 840"),
    ):
        assert APPOINTED in await say(harness, thread, command), command
    page = (await get_page(harness, f"/{REPOSITORY}/delegations"))[1]
    assert "840 Ada Merritt she knows it" in page
    ended = await say(harness, where, "/pep delegate end @ada 840 because I step down", by=SPONSOR)
    assert "The delegation of Ada Merritt on PEP 840 has ended." in ended
    explained = await say(harness, number, "/pep explain", by=OTHER_EDITOR)
    assert APPOINTED not in explained
    assert "**Who decides:** the Steering Council." in explained


async def test_a_member_of_the_council_that_decides_records_whom_it_appointed(
    harness: Harness,
) -> None:
    where = await issue(harness)
    council = [
        f'[[people.steering_council]]\nname = "{login}"\nlogin = "{login}"\nsince = 2020-01-01\n'
        f'{until}source = "https://peps.python.org/pep-8107/"\n'
        for login, until in (("cleo", ""), ("otis", "until = 2025-01-01\n"))
    ]
    await set_policy(harness, "".join(council))
    command = f"/pep delegate @ada 840 because {ISSUE}"
    assert "somebody who decides on the PEP." in await say(harness, where, command, by="otis")
    reply = await say(harness, where, command, by="cleo")
    assert "Ada Merritt is recorded as PEP-Delegate of PEP 840." in reply
    # Now a delegate decides, and the council that appointed them may appoint another.
    again = await say(harness, where, f"/pep delegate @olaf 840 because {ISSUE}", by="cleo")
    assert "is recorded as PEP-Delegate of PEP 840." in again


async def test_a_delegate_whose_appointment_nothing_shows_gets_a_notice_until_it_is_recorded(
    harness: Harness,
) -> None:
    number = await edit(harness, text(delegate=DELEGATE))
    assert shown(harness, number) == Shown("success", [("notice", NOTICE)], is_commented=False)
    where = await issue(harness)
    await say(harness, where, f"/pep delegate @ada 840 because {ISSUE}")
    (run,) = harness.simulator.check_runs(
        REPOSITORY, harness.simulator.pull_request(REPOSITORY, number).head_sha
    )
    assert "Nothing here shows" not in (run.text or ""), "it was reviewed again"


async def test_an_offer_or_a_linked_issue_of_the_council_leaves_it_silent(harness: Harness) -> None:
    number = await edit(harness, text(delegate=DELEGATE), body=f"Appointed in {ISSUE}.")
    assert shown(harness, number) == SILENT
    await harness.simulator.close(REPOSITORY, number, by=AUTHOR)
    await say(harness, await issue(harness), "/pep delegate 840", by=SPONSOR)
    assert shown(harness, await edit(harness, text(delegate=DELEGATE))) == SILENT


async def test_a_standing_delegation_needs_no_record(harness: Harness) -> None:
    headers = "PEP-Delegate: Paul Moore <p@mail.example>\nTopic: Packaging\n"
    plain = pep(headers="Topic: Packaging\n")
    number = await propose(harness, plain.replace("Status:", f"{headers[:45]}Status:", 1))
    assert [note for note in harness.annotations(number) if "appointment" in note[3]] == []


async def test_an_author_is_not_the_delegate_of_the_own_pep(harness: Harness) -> None:
    own = text(delegate=f"PEP-Delegate: {EDITH}\n").replace("Draft", "Rejected", 1)
    number = await edit(harness, own)
    found = shown(harness, number)
    assert found.conclusion != "success"
    assert ("warning", "An author of a PEP cannot be its PEP-Delegate.") in found.notes
    refused = await say(harness, number, "/pep delegate", by=EDITOR)
    assert "`@edith` is an author of this PEP; nobody decides on their own PEP." in refused
    run = await say(harness, number, "/pep explain", by=STRANGER)
    assert "**Who decides:** the Steering Council." in run
    assert "Edith Quill, who decides" not in run


async def test_the_old_name_of_the_header_is_fixed_with_a_click(harness: Harness) -> None:
    legacy = pep().replace("Status:", "BDFL-Delegate: TBD\nStatus:", 1)
    number = await propose(harness, legacy)
    note = ("notice", "`BDFL-Delegate` is the old name of `PEP-Delegate`.")
    assert note in shown(harness, number).notes
    await say(harness, number, "/pep fix", by=AUTHOR)
    ((first, last, remark),) = suggested(harness, number, NEW)
    assert (first, last) == (5, 5)
    assert remark.endswith("\n\n```suggestion\nPEP-Delegate: TBD\n```")
