"""Findings as annotations of a GitHub Actions run ("Workflow commands for GitHub Actions")."""

from bot.offline.advice import advice
from bot.offline.printable import printable
from bot.rules.finding import Finding


def workflow_command(finding: Finding, title: str) -> str:
    """One finding as a workflow command that puts an annotation on its line.

    Args:
        finding: What a rule says.
        title: What the rule looks after, shown above the message.
    """
    properties: dict[str, object] = {"title": f"{title} ({finding.rule})"}
    if finding.path is not None:
        properties = _place(finding.path, finding) | properties
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = "\n".join(printable(line) for line in (finding.message, *advice(finding).split("\n")))
    return f"::{finding.severity.value} {told}::{_data(text.rstrip())}"


def _place(path: str, finding: Finding) -> dict[str, object]:
    place: dict[str, object] = {"file": path, "line": finding.line or 1}
    if finding.line is not None and finding.columns is not None:
        first, last = finding.columns
        place |= {"endLine": finding.line, "col": first, "endColumn": last}
    return place


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
