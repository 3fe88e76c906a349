"""Findings for people at a terminal: by file, each with its line and what to do."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from bot.offline.advice import advice
from bot.offline.printable import excerpt, printable
from bot.rules.change import Change
from bot.rules.finding import Finding, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}
_NO_PLACE = "(no place)"


def text_report(findings: Sequence[Finding], change: Change) -> Iterator[str]:
    """The lines of the report, styled; whoever prints them drops the style where it is unwanted.

    Args:
        findings: What the rules say.
        change: What they judged, for the excerpts.
    """
    texts = {file.path: file.after for file in change.files}
    if change.codeowners_path is not None:
        texts[change.codeowners_path] = change.codeowners_after
    by_place = sorted(findings, key=lambda finding: (finding.path or "", finding.line or 0))
    for path, group in groupby(by_place, key=lambda finding: finding.path or ""):
        yield click.style(printable(path) or _NO_PLACE, bold=True)
        for finding in group:
            yield from _finding(finding, texts.get(path))
        yield ""


def counted(findings: Sequence[Finding], files: int) -> str:
    """How many files were looked at and what was found, as a sentence."""
    numbers = {
        severity: sum(finding.severity is severity for finding in findings) for severity in Severity
    }
    told = ", ".join(_plural(number, severity.value) for severity, number in numbers.items())
    return f"{_plural(files, 'file')} looked at: {told}."


def _finding(finding: Finding, text: str | None) -> Iterator[str]:
    line = f"{finding.line}: " if finding.line is not None else ""
    severity = click.style(finding.severity.value, fg=_COLOURS[finding.severity], bold=True)
    rule = click.style(f"[{finding.rule}]", dim=True)
    yield f"  {line}{severity}: {printable(finding.message)} {rule}"
    if finding.line is not None and text is not None and (shown := excerpt(text, finding.line)):
        yield click.style(f"    | {shown}", dim=True)
    yield from (f"    {printable(told)}" for told in advice(finding).split("\n") if told)


def _plural(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
