"""A PEP that names a related PEP is compared with that PEP's header on the base branch."""

from tests.end_to_end.harness import REPOSITORY, Harness
from tests.rules.builders import pep_text

OLD, NEW = "peps/pep-0836.rst", "peps/pep-0837.rst"
FINAL = pep_text(836, Status="Final")
SUPERSEDED = pep_text(836, Status="Superseded", **{"Superseded-By": "837"})


async def superseded(harness: Harness, replaces: str | None) -> list[str]:
    """What is said of the successor that is at the base when a PEP is marked as superseded."""
    successor = pep_text(837, Status="Final", Replaces=replaces)
    await harness.simulator.commit(REPOSITORY, {OLD: FINAL, NEW: successor}, by="hugovk")
    number = await harness.simulator.open_pull_request(
        REPOSITORY, by="olga", title="PEP 836: Mark as Superseded", files={OLD: SUPERSEDED}
    )
    await harness.wait_until_idle()
    return [text for _, _, _, text in harness.annotations(number) if "does not say" in text]


async def test_the_successor_has_to_name_the_pep_it_replaces_and_is_read_for_that_alone(
    harness: Harness,
) -> None:
    wanted = "`Superseded-By` names PEP 837, but its header does not say `Replaces: 836`."
    assert await superseded(harness, None) == [wanted]
    assert await superseded(harness, "836") == []
    # A change that names none reads none.
    await harness.simulator.commit(REPOSITORY, {OLD: SUPERSEDED, NEW: pep_text(837)}, by="hugovk")
    await harness.wait_until_idle()
    harness.simulator.clear_requests()
    longer = SUPERSEDED.replace("Words.", "Other words.")
    await harness.simulator.open_pull_request(
        REPOSITORY, by="olga", title="PEP 836: Words", files={OLD: longer}
    )
    await harness.wait_until_idle()
    assert len([path for path in harness.reads() if "/git/blobs/" in path]) <= 1
