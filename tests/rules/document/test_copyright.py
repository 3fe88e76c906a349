import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

RIGHT = (
    "This document is placed in the public domain or under the",
    "CC0-1.0-Universal license, whichever is more permissive.",
)


def with_copyright(*words: str, number: int = 791, **headers: str) -> str:
    lines = ["", "", "Copyright", "=========", "", *words, ""]
    return pep_text(number, **headers).partition("\n\n\nCopyright")[0] + "\n".join(["", *lines])


def test_the_words_of_the_template_are_right_however_they_are_wrapped() -> None:
    for words in (RIGHT, (" ".join(RIGHT),)):
        assert findings("copyright", change(added(with_copyright(*words)))) == []


def test_link_targets_and_footnotes_may_follow() -> None:
    text = with_copyright(*RIGHT, "", ".. _PyPI: https://pypi.org", ".. [1] A note.", "   More.")
    assert findings("copyright", change(added(text))) == []


def test_other_words_are_replaced_by_those_of_the_template() -> None:
    text = with_copyright("All rights", "reserved.")
    first = text.split("\n").index("All rights") + 1
    found = finding("copyright", change(added(text)))
    assert (found.line, found.severity) == (first, Severity.WARNING)
    assert found.fix == Fix(first, first + 1, RIGHT)
    assert found.paste == "\n".join(RIGHT)


@pytest.mark.parametrize(("created", "count"), [("12-May-2015", 0), ("12-May-2025", 1)])
def test_the_former_words_are_for_former_peps(created: str, count: int) -> None:
    text = with_copyright("This document has been placed in the public domain.", Created=created)
    assert len(findings("copyright", change(added(text)))) == count


def test_a_section_after_it_is_reported_at_that_section() -> None:
    text = with_copyright(*RIGHT) + "\n\nThanks\n======\n\nTo all.\n"
    found = finding("copyright", change(added(text)))
    assert found.message == "The section `Thanks` comes after `Copyright`."
    assert found.line == text.split("\n").index("Thanks") + 1


def test_the_voter_roll_of_an_election_comes_last() -> None:
    text = with_copyright(*RIGHT, number=8108) + "\n\nVoter Roll\n==========\n\nAll.\n"
    assert findings("copyright", change(added(text, "peps/pep-8108.rst"))) == []


def test_other_edits_leave_old_words_alone() -> None:
    text = with_copyright("All rights reserved.")
    assert findings("copyright", change(modified(text, text.replace("Words.", "More.")))) == []


@pytest.mark.parametrize(
    "text",
    [with_copyright().replace("Copyright\n=========", ""), with_copyright()],
    ids=["none", "empty"],
)
def test_what_is_missing_is_for_the_rule_on_sections(text: str) -> None:
    assert findings("copyright", change(added(text))) == []
