"""What every inbox keeps its word on, whatever is behind it."""

import asyncio
from datetime import timedelta

import pytest

from bot.inbox.backoff import LONGEST_DELAY
from bot.inbox.delivery import MERGED_BYTES, DeliveryState, Priority
from bot.inbox.protocol import Acceptance, Inbox, InboxUnavailable, utc_now
from bot.store.version import StoreUnusable
from tests.inbox.builders import NOON, Inboxes, TurnedClock, act, ids, review


async def test_a_delivery_comes_out_as_it_went_in(inbox: Inbox) -> None:
    delivery = review(
        payload=b'{"a": "\xc3\xa9"}', received_at=NOON + timedelta(microseconds=123457)
    )
    assert await inbox.accept(delivery) is Acceptance.ACCEPTED
    (batch,) = await inbox.claim(10)
    assert batch.deliveries == (delivery,)
    assert (batch.key, batch.attempt, batch.failures) == (delivery.key, 1, 0)


async def test_the_same_delivery_again_is_a_duplicate_in_every_living_state(inbox: Inbox) -> None:
    await inbox.accept(review())
    assert await inbox.accept(review()) is Acceptance.DUPLICATE
    (batch,) = await inbox.claim(10)
    assert await inbox.accept(review()) is Acceptance.DUPLICATE
    await inbox.finish(batch)
    assert await inbox.accept(review()) is Acceptance.DUPLICATE
    assert await inbox.claim(10) == []


async def test_of_one_delivery_offered_many_times_at_once_one_is_accepted(inbox: Inbox) -> None:
    answers = await asyncio.gather(*(inbox.accept(review()) for _ in range(30)))
    assert answers.count(Acceptance.ACCEPTED) == 1


async def test_a_dead_delivery_that_comes_again_is_queued_as_new(inbox: Inbox) -> None:
    await inbox.accept(review())
    (batch,) = await inbox.claim(10)
    await inbox.bury(batch, "no good")
    assert await inbox.claim(10) == []
    assert await inbox.accept(review()) is Acceptance.ACCEPTED
    (batch,) = await inbox.claim(10)
    assert (ids(batch), batch.attempt, batch.failures) == (["r1"], 1, 0)


async def test_a_key_is_never_claimed_twice_at_a_time(inbox: Inbox) -> None:
    await inbox.accept(act("a1"))
    await inbox.accept(act("a2"))
    await inbox.accept(act("b1", key="python/peps#2"))
    first, other = await inbox.claim(10)
    assert (ids(first), ids(other)) == (["a1"], ["b1"])
    assert await inbox.claim(10) == []
    await inbox.finish(first)
    (second,) = await inbox.claim(10)
    assert ids(second) == ["a2"]


async def test_the_oldest_keys_are_claimed_first_and_no_more_than_asked_for(inbox: Inbox) -> None:
    for number in (3, 1, 2):
        await inbox.accept(review(f"r{number}", key=f"python/peps#{number}"))
    assert [ids(batch) for batch in await inbox.claim(2)] == [["r3"], ["r1"]]
    assert [ids(batch) for batch in await inbox.claim(2)] == [["r2"]]


async def test_commands_go_before_reviews_and_reviews_before_sweeps(inbox: Inbox) -> None:
    for priority in (Priority.SWEEP, Priority.REVIEW, Priority.COMMAND):
        name = priority.name.lower()
        await inbox.accept(review(name, key=f"python/peps#{priority}", priority=priority))
    await inbox.accept(review("old", key="python/peps#9", priority=Priority.SWEEP))
    await inbox.accept(review("urgent", key="python/peps#9", priority=Priority.COMMAND))
    claimed = [ids(batch) for _ in range(4) for batch in await inbox.claim(1)]
    assert claimed == [["command"], ["old", "urgent"], ["review"], ["sweep"]]


