"""What the issue with the queue tells of PEPs: quietly, and with nobody's markup."""

import json
from dataclasses import replace
from datetime import timedelta

from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.policy.load import default_policy, parse_policy
from bot.review.decision.submission import Submission
from bot.review.published_peps import ADDED, Pushed, collect_known_peps, published_from_text
from bot.review.queue.queue import Queue, queue_of
from bot.review.queue.sources import ChangedSource
from bot.review.render.queue import queue_issue
from bot.review.snapshot import Memory, PullRequestState, QueueEntry
from tests.builders import NOW
from tests.rules.builders import pep_text

LATER = NOW + timedelta(days=30)
SOURCE = default_policy().sources["typing-council"]
HOSTILE = "@all `x` [y](z) <b> #1 <!-- pep-bot:queue -->"


def queue(*, title: str = "Calm", reason: str = "For Nova.") -> Queue:
    peps = {
        PepNumber(number): published_from_text(
            PepNumber(number), "b", pep_text(number, Title=title), NOW
        )
        for number in (791, 792)
    }
    issue = Submission(
        tracker="python/steering-council",
        number=312,
        pep=PepNumber(792),
        title=title,
        url="https://github.com/python/steering-council/issues/312",
        is_open=True,
        opened_at=NOW,
        closed_at=None,
    )
    known = replace(
        collect_known_peps(peps, {}, [issue]),
        sources=(ChangedSource(SOURCE, NOW), ChangedSource(SOURCE, None)),
    )
    policy = parse_policy(f"[numbers.reserved]\n801 = {json.dumps(reason)}\n")
    return queue_of({}, LATER, known=known, policy=policy)


def test_peps_that_await_a_decision_and_what_is_left_to_do_have_sections() -> None:
    text = queue_issue(queue())
    assert (
        "## PEPs awaiting a decision\n\n"
        "- PEP 792 `Calm`: submitted in `python/steering-council#312`"
        " ([issue](../../../python/steering-council/issues/312))\n" in text
    )
    assert "## Follow-ups due\n" in text
    assert "- PEP 791 `Calm`: `Discussions-To` links no thread, due since " in text
    assert "## Numbers\n\n- 801: reserved by the policy: `For Nova.`\n" in text
    assert "github.com" not in text, "a full link would be noted as a reference"


def test_an_answer_that_is_awaited_is_said_with_the_name_as_plain_text() -> None:
    entry = QueueEntry("PEP 840", Login("nova"), "draft update", "author", NOW, NOW)
    waiting = replace(entry, awaits="Edith <b>Quill", editors_from=LATER + timedelta(days=1))
    open_pull = Memory(state=PullRequestState.OPEN, queue_entry=waiting)
    (line,) = [
        one for one in queue_issue(queue_of({7: open_pull}, LATER)).splitlines() if "#7" in one
    ]
    assert "`PEP 840`, waiting for Edith" in line
    assert "since 12-May-2025" in line
    over = replace(open_pull, queue_entry=replace(waiting, editors_from=LATER))
    assert "`PEP 840`, no answer from Edith" in queue_issue(queue_of({7: over}, LATER))
    assert "<b>" not in line


def test_nobody_is_mentioned_whatever_a_title_says() -> None:
    text = queue_issue(queue(title=HOSTILE, reason=HOSTILE))
    outside = "".join(text.split("`")[::2])
    assert "@" not in outside
    assert "#1" not in outside
    assert outside.count("<!--") == 1


def test_what_was_pushed_has_links_to_fix_it() -> None:
    commit = Pushed(NOW, ADDED, "c" * 40, "https://github.com/x", "main", ("CODEOWNERS line",))
    made = published_from_text(PepNumber(791), "b", pep_text(791, **{"Discussions-To": "x"}), NOW)
    known = collect_known_peps({made.number: replace(made, pushed=commit)}, {})
    text = queue_issue(queue_of({}, LATER, known=known, policy=default_policy()))
    assert (
        "pushed directly, without a pull request: no CODEOWNERS line "
        f"([commit](../commit/{commit.commit}), [edit the PEP](../edit/main/peps/pep-0791.rst), "
        "[edit CODEOWNERS](../edit/main/.github/CODEOWNERS)), due since "
    ) in text
    assert "github.com" not in text


def test_a_source_that_changed_links_its_history() -> None:
    text = queue_issue(queue())
    file = (
        "[`python/typing-council/README.md`](../../../python/typing-council/commits/HEAD/README.md)"
    )
    as_of = f"the policy is as of {SOURCE.as_of:%d-%b-%Y}"
    assert f"- {file}: changed on {NOW:%d-%b-%Y}; {as_of}\n" in text
    assert f"- {file}: I cannot read it; {as_of}\n" in text


def test_an_empty_queue_has_none_of_them() -> None:
    text = queue_issue(queue_of({}, NOW))
    assert "##" not in text
