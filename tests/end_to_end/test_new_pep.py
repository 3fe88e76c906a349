"""A new PEP, from a signed webhook to labels, comment and check run."""

from tests.end_to_end.conftest import AUTHOR, SPONSOR, pep, with_line
from tests.end_to_end.harness import REPOSITORY, Harness


async def test_a_complete_new_pep_waits_for_its_sponsor_and_then_for_an_editor(
    harness: Harness,
) -> None:
    number = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title="PEP 842: A calmer way",
        files={
            "peps/pep-0842.rst": pep(),
            ".github/CODEOWNERS": with_line("peps/pep-0842.rst  @ada"),
        },
    )
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}
    assert harness.conclusions(number) == ["neutral"]
    assert harness.annotations(number) == []
    assert "**the sponsor still has to agree**" in harness.comment(number)

    await harness.simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting editor"}
    assert harness.conclusions(number) == ["success"]
    assert "[agreed here](" in harness.comment(number)
