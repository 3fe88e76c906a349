"""Rules that look at one text at a time: what they remark, and which of it the change brought in.

Such a rule is a plain function from a PEP's text to `TextFinding`s. `introduced` applies it to
every PEP the change touches and keeps what the change itself brought in: remarks on lines it adds
or edits, and remarks on the file as a whole that could not be made before.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.rules.change import Change
from bot.rules.finding import Finding, Fix, Severity
from bot.rules.touched import PepText, TouchedPep, touched_peps


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One thing that is wrong with a text, before anybody asks who brought it in.

    Attributes:
        line: The 1-based line to point at.
        message: What is wrong; see `bot.rules.finding.Finding` for this and what follows.
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


Look = Callable[[PepText], Iterable[TextFinding]]
"""What a rule does to one text."""

StatusLook = Callable[[TouchedPep], Iterable[TextFinding]]
"""What a rule does to one PEP whose status moves."""


def introduced(
    rule: str, change: Change, look: Look, *, in_resolved: Severity | None = Severity.NOTICE
) -> Iterator[Finding]:
    """What a rule finds in the PEPs that a change touches, as far as the change brought it in.

    Args:
        rule: The rule's id.
        change: What the pull request changes.
        look: The rule itself, for one text.
        in_resolved: The most that a finding may weigh in a PEP that is resolved and stays so; None
            if that makes no difference, as for a header that cannot be read.
    """
    for pep in touched_peps(change):
        yield from (_finding(rule, pep, remark, in_resolved) for remark in _brought_in(pep, look))


def at_status_change(rule: str, change: Change, look: StatusLook) -> Iterator[Finding]:
    """What a rule finds in published PEPs whose status a change moves, wherever it stands.

    The new status makes it matter, so lines that nobody touched count too.

    Args:
        rule: The rule's id.
        change: What the pull request changes.
        look: The rule itself, for one PEP before and after.
    """
    for pep in touched_peps(change):
        if pep.changes_status and not pep.is_new:
            yield from (_finding(rule, pep, remark, None) for remark in look(pep))


def _brought_in(pep: TouchedPep, look: Look) -> Iterator[TextFinding]:
    known: frozenset[str] | None = None
    for remark in look(pep.after):
        if remark.whole and pep.before is not None:
            if known is None:
                known = frozenset(old.message for old in look(pep.before) if old.whole)
            if remark.message not in known:
                yield remark
        elif pep.touches(remark.line, remark.last_line):
            yield remark


def _finding(
    rule: str, pep: TouchedPep, remark: TextFinding, in_resolved: Severity | None
) -> Finding:
    severity = remark.severity
    if in_resolved is not None and pep.is_resolved:
        severity = severity.at_most(in_resolved)
    return Finding(
        rule=rule,
        severity=severity,
        message=remark.message,
        action=remark.action,
        help=remark.help,
        path=pep.path,
        line=remark.line,
        pep=pep.number,
        paste=remark.paste,
        columns=remark.columns,
        fix=remark.fix,
    )
