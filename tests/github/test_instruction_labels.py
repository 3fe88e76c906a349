"""Labels that instruct the bot count only when an editor set them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.github.client.client import Gone
from bot.github.read.accounts import trust_logins_here
from bot.github.read.instruction_labels import (
    InstructionReader,
    Instructions,
    PresentLabels,
    instruction_labels,
)
from bot.peps.people import Login
from bot.policy.labels import LabelNames
from tests.github.reading import (
    APP,
    NOON,
    ROOT,
    SUBJECT,
    FakeGitHub,
    FakeStore,
    InTurn,
    stamp,
    user,
)

EVENTS = f"{ROOT}/issues/4422/events"
EDITORS = frozenset({Login("HugoVK")})


def event(name: str, label: str, login: str | None, second: int = 0) -> dict[str, object]:
    at = stamp(NOON + timedelta(seconds=second))
    return {"event": name, "label": {"name": label}, "actor": user(login), "created_at": at}


async def read(
    github: FakeGitHub,
    store: FakeStore,
    *labels: str,
    editors: frozenset[Login] | None = EDITORS,
    sleep: Any = asyncio.sleep,
    resolve_accounts: Any = trust_logins_here,
    **more: Any,
) -> Instructions:
    present = PresentLabels(frozenset(labels), LabelNames(), **more)
    reader = InstructionReader(store, APP, sleep)
    return await reader.read(github, SUBJECT, present, editors, resolve_accounts)


def test_instruction_labels_are_found_by_name_without_regard_to_case() -> None:
    labels = ["Skip number", "BOT: paused", "new-pep", "skipped"]
    assert instruction_labels(labels, LabelNames()) == {"Skip number", "BOT: paused"}


def test_names_that_are_switched_off_match_nothing() -> None:
    assert instruction_labels(["", "skip x"], LabelNames(paused="", skip_prefix="")) == set()


async def test_an_editor_seen_setting_it_costs_no_request() -> None:
    github, store = FakeGitHub(), FakeStore()
    store.setters = {"Skip Number": "hugovk"}
    assert (await read(github, store, "skip number")).labels == {"skip number"}
    assert github.requests == []


@pytest.mark.parametrize("editors", [EDITORS, None], ids=["read", "unread"])
async def test_an_event_that_comes_late_does_not_prove_who_set_the_label_that_stands(
    editors: frozenset[Login] | None,
) -> None:
    github, store = FakeGitHub(), FakeStore()
    store.setters = {"skip number": "hugovk", "skip sponsor": "mallory", "docs": "mallory"}
    github.answers[EVENTS] = [
        event("labeled", "skip number", "hugovk"),
        event("unlabeled", "skip number", "mallory", 20),
        event("labeled", "skip number", "mallory", 40),
        event("labeled", "skip sponsor", "mallory"),
        event("labeled", "skip sponsor", "hugovk", 40),
    ]
    late = dict.fromkeys(("skip number", "skip sponsor", "docs"), NOON)
    labels = ("skip number", "skip sponsor", "docs")
    found = await read(github, store, *labels, editors=editors, set_at=late)
    assert found.labels == ({"skip sponsor"} if editors else set())
    assert (await read(github, store, *labels)).labels == {"skip sponsor"}, "nor later"
    assert github.requests == [EVENTS], "who set other labels is not asked"


async def test_a_list_that_lags_behind_the_event_is_read_again_and_not_believed() -> None:
    github, store, waited = FakeGitHub(), FakeStore(), []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    before = [event("labeled", "skip number", "hugovk")]
    after = [*before, event("labeled", "skip number", "mallory", 59)]
    just_now = {"skip number": NOON + timedelta(seconds=60)}
    for answers, waits in (([before, after], 1), ([before], 3), ([[], after], 1)):
        github.answers[EVENTS] = InTurn(*answers)
        waited.clear()
        found = await read(github, store, "skip number", set_at=just_now, sleep=sleep)
        assert found.labels == set()
        assert len(waited) == waits
        store.setters.clear()
    github.answers[EVENTS] = [event("labeled", "skip number", "hugovk", 59)]
    found = await read(github, store, "skip number", set_at=just_now, sleep=sleep)
    assert found.labels == {"skip number"}


async def test_anybody_else_setting_it_counts_for_nothing() -> None:
    github, store = FakeGitHub(), FakeStore()
    store.setters = {"skip number": "mallory"}
    assert (await read(github, store, "skip number")).labels == set()


async def test_a_missed_event_is_looked_up_once() -> None:
    github, store = FakeGitHub(), FakeStore()
    github.answers[EVENTS] = [
        event("labeled", "skip number", "mallory"),
        event("unlabeled", "skip number", "mallory"),
        event("labeled", "skip number", "hugovk"),
        event("labeled", "bot: paused", "hugovk"),
        event("labeled", "bot: paused", "mallory"),
        event("labeled", "skip sponsor", None),
        {"event": "closed"},
    ]
    labels = ("skip number", "bot: paused", "skip sponsor")
    for _ in range(2):
        assert (await read(github, store, *labels)).labels == {"skip number"}
    assert github.requests == [EVENTS]


async def test_who_set_a_label_that_is_gone_does_not_vouch_for_the_next() -> None:
    github, store = FakeGitHub(), FakeStore()
    store.setters = {"skip number": "hugovk"}
    assert (await read(github, store)).labels == set()
    github.answers[EVENTS] = [event("labeled", "skip number", "mallory")]
    assert (await read(github, store, "skip number")).labels == set()


async def test_what_the_app_set_on_an_editors_command_counts() -> None:
    github, store = FakeGitHub(), FakeStore()
    github.answers[EVENTS] = [event("labeled", "bot: paused", APP.login)]
    assert (await read(github, store, "bot: paused")).labels == {"bot: paused"}


async def test_without_known_editors_nothing_counts() -> None:
    github, store = FakeGitHub(), FakeStore()
    store.setters = {"skip number": "hugovk"}
    assert (await read(github, store, "skip number", editors=None)).labels == set()


@pytest.mark.parametrize("answer", [Gone("no"), [{"event": "labeled"}, 3, None]])
async def test_an_unreadable_list_of_events_makes_nobody_an_editor(answer: object) -> None:
    github, store = FakeGitHub(), FakeStore()
    github.answers[EVENTS] = answer
    found = await read(github, store, "skip number")
    assert found.labels == set()
    assert bool(found.notes) is isinstance(answer, Gone)


async def test_who_set_a_stage_is_asked_only_where_it_was_not_the_bot() -> None:
    github, store = FakeGitHub(), FakeStore()
    github.answers[EVENTS] = [
        event("labeled", "Awaiting Author", "mallory"),
        event("labeled", "new-pep", "other-app[bot]"),
    ]
    for ours, asked, by_people in (
        (None, 0, {}),
        (("awaiting author", "new-pep"), 0, {}),
        ((), 1, {"awaiting author": "mallory"}),
        ((), 1, {"awaiting author": "mallory"}),
    ):
        found = await read(github, store, "Awaiting Author", "new-pep", "topic-typing", ours=ours)
        assert found.by_people == by_people
        assert github.requests == [EVENTS] * asked
