"""The way to a decision: whom to ask before, who may sponsor, where to ask, and why; in words."""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.number import NumberLedger
from bot.peps.preamble import parse_preamble
from bot.policy.in_office import Delegation
from bot.policy.load import default_policy
from bot.policy.model import Policy
from bot.review.decision.path import DecisionPath, decision_path
from bot.review.render.new_pep import path_in_markdown, path_in_text
from tests.rules.builders import context, council_since, delegation, ledger, pep_text

DAY = date(2025, 12, 31)
THREAD = "https://discuss.python.org/t/imath/91337"


PUBLISHED = ledger(published=[791, 8107])


def path_of(
    day: date = DAY,
    policy: Policy | None = None,
    numbers: NumberLedger = PUBLISHED,
    /,
    **headers: str | None,
) -> DecisionPath:
    preamble = parse_preamble(pep_text(headers.pop("number", None) or 791, **headers))
    the_context = context(today=day, policy=policy or default_policy(), numbers=numbers)
    return decision_path(preamble, the_context)


def paragraphs(found: DecisionPath) -> dict[str, str]:
    """The items by what they begin with."""
    items = (item.partition(":** ") for item in path_in_markdown(found))
    return {what.removeprefix("**"): words for what, _, words in items}


@pytest.mark.parametrize(
    ("headers", "decides"),
    [
        ({}, "the Steering Council."),
        ({"Topic": "Typing"}, "the Steering Council."),
        ({"Topic": "Release"}, "no decision is needed; the release managers maintain it."),
        ({"number": "8107"}, "the core team, by a vote."),
        ({"number": "8107", "Title": "Packaging Council election"}, "the core team, by a vote."),
        (
            {"Topic": "Packaging"},
            (
                "a standing delegate: Paul Moore for package distribution metadata, Donald Stufft "
                "for package index interfaces. Name the one who decides in `PEP-Delegate`."
            ),
        ),
        (
            {"Topic": "Packaging", "PEP-Delegate": "Donald Stufft <donald at stufft.io>"},
            (
                "Donald Stufft as PEP-Delegate, by the standing delegation for package index "
                "interfaces."
            ),
        ),
        (
            {"Topic": "Packaging", "Author": "Donald Stufft", "PEP-Delegate": "Donald Stufft"},
            (
                "a standing delegate: Paul Moore for package distribution metadata. "
                "Name the one who decides in `PEP-Delegate`."
            ),
        ),
        (
            {"Topic": "Packaging", "Author": "Paul Moore, Donald Stufft"},
            "the Steering Council.",
        ),
        (
            {"Topic": "Packaging", "PEP-Delegate": "Brett Cannon"},
            "Brett Cannon as PEP-Delegate, if the Steering Council has appointed them.",
        ),
        (
            {"PEP-Delegate": "C API Working Group"},
            (
                "the Steering Council. The delegate header names the C API Working Group, which "
                "cannot be a delegate."
            ),
        ),
    ],
)
def test_who_decides_is_said_in_full(headers: dict[str, str], decides: str) -> None:
    assert paragraphs(path_of(**headers))["Who decides"] == decides


def test_the_packaging_council_decides_after_the_switch_and_its_delegates_sponsor_no_more() -> None:
    day = date(2026, 11, 1)
    switched, before = (
        path_of(day, council_since(day), Topic="Packaging"),
        path_of(day, Topic="Packaging"),
    )
    assert paragraphs(switched)["Who decides"] == "the Packaging Council."
    assert "standing packaging delegate" in paragraphs(before)["Who may sponsor"]
    assert "standing packaging delegate" not in paragraphs(switched)["Who may sponsor"]
    assert "pep-0772" in paragraphs(switched)["Why"]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Topic": "Typing"}, ["Typing Council for its recommendation"]),
        ({"Title": "A C API for imath"}, ["C API Working Group for its opinion"]),
        (
            {"Title": "A C API for types", "Topic": "Typing"},
            ["Typing Council for its recommendation", "C API Working Group for its opinion"],
        ),
        ({}, []),
        ({"Topic": "Packaging"}, []),
        ({"Topic": "Release", "Title": "C API releases"}, []),
        ({"Topic": "Typing", "Status": "Final"}, []),
    ],
)
def test_whom_to_ask_before(headers: dict[str, str], words: list[str]) -> None:
    rendered = paragraphs(path_of(**headers)).get("Ask first", "")
    assert [rendered.find(one) >= 0 for one in words] == [True] * len(words)
    assert bool(rendered) is bool(words)


