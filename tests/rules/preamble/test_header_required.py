import pytest

from bot.peps.headers import REQUIRED
from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_header_is_an_error_at_the_first_line(name: str) -> None:
    found = finding("header-required", change(added(pep_text(791, **{name: None}))))
    assert found.message == f"The header `{name}` is missing."
    assert (found.severity, found.line) == (Severity.ERROR, 1)


@pytest.mark.parametrize("name", ["Title", "Author", "Status", "Type", "Created"])
def test_an_empty_header_is_reported_at_its_line(name: str) -> None:
    text = pep_text(758, **{name: ""})
    found = finding("header-required", change(modified(SOUND, text, PATH)))
    assert found.message == f"The header `{name}` is empty."
    assert text.split("\n")[(found.line or 0) - 1].startswith(f"{name}:")


def test_a_misspelt_header_is_not_missing() -> None:
    text = SOUND.replace("Title:", "Titlex:")
    assert findings("header-required", change(modified(SOUND, text, PATH))) == []


def test_what_may_come_after_the_merge_is_not_asked_for() -> None:
    text = pep_text(791, **{"Discussions-To": None, "Post-History": None, "Python-Version": None})
    assert findings("header-required", change(added(text))) == []


def test_a_header_that_was_missing_before_is_left_alone() -> None:
    old = pep_text(758, Created=None)
    assert findings("header-required", change(modified(old, old + "x", PATH))) == []
