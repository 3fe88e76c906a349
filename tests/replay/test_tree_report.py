"""The committed summary of the PEP tree says what the rules find today, and no error."""

from pathlib import Path

import pytest

from bot.rules.finding import Severity
from tests.replay.tree_report import COMMAND, REPORT, tree_findings, tree_report

pytestmark = [pytest.mark.real_data, pytest.mark.exhaustive]


def test_no_published_pep_has_an_error_and_every_finding_is_explained(shared_data: Path) -> None:
    found = tree_findings(shared_data)
    assert [one for one in found if one.severity is Severity.ERROR] == []
    assert REPORT.read_text("utf-8") == tree_report(found), (
        f"docs/tree.md is out of date. If the change is wanted, run `{COMMAND}`."
    )
