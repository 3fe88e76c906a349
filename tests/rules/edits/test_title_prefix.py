import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import change, finding, findings, modified, pep_text

EDIT = modified(pep_text(695), pep_text(695, Status="Final"))
OTHER = modified(pep_text(700), pep_text(700, Status="Final"), "peps/pep-0700.rst")


def test_a_title_without_prefix_is_given_with_it() -> None:
    found = finding("title-prefix", change(EDIT, title="  Mark as Final"))
    assert (found.severity, found.path) == (Severity.NOTICE, None)
    assert "`PEP 695: Mark as Final`" in found.message


def test_several_peps_stand_in_one_prefix() -> None:
    assert "`PEP 695, 700:`" in finding("title-prefix", change(OTHER, EDIT, title="Final")).message


def test_a_title_that_names_the_pep_is_not_repeated() -> None:
    assert "such as" not in finding("title-prefix", change(EDIT, title="Finish PEP 695")).message


@pytest.mark.parametrize("title", ["", "PEP 695: x", "PEP 1: x", "Infra: x", "gh-12: x", "Lint: x"])
def test_other_titles_are_left_alone(title: str) -> None:
    assert findings("title-prefix", change(EDIT, title=title)) == []


def test_a_change_to_no_pep_may_be_called_anything() -> None:
    assert findings("title-prefix", change(title="Update the build")) == []
