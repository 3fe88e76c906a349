import pytest

from bot.rules.finding import Severity
from tests.rules.builders import added, change, finding, findings, pep_text


@pytest.mark.parametrize("value", ["3.15a1", "3", "4.0", "3.14, 3.y", "3.14,3.15", "", "Python 3"])
def test_what_is_no_version_is_an_error(value: str) -> None:
    text = pep_text(**{"Python-Version": value})
    found = finding("python-version", change(added(text)))
    assert (found.severity, found.line) == (Severity.ERROR, 8)


@pytest.mark.parametrize("value", ["3.15", "3.x", "2.6, 3.0", "3.5.2", "3.14,\n 3.15"])
def test_versions_are_fine(value: str) -> None:
    assert findings("python-version", change(added(pep_text(**{"Python-Version": value})))) == []
