import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

SOUND = pep_text()
UNTIL_COPYRIGHT = SOUND.partition("\n\n\nCopyright")[0] + "\n"
COPYRIGHT = SOUND.removeprefix(UNTIL_COPYRIGHT)
EMPTY = "\n\nRationale\n=========\n"


def test_a_pep_with_abstract_and_copyright_is_in_order() -> None:
    assert findings("sections", change(added(SOUND))) == []


def test_a_missing_abstract_is_reported_at_the_first_section() -> None:
    text = SOUND.replace("Abstract\n========", "Motivation\n==========")
    found = finding("sections", change(added(text)))
    assert (found.message, found.line) == ("The PEP has no `Abstract`.", 11)
    assert found.severity is Severity.WARNING


def test_an_abstract_that_is_not_first_is_reported_at_what_stands_before_it() -> None:
    text = SOUND.replace("Abstract\n", "Motivation\n==========\n\nWhy.\n\n\nAbstract\n")
    found = finding("sections", change(added(text)))
    assert found.message == "The section `Motivation` comes before the `Abstract`."
    assert found.line == 11


@pytest.mark.parametrize(
    "banner", ["Rejection Notice", "PEP Withdrawal", "Note", "Status", "Deferral Notice"]
)
def test_a_notice_about_a_decision_may_stand_before_the_abstract(banner: str) -> None:
    notice = f"{banner}\n{'=' * len(banner)}\n\nWords.\n\n\nAbstract\n"
    assert findings("sections", change(added(SOUND.replace("Abstract\n", notice)))) == []


def test_a_missing_copyright_comes_with_the_section_to_paste() -> None:
    found = finding("sections", change(added(UNTIL_COPYRIGHT)))
    assert found.message == "The PEP has no `Copyright` section."
    assert found.paste is not None
    assert "CC0-1.0-Universal license" in found.paste


def test_an_empty_section_is_reported_at_its_title() -> None:
    found = finding("sections", change(added(UNTIL_COPYRIGHT + EMPTY + COPYRIGHT)))
    assert found.message == "The section `Rationale` is empty."
    assert found.line == UNTIL_COPYRIGHT.count("\n") + 3


@pytest.mark.parametrize(
    "inside",
    [
        "\n\nReferences\n==========\n",
        "\n\nRationale\n=========\n\nWhy\n---\n\nWords.\n",
        "\n\nRationale\n=========\n\n.. note:: words\n",
    ],
    ids=["references", "subsection", "directive"],
)
def test_sections_that_only_look_empty_are_left_alone(inside: str) -> None:
    assert findings("sections", change(added(UNTIL_COPYRIGHT + inside + COPYRIGHT))) == []


def test_what_was_missing_before_is_not_reported() -> None:
    text = SOUND.replace("Abstract\n========", "Motivation\n==========")
    assert findings("sections", change(modified(text, text + "More.\n"))) == []


def test_taking_the_copyright_out_of_a_final_pep_is_a_notice() -> None:
    final = pep_text(Status="Final")
    found = finding("sections", change(modified(final, final.replace(COPYRIGHT, ""))))
    assert found.severity is Severity.NOTICE


def test_a_heading_in_a_code_block_is_no_section() -> None:
    text = SOUND.replace("Words.", "Words::\n\n    Abstract\n    ========\n").replace(
        "Abstract\n========\n\nWords", "Motivation\n==========\n\nWords"
    )
    assert finding("sections", change(added(text))).message == "The PEP has no `Abstract`."
