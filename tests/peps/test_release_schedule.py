"""The dates of a release, in the forms that release PEPs have used since 2000."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.dates import (
    FeatureRelease,
    calendar_of,
    scheduled_releases,
)
from bot.peps.preamble import parse_preamble
from tests.peps.builders import PepTree
from tests.processor_time import processor_seconds_below

MARKED = """
Actual:

- 3.15 development begins: Wednesday, 2025-05-07
- 3.15.0 alpha 1: Tuesday, 2025-10-14

Expected:

- 3.15.0 beta 1: Tuesday, 2026-05-05
  (No new features beyond this point.)
- 3.15.0 beta 2: Tuesday, 2026-05-26
- 3.15.0 candidate 1: Tuesday, 2026-07-28
- 3.15.0 final: Thursday, 2026-10-01

.. release schedule: ends

- 3.15.1 final: Tuesday, 2026-12-01
"""


def days(text: str, title: str = "Python 3.15 Release Schedule") -> list[tuple[str, str, str]]:
    return [
        (one.version, str(one.beta or ""), str(one.final or ""))
        for one in scheduled_releases(title, text)
    ]


def test_the_first_beta_and_the_final_of_the_feature_release_are_found() -> None:
    assert days(MARKED) == [("3.15", "2026-05-05", "2026-10-01")]


@pytest.mark.parametrize(
    ("line", "beta", "final"),
    [
        ("- 3.5.0 beta 1: May 24, 2015", "2015-05-24", ""),
        ("- 3.5.0 final: Sunday, June 26, 2016", "", "2016-06-26"),
        ("- 3.5 final June 27, 2009", "", "2009-06-27"),
        ("- 3.5 beta 1 2010-04-03", "2010-04-03", ""),
        ("- Oct 01 2008: Python 3.5 final released", "", "2008-10-01"),
        ("* 16-Oct-2000: 3.5 final", "", "2000-10-16"),
        ("* August 1: 3.5 beta 1 release (planned).", "", ""),
        ("- 3.5.0 final (source-only release): October 11, 2014", "", "2014-10-11"),
        ("beta 1       25 Apr 2003", "2003-04-25", ""),
        ("- 3.5.0 final: June 26, 2016 (planned)", "", ""),
        ("- 3.5.0 final: 2015-12-06\n- 3.5.0 final: 2016-01-01", "", "2015-12-06"),
        ("- 3.5.0 final: 2015-13-40", "", ""),
        ("- 3.5.0 final: February 30, 2015", "", ""),
        ("- 3.5 final Never", "", ""),
        ("- 3.5.1 final: 2015-12-06", "", ""),
        ("- 3.5.0 beta 10: 2015-12-06", "", ""),
        ("- 3.5.0 finally: 2015-12-06", "", ""),
        ("the final of 3.5.0: 2015-12-06", "", ""),
    ],
)
def test_each_way_to_write_a_line_is_read(line: str, beta: str, final: str) -> None:
    scheduled = [("3.5", beta, final)] if beta or final else []
    assert days(f"Schedule\n\n{line}\n", "Python 3.5 Release Schedule") == scheduled


def test_a_line_without_a_version_counts_for_the_titles_alone() -> None:
    assert days("- final: 2015-12-06", "A calmer way") == []


def test_of_two_schedules_that_disagree_the_first_is_kept() -> None:
    one, other = (FeatureRelease("3.1", final=date(2009, 6, day)) for day in (27, 28))
    assert calendar_of([one, other]) == {"3.1": one}


@given(
    st.text(max_size=400), st.text(alphabet="-*. 0123456789betafinl:,()JunePython", max_size=400)
)
def test_whatever_the_text_is_it_is_read(some: str, alike: str) -> None:
    for text in (some, alike, f"{some}\n{alike}"):
        for one in scheduled_releases(some, text):
            assert one.beta or one.final


@pytest.mark.parametrize("piece", ["- 3.1", " ", "- 3.1.0 final: ", "\n", "- beta 1 ", "1", "("])
def test_long_texts_take_linear_time(piece: str) -> None:
    with processor_seconds_below(1):
        scheduled_releases(piece * 20_000, piece * 200_000)


@pytest.mark.real_data
def test_the_schedules_of_the_tree_are_read(tree: PepTree) -> None:
    scheduled = {}
    for text in tree.texts.values():
        preamble = parse_preamble(text)
        if "Release" in preamble.topics:
            scheduled |= {
                one.version: (one.beta, one.final)
                for one in scheduled_releases(preamble.title or "", text)
            }
    # Some of those from before 3.2 list no betas, or dates without a year.
    assert {f"3.{minor}" for minor in range(2, 16)} <= scheduled.keys()
    assert all(None not in scheduled[f"3.{minor}"] for minor in range(2, 16))
    assert scheduled["3.8"] == (date(2019, 6, 4), date(2019, 10, 14))
    assert scheduled["3.13"] == (date(2024, 5, 8), date(2024, 10, 7))
    assert scheduled["3.14"] == (date(2025, 5, 7), date(2025, 10, 7))
    assert scheduled["3.15"] == (date(2026, 5, 5), date(2026, 10, 1))
    for beta, final in scheduled.values():
        assert beta is None or final is None or 50 < (final - beta).days < 250
