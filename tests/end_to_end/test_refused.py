"""An installation that its account suspends for a while, and credentials refused for a while."""

from bot.inbox.delivery import DeliveryState
from tests.end_to_end.conftest import EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose


async def _dead(desk: Desk) -> int:
    assert desk.server is not None
    return (await desk.server.inbox.depth())[DeliveryState.DEAD]


async def test_a_suspended_installation_leaves_nothing_dead_and_is_caught_up_with_afterwards(
    desk: Desk,
) -> None:
    first, second = await propose(desk), await propose(desk, number=843, by=STRANGER)
    desk.simulator.hold_webhooks()
    await desk.simulator.push(REPOSITORY, first, {PATH: pep(sponsor=None)})
    await desk.simulator.suspend_app(desk.installation)
    await desk.simulator.release_webhooks()
    await desk.calm()
    await desk.simulator.comment(REPOSITORY, second, by=SPONSOR, body="/pep sponsor")
    await desk.calm()
    assert "needs sponsor" not in desk.labels(first)
    assert await _dead(desk) == 0
    assert desk.server is not None
    assert not await desk.server.inbox.records(DeliveryState.QUEUED), (
        "it is not tried again, either"
    )
    await desk.simulator.unsuspend_app(desk.installation)
    await desk.calm()
    assert "needs sponsor" in desk.labels(first)
    assert desk.labels(second) == {"new-pep", "awaiting editor"}
    assert await _dead(desk) == 0


async def test_credentials_refused_for_a_while_delay_the_work_and_bury_none_of_it(
    desk: Desk,
) -> None:
    first, second = await propose(desk), await propose(desk, number=843, by=STRANGER)
    desk.simulator.fail_next(401, times=4, message="Bad credentials", match="^GET /repos/")
    desk.simulator.expire_tokens()
    await desk.simulator.push(REPOSITORY, first, {PATH: pep(sponsor=None)})
    await desk.simulator.label(REPOSITORY, second, by=EDITOR, name="skip sponsor-consent")
    await desk.calm()
    assert "needs sponsor" in desk.labels(first)
    assert await _dead(desk) == 0
