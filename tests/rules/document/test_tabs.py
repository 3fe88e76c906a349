from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

TABBED = pep_text() + "\n  a\tb\n"
LINE = TABBED.split("\n").index("  a\tb") + 1


def test_a_tab_is_replaced_by_the_blanks_it_stands_for() -> None:
    found = finding("tabs", change(added(TABBED)))
    assert (found.severity, found.line, found.columns) == (Severity.WARNING, LINE, (4, 4))
    assert found.fix == Fix(LINE, LINE, ("  a     b",))


def test_a_tab_in_a_final_pep_is_a_notice() -> None:
    before = pep_text(Status="Final")
    found = finding("tabs", change(modified(before, before + "\n\tb\n")))
    assert found.severity is Severity.NOTICE


def test_only_touched_lines_are_reported_and_no_more_than_twenty() -> None:
    assert findings("tabs", change(modified(TABBED, TABBED + "More.\n"))) == []
    assert len(findings("tabs", change(added(pep_text() + "\tx\n" * 30)))) == 20
