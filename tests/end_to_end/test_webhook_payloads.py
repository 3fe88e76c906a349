"""All payloads that GitHub was seen to send, whole and mutilated, sent over HTTP."""

import asyncio
import copy
import hashlib
import hmac
import json
import lzma
import random
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.handlers.handle import NOT_FOUND_YET
from bot.inbox.delivery import DeliveryRecord, DeliveryState
from bot.inbox.inbox import Inbox
from bot.server import running
from tests.end_to_end.harness import REPOSITORY, SECRET, Harness
from tests.end_to_end.proposal import propose

pytestmark = pytest.mark.real_data

ODD: Sequence[Any] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "x" * 70_000,
    "\ud800",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59Z",
    "../../..",
    [],
    [None],
    ["x", 1],
    {},
    {"id": None, "login": 7, "full_name": ["a"]},
)

CONCERN = {
    ("check_run", "completed"),
    ("check_suite", "rerequested"),
    ("issues", "deleted"),
    ("issues", "edited"),
    ("issues", "opened"),
    ("issues", "reopened"),
    ("installation", "created"),
    ("installation", "deleted"),
    ("installation", "new_permissions_accepted"),
    ("installation", "unsuspend"),
    ("installation_repositories", "added"),
    ("installation_repositories", "removed"),
    ("pull_request", "closed"),
    ("pull_request", "converted_to_draft"),
    ("pull_request", "labeled"),
    ("pull_request", "opened"),
    ("pull_request", "ready_for_review"),
    ("pull_request", "reopened"),
    ("pull_request", "synchronize"),
    ("pull_request", "unlabeled"),
    ("pull_request_review", "submitted"),
    ("push", None),
}
"""Those among the payloads that the bot has to hear of; all the others are ignored."""


@dataclass(frozen=True)
class Sent:
    """A webhook as it goes over the wire."""

    event: str
    guid: str
    body: bytes

    @classmethod
    def of(cls, event: str, payload: Any, name: str) -> "Sent":
        return cls(event, str(uuid.uuid5(uuid.NAMESPACE_URL, name)), json.dumps(payload).encode())


@pytest.fixture(scope="module")
def payloads(shared_data: Path) -> list[tuple[str, Any]]:
    with lzma.open(shared_data / "webhook-payloads.json.xz") as file:
        found: dict[str, list[Any]] = json.load(file)
    return [(event, payload) for event, several in found.items() for payload in several]


@asynccontextmanager
async def post(harness: Harness) -> AsyncIterator["PayloadSender"]:
    async with aiohttp.ClientSession() as session:
        yield PayloadSender(session, harness.url("/webhook"))


@dataclass
class PayloadSender:
    """Sends webhooks signed as GitHub signs them."""

    session: aiohttp.ClientSession
    url: str

    async def send(self, sent: Sent) -> tuple[int, str]:
        """Status, and what the answer says became of it."""
        signature = hmac.new(SECRET.encode(), sent.body, hashlib.sha256).hexdigest()
        headers = {
            "X-Hub-Signature-256": f"sha256={signature}",
            "X-GitHub-Event": sent.event,
            "X-GitHub-Delivery": sent.guid,
            "Content-Type": "application/json",
        }
        async with self.session.post(self.url, data=sent.body, headers=headers) as answer:
            if answer.status >= 500:
                return answer.status, await answer.text()
            answer_json = await answer.json()
            return answer.status, answer_json.get("status", answer_json.get("error"))

    async def send_all(self, several: Iterable[Sent]) -> list[tuple[int, str]]:
        """Several at a time, as GitHub does."""
        limit = asyncio.Semaphore(8)

        async def one(sent: Sent) -> tuple[int, str]:
            async with limit:
                return await self.send(sent)

        return await asyncio.gather(*map(one, several))


async def assert_handled_without_fault(inbox: Inbox) -> list[DeliveryRecord]:
    """Everything is done at the first attempt; a fault is told as soon as there is one.

    What is not there is looked for again for ten minutes, which is no fault, and not waited for.
    """
    async with asyncio.timeout(20):
        while True:
            records = list(await inbox.records(limit=10_000))
            missing = [one for one in records if NOT_FOUND_YET in (one.error or "")]
            faulty = [one for one in records if one.error and one not in missing]
            assert not faulty, f"{faulty[0].delivery.event} {faulty[0].error}"
            held = {one.delivery.key for one in missing}
            if all(
                one.state is DeliveryState.DONE
                or (one.state is DeliveryState.QUEUED and one.delivery.key in held)
                for one in records
            ):
                return records
            await asyncio.sleep(0.05)


