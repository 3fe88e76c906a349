"""Helpers for rules that check one text at a time, and report only what the change introduced.

Such a rule is a plain function from a PEP's text to `TextFinding`s. `introduced_findings` applies
it to every PEP that the change touches and keeps what the change introduced: findings on lines that
it adds or edits, and findings on the whole file that did not exist before.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, PepText, touched_peps
from bot.rules.engine.finding import Finding, Fix, Severity


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One problem of a text, whether or not the change introduced it.

    Attributes:
        line: The 1-based line to point at.
        message: What is wrong; see `bot.rules.engine.finding.Finding` for this and the following.
        severity: How serious it is in a PEP that is not resolved.
        action: What to do, in a few words.
        help: How to do it, and why.
        paste: Text ready to paste.
        columns: The first and last 1-based column on the line.
        fix: The mechanical fix, if there is one.
        last_line: The last line it is about, if there are several.
        whole: Whether it is about the whole file (something is missing or in the wrong place), so
            that it may point at an untouched line.
    """

    line: int
    message: str
    severity: Severity = Severity.WARNING
    action: str = ""
    help: str = ""
    paste: str | None = None
    columns: tuple[int, int] | None = None
    fix: Fix | None = None
    last_line: int | None = None
    whole: bool = False


TextCheck = Callable[[PepText], Iterable[TextFinding]]
"""A rule's check of one text."""

StatusMoveCheck = Callable[[ChangedPep], Iterable[TextFinding]]
"""A rule's check of one PEP whose status changes."""


def introduced_findings(
    rule: str,
    change: Change,
    text_check: TextCheck,
    *,
    max_severity_if_resolved: Severity | None = Severity.NOTICE,
) -> Iterator[Finding]:
    """The findings of a rule that a change introduces in the PEPs it touches.

    Args:
        rule: The rule's id.
        change: What the pull request changes.
        text_check: The rule itself, for one text.
        max_severity_if_resolved: The highest severity in a PEP that is resolved before and after
            the change; None for no limit, as for a header that cannot be read.
    """
    for pep in touched_peps(change):
        yield from (
            _finding(rule, pep, text_finding, max_severity_if_resolved)
            for text_finding in _introduced_by(pep, text_check)
        )


def status_change_findings(
    rule: str, change: Change, text_check: StatusMoveCheck
) -> Iterator[Finding]:
    """The findings of a rule in published PEPs whose status a change moves, on any line.

    The new status makes them relevant, so untouched lines count too.

    Args:
        rule: The rule's id.
        change: What the pull request changes.
        text_check: The rule itself, for one PEP before and after.
    """
    for pep in touched_peps(change):
        if pep.changes_status and not pep.is_new:
            yield from (_finding(rule, pep, text_finding, None) for text_finding in text_check(pep))


def _introduced_by(pep: ChangedPep, text_check: TextCheck) -> Iterator[TextFinding]:
    known: frozenset[str] | None = None
    for text_finding in text_check(pep.after):
        if text_finding.whole and pep.before is not None:
            if known is None:
                known = frozenset(old.message for old in text_check(pep.before) if old.whole)
            if text_finding.message not in known:
                yield text_finding
        elif pep.touches(text_finding.line, text_finding.last_line):
            yield text_finding


def _finding(
    rule: str, pep: ChangedPep, text_finding: TextFinding, max_severity_if_resolved: Severity | None
) -> Finding:
    severity = text_finding.severity
    if max_severity_if_resolved is not None and pep.is_resolved:
        severity = severity.at_most(max_severity_if_resolved)
    return Finding(
        rule=rule,
        severity=severity,
        message=text_finding.message,
        action=text_finding.action,
        help=text_finding.help,
        path=pep.path,
        line=text_finding.line,
        pep=pep.number,
        paste=text_finding.paste,
        columns=text_finding.columns,
        fix=text_finding.fix,
    )
