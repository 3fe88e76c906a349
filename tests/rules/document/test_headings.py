import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text


def levels(adornments: str) -> str:
    return pep_text() + "".join(f"\n\nTitle\n{one * 5}\n\nWords.\n" for one in adornments)


def test_a_first_level_without_equals_signs_is_a_notice() -> None:
    found = finding("headings", change(added(pep_text().replace("========", "--------"))))
    assert found.message == "The titles of top-level sections are underlined with `-`."
    assert (found.severity, found.line) == (Severity.NOTICE, 11)


@pytest.mark.parametrize("adornments", ["", "=-'=", "=-~^", "=" * 30])
def test_five_levels_and_other_lower_underlines_are_accepted(adornments: str) -> None:
    assert findings("headings", change(added(levels(adornments)))) == []


def test_a_sixth_level_is_reported_once() -> None:
    found = finding("headings", change(added(levels("-'~^+*+*"))))
    assert found.message == "The section `Title` is on the sixth level; PEP 12 allows five."


def test_a_title_longer_than_a_line_is_reported() -> None:
    text = pep_text() + f"\n\n{'a ' * 40}b\n{'=' * 81}\n\nWords.\n"
    assert finding("headings", change(added(text))).message == (
        "This title has 81 characters; at most 79 are allowed."
    )


def test_headings_that_nobody_touched_are_left_alone() -> None:
    text = pep_text().replace("========", "--------")
    assert findings("headings", change(modified(text, text + "More.\n"))) == []