async def test_each_real_payload_is_recorded_once_or_ignored_and_handled_without_fault(
    harness: Harness, payloads: list[tuple[str, Any]]
) -> None:
    several = [
        Sent.of(event, payload, f"{index}") for index, (event, payload) in enumerate(payloads)
    ]
    await harness.stop()
    # No worker yet, so that all stands in the inbox as it was accepted.
    async with running(harness.settings(), with_worker=False) as server:
        before = {record.delivery.id for record in await server.inbox.records(limit=10_000)}
        async with post(harness) as payload_sender:
            answers = await payload_sender.send_all(several)
            again = await payload_sender.send_all(several)
        print(  # noqa: T201
            f"{len(several)} payloads: {dict(Counter(said for _, said in answers))}; "
            f"again: {dict(Counter(said for _, said in again))}"
        )
        for sent, (status, said) in zip(several, answers, strict=True):
            if sent.event == "ping":
                assert (status, said) == (200, "pong")
            else:
                assert (status, said) in ((202, "accepted"), (202, "ignored")), sent.event
        expected = [(202, "duplicate") if one == (202, "accepted") else one for one in answers]
        assert again == expected
        records = [
            record
            for record in await server.inbox.records(limit=10_000)
            if record.delivery.id not in before
        ]
        accepted = [
            sent for sent, one in zip(several, answers, strict=True) if one[1] == "accepted"
        ]
        assert {(sent.event, json.loads(sent.body).get("action")) for sent in accepted} == CONCERN
        assert sorted(record.delivery.id for record in records) == sorted(
            sent.guid for sent in accepted
        )
        for sent in accepted:
            stored_record = await server.inbox.record(sent.guid)
            assert stored_record is not None
            assert (stored_record.delivery.payload, stored_record.delivery.event) == (
                sent.body,
                sent.event,
            )

    # The simulated GitHub knows none of these repositories: each is looked for in vain.
    await harness.start()
    assert harness.server is not None
    done = {
        record.delivery.id for record in await assert_handled_without_fault(harness.server.inbox)
    }
    assert done >= {sent.guid for sent in accepted}


def transplanted(payload: Any, harness: Harness, number: int) -> Any:
    """The payload as if it came from the harness's repository, about a pull request there."""
    moved = copy.deepcopy(payload)
    if isinstance(moved.get("repository"), dict):
        owner, _, name = REPOSITORY.partition("/")
        here = next(
            each.payload["repository"]
            for each in harness.simulator.deliveries
            if "repository" in each.payload
        )
        moved["repository"] |= {"full_name": REPOSITORY, "name": name, "id": here["id"]}
        if isinstance(moved["repository"].get("owner"), dict):
            moved["repository"]["owner"]["login"] = owner
    moved["installation"] = {"id": harness.installation}
    for part in ("pull_request", "issue"):
        if isinstance(moved.get(part), dict):
            moved[part]["number"] = number
    if "issue" in moved:
        moved["issue"]["pull_request"] = {"url": "https://api.example/pulls/1"}
    if "number" in moved:
        moved["number"] = number
    return moved


def places(value: Any, depth: int = 0) -> Iterator[tuple[Any, Any, int]]:
    """All members of objects and lists: what holds them, under which key, how deep."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield value, key, depth
        yield from places(inner, depth + 1)


def truncated(payload: Any, chance: random.Random) -> Any:
    """A few members dropped, replaced by something odd, or by one another; rather high up."""
    for _ in range(chance.randrange(1, 4)):
        found = list(places(payload))
        if not found:
            break
        weights = [8.0**-depth for _, _, depth in found]
        holder, key, _ = chance.choices(found, weights)[0]
        deed = chance.randrange(4)
        if deed == 0:
            del holder[key]
        elif deed == 1:
            other, place, _ = chance.choice(found)
            holder[key] = copy.deepcopy(other[place])
        else:
            holder[key] = copy.deepcopy(chance.choice(ODD))
    return payload


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.exhaustive)])
async def test_torn_payloads_are_never_answered_5xx_and_never_meet_a_fault(
    count: int, harness: Harness, payloads: list[tuple[str, Any]]
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)
    number = await propose(harness)
    several = []
    subscribed = [one for one in payloads if one[0] in SUBSCRIBED_EVENTS]
    for index in range(count):
        event, payload = chance.choice(subscribed if index % 8 else payloads)
        moved = transplanted(payload, harness, number)
        # What takes the installation away ends all that follows.
        if event.startswith("installation") and moved.get("action") in ("deleted", "suspend"):
            moved["action"] = "created"
        several.append(Sent.of(event, truncated(moved, chance), f"{seed}-{index}"))
    # Lone surrogates among what is logged break structlog's printing, which no program uses.
    with capture_logs():
        async with post(harness) as payload_sender:
            answers = await payload_sender.send_all(several)
        assert harness.server is not None
        records = await assert_handled_without_fault(harness.server.inbox)
    print(f"{count} torn payloads: {dict(Counter(answers))}; {len(records)} handled")  # noqa: T201
    worse = [(sent, one) for sent, one in zip(several, answers, strict=True) if one[0] >= 500]
    assert not worse, f"seed {seed}: {worse[0]}"
    assert len(harness.comments(number)) == 1
    assert len(harness.conclusions(number)) == 1
