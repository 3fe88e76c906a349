"""The headings below Specification."""

from hypothesis import given
from hypothesis import strategies as st

from bot.peps.document import specification_headings

TEXT = """\
Abstract
========

Words.

Specification
=============

Words.

Syntax
------

===== =====
a     b
===== =====

Details
'''''''

Rationale
=========

Choice
------
"""


def test_only_sections_of_the_specification_count() -> None:
    assert specification_headings(TEXT.splitlines()) == ("Specification", "Syntax", "Details")


def test_without_a_specification_there_are_none() -> None:
    assert specification_headings(["Abstract", "========", "", "Words"]) == ()


@given(st.lists(st.text("Sab=-~ ", max_size=12), max_size=30))
def test_it_names_nothing_that_is_not_a_line(lines: list[str]) -> None:
    assert set(specification_headings(lines)) <= {line.rstrip() for line in lines}
