"""What every inbox keeps its word on, whatever is behind it."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.inbox.attempt import Attempts
from bot.inbox.backoff import GIVE_UP_AFTER
from bot.inbox.delivery import (
    Acceptance,
    AttemptResult,
    Batch,
    DeliveryRecord,
    DeliveryState,
    GivenUp,
    InboxUnavailable,
    Priority,
    PutOff,
    utc_now,
)
from bot.inbox.inbox import Inbox
from bot.inbox.rows import MERGED_BYTES
from bot.store.location import StoreUnusable
from tests.inbox.builders import (
    NOON,
    PATIENCE,
    Desk,
    Inboxes,
    TurnedClock,
    act,
    command,
    handle_all,
    ids,
    review,
    until_idle,
)

DENIED = GivenUp("403 for POST /repos/x/y/labels: issues write is missing")


@pytest.fixture
async def desk(inbox: Inbox, clock: TurnedClock) -> AsyncIterator[Desk]:
    """A worker at work."""
    async with Desk(inbox, clock).working() as desk:
        yield desk


async def _record(inbox: Inbox, name: str) -> DeliveryRecord:
    record = await inbox.record(name)
    assert record is not None
    return record


async def test_a_delivery_comes_out_as_it_went_in(inbox: Inbox, desk: Desk) -> None:
    delivery = review(
        payload=b'{"a": "\xc3\xa9"}', received_at=NOON + timedelta(microseconds=123457)
    )
    assert await inbox.accept(delivery) is Acceptance.ACCEPTED
    batch = (await desk.next()).batch
    assert batch.deliveries == (delivery,)
    assert (batch.key, batch.attempt, batch.failures) == (delivery.key, 1, 0)


async def test_the_same_delivery_again_is_a_duplicate_in_every_living_state(inbox: Inbox) -> None:
    await inbox.accept(review())
    assert await inbox.accept(review()) is Acceptance.DUPLICATE
    async with Desk(inbox).working() as desk:
        begun = await desk.next()
        assert await inbox.accept(review()) is Acceptance.DUPLICATE
        await begun.end()
        assert await inbox.accept(review()) is Acceptance.DUPLICATE
        await desk.begins_nothing()


async def test_of_one_delivery_offered_many_times_at_once_one_is_accepted(inbox: Inbox) -> None:
    answers = await asyncio.gather(*(inbox.accept(review()) for _ in range(30)))
    assert answers.count(Acceptance.ACCEPTED) == 1


async def test_a_dead_delivery_that_comes_again_is_queued_as_new(inbox: Inbox, desk: Desk) -> None:
    await inbox.accept(review())
    await (await desk.next()).end(DENIED)
    await desk.begins_nothing()
    assert await inbox.accept(review()) is Acceptance.ACCEPTED
    batch = (await desk.next()).batch
    assert (ids(batch), batch.attempt, batch.failures) == (["r1"], 1, 0)


async def test_of_one_key_one_batch_is_handled_at_a_time_and_acts_in_order(
    inbox: Inbox, desk: Desk
) -> None:
    for name in ("a1", "a2", "a3"):
        await inbox.accept(act(name))
    await inbox.accept(act("b1", key="python/peps#2"))
    first, other = await desk.next(), await desk.next()
    assert (ids(first.batch), ids(other.batch)) == (["a1"], ["b1"])
    await desk.begins_nothing()
    await first.end()
    assert [await desk.next_ids(), await desk.next_ids()] == [["a2"], ["a3"]]


async def test_commands_go_before_reviews_reviews_before_sweeps_and_the_oldest_first(
    inbox: Inbox, clock: TurnedClock
) -> None:
    for number, priority in enumerate((0, 1, 2, 1, 0, 2)):
        await inbox.accept(
            act(f"{priority} {number}", f"python/peps#{number}", priority=Priority(priority))
        )
    async with Desk(inbox, clock, concurrency=1).working() as desk:
        assert [await desk.next_ids() for _ in range(6)] == [
            ["2 2"],
            ["2 5"],
            ["1 1"],
            ["1 3"],
            ["0 0"],
            ["0 4"],
        ]


async def test_batches_of_different_keys_are_handled_side_by_side_up_to_the_limit(
    inbox: Inbox, clock: TurnedClock
) -> None:
    for number in range(3):
        await inbox.accept(act(f"a{number}", key=f"python/peps#{number}"))
    async with Desk(inbox, clock, concurrency=2).working() as desk:
        first, _ = await desk.next(), await desk.next()
        assert (await inbox.depth())[DeliveryState.RUNNING] == 2
        await first.end()
        assert ids((await desk.next()).batch) == ["a2"]


async def test_waiting_reviews_merge_and_those_that_come_meanwhile_make_up_the_next_batch(
    inbox: Inbox, clock: TurnedClock
) -> None:
    for name in ("r1", "r2"):
        await inbox.accept(review(name))
    async with Desk(inbox, clock).working() as desk:
        begun = await desk.next()
        assert ids(begun.batch) == ["r1", "r2"]
        for name in ("r3", "r4", "r5"):
            await inbox.accept(review(name))
        await desk.begins_nothing()
        await begun.end()
        assert await desk.next_ids() == ["r3", "r4", "r5"]
        await desk.begins_nothing()
    assert (await inbox.depth())[DeliveryState.QUEUED] == 0


async def test_a_command_goes_before_the_reviews_of_its_key_and_is_never_merged(
    inbox: Inbox, clock: TurnedClock
) -> None:
    for delivery in (review("r1"), command("c1"), review("r2"), command("c2")):
        await inbox.accept(delivery)
    async with Desk(inbox, clock).working() as desk:
        assert [await desk.next_ids() for _ in range(3)] == [["c1"], ["c2"], ["r1", "r2"]]


async def test_a_command_does_not_wait_while_a_review_of_its_key_is_put_off(
    inbox: Inbox, desk: Desk, clock: TurnedClock
) -> None:
    await inbox.accept(review("r1"))
    await (await desk.next()).end(PutOff("rate limited", clock() + timedelta(minutes=30)))
    await inbox.accept(review("r2"))
    await inbox.accept(command("c1"))
    assert await desk.next_ids() == ["c1"]
    await desk.begins_nothing()
    clock.turn(minutes=31)
    assert await desk.next_ids() == ["r1", "r2"]


async def test_a_command_that_is_tried_again_keeps_its_place(
    inbox: Inbox, desk: Desk, clock: TurnedClock
) -> None:
    for delivery in (command("c1"), command("c2"), review("r1")):
        await inbox.accept(delivery)
    await (await desk.next()).end(ValueError("x"))
    await desk.begins_nothing()
    clock.turn(seconds=3)
    assert [await desk.next_ids() for _ in range(3)] == [["c1"], ["c2"], ["r1"]]


async def test_a_retry_waits_for_its_time_and_keeps_its_error(
    inbox: Inbox, desk: Desk, clock: TurnedClock
) -> None:
    await inbox.accept(review())
    await (await desk.next()).end(ValueError("token ghs_abcdefghijklmnop12345"))
    await desk.begins_nothing()
    record = await _record(inbox, "r1")
    assert (record.state, record.attempts) == (DeliveryState.QUEUED, 1)
    assert record.error is not None
    assert record.error.startswith("ValueError: ")
    assert "abcdefgh" not in record.error
    assert record.run_at == NOON + timedelta(seconds=2)
    clock.turn(seconds=2)
    batch = (await desk.next()).batch
    assert (batch.attempt, batch.failures) == (2, 1)


async def test_a_time_that_github_names_is_kept_and_does_not_count(
    inbox: Inbox, desk: Desk, clock: TurnedClock
) -> None:
    await inbox.accept(review())
    await (await desk.next()).end(PutOff("rate limited", NOON + timedelta(minutes=30)))
    assert (await _record(inbox, "r1")).run_at == NOON + timedelta(minutes=30, seconds=7.5)
    clock.turn(minutes=31)
    batch = (await desk.next()).batch
    assert (batch.attempt, batch.failures) == (2, 0)


async def test_what_fails_again_and_again_is_given_up_and_others_pass(
    inbox: Inbox, desk: Desk, clock: TurnedClock
) -> None:
    await inbox.accept(command("poison"))
    await inbox.accept(command("later"))
    for _ in range(GIVE_UP_AFTER):
        begun = await desk.next()
        assert ids(begun.batch) == ["poison"]
        await begun.end(ValueError("poison"))
        clock.turn(minutes=20)
    assert await desk.next_ids() == ["later"]
    assert (await _record(inbox, "poison")).state is DeliveryState.DEAD


async def test_what_a_process_never_lived_to_end_is_given_up_unhandled(
    inboxes: Inboxes, clock: TurnedClock
) -> None:
    inbox = await inboxes.open()
    await inbox.accept(act("a1"))
    await inboxes.execute("UPDATE delivery SET state = 'running', failures = 12")
    if inboxes.kind == "postgres":
        await inboxes.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    await inbox.close()
    clock.turn(hours=1)
    inbox = await inboxes.open()
    async with Desk(inbox, clock).working() as desk:
        async with asyncio.timeout(PATIENCE):
            while (await _record(inbox, "a1")).error is None:
                pass
        clock.turn(hours=1)
        await until_idle(inbox)
        await desk.begins_nothing()
    record = await _record(inbox, "a1")
    assert record.state is DeliveryState.DEAD
    assert "brought to an end" in (record.error or "")


async def test_reviews_that_were_merged_die_together_and_what_is_dead_is_in_nobodys_way(
    inbox: Inbox, clock: TurnedClock
) -> None:
    await inbox.accept(review("r1"))
    await inbox.accept(review("r2"))
    async with Desk(inbox, clock).working() as desk:
        await (await desk.next()).end(DENIED)
        dead = await inbox.records(DeliveryState.DEAD)
        assert [one.delivery.id for one in dead] == ["r2", "r1"]
        assert (dead[0].attempts, dead[0].finished_at) == (1, NOON)
        assert "issues write is missing" in (dead[0].error or "")
        await inbox.accept(review("r3"))
        assert await desk.next_ids() == ["r3"]
        assert await inbox.replay("r1")
        assert await desk.next_ids() == ["r1"]
    assert (await _record(inbox, "r2")).state is DeliveryState.DEAD


async def test_only_what_is_over_can_be_replayed(inbox: Inbox, desk: Desk) -> None:
    assert not await inbox.replay("unheard of")
    await inbox.accept(review())
    begun = await desk.next()
    assert not await inbox.replay("r1")
    await begun.end()
    assert await inbox.replay("r1")
    assert await desk.next_ids() == ["r1"]


async def test_a_replay_beside_the_server_begins_at_once(inboxes: Inboxes) -> None:
    server = await inboxes.open(clock=utc_now)
    await server.accept(review())
    async with Desk(server).working() as desk:
        await (await desk.next()).end(DENIED)
        beside = await inboxes.open(serving=False, clock=utc_now)
        assert "issues write" in ((await beside.records())[0].error or "")
        assert await beside.replay("r1")
        async with asyncio.timeout(5):
            assert await desk.next_ids() == ["r1"]


async def test_an_error_may_carry_whatever_a_stranger_wrote(inbox: Inbox, desk: Desk) -> None:
    await inbox.accept(review("r1", action="half a character \ud800"))
    await (await desk.next()).end(GivenUp("half a character \udfff\x00"))
    (record,) = await inbox.records(DeliveryState.DEAD)
    assert "half a character \\udfff\\x00" in (record.error or "")
    assert record.delivery.action == "half a character \\ud800"


async def test_a_new_delivery_never_waits_for_the_clock(
    inbox: Inbox, desk: Desk, clock: TurnedClock
) -> None:
    await inbox.accept(review(received_at=clock() + timedelta(minutes=30)))
    assert await desk.next_ids() == ["r1"]


async def test_at_shutdown_handlers_may_end_and_the_rest_is_as_if_never_begun(
    inbox: Inbox, clock: TurnedClock
) -> None:
    await inbox.accept(act("a1", key="python/peps#1"))
    await inbox.accept(act("a2", key="python/peps#2"))
    desk = Desk(inbox, clock)
    async with desk.working(grace=0.2):
        first, _ = await desk.next(), await desk.next()
        asyncio.get_running_loop().call_later(0.02, first.outcome.set_result, None)
    assert (await _record(inbox, "a1")).state is DeliveryState.DONE
    record = await _record(inbox, "a2")
    assert (record.state, record.attempts, record.error) == (DeliveryState.QUEUED, 0, None)
    assert desk.outcomes == [AttemptResult.DONE, AttemptResult.HANDED_BACK]
    async with Desk(inbox, clock).working() as other:
        assert ids((await other.next()).batch) == ["a2"]


async def test_who_only_looks_cannot_work(inboxes: Inboxes) -> None:
    await inboxes.open()
    beside = await inboxes.open(serving=False)
    with pytest.raises(InboxUnavailable):
        await handle_all(beside)


async def test_there_is_nothing_to_look_into_before_the_first_start(nowhere: Inboxes) -> None:
    for _ in range(2):
        with pytest.raises(StoreUnusable, match="no store"):
            await nowhere.open(serving=False)


async def test_records_are_newest_first_by_state_and_without_payload(
    inbox: Inbox, desk: Desk
) -> None:
    await inbox.accept(act("a0"))
    await desk.next_ids()
    for number in range(1, 4):
        await inbox.accept(act(f"a{number}"))
    assert [record.delivery.id for record in await inbox.records(limit=3)] == ["a3", "a2", "a1"]
    (done,) = await inbox.records(DeliveryState.DONE)
    assert (done.delivery.id, done.delivery.payload, done.finished_at) == ("a0", b"", NOON)
    assert (await _record(inbox, "a0")).delivery == act("a0")
    assert await inbox.record("unheard of") is None


async def test_the_overview_tells_how_many_and_how_old(inbox: Inbox, desk: Desk) -> None:
    overview = await inbox.overview()
    assert overview.depth == dict.fromkeys(DeliveryState, 0)
    assert overview.oldest_unfinished is None
    assert overview.newest_webhook is None
    for index, fault in enumerate((None, DENIED)):
        at = NOON + timedelta(minutes=index)
        await inbox.accept(act(f"over{index}", received_at=at))
        await (await desk.next()).end(fault)
    for index, name in enumerate(("running", "queued", "last")):
        await inbox.accept(act(name, received_at=NOON + timedelta(minutes=2 + index)))
    await desk.next()
    own = NOON + timedelta(days=3)
    await inbox.accept(review("self:review:python/peps#1:a1", received_at=own))
    overview = await inbox.overview()
    assert (
        overview.depth == await inbox.depth() == dict(zip(DeliveryState, (3, 1, 1, 1), strict=True))
    )
    assert overview.oldest_unfinished == NOON + timedelta(minutes=2), "one that runs counts"
    assert overview.newest_webhook == NOON + timedelta(minutes=4), "no job of the bot's own"


async def test_pruning_forgets_what_was_done_before_and_nothing_else(
    inbox: Inbox, desk: Desk, clock: TurnedClock
) -> None:
    for number in range(4):
        await inbox.accept(act(f"a{number}", key=f"python/peps#{number}"))
    done, dead, _, late = [await desk.next() for _ in range(4)]
    await done.end()
    await dead.end(DENIED)
    clock.turn(days=8)
    await late.end()
    assert await inbox.prune(clock() - timedelta(days=7)) == 1
    assert {record.delivery.id for record in await inbox.records()} == {"a1", "a2", "a3"}
    assert await inbox.accept(act("a0")) is Acceptance.ACCEPTED


async def test_large_payloads_pass_and_are_not_all_merged_at_once(
    inbox: Inbox, clock: TurnedClock
) -> None:
    large = b"x" * (MERGED_BYTES // 2 + 1)
    for name in ("r0", "r1"):
        await inbox.accept(review(name, payload=large))
    await inbox.accept(review("r2"))
    async with Desk(inbox, clock).working() as desk:
        begun = await desk.next()
        assert begun.batch.deliveries[0].payload == large
        await begun.end()
        assert (ids(begun.batch), await desk.next_ids()) == (["r0"], ["r1", "r2"])


async def test_a_burst_is_accepted_whole_and_in_order(inbox: Inbox) -> None:
    await _burst(inbox, 60)


@pytest.mark.exhaustive
async def test_a_burst_of_a_thousand_is_accepted_whole_and_in_order(inbox: Inbox) -> None:
    await _burst(inbox, 1000)


async def _burst(inbox: Inbox, count: int) -> None:
    seen: dict[str, list[int]] = {}

    async def handle(batch: Batch) -> None:
        seen.setdefault(batch.key, []).extend(int(name[1:]) for name in ids(batch))

    stop = asyncio.Event()
    work = asyncio.create_task(inbox.work(Attempts(handle), stop))
    burst = [act(f"a{n}", key=f"python/peps#{n % 20}") for n in range(count)]
    async with asyncio.timeout(10):  # GitHub's patience
        answers = await asyncio.gather(*map(inbox.accept, burst))
    assert set(answers) == {Acceptance.ACCEPTED}
    await until_idle(inbox, 90)
    stop.set()
    await work
    assert sum(map(len, seen.values())) == count
    assert all(numbers == sorted(numbers) for numbers in seen.values())


async def test_whatever_fails_all_is_handled_in_order_and_one_of_a_key_at_a_time(
    inbox: Inbox, clock: TurnedClock
) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    running: set[str] = set()
    ended: list[str] = []

    async def handle(batch: Batch) -> None:
        assert batch.key not in running, f"two at a time (seed {seed})"
        running.add(batch.key)
        for _ in range(chance.randrange(5)):
            await asyncio.sleep(0)
        running.remove(batch.key)
        if chance.random() < 0.2:
            raise ValueError("x")
        ended.extend(ids(batch))

    stop = asyncio.Event()
    work = asyncio.create_task(inbox.work(Attempts(handle, clock=clock), stop))
    names = {command: [], act: [], review: []}  # type: ignore[var-annotated]
    for number in range(60):
        build = chance.choice([command, act, review])
        key = f"python/peps#{chance.randrange(3)}"
        names[build].append((key, f"{number}"))
        await inbox.accept(build(f"{number}", key))
        if chance.random() < 0.2:
            assert await inbox.accept(build(f"{number}", key)) is Acceptance.DUPLICATE
    async with asyncio.timeout(PATIENCE):
        while len(ended) < 60:
            clock.turn(seconds=2)
            await inbox.depth()
    stop.set()
    await work
    assert sorted(map(int, ended)) == [*range(60)], f"lost or twice (seed {seed})"
    for offered in names.values():
        for key in {key for key, _ in offered}:
            order = [name for of, name in offered if of == key]
            assert [name for name in ended if name in order] == order, f"out of order (seed {seed})"


async def test_a_closed_inbox_is_unavailable(inbox: Inbox) -> None:
    await inbox.accept(review("r1"))
    await inbox.close()
    with pytest.raises(InboxUnavailable):
        await inbox.accept(review("r2"))
    await inbox.close()