async def test_waiting_reviews_merge_up_to_the_next_act(inbox: Inbox) -> None:
    for delivery in (review("r1"), review("r2"), act("a1"), act("a2"), review("r3"), review("r4")):
        await inbox.accept(delivery)
    handled = []
    while batches := await inbox.claim(10):
        (batch,) = batches
        handled.append(ids(batch))
        await inbox.finish(batch)
    assert handled == [["r1", "r2"], ["a1"], ["a2"], ["r3", "r4"]]


async def test_reviews_that_come_while_one_runs_make_up_the_next_batch(inbox: Inbox) -> None:
    await inbox.accept(review("r1"))
    (running,) = await inbox.claim(10)
    await inbox.accept(review("r2"))
    await inbox.accept(review("r3"))
    assert await inbox.claim(10) == []
    await inbox.finish(running)
    (batch,) = await inbox.claim(10)
    assert ids(batch) == ["r2", "r3"]


async def test_a_retry_waits_for_its_time_and_keeps_its_error(
    inbox: Inbox, clock: TurnedClock
) -> None:
    await inbox.accept(review())
    (batch,) = await inbox.claim(10)
    await inbox.retry(batch, clock() + timedelta(minutes=5), "GitHub is away")
    assert await inbox.claim(10) == []
    record = await inbox.record("r1")
    assert record is not None
    assert record.state is DeliveryState.QUEUED
    assert record.error == "GitHub is away"
    assert record.run_at == NOON + timedelta(minutes=5)
    clock.turn(minutes=5)
    (batch,) = await inbox.claim(10)
    assert (batch.attempt, batch.failures) == (2, 1)


async def test_an_attempt_that_does_not_count_is_no_failure(
    inbox: Inbox, clock: TurnedClock
) -> None:
    await inbox.accept(review())
    (batch,) = await inbox.claim(10)
    await inbox.retry(batch, clock(), "rate limited", counted=False)
    (batch,) = await inbox.claim(10)
    assert (batch.attempt, batch.failures) == (2, 0)


async def test_a_waiting_retry_holds_back_its_key_and_then_takes_the_reviews_along(
    inbox: Inbox, clock: TurnedClock
) -> None:
    await inbox.accept(review("r1"))
    (batch,) = await inbox.claim(10)
    await inbox.retry(batch, clock() + timedelta(minutes=1), "x")
    await inbox.accept(review("r2"))
    await inbox.accept(act("a1"))
    await inbox.accept(review("other", key="python/peps#2"))
    assert [ids(batch) for batch in await inbox.claim(10)] == [["other"]]
    clock.turn(minutes=1)
    (batch,) = await inbox.claim(10)
    assert ids(batch) == ["r1", "r2"]
    assert (batch.attempt, batch.failures) == (2, 1)


async def test_a_clock_turned_back_does_not_hold_up_retries_for_ever(
    inbox: Inbox, clock: TurnedClock
) -> None:
    await inbox.accept(review())
    (batch,) = await inbox.claim(10)
    await inbox.retry(batch, clock() + timedelta(minutes=10), "x")
    clock.turn(days=-365)
    (batch,) = await inbox.claim(10)
    assert ids(batch) == ["r1"]


async def test_no_retry_waits_longer_than_the_longest_delay(
    inbox: Inbox, clock: TurnedClock
) -> None:
    await inbox.accept(review())
    (batch,) = await inbox.claim(10)
    await inbox.retry(batch, clock() + timedelta(days=10), "x")
    assert await inbox.claim(10) == []
    clock.turn(seconds=LONGEST_DELAY.total_seconds())
    assert len(await inbox.claim(10)) == 1


async def test_an_error_may_carry_whatever_a_stranger_wrote(inbox: Inbox) -> None:
    await inbox.accept(review("r1", action="half a character \ud800"))
    (batch,) = await inbox.claim(10)
    await inbox.retry(batch, NOON, "half a character \ud800\x00")
    (batch,) = await inbox.claim(10)
    await inbox.bury(batch, "half a character \udfff")
    (record,) = await inbox.records(DeliveryState.DEAD)
    assert record.error == "half a character \\udfff"


