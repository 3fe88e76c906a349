from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, pep_text


def test_two_new_peps_are_reported_once() -> None:
    files = added(pep_text(791)), added(pep_text(792), "peps/pep-0792.rst")
    found = finding("several-peps", change(*files))
    assert (found.severity, found.path) == (Severity.NOTICE, "peps/pep-0792.rst")


def test_one_new_pep_is_the_rule() -> None:
    assert findings("several-peps", change(added(pep_text(791)))) == []
