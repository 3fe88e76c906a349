"""What a review notes for the queue: since when it is whose turn, and when a person acted last."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.peps.people import Login
from bot.review.queue.queue import queue_entry
from bot.review.snapshot import Conversation, Memory, PullRequestState, QueueEntry, Since
from bot.review.verdict import judge
from bot.rules.engine.context import Act, ActKind, Mention
from tests.builders import HEAD, NOW, edit, new_pep, seen_open, snapshot
from tests.rules.builders import pep_text

HOUR = timedelta(hours=1)
OPENED = "pull_request opened"
ELSEWHERE = "review"


def entry_after(
    memory: Memory, at: datetime, event: str = OPENED, *, draft: bool = False, **values: Any
) -> QueueEntry:
    seen = snapshot(new_pep(draft=draft), **({"updated_at": at} | values))
    return queue_entry(seen, judge(seen, memory), memory, Since(at, event))


def before(at: datetime = NOW, *, draft: bool = False) -> Memory:
    return seen_open(queue_entry=entry_after(Memory(), at, draft=draft))


def test_the_first_review_goes_by_what_github_says_happened_last() -> None:
    first = entry_after(Memory(), NOW + 9 * HOUR, ELSEWHERE, updated_at=NOW)
    assert (first.since, first.active_at) == (NOW, NOW)


def test_a_turn_lasts_while_it_stays_the_same_and_begins_when_it_changes() -> None:
    draft = before(draft=True)
    assert draft.queue_entry is not None
    assert draft.queue_entry.turn == "author"
    still = entry_after(draft, NOW + HOUR, "pull_request synchronize", draft=True)
    assert still.since == NOW
    ready = entry_after(
        replace(draft, queue_entry=still), NOW + 2 * HOUR, "pull_request ready_for_review"
    )
    assert ready.turn != "author"
    assert ready.since == NOW + 2 * HOUR


def test_whoever_is_asked_for_a_pep_is_waited_for_since_that_day() -> None:
    text = pep_text(840, Author="Vera Core")
    takeover = edit(text, pep_text(840, Author="Mallory Mint"), "peps/pep-0840.rst")
    asked = Mention(Login("vera"), NOW - 3 * 24 * HOUR, "https://x/1")
    seen = snapshot(replace(takeover, author=Login("mallory")), updated_at=NOW)

    def entry(today: date, *mentions: Mention) -> QueueEntry:
        context = replace(seen.context, today=today, mentions=mentions)
        judged = replace(seen, context=context)
        return queue_entry(judged, judge(judged), Memory(), Since(NOW, OPENED))

    day = asked.at.date()
    before = entry(day)
    assert (before.turn, before.since, before.awaits) == ("author", NOW, "")
    waiting = entry(day, asked)
    assert (waiting.turn, waiting.since, waiting.awaits) == ("author", asked.at, "Vera Core")
    over = datetime.combine(day + timedelta(days=30), time(), UTC)
    assert waiting.editors_from == over
    later = entry(over.date(), asked)
    assert (later.turn, later.since, later.awaits) == ("editor", over, "Vera Core")


def test_a_later_comment_does_not_move_the_day_of_the_end() -> None:
    merged = PullRequestState.MERGED
    ended = entry_after(before(), NOW + HOUR, "pull_request closed", state=merged)
    assert (ended.turn, ended.since) == ("merged", NOW + HOUR)
    memory = Memory(state=merged, queue_entry=ended)
    later = entry_after(memory, NOW + 99 * HOUR, "issue_comment created", state=merged)
    assert (later.since, later.active_at) == (NOW + HOUR, NOW + 99 * HOUR)


def test_what_a_person_does_is_activity() -> None:
    assert entry_after(before(), NOW + HOUR, "pull_request labeled").active_at == NOW + HOUR


def test_what_happens_elsewhere_is_none_although_the_bot_wrote_meanwhile() -> None:
    assert entry_after(before(), NOW + HOUR, ELSEWHERE).active_at == NOW


def test_a_push_or_comment_without_an_event_is_activity_too() -> None:
    act = Act(Login("vera"), ActKind.COMMENTED, NOW + HOUR, "https://x/1")
    spoken_on = entry_after(
        before(), NOW + 5 * HOUR, ELSEWHERE, conversation=Conversation(acts=(act,))
    )
    assert spoken_on.active_at == NOW + HOUR
    pushed = entry_after(before(), NOW + 5 * HOUR, ELSEWHERE, head_sha=HEAD.replace("a", "b"))
    assert pushed.active_at == NOW + 5 * HOUR
