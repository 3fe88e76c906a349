"""An installation that its account suspends for a while, and credentials refused for a while."""

from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose


async def _dead(harness: Harness) -> int:
    assert harness.server is not None
    return (await harness.server.inbox.depth())[DeliveryState.DEAD]


async def test_a_suspended_installation_leaves_nothing_dead_and_is_caught_up_with_afterwards(
    harness: Harness,
) -> None:
    first, second = await propose(harness), await propose(harness, number=843, by=STRANGER)
    harness.simulator.hold_webhooks()
    await harness.simulator.push(REPOSITORY, first, {PATH: pep(sponsor=None)})
    await harness.simulator.suspend_app(harness.installation)
    await harness.simulator.release_webhooks()
    await harness.wait_until_idle()
    await harness.simulator.comment(REPOSITORY, second, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert "needs sponsor" not in harness.labels(first)
    assert await _dead(harness) == 0
    assert harness.server is not None
    assert not await harness.server.inbox.records(DeliveryState.QUEUED), (
        "it is not tried again, either"
    )
    await harness.simulator.unsuspend_app(harness.installation)
    await harness.wait_until_idle()
    assert "needs sponsor" in harness.labels(first)
    assert harness.labels(second) == {"new-pep", "awaiting editor"}
    assert await _dead(harness) == 0


async def test_credentials_refused_for_a_while_delay_the_work_and_bury_none_of_it(
    harness: Harness,
) -> None:
    first, second = await propose(harness), await propose(harness, number=843, by=STRANGER)
    harness.simulator.fail_next(401, times=4, message="Bad credentials", match="^GET /repos/")
    harness.simulator.expire_tokens()
    await harness.simulator.push(REPOSITORY, first, {PATH: pep(sponsor=None)})
    await harness.simulator.label(REPOSITORY, second, by=EDITOR, name="skip sponsor-consent")
    await harness.wait_until_idle()
    assert "needs sponsor" in harness.labels(first)
    assert await _dead(harness) == 0