def _filled(text: str, host: str) -> tuple[str, dict[str, list[str]]]:
    """The address in a Markdown text that begins like this, taken apart."""
    found = re.search(rf"\(({re.escape(host)}[^)]*)\)", text)
    assert found is not None, text
    parts = urlsplit(found[1])
    return parts.path, parse_qs(parts.query)


def test_the_trackers_forms_are_filled_in_and_can_be_parsed_back() -> None:
    title = "Types & (C API) #1: 100 % [x](y)"
    rendered = paragraphs(path_of(**{"Title": title, "Topic": "Typing", "Discussions-To": THREAD}))
    path, query = _filled(rendered["Ask first"], "https://github.com/python/typing-council/")
    assert (path, query) == ("/python/typing-council/issues/new", {"title": [f"PEP 791: {title}"]})
    path, query = _filled(rendered["Ask first"], "https://github.com/capi-workgroup/")
    assert path == "/capi-workgroup/decisions/issues/new"
    path, query = _filled(rendered["Where to ask"], "https://github.com/python/steering-council/")
    assert path == "/python/steering-council/issues/new"
    assert query == {
        "template": ["pep-submission.md"],
        "labels": ["PEP"],
        "title": [f"PEP 791 -- {title}"],
    }


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "first [open the discussion thread](https://discuss.python.org/new-topic?category=p"),
        ({"number": "9999"}, "first discuss it in the PEPs category, in a thread that"),
        ({"Topic": "Typing"}, "new-topic?category=typing"),
        ({"Topic": "Packaging"}, "new-topic?category=packaging"),
        (
            {"Discussions-To": THREAD},
            "[submit it to the Steering Council](https://github.com/python/",
        ),
        ({"Discussions-To": THREAD, "PEP-Delegate": "Wim Core"}, f"[here]({THREAD})"),
        ({"Discussions-To": THREAD, "Topic": "Packaging"}, "no Steering Council issue is needed"),
        ({"Discussions-To": THREAD, "Status": "Deferred"}, "the Steering Council, when"),
    ],
)
def test_where_to_ask(headers: dict[str, str], words: str) -> None:
    assert words in paragraphs(path_of(**headers))["Where to ask"]


@pytest.mark.parametrize("number", ["792", "9999"])
def test_the_steering_councils_form_is_for_published_peps_only(number: str) -> None:
    headers = {"number": number, "Discussions-To": THREAD}
    found = path_of(DAY, None, ledger(published=[791, 9999]), **headers)
    assert (found.ask, found.is_prefilled) == (None, False)
    where = paragraphs(found)["Where to ask"]
    assert where == "the Steering Council, when the discussion has settled."


GOVERNANCE = {"Topic": "Governance, Packaging", "Type": "Process", "Python-Version": None}
BOARD = "board of the Python Software Foundation"


def test_how_packaging_is_governed_the_foundations_board_has_to_approve_too() -> None:
    found = paragraphs(path_of(**GOVERNANCE))
    assert found["Who decides"] == f"the Steering Council and the {BOARD}."
    assert f"The {BOARD}: How packaging is governed" in found["Why"]
    assert "(Since 13-Aug-2025, [source](https://peps.python.org/pep-0772/" in found["Why"]
    delegated = paragraphs(path_of(**GOVERNANCE, **{"PEP-Delegate": "Wim Core"}))
    assert delegated["Who decides"].endswith(f"The {BOARD} has to approve it as well.")


@pytest.mark.parametrize("topic", ["Governance", "Packaging", "Governance, Typing"])
def test_the_board_has_no_part_in_other_peps(topic: str) -> None:
    assert "Python Software Foundation" not in " ".join(path_in_text(path_of(Topic=topic)))
    before = path_of(date(2025, 8, 12), **GOVERNANCE)
    assert "Python Software Foundation" not in " ".join(path_in_text(before))