async def test_a_new_delivery_never_waits_for_the_clock(inbox: Inbox, clock: TurnedClock) -> None:
    await inbox.accept(review(received_at=clock() + timedelta(minutes=30)))
    assert len(await inbox.claim(10)) == 1


async def test_what_is_handed_back_is_as_if_never_claimed(inbox: Inbox) -> None:
    await inbox.accept(act("a1"))
    await inbox.accept(act("a2"))
    (batch,) = await inbox.claim(10)
    await inbox.hand_back(batch)
    (again,) = await inbox.claim(10)
    assert again == batch


async def test_a_claim_whose_caller_is_gone_goes_back(inbox: Inbox) -> None:
    await inbox.accept(review())
    claiming = asyncio.create_task(inbox.claim(10))
    await asyncio.sleep(0)
    claiming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await claiming
    async with asyncio.timeout(5):
        while not (batches := await inbox.claim(10)):
            await inbox.wait(1)
    assert batches[0].attempt == 1


async def test_what_is_buried_stays_with_its_error_until_replayed(inbox: Inbox) -> None:
    await inbox.accept(review())
    (batch,) = await inbox.claim(10)
    await inbox.bury(batch, "hopeless")
    (record,) = await inbox.records(DeliveryState.DEAD)
    assert (record.error, record.attempts, record.finished_at) == ("hopeless", 1, NOON)
    assert await inbox.replay("r1")
    (batch,) = await inbox.claim(10)
    assert batch.attempt == 1


async def test_a_dead_act_lets_the_next_of_its_key_pass(inbox: Inbox) -> None:
    await inbox.accept(act("a1"))
    await inbox.accept(act("a2"))
    (batch,) = await inbox.claim(10)
    await inbox.bury(batch, "hopeless")
    (batch,) = await inbox.claim(10)
    assert ids(batch) == ["a2"]


async def test_only_what_is_over_can_be_replayed(inbox: Inbox) -> None:
    await inbox.accept(review())
    assert not await inbox.replay("r1")
    assert not await inbox.replay("unheard of")
    (batch,) = await inbox.claim(10)
    assert not await inbox.replay("r1")
    await inbox.finish(batch)
    assert await inbox.replay("r1")


async def test_a_replay_beside_the_server_wakes_it(inboxes: Inboxes) -> None:
    server = await inboxes.open(clock=utc_now)
    await server.accept(review())
    (batch,) = await server.claim(10)
    await server.bury(batch, "hopeless")
    assert await server.claim(10) == []
    await server.wait(0)
    waiting = asyncio.create_task(server.wait(60))
    beside = await inboxes.open(serving=False, clock=utc_now)
    assert (await beside.records())[0].error == "hopeless"
    assert await beside.replay("r1")
    async with asyncio.timeout(5):
        await waiting
        (batch,) = await server.claim(10)
    assert ids(batch) == ["r1"]


async def test_a_waiting_server_is_woken_by_what_comes_and_by_what_falls_due(
    inboxes: Inboxes,
) -> None:
    inbox = await inboxes.open(clock=utc_now)
    await inbox.claim(1)
    await inbox.wait(0)
    waiting = asyncio.create_task(inbox.wait(60))
    await inbox.accept(review())
    async with asyncio.timeout(5):
        await waiting
        (batch,) = await inbox.claim(1)
        await inbox.retry(batch, utc_now() + timedelta(seconds=0.2), "x")
        while not await inbox.claim(1):
            await inbox.wait(60)


async def test_waiting_ends_when_its_time_is_up(inbox: Inbox) -> None:
    async with asyncio.timeout(5):
        await inbox.wait(0.05)
        await inbox.wait(0.05)


async def test_who_only_looks_cannot_claim(inboxes: Inboxes) -> None:
    await inboxes.open()
    beside = await inboxes.open(serving=False)
    with pytest.raises(InboxUnavailable):
        await beside.claim(1)


async def test_there_is_nothing_to_look_into_before_the_first_start(nowhere: Inboxes) -> None:
    for _ in range(2):
        with pytest.raises(StoreUnusable, match="no store"):
            await nowhere.open(serving=False)


