"""A new PEP, from a signed webhook to labels, comment and check run."""

from tests.end_to_end.conftest import AUTHOR, SPONSOR, pep, with_line
from tests.end_to_end.desk import REPOSITORY, Desk


async def test_a_complete_new_pep_waits_for_its_sponsor_and_then_for_an_editor(desk: Desk) -> None:
    number = await desk.simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title="PEP 842: A calmer way",
        files={
            "peps/pep-0842.rst": pep(),
            ".github/CODEOWNERS": with_line("peps/pep-0842.rst  @ada"),
        },
    )
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting sponsor"}
    assert desk.conclusions(number) == ["neutral"]
    assert desk.annotations(number) == []
    assert "**one word from the sponsor** is missing" in desk.comment(number)

    await desk.simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting editor"}
    assert desk.conclusions(number) == ["success"]
    assert "agreed here" in desk.comment(number)
