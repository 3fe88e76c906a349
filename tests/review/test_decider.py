"""Who decides on a PEP, and where it goes next."""

from datetime import date

import pytest

from bot.peps.preamble import parse_preamble
from bot.review.decider import Decider, Decision, decision_on
from tests.rules.builders import pep_text, policy

DAY = date(2025, 5, 12)
THREAD = "https://discuss.python.org/t/imath/91337"


def decision(**headers: str) -> Decision:
    return decision_on(parse_preamble(pep_text(791, **headers)), policy(), DAY)


@pytest.mark.parametrize(
    ("headers", "decider"),
    [
        ({}, Decider.STEERING_COUNCIL),
        ({"Topic": "Typing"}, Decider.AFTER_TYPING_COUNCIL),
        ({"Topic": "Packaging"}, Decider.PACKAGING_DELEGATES),
        ({"Topic": "Release"}, Decider.NOBODY),
        ({"PEP-Delegate": "Wim Core"}, Decider.NAMED_DELEGATE),
        ({"Topic": "Packaging", "PEP-Delegate": "Paula Packaging"}, Decider.STANDING_DELEGATE),
        ({"Topic": "Packaging", "PEP-Delegate": "Wim Core"}, Decider.NAMED_DELEGATE),
        ({"PEP-Delegate": "Paula Packaging"}, Decider.NAMED_DELEGATE),
    ],
)
def test_topic_and_delegate_say_who_decides(headers: dict[str, str], decider: Decider) -> None:
    assert decision(**headers).decider is decider


def test_a_named_delegate_is_a_harmless_name() -> None:
    delegate = decision(**{"PEP-Delegate": "Wim `[Core](x)` *there*"}).delegate
    assert delegate == "Wim Core(x) there"


def test_a_draft_with_a_thread_can_go_to_the_steering_council() -> None:
    url = decision(**{"Discussions-To": THREAD, "Title": "a & b #1"}).council_issue
    assert url == (
        "https://github.com/python/steering-council/issues/new"
        "?template=pep-submission.md&labels=PEP&title=PEP%20791%20--%20a%20%26%20b%20%231"
    )


def test_an_election_is_the_voters_matter() -> None:
    preamble = parse_preamble(pep_text(8107, Topic="Governance"))
    assert decision_on(preamble, policy(), DAY) == Decision(Decider.VOTERS)


@pytest.mark.parametrize(
    "headers",
    [
        {"Discussions-To": "Pending"},
        {},
        {"Discussions-To": THREAD, "Status": "Accepted"},
        {"Discussions-To": THREAD, "Topic": "Packaging"},
        {"Discussions-To": THREAD, "PEP-Delegate": "Wim Core"},
    ],
)
def test_nothing_is_prepared_that_cannot_go_there_now(headers: dict[str, str]) -> None:
    assert decision(**headers).council_issue is None
