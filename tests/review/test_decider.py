"""Who decides on a PEP, and where it goes next."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.peps.preamble import parse_preamble
from bot.review.decision.decider import Decider, Decision, decision_on
from tests.rules.builders import council_since, pep_text, policy

DAY = date(2025, 5, 12)
THREAD = "https://discuss.python.org/t/imath/91337"


def decision(**headers: str) -> Decision:
    return decision_on(parse_preamble(pep_text(791, **headers)), policy(), DAY)


@pytest.mark.parametrize(
    ("headers", "decider"),
    [
        ({}, Decider.STEERING_COUNCIL),
        ({"Topic": "Typing"}, Decider.AFTER_RECOMMENDATION),
        ({"Topic": "Packaging"}, Decider.PACKAGING_DELEGATES),
        ({"Topic": "Release"}, Decider.NOBODY),
        ({"PEP-Delegate": "Wim Core"}, Decider.NAMED_DELEGATE),
        ({"Topic": "Packaging", "PEP-Delegate": "Paula Packaging"}, Decider.STANDING_DELEGATE),
        ({"Topic": "Packaging", "PEP-Delegate": "Wim Core"}, Decider.NAMED_DELEGATE),
        ({"PEP-Delegate": "Paula Packaging"}, Decider.NAMED_DELEGATE),
        ({"PEP-Delegate": "C API Working Group"}, Decider.STEERING_COUNCIL),
        ({"PEP-Delegate": "TBD"}, Decider.STEERING_COUNCIL),
        ({"Topic": "Packaging", "PEP-Delegate": "TODO"}, Decider.PACKAGING_DELEGATES),
        ({"Topic": "Packaging", "PEP-Delegate": "Packaging Council"}, Decider.PACKAGING_DELEGATES),
        ({"Topic": "Packaging, Typing"}, Decider.AFTER_RECOMMENDATION),
        ({"Topic": "Governance, Packaging"}, Decider.STEERING_COUNCIL),
        ({"Topic": "Governance"}, Decider.STEERING_COUNCIL),
        ({"PEP": "13", "Topic": "Governance"}, Decider.VOTERS),
    ],
)
def test_topic_and_delegate_say_who_decides(headers: dict[str, str], decider: Decider) -> None:
    assert decision(**headers).decider is decider


def test_a_named_delegate_is_a_harmless_name() -> None:
    delegate = decision(**{"PEP-Delegate": "Wim `[Core](x)` *there*"}).delegate
    assert delegate == "Wim Core(x) there"


def test_several_delegates_are_all_named() -> None:
    found = decision(**{"PEP-Delegate": "Ann A <a@b.org>, Bea B"})
    assert (found.decider, found.delegate) == (Decider.NAMED_DELEGATE, "Ann A and Bea B")


@pytest.mark.parametrize(
    ("day", "decider", "name"),
    [
        (date(2018, 7, 11), Decider.BODY, "BDFL (Guido van Rossum)"),
        (date(2018, 12, 1), Decider.VOTERS, "core team"),
        (date(2019, 2, 4), Decider.STEERING_COUNCIL, "Steering Council"),
    ],
)
def test_who_decided_depends_on_the_day(day: date, decider: Decider, name: str) -> None:
    found = decision_on(parse_preamble(pep_text(791)), policy(), day)
    assert found.body is not None
    assert (found.decider, found.body.name) == (decider, name)


def test_a_typing_pep_from_before_the_typing_council_needed_no_recommendation() -> None:
    preamble = parse_preamble(pep_text(791, Topic="Typing"))
    before, since = date(2023, 11, 19), date(2023, 11, 20)
    assert decision_on(preamble, policy(), before).decider is Decider.STEERING_COUNCIL
    assert decision_on(preamble, policy(), since).decider is Decider.AFTER_RECOMMENDATION


@pytest.mark.parametrize(
    ("headers", "decider"),
    [
        ({"Topic": "Packaging"}, Decider.BODY),
        ({"Topic": "Packaging", "PEP-Delegate": "Packaging Council"}, Decider.BODY),
        # The standing delegation has ended, so somebody has to have appointed them anew.
        ({"Topic": "Packaging", "PEP-Delegate": "Paula Packaging"}, Decider.NAMED_DELEGATE),
        ({"Topic": "Governance, Packaging"}, Decider.STEERING_COUNCIL),
        ({}, Decider.STEERING_COUNCIL),
        ({"PEP-Delegate": "Packaging Council"}, Decider.STEERING_COUNCIL),
    ],
)
def test_one_day_in_the_policy_hands_packaging_over(
    headers: dict[str, str], decider: Decider
) -> None:
    switched = council_since(date(2026, 11, 1))
    preamble = parse_preamble(pep_text(791, **headers))
    assert decision_on(preamble, switched, date(2026, 11, 1)).decider is decider
    before = decision_on(preamble, switched, date(2026, 10, 31))
    assert before == decision_on(preamble, policy(), date(2026, 10, 31))


def test_braces_in_a_title_are_not_filled_in() -> None:
    url = decision(**{"Discussions-To": THREAD, "Title": "{number} {title}"}).council_issue
    assert url is not None
    assert parse_qs(urlsplit(url).query)["title"] == ["PEP 791 -- {number} {title}"]


def test_a_draft_with_a_thread_can_go_to_the_steering_council() -> None:
    url = decision(**{"Discussions-To": THREAD, "Title": "a & b #1"}).council_issue
    assert url == (
        "https://github.com/python/steering-council/issues/new"
        "?template=pep-submission.md&labels=PEP&title=PEP%20791%20--%20a%20%26%20b%20%231"
    )


def test_an_election_is_the_voters_matter() -> None:
    preamble = parse_preamble(pep_text(8107, Topic="Governance"))
    found = decision_on(preamble, policy(), DAY)
    assert (found.decider, found.council_issue) == (Decider.VOTERS, None)


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
