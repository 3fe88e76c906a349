"""What is left to do after a merge: when it is due, when it ends, and what sets it aside."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.policy.fields import NotificationMode
from bot.policy.load import default_policy, parse_policy
from bot.policy.model import Policy, Reminders
from bot.review.decision.status_change import awaiting_decision
from bot.review.decision.submission import Submission
from bot.review.published_peps import (
    ADDED,
    KnownPeps,
    Published,
    Pushed,
    collect_known_peps,
    published_from_text,
)
from bot.review.queue.follow_up import FollowUp, FollowUpKind, follow_ups
from bot.review.queue.queue import queue_of
from bot.review.render.queue import awaiting_fact, follow_up_fact, reminder_comment
from bot.review.snapshot import Memory, PullRequestState, QueueEntry
from tests.builders import NOW, subject
from tests.rules.builders import pep_text

DAY = timedelta(days=1)
_values = st.sampled_from(
    ["Draft", "Accepted", "Final", "Standards Track", "3.14", "Release", "01-Jan-2025", "Pending"]
) | st.text(max_size=30)
hostile_peps = st.dictionaries(
    st.sampled_from(["Title", "Status", "Type", "Topic", "Created", "Discussions-To"])
    | st.sampled_from(["Python-Version", "Post-History", "Author", "PEP-Delegate", "Resolution"]),
    _values,
).map(lambda headers: "\n".join(f"{name}: {value}" for name, value in headers.items()))
THREAD = {"Discussions-To": "https://discuss.python.org/t/1"}
SCHEDULE = "\n- 3.14.0 beta 1: 2025-05-07\n- 3.14.0 final: 2025-10-07\n"


def pep(
    number: int = 791,
    *,
    more: str = "",
    changed: datetime | None = None,
    status_since: datetime | None = None,
    **headers: str | None,
) -> Published:
    text = pep_text(number, **({"Created": "01-May-2025"} | headers)) + more  # type: ignore[arg-type]
    made = published_from_text(PepNumber(number), "b", text, NOW)
    return Published(
        **{name: getattr(made, name) for name in ("number", "blob", "preamble", "is_linked")},
        releases=made.releases,
        read_at=NOW,
        changed_at=changed,
        status_since=status_since,
    )


RELEASE = pep(745, Topic="Release", Status="Active", Title="Python 3.14 Release", more=SCHEDULE)


def pull(
    state: PullRequestState = PullRequestState.MERGED,
    at: datetime = NOW,
    turn: str = "",
    touches: Iterable[int] = (791,),
    adds: Iterable[int] = (),
) -> Memory:
    queue_entry = QueueEntry(
        title="PEP 791",
        opener=Login("nova"),
        opened=None,
        draft=False,
        kind="new PEP",
        turn=turn,
        since=at,
        active_at=at,
    )
    return Memory(
        state=state, queue_entry=queue_entry, touches=frozenset(touches), adds=frozenset(adds)
    )


def issue(number: int = 312, *, closed: datetime | None = None, pep: int = 791) -> Submission:
    return Submission(
        tracker="python/steering-council",
        number=number,
        pep=PepNumber(pep),
        title="PEP 791",
        url=f"https://github.com/python/steering-council/issues/{number}",
        is_open=closed is None,
        opened_at=NOW,
        closed_at=closed,
    )


def known(*peps: Published, **more: Any) -> KnownPeps:
    return KnownPeps({one.number: one for one in (*peps, RELEASE)}, **more)


def policy(**settings: Any) -> Policy:
    return default_policy().model_copy(update={"reminders": Reminders(**settings)})


def due(what: KnownPeps, at: datetime, by: Policy | None = None) -> list[FollowUp]:
    return list(follow_ups(what, at, by or default_policy()))


def kinds(what: KnownPeps, at: datetime, by: Policy | None = None) -> list[str]:
    return [one.kind.value for one in due(what, at, by)]


def test_a_thread_is_missed_a_week_after_the_merge_and_not_before() -> None:
    merged = collect_known_peps({PepNumber(791): pep()}, {7: pull(adds=[791])})
    assert kinds(merged, NOW + 6.9 * DAY) == []
    (one,) = due(merged, NOW + 7 * DAY)
    assert (one.kind, one.since) == (FollowUpKind.THREAD_MISSING, NOW + 7 * DAY)
    assert one.added is not None
    assert one.added.pull_request == 7


@pytest.mark.parametrize(
    ("headers", "is_due"),
    [
        ({}, True),
        ({"Discussions-To": "Pending"}, True),
        ({"Discussions-To": "https://example.org/"}, True),
        (THREAD, False),
        ({"Discussions-To": "python-dev@python.org"}, False),
        ({"Topic": "Release"}, False),
        ({"Status": "Withdrawn"}, False),
        ({"Status": "Final"}, False),
        ({"Status": "Deferred"}, False),
        ({"Status": "Active", "Type": "Informational"}, False),
    ],
)
def test_whom_a_thread_is_missed_on(headers: dict[str, str], is_due: bool) -> None:
    found = kinds(known(pep(**headers)), NOW + 30 * DAY)
    assert found == (["thread-missing"] if is_due else [])


@pytest.mark.parametrize("created", ["31-Dec-9999", "32-Foo-2025", None])
def test_a_day_of_creation_that_cannot_be_is_not_counted_from(created: str | None) -> None:
    odd = known(pep(Created=created))
    assert kinds(odd, NOW + 6 * DAY) == []
    assert kinds(odd, NOW + 7 * DAY) == ["thread-missing"]


@given(st.lists(hostile_peps, max_size=3))
def test_any_due_follow_up_can_be_rendered(peps: list[str]) -> None:
    register = {
        PepNumber(number): published_from_text(PepNumber(number), "b", text, NOW)
        for number, text in enumerate(peps, start=790)
    }
    merged = collect_known_peps(register, {7: pull(adds=register)})
    for one in follow_ups(merged, NOW + 900 * DAY, default_policy()):
        body = reminder_comment(one, subject(7), "main", default_policy(), Login("nova"))
        assert body.startswith("<!-- pep-bot:reminder ")
        assert follow_up_fact(one)


def test_an_election_needs_no_thread() -> None:
    assert kinds(known(pep(8107)), NOW + 30 * DAY) == []


def test_only_who_added_a_file_is_its_author_and_of_two_the_later() -> None:
    remembered = {
        7: pull(adds=[791], touches=[791, 554]),
        8: pull(PullRequestState.OPEN, adds=[792]),
        9: pull(PullRequestState.CLOSED, adds=[793]),
        10: pull(touches=[794]),
        12: pull(adds=[791]),
    }
    added = collect_known_peps({}, remembered).added
    assert {number: one.pull_request for number, one in added.items()} == {791: 12}


def test_who_adds_a_pep_of_a_published_number_does_not_touch_the_published_one() -> None:
    remembered = {
        7: pull(PullRequestState.OPEN, touches=[791]),
        8: pull(PullRequestState.OPEN, touches=[791], adds=[791]),
    }
    assert collect_known_peps({PepNumber(791): pep()}, remembered).touched == {791: (7,)}


@pytest.mark.parametrize(
    ("version", "day", "cause"),
    [
        ("3.14", datetime(2025, 5, 6, tzinfo=UTC), None),
        ("3.14", datetime(2025, 5, 7, tzinfo=UTC), "3.14-in-beta"),
        ("3.14", datetime(2025, 10, 8, tzinfo=UTC), "3.14-released"),
        ("2.7, 3.14", datetime(2025, 10, 8, tzinfo=UTC), "3.14-released"),
        ("3.14.2", datetime(2025, 10, 8, tzinfo=UTC), "3.14-released"),
        ("3.14, 3.15", datetime(2025, 10, 8, tzinfo=UTC), None),
        ("3.99", datetime(2025, 10, 8, tzinfo=UTC), None),
        (None, datetime(2025, 10, 8, tzinfo=UTC), None),
    ],
)
def test_an_accepted_pep_whose_release_is_near_or_there_is_not_final(
    version: str | None, day: datetime, cause: str | None
) -> None:
    accepted = pep(Status="Accepted", **{"Python-Version": version}, **THREAD)
    assert [one.cause for one in due(known(accepted), day)] == ([cause] if cause else [])


@pytest.mark.parametrize("status", ["Draft", "Final", "Rejected"])
def test_only_an_accepted_pep_is_not_final(status: str) -> None:
    other = pep(Status=status, **{"Python-Version": "3.14"}, **THREAD)
    assert kinds(known(other), datetime(2025, 10, 8, tzinfo=UTC)) == []


def test_a_link_is_missed_only_where_the_bot_saw_it_become_final() -> None:
    final = {"Status": "Final", **THREAD}
    assert kinds(known(pep(**final)), NOW + 900 * DAY) == []
    seen = pep(status_since=NOW, **final)
    assert kinds(known(seen), NOW + 6 * DAY) == []
    assert kinds(known(seen), NOW + 7 * DAY) == ["no-canonical-link"]
    linked = pep(status_since=NOW, more="\n.. canonical-doc:: :ref:`x`\n", **final)
    assert kinds(known(linked), NOW + 7 * DAY) == []
    process = pep(status_since=NOW, Type="Process", **final)
    assert kinds(known(process), NOW + 7 * DAY) == []
    schedule = pep(status_since=NOW, Topic="Release", **final)
    assert kinds(known(schedule), NOW + 7 * DAY) == []


def test_a_closed_submission_of_a_draft_is_not_recorded_until_it_is() -> None:
    closed = [issue(closed=NOW)]
    draft = pep(**THREAD)
    assert kinds(known(draft, submissions=closed), NOW + 6 * DAY) == []
    (one,) = due(known(draft, submissions=closed), NOW + 7 * DAY)
    assert (one.kind.value, one.url) == ("decision-unrecorded", closed[0].url)
    later = NOW + 30 * DAY
    assert kinds(known(draft, submissions=[*closed, issue(313)]), later) == [], "asked again"
    assert kinds(known(pep(Status="Rejected", **THREAD), submissions=closed), later) == []
    deciding = known(draft, submissions=closed, deciding={PepNumber(791): (9,)})
    assert kinds(deciding, later) == [], "it is being recorded"
    again = [issue(closed=NOW), issue(314, closed=NOW + 9 * DAY)]
    (other,) = due(known(draft, submissions=again), later)
    assert other.cause != one.cause


def test_a_draft_that_nobody_works_on_is_quiet_after_a_year() -> None:
    draft = pep(**THREAD)
    assert kinds(known(draft), NOW + 364 * DAY) == []
    assert kinds(known(draft), NOW + 366 * DAY) == ["quiet"]
    worked_on = pep(changed=NOW + 100 * DAY, **THREAD)
    assert kinds(known(worked_on), NOW + 366 * DAY) == []
    touched = collect_known_peps({draft.number: draft}, {9: pull(PullRequestState.OPEN)})
    assert kinds(touched, NOW + 366 * DAY) == []
    assert kinds(known(draft, submissions=[issue()]), NOW + 366 * DAY) == []
    assert kinds(known(draft), NOW + 40 * DAY, policy(quiet_days=30)) == ["quiet"]


OUT = datetime(2025, 10, 8, tzinfo=UTC)
PACKAGING = {"Topic": "Packaging", "Python-Version": None}
PROCESS = {"Type": "Process", "Python-Version": None}
INFORMATIONAL = {"Type": "Informational", "Python-Version": None}


@pytest.mark.parametrize(
    "headers",
    [PACKAGING, PROCESS, INFORMATIONAL, {"Python-Version": "3.99"}, {"Python-Version": None}],
)
def test_an_accepted_pep_without_a_release_is_followed_up_after_a_year(
    headers: dict[str, str | None],
) -> None:
    accepted = pep(Status="Accepted", **headers, **THREAD)
    assert kinds(known(accepted), NOW + 364 * DAY) == []
    (one,) = due(known(accepted), NOW + 366 * DAY)
    assert (one.kind, one.since) == (FollowUpKind.NOT_FINAL, NOW + 365 * DAY)
    assert follow_up_fact(one) == "Accepted, and nobody has changed it for a while"
    worked_on = pep(Status="Accepted", changed=NOW + 100 * DAY, **headers, **THREAD)
    assert kinds(known(worked_on), NOW + 366 * DAY) == []
    touched = collect_known_peps({accepted.number: accepted}, {9: pull(PullRequestState.OPEN)})
    assert kinds(touched, NOW + 366 * DAY) == []
    assert kinds(known(accepted, not_yet={accepted.number: NOW + 366 * DAY}), NOW + 900 * DAY) == []


def test_an_accepted_process_pep_that_names_a_version_waits_for_no_release() -> None:
    accepted = pep(Status="Accepted", Type="Process", **{"Python-Version": "3.14"}, **THREAD)
    assert kinds(known(accepted), OUT) == []
    assert kinds(known(accepted), NOW + 366 * DAY) == ["not-final"]


def test_a_provisional_pep_is_followed_up_when_its_version_is_released() -> None:
    provisional = pep(Status="Provisional", **{"Python-Version": "3.14"}, **THREAD)
    assert kinds(known(provisional), datetime(2025, 5, 20, tzinfo=UTC)) == [], "in beta"
    (one,) = due(known(provisional), OUT)
    assert (one.kind, one.cause) == (FollowUpKind.PROVISIONAL, "3.14-released")
    assert follow_up_fact(one) == "Provisional, and Python 3.14 is released"
    assert kinds(known(provisional, not_yet={provisional.number: OUT}), OUT + 900 * DAY) == []
    assert kinds(known(provisional), OUT, policy(provisional=NotificationMode.OFF)) == []


def test_a_provisional_pep_without_a_release_is_followed_up_after_a_year() -> None:
    provisional = pep(Status="Provisional", **PACKAGING, **THREAD)
    assert kinds(known(provisional), NOW + 364 * DAY) == []
    (one,) = due(known(provisional), NOW + 366 * DAY)
    assert follow_up_fact(one) == "Provisional, and nobody has changed it for a while"


def test_a_deferred_pep_may_be_taken_up_after_a_year() -> None:
    deferred = pep(Status="Deferred")
    assert kinds(known(deferred), NOW + 364 * DAY) == []
    (one,) = due(known(deferred), NOW + 366 * DAY)
    assert one.kind is FollowUpKind.DEFERRED
    assert follow_up_fact(one) == "Deferred, and anybody may take it up"
    touched = collect_known_peps({deferred.number: deferred}, {9: pull(PullRequestState.OPEN)})
    assert kinds(touched, NOW + 366 * DAY) == []
    assert kinds(known(deferred), NOW + 40 * DAY, policy(quiet_days=30)) == ["deferred"]


def test_not_yet_holds_for_what_was_due_then_and_not_for_the_next_step() -> None:
    accepted = pep(Status="Accepted", **{"Python-Version": "3.14"}, **THREAD)
    in_beta, out = datetime(2025, 5, 20, tzinfo=UTC), datetime(2025, 10, 8, tzinfo=UTC)
    (one,) = due(known(accepted), in_beta)
    at_once = known(accepted, not_yet={accepted.number: one.since})
    assert kinds(at_once, datetime(2025, 9, 1, tzinfo=UTC)) == []
    postponed = known(accepted, not_yet={accepted.number: in_beta})
    assert kinds(postponed, datetime(2025, 9, 1, tzinfo=UTC)) == []
    assert [one.cause for one in due(postponed, out)] == ["3.14-released"]
    assert kinds(known(accepted, not_yet={accepted.number: out}), out + 900 * DAY) == []


def pushed(what: str = ADDED, *missing: str, **headers: str | None) -> Published:
    commit, url = "c" * 40, "https://github.com/python/peps/commit/c"
    return replace(
        pep(**(THREAD | headers)),
        pushed=Pushed(NOW, what, commit, url, "main", missing),
    )


def test_what_was_pushed_is_due_a_day_later_with_what_it_lacks() -> None:
    bare = known(pushed(ADDED, "sponsor", "CODEOWNERS line"))
    assert kinds(bare, NOW + 23 * DAY / 24) == []
    (one,) = due(bare, NOW + DAY)
    assert (one.kind, one.url) == (FollowUpKind.PUSHED, "https://github.com/python/peps/commit/c")
    assert follow_up_fact(one) == (
        "pushed directly, without a pull request: no sponsor, no CODEOWNERS line"
    )
    assert kinds(known(pushed()), NOW + DAY) == []


def test_a_decision_that_was_pushed_is_due_until_an_editor_sets_it_aside() -> None:
    rejected = pushed("Rejected", Status="Rejected")
    (one,) = due(known(rejected), NOW + DAY)
    assert follow_up_fact(one) == "marked as Rejected by a push, without a pull request"
    assert kinds(known(rejected, not_yet={rejected.number: NOW + DAY}), NOW + 9 * DAY) == []
    assert kinds(known(rejected), NOW + DAY, policy(pushed=NotificationMode.OFF)) == []
    with pytest.raises(ValueError, match="can be `off` or `digest`"):
        Reminders(pushed=NotificationMode.COMMENT)


def test_what_the_policy_switches_off_is_not_due() -> None:
    assert kinds(known(pep()), NOW + 30 * DAY, policy(thread_missing=NotificationMode.OFF)) == []


def test_nobody_is_pressed_to_go_on_in_a_comment() -> None:
    with pytest.raises(ValueError, match="nobody is pushed"):
        Reminders(quiet=NotificationMode.COMMENT)
    with pytest.raises(ValueError, match="nobody is pushed"):
        Reminders(deferred=NotificationMode.COMMENT)


def test_drafts_await_a_decision_by_an_open_issue_or_a_pull_request() -> None:
    deciding = collect_known_peps(
        {number: pep(number) for number in map(PepNumber, (791, 792, 793, 794))},
        {
            9: pull(PullRequestState.OPEN, turn="decision", touches=[792]),
            11: pull(PullRequestState.OPEN, turn="editor", touches=[793]),
        },
        [issue(), issue(313, pep=792), issue(310, pep=794, closed=NOW), issue(311, pep=999)],
    )
    assert [(one.pep.number, awaiting_fact(one)) for one in awaiting_decision(deciding)] == [
        (791, "submitted in `python/steering-council#312`"),
        (792, "submitted in `python/steering-council#313`, decision in `#9`"),
    ]
    final = known(pep(Status="Final"), submissions=[issue()])
    assert awaiting_decision(final) == ()


def test_a_thread_that_stands_in_post_history_alone_is_put_into_the_line() -> None:
    history = (
        "`02-May-2025 <https://discuss.python.org/t/1>`__, `03-May-2025 <https://x.example>`__"
    )
    (one,) = due(
        known(pep(**{"Discussions-To": "Pending", "Post-History": history})), NOW + 9 * DAY
    )
    body = reminder_comment(one, subject(7), "main", default_policy(), Login("nova"))
    assert "        Discussions-To: https://discuss.python.org/t/1\n" in body
    assert "comment `/pep thread https://discuss.python.org/t/1` here" in body
    assert "new-topic" not in body


NEVER_IN_A_COMMENT = {FollowUpKind.QUIET, FollowUpKind.DEFERRED, FollowUpKind.PUSHED}


@pytest.mark.parametrize("kind", [one for one in FollowUpKind if one not in NEVER_IN_A_COMMENT])
def test_each_reminder_says_what_to_do_and_mentions_the_author_alone(kind: FollowUpKind) -> None:
    hostile = pep(Title="@all `x` [y](z) <b> <!-- pep-bot:summary -->", Topic="Typing")
    merged = collect_known_peps({hostile.number: hostile}, {7: pull(adds=[791])})
    one = FollowUp(
        kind,
        hostile,
        "3.14-released",
        NOW,
        detail="python/x#1",
        place="../../../python/x/issues/1",
        added=merged.added[hostile.number],
    )
    body = reminder_comment(one, subject(7), "main", default_policy(), Login("nova"))
    first, rest = body.split("\n", 1)
    assert first == f"<!-- pep-bot:reminder {kind.value}:791:3.14-released -->"
    assert rest.strip().startswith("@nova ")
    assert rest.count("@") == 1
    assert "<!--" not in rest
    assert "/edit/main/peps/pep-0791.rst)" in rest
    assert "`/pep not-yet 791`" in rest
    assert follow_up_fact(one)


def test_a_published_number_is_no_longer_reserved() -> None:
    policy = parse_policy('[numbers.reserved]\n791 = "For Nova."\n801 = "For Barry Warsaw."\n')
    queue = queue_of({}, NOW, known=known(pep()), policy=policy)
    assert queue.reserved_by_policy == {801: "For Barry Warsaw."}