async def test_records_are_newest_first_by_state_and_without_payload(inbox: Inbox) -> None:
    for number in range(4):
        await inbox.accept(act(f"a{number}", key=f"python/peps#{number}"))
    (batch,) = await inbox.claim(1)
    await inbox.finish(batch)
    assert [record.delivery.id for record in await inbox.records(limit=3)] == ["a3", "a2", "a1"]
    (done,) = await inbox.records(DeliveryState.DONE)
    assert (done.delivery.id, done.delivery.payload, done.finished_at) == ("a0", b"", NOON)
    full = await inbox.record("a0")
    assert full is not None
    assert full.delivery == act("a0", key="python/peps#0")
    assert await inbox.record("unheard of") is None


async def test_the_depth_names_every_state(inbox: Inbox) -> None:
    await inbox.accept(review("r1"))
    await inbox.accept(review("r2", key="python/peps#2"))
    await inbox.claim(1)
    assert await inbox.depth() == {
        DeliveryState.QUEUED: 1,
        DeliveryState.RUNNING: 1,
        DeliveryState.DONE: 0,
        DeliveryState.DEAD: 0,
    }


async def test_the_overview_of_an_inbox_that_never_took_anything(inbox: Inbox) -> None:
    overview = await inbox.overview()
    assert overview.depth == dict.fromkeys(DeliveryState, 0)
    assert overview.oldest_unfinished is None
    assert overview.newest_webhook is None


async def test_the_overview_tells_how_old_what_waits_is(inbox: Inbox) -> None:
    for index, name in enumerate(("done", "dead", "running", "queued", "last")):
        at = NOON + timedelta(minutes=index)
        await inbox.accept(act(name, key=f"python/peps#{index}", received_at=at))
    done, dead, _ = await inbox.claim(3)
    await inbox.finish(done)
    await inbox.bury(dead, "broken")
    overview = await inbox.overview()
    assert overview.depth == await inbox.depth()
    assert overview.oldest_unfinished == NOON + timedelta(minutes=2), "one that runs counts"
    assert overview.newest_webhook == NOON + timedelta(minutes=4)


async def test_a_retry_is_as_old_as_its_delivery(inbox: Inbox) -> None:
    await inbox.accept(act("a1"))
    (batch,) = await inbox.claim(1)
    await inbox.retry(batch, NOON + timedelta(hours=1), "busy")
    assert (await inbox.overview()).oldest_unfinished == NOON


async def test_work_the_bot_gives_itself_is_no_sign_of_github(inbox: Inbox) -> None:
    await inbox.accept(act("a1"))
    later = NOON + timedelta(days=3)
    await inbox.accept(review("self:review:python/peps#2:a1", "python/peps#2", received_at=later))
    assert (await inbox.overview()).newest_webhook == NOON


async def test_pruning_forgets_what_was_done_before_and_nothing_else(
    inbox: Inbox, clock: TurnedClock
) -> None:
    for number in range(5):
        await inbox.accept(act(f"a{number}", key=f"python/peps#{number}"))
    done, dead, running, waiting, late = await inbox.claim(5)
    await inbox.finish(done)
    await inbox.bury(dead, "x")
    await inbox.hand_back(waiting)
    clock.turn(days=8)
    await inbox.finish(late)
    assert await inbox.prune(clock() - timedelta(days=7)) == 1
    assert {record.delivery.id for record in await inbox.records()} == {"a1", "a2", "a3", "a4"}
    assert await inbox.record("a0") is None
    assert ids(running) == ["a2"]


