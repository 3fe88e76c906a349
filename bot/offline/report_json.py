"""Findings for programs: one JSON object a line (contract)."""

import json

from bot.offline.advice import advice
from bot.rules.finding import Finding


def json_line(finding: Finding) -> str:
    """One finding as a JSON object; the line to paste, if there is one, ends its `help`."""
    return json.dumps(
        {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "path": finding.path,
            "line": finding.line,
            "pep": finding.pep,
            "message": finding.message,
            "help": advice(finding),
        }
    )
