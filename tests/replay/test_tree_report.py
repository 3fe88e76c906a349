"""The committed summary of the PEP tree says what the rules find today, and no error."""

from pathlib import Path

import pytest

from bot.peps.changed_pep import PepText
from bot.peps.number import own_files_prefix
from bot.rules.document.file_references import file_references
from bot.rules.engine.finding import Severity
from tests.replay.tree import tree
from tests.replay.tree_explanations import FINDINGS
from tests.replay.tree_report import COMMAND, REPORT, tree_findings, tree_report

pytestmark = pytest.mark.real_data


def test_no_pep_of_a_sample_has_an_error_or_a_finding_that_is_not_on_the_page(
    shared_data: Path,
) -> None:
    found = tree_findings(shared_data, every=24)
    assert [one for one in found if one.severity is Severity.ERROR] == []
    kinds = {(one.rule, one.severity) for one in found}
    assert len(kinds) > 3
    assert kinds <= FINDINGS.keys()
    page = REPORT.read_text("utf-8")
    for rule, severity in kinds:
        assert f"| {severity.value} `{rule}` |" in page


def test_every_reference_to_a_file_leads_to_one_that_belongs_to_that_pep(shared_data: Path) -> None:
    texts = tree(shared_data)
    found = {
        (number, one.path)
        for number in sorted(texts)
        if ":: " in texts[number]
        for one in file_references(PepText(texts[number]))
    }
    assert len(found) == 27
    prefixes = {(number, own_files_prefix(path)) for number, path in found}
    odd = {(789, "peps/pep-789")}
    assert prefixes - odd == {(number, f"peps/pep-{number:04}") for number, _ in prefixes - odd}


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
def test_no_published_pep_has_an_error_and_every_finding_is_explained(shared_data: Path) -> None:
    found = tree_findings(shared_data)
    assert [one for one in found if one.severity is Severity.ERROR] == []
    assert REPORT.read_text("utf-8") == tree_report(found), (
        f"docs/tree.md is out of date. If the change is wanted, run `{COMMAND}`."
    )
