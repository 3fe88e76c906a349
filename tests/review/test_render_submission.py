"""Submissions in words, for pull requests and for the issue itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.peps.document import HEADER, SectionChange, SectionStatus
from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble, parse_preamble
from bot.policy.in_office import trackers
from bot.policy.load import default_policy
from bot.review.decision.path import decision_path
from bot.review.decision.submission import Submission, submitted
from bot.review.render.new_pep import (
    path_in_markdown,
    path_in_text,
    submission_line,
    submitted_in_markdown,
)
from tests.rules.builders import context

OPENED = datetime(2025, 12, 9, 12, tzinfo=UTC)
COUNCIL = "python/steering-council"
TYPING = "Python/Typing-Council"
DAY = date(2026, 1, 1)
POLICY = default_policy()


def submission(tracker: str = COUNCIL, number: int = 326, **more: object) -> Submission:
    values: dict[str, object] = {
        "tracker": tracker,
        "number": number,
        "pep": PepNumber(747),
        "title": "PEP 747 -- Annotating Type Forms",
        "url": f"https://github.com/{tracker}/issues/{number}",
        "is_open": True,
        "opened_at": OPENED,
        "closed_at": None,
    }
    return Submission(**(values | more))  # type: ignore[arg-type]


CLOSED = {"is_open": False, "closed_at": OPENED + timedelta(days=30)}


def header(*, status: str = "Draft", topic: str = "Typing", more: str = "") -> Preamble:
    return parse_preamble(
        f"PEP: 747\nTitle: Annotating Type Forms\nAuthor: D <d@x.example>\nStatus: {status}\n"
        f"Type: Standards Track\nTopic: {topic}\n{more}\n"
    )


def rendered(*those: Submission, awaits_decision: bool = True) -> list[str]:
    found = submitted(PepNumber(747), those, POLICY)
    return [submitted_in_markdown(one, awaits_decision=awaits_decision) for one in found]


def test_trackers_are_the_repositories_of_the_bodies_forms() -> None:
    assert {name: body.name for name, body in trackers(POLICY).items()} == {
        "capi-workgroup/decisions": "C API Working Group",
        "python/editorial-board": "Documentation Editorial Board",
        "python/steering-council": "Steering Council",
        "python/typing-council": "Typing Council",
    }


@pytest.mark.parametrize(
    ("one", "awaits_decision", "end"),
    [
        (submission(), True, "open since 09-Dec-2025."),
        (submission(**CLOSED), True, "closed on 08-Jan-2026; no decision recorded in the PEP."),
        (submission(**CLOSED), False, "closed on 08-Jan-2026."),
        (submission(is_open=False), True, "closed; no decision recorded in the PEP."),
    ],
)
def test_a_closed_issue_is_no_decision(one: Submission, awaits_decision: bool, end: str) -> None:
    start = f"Submitted to the Steering Council: [issue #326](https://github.com/{COUNCIL}/issues/"
    assert rendered(one, awaits_decision=awaits_decision) == [f"{start}326), {end}"]


def test_those_who_recommend_decide_nothing() -> None:
    (line,) = rendered(submission(TYPING, 44, **CLOSED))
    assert line.startswith("Submitted to the Typing Council: [issue #44](")
    assert line.endswith("closed on 08-Jan-2026.")


def test_of_each_body_the_open_issues_or_else_the_last_are_shown() -> None:
    old = submission(number=1, opened_at=OPENED - timedelta(days=400), **CLOSED)
    later = submission(number=2, **CLOSED)
    again = submission(number=3, opened_at=OPENED + timedelta(days=90))
    other = submission(number=4, pep=PepNumber(1))
    elsewhere = submission("nobody/knows", 5)
    assert len(rendered(old, later, again, other, elsewhere)) == 1
    assert "[issue #3]" in rendered(old, later, again)[0]
    assert "[issue #2]" in rendered(old, later)[0]
    assert rendered(other, elsewhere) == []


def test_the_decision_path_names_the_issue_in_markdown_and_text() -> None:
    path = decision_path(header(), context(today=DAY, policy=POLICY), [submission()])
    assert any(
        line.startswith("**Submitted to the Steering Council:** [issue #326](https://")
        for line in path_in_markdown(path)
    )
    assert (
        "Submitted to the Steering Council: "
        f"issue #326 <https://github.com/{COUNCIL}/issues/326>, open since 09-Dec-2025."
    ) in path_in_text(path)
    assert not any(
        "Submitted" in line
        for line in path_in_text(decision_path(header(), context(today=DAY, policy=POLICY)))
    )


def test_nobody_is_sent_where_the_pep_is_already() -> None:
    known = context(today=DAY, policy=POLICY)
    by = header(more="Discussions-To: https://discuss.python.org/t/1\n")

    def rendered(*those: Submission) -> str:
        return "\n".join(path_in_text(decision_path(by, known, those)))

    assert "Where to ask:" in rendered()
    assert "Ask first:" in rendered()
    assert "Where to ask:" not in rendered(submission())
    assert "Ask first:" in rendered(submission())
    assert "Ask first:" not in rendered(submission(TYPING, 44))
    assert "Where to ask:" in rendered(submission(TYPING, 44))
    assert "Where to ask:" in rendered(submission(**CLOSED))


def line(
    changes: tuple[SectionChange, ...] | None = (),
    *others: Submission,
    of: Submission | None = None,
    by: Preamble | None = None,
) -> str:
    own = of or submission()
    return submission_line(own, by or header(), changes, POLICY, DAY, [own, *others])


def test_each_section_is_rendered_briefly() -> None:
    text = line(
        (
            SectionChange(HEADER, 1, 1),
            SectionChange("Specification", 12, 3),
            SectionChange("Rejected Ideas", 14, 0, SectionStatus.NEW),
            SectionChange("Open Issues", 0, 9, SectionStatus.REMOVED),
        )
    )
    assert (
        "Changed since it was submitted: header (+1 −1), Specification (+12 −3), Rejected Ideas "
        "(new, +14), Open Issues (removed, −9). (Lines per section.)\n"
    ) in text


def test_what_is_not_known_is_not_guessed() -> None:
    assert "I cannot tell what has changed since it was submitted." in line(None)
    late = replace(submission(), blob_at=OPENED + timedelta(days=60))
    assert "Nothing has changed in the PEP since 07-Feb-2026." in line((), of=late)
    soon = replace(submission(), blob_at=OPENED + timedelta(minutes=1))
    assert "in the PEP since it was submitted." in line((), of=soon)


def test_very_many_sections_are_counted() -> None:
    changes = tuple(SectionChange(f"S{number}", 1, 0) for number in range(1_000))
    assert ", S39 (+1 −0), and 960 more. (Lines" in line(changes)


def test_only_topics_that_ask_for_a_recommendation_name_those_who_give_it() -> None:
    assert "Typing Council: no issue known." in line()
    assert "Typing" not in line((), by=header(topic="Governance"))
    both = line((), submission(TYPING, 44, **CLOSED))
    assert "Typing Council: [issue #44](https://github.com/Python/Typing-Council/issues/44), closed"
    assert "issues/44), closed." in both


def test_of_many_issues_only_the_first_few_are_shown() -> None:
    many = [submission(TYPING, number) for number in range(44, 2_044)]
    assert len(rendered(*many)) == 3
    text = line((), *many)
    assert "issues/46), open." in text
    assert "issues/47" not in text
    assert len(text) < 2_000


def test_text_of_strangers_stays_text() -> None:
    evil = "@all <b>`x`</b> [a](https://evil.example) #1 **bold** -->"
    text = line(
        (SectionChange(evil, 1, 0),),
        by=parse_preamble(
            f"PEP: 747\nTitle: {evil}\nStatus: {evil}\nTopic: Typing\n"
            f"Discussions-To: https://evil.example/t/1\n"
            "Post-History: `01-Jan-2025 <https://evil.example/)>`__, "
            "`02-Jan-2025 <https://discuss.python.org/t/1/@x)>`__\n"
        ),
    )
    assert text.count("@") == 0
    assert text.count("<") == 1, "the marker's"
    assert "://evil" not in text
    assert "`" not in text
    assert "**bold" not in text
