"""What is left of published PEPs, on the page of the queue."""

from bot.peps.number import PepNumber
from bot.policy.load import default_policy
from bot.review.decision.submission import Submission
from bot.review.published_peps import collect_known_peps, published_from_text
from bot.review.queue.queue import queue_of
from bot.web.queue_page import queue_page
from tests.builders import NOW
from tests.rules.builders import pep_text
from tests.web.test_pages import GITHUB, Document, first_page

DRAFT = published_from_text(PepNumber(791), "b", pep_text(791, Title="<b>imath</b>"), NOW)
ISSUE = Submission(
    tracker="python/steering-council",
    number=312,
    pep=PepNumber(791),
    title="PEP 791",
    url="https://github.com/python/steering-council/issues/312",
    is_open=True,
    opened_at=NOW,
    closed_at=None,
)


def test_decisions_awaited_and_follow_ups_stand_on_the_page() -> None:
    policy = default_policy()
    known = collect_known_peps({PepNumber(791): DRAFT}, {}, [ISSUE])
    later = NOW.replace(year=NOW.year + 3)
    queue = queue_of({}, later, known=known, policy=policy)
    found = Document(queue_page("python/peps", first_page(queue), GITHUB, policy.links).decode())
    text = " ".join(found.words)
    assert "PEPs awaiting a decision 1 PEP Title What 791 <b>imath</b>" in text
    assert ISSUE.url in found.links
    assert "https://peps.python.org/pep-0791/" in found.links
    assert "801 whoever the reason names Reserved for Barry Warsaw. by the policy" in text
    assert "b" not in found.elements
    assert ("Follow-ups due" in text) is bool(queue.due)
