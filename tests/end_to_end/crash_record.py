"""Checks after a crash story: what is on GitHub, and in which order the bot handled deliveries."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import pairwise

from bot.inbox.delivery import DeliveryRecord, DeliveryState
from bot.inbox.open import open_inbox
from github_simulator.github import GitHubSimulator
from github_simulator.webhooks import Delivery
from github_simulator.wire import JsonObject
from tests.end_to_end.harness import BOT, REPOSITORY

_IDS = re.compile(r"(issuecomment-|pullrequestreview-|pep-bot:reply )[^ )#]+")

_ROUNDING = timedelta(milliseconds=2)
"""The log has seconds with three digits."""


@dataclass(frozen=True)
class VisibleState:
    """What a person sees on a pull request."""

    labels: tuple[str, ...]
    comments: tuple[str, ...]
    checks: tuple[tuple[str | None, str | None, str | None, tuple[str, ...]], ...]


def visible_state(github: GitHubSimulator, number: int) -> VisibleState:
    """What a person sees on a pull request now."""
    pull = github.pull_request(REPOSITORY, number)
    return VisibleState(
        tuple(sorted(pull.labels)),
        # Ids in links to comments and reviews are chosen by GitHub and differ.
        tuple(
            sorted(
                _IDS.sub(r"\1…", comment.body) for comment in pull.comments if comment.login == BOT
            )
        ),
        tuple(
            (
                run.conclusion,
                run.title,
                run.summary,
                tuple(
                    sorted(
                        f"{note['path']}:{note['start_line']} {note['annotation_level']}"
                        f" {note['message']}"
                        for note in run.annotations
                    )
                ),
            )
            for run in github.check_runs(REPOSITORY, pull.head_sha)
        ),
    )


def handled_webhooks(github: GitHubSimulator) -> list[Delivery]:
    """The webhooks that the bot did not ignore."""
    return [
        one
        for one in github.deliveries
        if not any('"ignored"' in attempt.response for attempt in one.attempts)
    ]


async def stored_deliveries(database_url: str) -> list[DeliveryRecord]:
    """All deliveries in the inbox, in the order in which they were accepted."""
    inbox = await open_inbox(database_url, serving=False)
    try:
        return list(await inbox.records(limit=100_000))[::-1]
    finally:
        await inbox.close()


def assert_all_handled(github: GitHubSimulator, records: list[DeliveryRecord]) -> None:
    """Check that everything accepted (even if the answer was lost) is in the inbox, and is done."""
    states = {record.delivery.id: record.state for record in records}
    for delivery in handled_webhooks(github):
        if any(attempt.status_code == HTTPStatus.ACCEPTED for attempt in delivery.attempts):
            assert delivery.guid in states, f"lost: {delivery.event}.{delivery.action}"
    unfinished = {one.delivery.id: one.error for one in records if one.state != DeliveryState.DONE}
    assert not unfinished


def assert_in_order(handled: list[JsonObject], records: list[DeliveryRecord]) -> None:
    """Check that nothing of a key was handled two at a time, and each kind of it in order.

    A push may be handled before a sweep that came earlier: it is more urgent.

    Args:
        handled: The logged end of each attempt, in order of time.
        records: The accepted deliveries, in order.
    """
    place = {record.delivery.id: place for place, record in enumerate(records)}
    key = {record.delivery.id: record.delivery.key for record in records}
    kind = {one.delivery.id: (one.delivery.kind, one.delivery.priority) for one in records}
    # The next one may begin once this one is recorded, before the end of it is logged.
    finished = {record.delivery.id: record.finished_at for record in records}
    attempts = defaultdict(list)
    for event in handled:
        attempts[key[event["delivery"]]].append(event)
    for name, events in attempts.items():
        for each in set(kind.values()):
            handled_ids = [event["delivery"] for event in events if event["outcome"] == "done"]
            done = [place[one] for one in handled_ids if kind[one] is each]
            assert done == sorted(set(done)), f"out of order, or twice: {name}"
        for earlier, later in pairwise(events):
            end = finished[earlier["delivery"]] if earlier["outcome"] == "done" else None
            end = end or datetime.fromisoformat(earlier["timestamp"])
            seconds = timedelta(seconds=later["seconds"])
            begin = datetime.fromisoformat(later["timestamp"]) - seconds
            assert begin + _ROUNDING >= end, f"two at a time: {name}"


def assert_never_doubled_nor_set_back(github: GitHubSimulator) -> None:
    """Check for one check run per head, one comment per pull request, no writes on old heads."""
    pushed = _heads(github)
    head_of: dict[str, str] = {}
    for number, heads in pushed.items():
        for head in heads:
            runs = github.check_runs(REPOSITORY, head)
            assert len(runs) <= 1, f"#{number} has {len(runs)} check runs on one head"
            head_of |= {str(run.id): head for run in runs}
        comments = github.pull_request(REPOSITORY, number).comments
        marks = [one.body.partition("\n")[0] for one in comments if one.login == BOT]
        assert len(set(marks)) == len(marks), f"#{number} has two comments of one mark: {marks}"
    place = {head: (number, at) for number, of in pushed.items() for at, head in enumerate(of)}
    newest: dict[int, int] = defaultdict(int)
    for request in github.requests:
        if request.method == "POST" and request.path.endswith("/check-runs"):
            number, at = place[request.body["head_sha"]]
        elif request.method == "PATCH" and "/check-runs/" in request.path:
            number, at = place[head_of[request.path.rpartition("/")[2]]]
        else:
            continue
        assert at >= newest[number], f"#{number} went back to an older head"
        newest[number] = at


def _heads(github: GitHubSimulator) -> dict[int, list[str]]:
    """The heads that each pull request had, in order."""
    heads: dict[int, list[str]] = defaultdict(list)
    for delivery in github.deliveries:
        if delivery.event == "pull_request" and delivery.action in ("opened", "synchronize"):
            pull = delivery.payload["pull_request"]
            heads[pull["number"]].append(pull["head"]["sha"])
    return heads