@pytest.mark.parametrize("headers", [{"Status": "Final"}, {"Topic": "Release"}, {"number": "8107"}])
def test_nobody_is_asked_where_nothing_is_to_be_decided(headers: dict[str, str]) -> None:
    assert "Where to ask" not in paragraphs(path_of(**headers))


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (
            {},
            "Since 04-Feb-2019, [source](https://peps.python.org/pep-0001/#pep-review-resolution)",
        ),
        ({"Topic": "Typing"}, "The Typing Council: It gives the Steering Council a recommendation"),
        (
            {"Topic": "Packaging"},
            (
                "standing delegations of Paul Moore (since 14-May-2019, [source](https://github.com/"
                "python/steering-council/pull/10)), Donald Stufft (since 14-May-2019,"
            ),
        ),
        ({"Type": "Process"}, "A Process PEP that is never meant to be completed becomes Active"),
        ({"Type": "Informational"}, "An Informational PEP that is never meant"),
        ({"Topic": "Release"}, "[Source](https://peps.python.org/pep-0101/)"),
    ],
)
def test_why_has_its_day_and_its_source(headers: dict[str, str], why: str) -> None:
    assert why in paragraphs(path_of(**headers))["Why"]


def test_a_type_nobody_knows_is_not_repeated() -> None:
    assert path_of(Type="Informational @everyone").type == ""


def test_plain_text_has_no_markdown() -> None:
    rendered = path_in_text(path_of(Title="a_b", Topic="Typing", **{"Discussions-To": THREAD}))
    assert "Who decides: the Steering Council." in rendered
    assert not [one for one in rendered if "](" in one or "**" in one or "\\" in one]


@given(st.text(max_size=200), st.text(max_size=80), st.sampled_from(["", "Packaging", "Typing"]))
def test_no_header_becomes_markup(title: str, delegate: str, topic: str) -> None:
    text = f"PEP: 791\nTitle: {title}\nPEP-Delegate: {delegate}\nStatus: Draft\nTopic: {topic}\n"
    found = decision_path(parse_preamble(text), context(today=DAY, policy=default_policy()))
    for item in path_in_markdown(found):
        assert "\n" not in item
        assert "@" not in item
        assert "<" not in item
        for address in re.findall(r"\]\(([^)]*)\)", item):
            assert address.startswith("https://")


ISSUE = "https://github.com/python/steering-council/issues/259"


def with_record(*delegations: Delegation, **headers: str | None) -> dict[str, str]:
    known = context(today=DAY, policy=default_policy(), delegations=delegations)
    return paragraphs(decision_path(parse_preamble(pep_text(**headers)), known))


@pytest.mark.parametrize("headers", [{}, {"PEP-Delegate": "Dora Delegate"}])
def test_an_appointed_delegate_decides_wherever_it_was_recorded(headers: dict[str, str]) -> None:
    dora = delegation("dora", name="Dora Delegate", link=ISSUE)
    found = with_record(dora, **headers)
    assert found["Who decides"] == (
        f"Dora Delegate as PEP-Delegate, [appointed]({ISSUE}) by the Steering Council; recorded on "
        f"13-May-2025, [here]({dora.url})."
    )
    assert "Recorded" not in found


def test_an_offer_is_told_and_decides_nothing() -> None:
    offer = delegation("dora")
    found = with_record(offer, delegation("wim", 792))
    assert found["Who decides"] == "the Steering Council."
    assert found["Recorded"] == (
        "`@dora` offered on 13-May-2025 to decide as PEP-Delegate, "
        f"[here]({offer.url}); no appointment is recorded."
    )


def test_an_appointed_delegate_whom_the_header_does_not_name_is_told_beside_it() -> None:
    dora = delegation("dora", link=ISSUE)
    found = with_record(dora, **{"PEP-Delegate": "Brett Cannon"})
    assert found["Who decides"].startswith(
        "Brett Cannon as PEP-Delegate, if the Steering Council has"
    )
    assert found["Recorded"].startswith(f"`@dora` as PEP-Delegate, [appointed]({ISSUE}) by the")
    assert "Recorded" in with_record(dora, Topic="Packaging")


def test_the_electors_vote_on_the_packaging_councils_elections() -> None:
    found = path_of(date(2026, 11, 30), number="8108", Title="2027 Packaging Council election")
    assert paragraphs(found)["Who decides"] == (
        "its electors, voting members of the Python Software Foundation, by a vote."
    )
