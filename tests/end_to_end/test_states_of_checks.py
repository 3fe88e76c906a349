"""Every state of the sponsor and of CODEOWNERS, as people see it on GitHub."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store.documents import Document
from tests.end_to_end.conftest import CORE_TEAM, EDITOR, pep, with_line
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import LINE, PATH, propose, set_policy

AWAITS_SPONSOR = {"new-pep", "awaiting sponsor"}
AWAITS_EDITOR = {"new-pep", "awaiting editor"}
NEEDS_SPONSOR = {"new-pep", "needs sponsor", "awaiting author"}
NEEDS_CODEOWNERS = {"new-pep", "needs codeowners", "awaiting author"}
LIST = "core-team.csv"


def sponsored_by(name: str, headers: str = "") -> str:
    return pep(sponsor=f"{name} <somebody@mail.example>", headers=headers)


@pytest.mark.exhaustive
async def test_no_sponsor_is_needed_where_an_author_is_a_core_developer(harness: Harness) -> None:
    number = await propose(harness, pep(author="Ada Merritt <ada@python.example>", sponsor=None))
    assert harness.labels(number) == AWAITS_EDITOR
    assert harness.conclusions(number) == ["success"]
    assert "**Sponsor:** none is needed, because the author is a core developer" in harness.comment(
        number
    )


MAY_SPONSOR = (
    ("Ada Merritt", "", "core developer"),
    ("Jelle Zijlstra", "", "Typing Council member, who may sponsor"),
    ("Paul Moore", "Topic: Packaging\n", "standing packaging delegate, who may sponsor"),
    ("Eve Curator", "", "PEP editor, who may sponsor"),
    ("Quirin Quick", "", "accepted by a PEP editor, who may sponsor"),
)


async def test_each_class_of_people_who_may_sponsor_is_asked_for_their_word(
    harness: Harness,
) -> None:
    await set_policy(
        harness,
        "people.accepted_sponsors.842 = ['quirin']\npeople.known.'Quirin Quick' = 'quirin'\n"
        "people.known.'Eve Curator' = 'eve'\neditors.logins = ['eve']\n",
    )
    number = await propose(harness, pep(sponsor=None), line=None)
    for name, headers, role in MAY_SPONSOR:
        await harness.simulator.push(REPOSITORY, number, {PATH: sponsored_by(name, headers)})
        await harness.wait_until_idle()
        assert {"awaiting sponsor", "needs codeowners"} & harness.labels(number), name
        assert "needs sponsor" not in harness.labels(number), name
        assert harness.conclusions(number) == ["neutral"], name
        assert f"**Sponsor: {name}**, {role}." in harness.comment(number)


MAY_NOT_SPONSOR = {
    "Quirin Quick": "nobody knows him",
    "Olaf Brandt": "he left the core team in 2021",
    "Paul Moore": "packaging delegates sponsor packaging PEPs only",
    "Eric Traut": "his term on the Typing Council has ended",
}


@pytest.mark.exhaustive
async def test_a_sponsor_who_may_not_is_an_error_at_the_sponsor_header(harness: Harness) -> None:
    number = await propose(harness, line=None)
    for name, why in MAY_NOT_SPONSOR.items():
        await harness.simulator.push(REPOSITORY, number, {PATH: sponsored_by(name)})
        await harness.wait_until_idle()
        assert harness.labels(number) == NEEDS_SPONSOR, why
        assert harness.conclusions(number) == ["failure"]
        ((path, line, level, message),) = harness.annotations(number)
        assert (path, line, level) == (PATH, 4, "failure")
        assert f"I cannot find {name} among the people who may sponsor" in message


@pytest.mark.exhaustive
async def test_a_name_that_may_mean_several_people_is_left_to_an_editor(harness: Harness) -> None:
    namesakes = f"{CORE_TEAM}Ada Lee Merritt,adalee,2019-01-01,,\nAda Kim Merritt,adakim,2020-01-01"
    namesakes = namesakes.replace("Ada Merritt,ada,", "Ada Zoe Merritt,ada,")
    await harness.simulator.commit(
        "python/devguide", {"core-team/core-team.csv": namesakes}, by=EDITOR
    )
    number = await propose(harness, line=None)
    assert harness.labels(number) == AWAITS_EDITOR
    assert harness.conclusions(number) == ["success"]
    ((path, line, level, message),) = harness.annotations(number)
    assert (path, line, level) == (PATH, 4, "notice")
    assert "Ada Merritt may be Ada Zoe Merritt, Ada Lee Merritt or Ada Kim Merritt" in message


@pytest.mark.exhaustive
async def test_a_list_out_of_reach_is_reported_once_and_nobody_is_accused(harness: Harness) -> None:
    harness.simulator.fail_next(404, times=10, match=LIST)
    number = await propose(harness, pep(sponsor=None), line=None)
    assert harness.labels(number) == AWAITS_EDITOR
    assert harness.conclusions(number) == ["success"]
    ((path, line, level, message),) = harness.annotations(number)
    assert (path, line, level) == (PATH, 3, "notice")
    assert "I could not read the core team list" in message
    assert harness.comment(number).count("core team list") == 1


@pytest.mark.exhaustive
async def test_an_old_copy_of_the_list_serves_and_its_age_is_reported(harness: Harness) -> None:
    assert harness.server is not None
    taken = datetime.now(UTC) - timedelta(days=3, hours=1)
    await harness.server.store.keep_document(
        f"core-team:{harness.installation}:python/devguide/core-team/core-team.csv",
        Document(CORE_TEAM, taken),
    )
    harness.simulator.fail_next(403, times=10, match=LIST)
    number = await propose(harness, pep(sponsor=None))
    assert harness.labels(number) == NEEDS_SPONSOR
    assert "the copy in use is 3 days old" in harness.comment(number)


@pytest.mark.exhaustive
async def test_the_list_is_read_without_the_token_where_the_app_may_not(harness: Harness) -> None:
    harness.simulator.fail_next(403, times=1, match=LIST)
    number = await propose(harness)
    assert harness.labels(number) == AWAITS_SPONSOR
    asked = [
        request.authorization_kind for request in harness.simulator.requests if LIST in request.path
    ]
    assert asked == ["anonymous", "anonymous"] or asked[-1] == "anonymous"
    assert "list" not in harness.comment(number)


async def test_a_missing_line_can_be_pasted(harness: Harness) -> None:
    number = await propose(harness, line=None)
    assert harness.labels(number) == NEEDS_CODEOWNERS
    assert harness.conclusions(number) == ["neutral"]
    ((path, line, level, message),) = harness.annotations(number)
    assert (path, line, level) == (PATH, 1, "warning")
    assert "Please add a line for this file to `.github/CODEOWNERS`" in message
    assert f"    {PATH}  @ada\n" in harness.comment(number)
    assert "after the entry for PEP 841" in harness.comment(number)


WRONG_LINES = (
    (
        pep(author="Ada Merritt <a@b.example>,\n        Edith Quill <e@b.example>", sponsor=None),
        with_line(LINE),
        (".github/CODEOWNERS", 5, "warning"),
        "lacks an author or sponsor with write access: `@edith`",
    ),
    (
        pep(),
        with_line("").replace("peps/pep-0841", f"{LINE}\npeps/pep-0841"),
        (".github/CODEOWNERS", 4, "warning"),
        "This line is out of order",
    ),
    (
        pep(),
        with_line(f"{PATH}  ada"),
        (".github/CODEOWNERS", 5, "warning"),
        "GitHub cannot read this line",
    ),
    (
        pep(),
        with_line(f"{PATH}  @ada @nobody-at-all"),
        (".github/CODEOWNERS", 5, "warning"),
        "GitHub knows no owner with write access called `@nobody-at-all`",
    ),
)


@pytest.mark.exhaustive
async def test_a_wrong_line_is_reported_where_it_stands(harness: Harness) -> None:
    number = await propose(harness, line=None)
    for text, owners, place, words in WRONG_LINES:
        await harness.simulator.push(REPOSITORY, number, {PATH: text, ".github/CODEOWNERS": owners})
        await harness.wait_until_idle()
        assert harness.labels(number) == NEEDS_CODEOWNERS, words
        assert harness.conclusions(number) == ["neutral"], words
        ((*found, message),) = harness.annotations(number)
        assert tuple(found) == place, words
        assert words in message


@pytest.mark.exhaustive
async def test_an_unknown_owner_is_not_judged_where_github_does_not_answer(
    harness: Harness,
) -> None:
    harness.simulator.fail_next(404, match="codeowners/errors")
    number = await propose(harness, line=f"{LINE} @nobody-at-all")
    assert harness.labels(number) == AWAITS_SPONSOR
    assert harness.annotations(number) == []
    assert "GitHub did not say whether all owners in CODEOWNERS exist" in harness.comment(number)


@pytest.mark.exhaustive
async def test_a_line_left_over_from_a_renumbering_is_reported(harness: Harness) -> None:
    number = await propose(harness)
    await harness.simulator.push(REPOSITORY, number, {PATH: None, "peps/pep-0843.rst": pep(843)})
    await harness.simulator.edit_pull_request(
        REPOSITORY, number, by="nova", title="PEP 843: A calmer way"
    )
    await harness.wait_until_idle()
    assert harness.labels(number) == NEEDS_CODEOWNERS
    ((path, line, level, message),) = harness.annotations(number)
    assert (path, line, level) == (".github/CODEOWNERS", 5, "warning")
    assert "still has the old name of `peps/pep-0843.rst`" in message
    assert "    peps/pep-0843.rst  @ada\n" in harness.comment(number)


@pytest.mark.exhaustive
async def test_a_broken_line_elsewhere_in_the_file_is_reported(harness: Harness) -> None:
    number = await propose(harness, line=f"{LINE}\npeps/pep-[0-9].rst  @ada")
    assert harness.conclusions(number) == ["neutral"]
    ((path, line, level, message),) = harness.annotations(number)
    assert (path, line, level) == (".github/CODEOWNERS", 6, "warning")
    assert "can disable the whole file" in message


@pytest.mark.exhaustive
async def test_the_line_waits_for_the_sponsor_and_for_the_number(harness: Harness) -> None:
    seeking = await propose(harness, pep(sponsor=None), line=None)
    assert "The CODEOWNERS line depends on the sponsor" in harness.comment(seeking)
    assert "needs codeowners" not in harness.labels(seeking)
    unnumbered = await propose(harness, pep(9999), number=9999, line=None)
    assert "The CODEOWNERS line depends on the number" in harness.comment(unnumbered)
    assert "needs codeowners" not in harness.labels(unnumbered)


async def test_a_missing_sponsor_is_an_error_at_the_author_header_until_there_is_one(
    harness: Harness,
) -> None:
    number = await propose(harness, pep(sponsor=None))
    assert harness.labels(number) == NEEDS_SPONSOR
    assert harness.conclusions(number) == ["failure"]
    ((path, line, level, message),) = harness.annotations(number)
    assert (path, line, level) == (PATH, 3, "failure")
    assert "needs a `Sponsor` line" in message
    assert "**Find a sponsor.**" in harness.comment(number)
    await harness.simulator.push(REPOSITORY, number, {PATH: pep()})
    await harness.wait_until_idle()
    assert harness.labels(number) == AWAITS_SPONSOR
    assert len(harness.comments(number)) == 1
    assert "Find a sponsor" not in harness.comment(number)