async def test_large_payloads_pass_and_are_not_all_merged_at_once(inbox: Inbox) -> None:
    large = b"x" * (MERGED_BYTES // 2 + 1)
    for name in ("r0", "r1"):
        await inbox.accept(review(name, payload=large))
    await inbox.accept(review("r2"))
    (batch,) = await inbox.claim(10)
    assert batch.deliveries[0].payload == large
    await inbox.finish(batch)
    (rest,) = await inbox.claim(10)
    assert (ids(batch), ids(rest)) == (["r0"], ["r1", "r2"])


async def test_a_burst_is_accepted_whole_and_in_order(inbox: Inbox) -> None:
    await _burst(inbox, 60)


@pytest.mark.exhaustive
async def test_a_burst_of_a_thousand_is_accepted_whole_and_in_order(inbox: Inbox) -> None:
    await _burst(inbox, 1000)


async def _burst(inbox: Inbox, count: int) -> None:
    burst = [act(f"a{n}", key=f"python/peps#{n % 20}") for n in range(count)]
    answers = await asyncio.gather(*map(inbox.accept, burst))
    assert set(answers) == {Acceptance.ACCEPTED}
    seen: dict[str, list[int]] = {}
    while batches := await inbox.claim(16):
        for batch in batches:
            seen.setdefault(batch.key, []).extend(int(name[1:]) for name in ids(batch))
        await asyncio.gather(*map(inbox.finish, batches))
    assert sum(map(len, seen.values())) == count
    assert all(numbers == sorted(numbers) for numbers in seen.values())


async def test_a_closed_inbox_is_unavailable(inbox: Inbox) -> None:
    await inbox.accept(review("r1"))
    await inbox.close()
    with pytest.raises(InboxUnavailable):
        await inbox.accept(review("r2"))
    with pytest.raises(InboxUnavailable):
        await inbox.claim(1)
    await inbox.close()


async def _end_while_all_is_handled(inboxes: Inboxes) -> None:
    inbox = await inboxes.open()
    await inbox.claim(10)
    await inbox.close()


async def test_what_was_handled_alone_when_the_server_ended_is_queued_again_and_counts(
    inboxes: Inboxes,
) -> None:
    first = await inboxes.open()
    await first.accept(act("a1"))
    await first.accept(act("a2"))
    await first.close()
    await _end_while_all_is_handled(inboxes)
    second = await inboxes.open()
    (batch,) = await second.claim(10)
    assert (ids(batch), batch.attempt, batch.failures) == (["a1"], 1, 1)
    record = await second.record("a1")
    assert record is not None
    assert "process ended" in (record.error or "")
    assert await second.accept(act("a2")) is Acceptance.DUPLICATE


async def test_an_end_while_several_were_handled_counts_for_none(inboxes: Inboxes) -> None:
    first = await inboxes.open()
    await first.accept(review("r1", "python/peps#1"))
    await first.accept(review("r2", "python/peps#2"))
    await first.close()
    await _end_while_all_is_handled(inboxes)
    second = await inboxes.open()
    batches = await second.claim(10)
    assert [(ids(one), one.attempt, one.failures) for one in batches] == [
        (["r1"], 1, 0),
        (["r2"], 1, 0),
    ]


async def test_what_was_there_at_two_ends_in_a_row_is_handled_alone_and_first(
    inboxes: Inboxes, clock: TurnedClock
) -> None:
    first = await inboxes.open()
    await first.accept(review("other", "python/peps#0"))
    for number in (1, 2):
        await first.accept(review(f"r{number}", f"python/peps#{number}"))
    (other, *_) = await first.claim(1)
    await first.retry(other, NOON + timedelta(minutes=1), "x", counted=False)
    await first.close()
    for _ in range(2):
        await _end_while_all_is_handled(inboxes)
    clock.turn(hours=1)
    last = await inboxes.open()
    for name in ("r1", "r2", "other"):
        (batch,) = await last.claim(10)
        assert ids(batch) == [name]
        assert await last.claim(10) == []
        await last.finish(batch)


async def test_a_failed_attempt_lifts_the_suspicion(inboxes: Inboxes) -> None:
    first = await inboxes.open()
    await first.accept(review("r1", "python/peps#1"))
    await first.accept(review("r2", "python/peps#2"))
    await first.close()
    for _ in range(2):
        await _end_while_all_is_handled(inboxes)
    last = await inboxes.open()
    for _ in range(2):
        (batch,) = await last.claim(10)
        await last.retry(batch, NOON, "an ordinary fault", counted=False)
    assert len(await last.claim(10)) == 2
