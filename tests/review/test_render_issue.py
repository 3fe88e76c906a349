"""What an issue is about: PEPs it names, numbers it asks for, and issues that say nothing."""

import pytest

from bot.peps.number import PepNumber
from bot.peps.preamble import parse_preamble
from bot.policy.model import Links
from bot.review.render.issue import (
    Issue,
    NamedPep,
    asks_for_number,
    is_blank,
    issue_line,
    named_peps,
    topics_of,
)


@pytest.mark.parametrize(
    ("title", "body", "numbers"),
    [
        ("PEP 750: a typo", "", [750]),
        ("Typo", "In PEP-8 and pep 0484, also PEP 8.", [8, 484]),
        ("Typo", "> PEP 1\n\n`PEP 2` and\n\n    PEP 3\n\n<!-- PEP 4 -->", []),
        ("Typo", "```\nPEP 5\n```\n[PEP 6](https://x.example)", [6]),
        ("Everything", "PEP 1, PEP 2, PEP 3, PEP 4, PEP 5, PEP 6", []),
        ("Python 3.14 and PEP 12.5", "PEP 12345 and PEPs", []),
        ("Sapep 7", "PEPPER 8, PEP x", []),
    ],
)
def test_peps_that_somebody_talks_about_are_found(
    title: str, body: str, numbers: list[int]
) -> None:
    assert list(named_peps(Issue(title, body))) == numbers


@pytest.mark.parametrize(
    "title",
    [
        "Request a PEP number",
        "Requesting PEP number for lazy imports",
        "Please assign a PEP number",
        "PEP number request: lazy imports",
        "How do I get a PEP number?",
        "Can we have a PEP number",
        "Please assign a number to my PEP",
    ],
)
def test_who_asks_for_a_number_is_understood(title: str) -> None:
    assert asks_for_number(Issue(title, ""))


@pytest.mark.parametrize(
    "title",
    [
        "Get rid of the PEP number in the title",
        "I do not need a PEP number",
        "Where do I get the PEP number list",
        "Need to fix typo in PEP no. 8",
        "PEP 750: wrong number in a table",
        "How do I get the PEP number list",
        "Assign a number to each figure of PEP 8",
        "PEP numbers are confusing",
        "Request for a sponsor",
        "",
    ],
)
def test_who_does_not_is_left_alone(title: str) -> None:
    assert not asks_for_number(Issue(title, ""))


FORM = """\
## Description

<!-- What is
wrong? -->

- [ ] I searched

**Link**:

_No response_
"""


def test_only_newcomers_who_say_nothing_are_noted() -> None:
    assert is_blank(Issue("x", "", "NONE"))
    assert is_blank(Issue("x", FORM, "first_time_contributor"))
    assert not is_blank(Issue("x", FORM, "MEMBER"))
    assert not is_blank(Issue("x", f"{FORM}A word.", "NONE"))
    assert not is_blank(Issue("x", "", ""))


def test_a_line_has_page_status_and_pull_requests_and_nothing_of_a_stranger() -> None:
    header = "PEP: 750\nTitle: <b>@all [x](y)</b>\nStatus: Final\nTopic: Typing, Packaging\n"
    pep = NamedPep(PepNumber(750), parse_preamble(header), (12, 13))
    links = Links(published="https://peps.python.org/pep-{number}/")
    rendered = issue_line([pep], links)
    assert rendered.startswith("- [PEP 750 – ")
    assert (
        "](https://peps.python.org/pep-0750/): Final; open pull requests: `#12` and `#13`."
        in rendered
    )
    assert "@" not in rendered
    assert "<b>" not in rendered
    assert topics_of([pep], {"Typing": "topic-typing", "Other": "x"}) == ("topic-typing",)
