"""Rules that look at one text at a time: what they remark, and which of it the change brought in.

Such a rule is a plain function from a PEP's text to `TextFinding`s. `introduced_findings` applies
it to every PEP the change touches and keeps what the change itself brought in: remarks on lines it
adds or edits, and remarks on the file as a whole that could not be made before.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, PepText, touched_peps
from bot.rules.engine.finding import Finding, Fix, Severity


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One thing that is wrong with a text, before anybody asks who brought it in.

    Attributes:
        line: The 1-based line to point at.
        message: What is wrong; see `bot.rules.engine.finding.Finding` for this and what follows.
        severity: How much it weighs in a PEP that is not resolved.
        action: What to do, in a few words.
        help: How, and why.
        paste: Text ready to be pasted.
        columns: The first and last 1-based column on the line.
        fix: Lines that mend it.
        last_line: The last line it is about, if it is about several.
        whole: Whether it is about the file as a whole (something is missing, or stands in the
            wrong place), so that the line it points at may be one that nobody touched.
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
"""What a rule does to one text."""

StatusMoveCheck = Callable[[ChangedPep], Iterable[TextFinding]]
"""What a rule does to one PEP whose status moves."""


def introduced_findings(
    rule: str,
    change: Change,
    text_check: TextCheck,
    *,
    max_severity_if_resolved: Severity | None = Severity.NOTICE,
) -> Iterator[Finding]:
    """What a rule finds in the PEPs that a change touches, as far as the change brought it in.

    Args:
        rule: The rule's id.
        change: What the pull request changes.
        text_check: The rule itself, for one text.
        max_severity_if_resolved: The most that a finding may weigh in a PEP that is resolved and
            stays so; None if that makes no difference, as for a header that cannot be read.
    """
    for pep in touched_peps(change):
        yield from (
            _finding(rule, pep, text_finding, max_severity_if_resolved)
            for text_finding in _introduced_by(pep, text_check)
        )


def status_change_findings(
    rule: str, change: Change, text_check: StatusMoveCheck
) -> Iterator[Finding]:
    """What a rule finds in published PEPs whose status a change moves, wherever it stands.

    The new status makes it matter, so lines that nobody touched count too.

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
