"""Statuses, dates and URLs as arguments: valid ones round-trip, near misses get a proposal."""

import string
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.grammar.arguments import ParseError
from bot.commands.grammar.decision_kinds import Address, Day, StatusArgument
from bot.commands.grammar.lines import tokenize
from bot.peps.dates import format_pep_date
from bot.review.fixes.prepared_status import ASKABLE


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_a_day_is_read_as_headers_write_it_and_others_are_proposed(day: date) -> None:
    canonical = format_pep_date(day)
    match = Day().parse(tokenize(f"{canonical}, please."), "")
    assert (match.values, match.canonical) == ({"day": day}, canonical)
    for other in (
        day.isoformat(),
        canonical.lower(),
        canonical.replace("-", "."),
        f"{day:%d-%B-%Y}",
    ):
        if other == canonical:
            continue
        with pytest.raises(ParseError) as caught:
            Day().parse(tokenize(other), "")
        assert (caught.value.nearest, caught.value.meant) == (canonical, True), other


@pytest.mark.parametrize("said", ["31-Feb-2025", "2025-13-01", "05-03-2025", "5/3/2025"])
def test_a_day_that_is_none_or_could_be_two_is_not_guessed(said: str) -> None:
    with pytest.raises(ParseError) as caught:
        Day().parse(tokenize(said), "")
    assert (caught.value.nearest, caught.value.meant) == ("", True)


@given(st.sampled_from(ASKABLE), st.sampled_from([str.lower, str.upper, str.title]))
def test_every_status_is_read_in_whatever_case(status: object, case: object) -> None:
    assert callable(case)
    match = StatusArgument().parse(tokenize(case(str(status))), "")
    assert match.values == {"status": status}


@given(st.text(string.printable, min_size=1, max_size=60))
def test_an_address_is_plain_or_none(rest: str) -> None:
    for word in tokenize(f"https://discuss.python.org/{rest}")[:1]:
        with suppress(ParseError):
            match = Address().parse([word], "")
            assert not set(str(match.values["link"])) & set(" <>\"'`\\|^{}[]()\n")
