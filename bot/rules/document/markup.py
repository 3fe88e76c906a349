"""Rule: docutils can parse the PEP's reStructuredText."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from bot.peps.change import Change, Markup, MarkupLevel, MarkupProblem
from bot.peps.changed_pep import PepText, touched_peps
from bot.policy.model import Policy, RuleSetting
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

MARKUP_RULE: Final = "markup"

_MAX_FINDINGS = 20

_QUOTED = re.compile(r'"([^"\n]+)"')


@rule(
    id=MARKUP_RULE,
    title="reStructuredText",
    severity=Severity.WARNING,
    source="PEP 12 § ReStructuredText PEP Formatting Requirements",
    link="https://peps.python.org/pep-0012/#restructuredtext-pep-formatting-requirements",
    doc=(
        "Docutils parses the text below the header. It knows the roles and directives of "
        "Sphinx and of python/peps; no other file is read and nothing is run. What "
        "docutils calls an error (an unknown role, a link without a target, wrong "
        "indentation) is a warning here, and what it calls a warning is a notice. A text "
        "that takes too long or needs too much memory gets a notice. If texts are not "
        "parsed, this rule finds nothing."
    ),
    bad="A reference_ without a target.",
    good="A reference_ and, on a line of its own, `.. _reference: https://example.org`.",
    remedy="Fix what docutils reports; `make html` in python/peps shows the result.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Report the problems that docutils finds in lines that a change adds or edits."""
    return introduced_findings(
        MARKUP_RULE, change, lambda pep: islice(_problems(pep), _MAX_FINDINGS)
    )


def is_markup_rule_enabled(policy: Policy) -> bool:
    """Whether the policy enables this rule, so that docutils has to run."""
    return policy.rules.get(MARKUP_RULE) is not RuleSetting.OFF


def texts_to_parse(change: Change) -> Mapping[str, str]:
    """The texts that docutils has to parse for this rule, by their paths."""
    peps = (pep for pep in touched_peps(change) if pep.path.endswith(".rst"))
    return {pep.path: pep.after.text for pep in peps}


def with_markup(change: Change, markup_by_path: Mapping[str, Markup]) -> Change:
    """The change with docutils' results for the files with these paths."""
    files = (replace(file, markup=markup_by_path.get(file.path)) for file in change.files)
    return replace(change, files=tuple(files)) if markup_by_path else change


def _problems(pep: PepText) -> Iterator[TextFinding]:
    if pep.markup is None:
        return
    for problem in pep.markup.problems:
        is_error = problem.level >= MarkupLevel.ERROR
        place = _place(pep, problem)
        yield TextFinding(
            line=place.line,
            message=f"Docutils reports: {safe_code(problem.message)}",
            severity=Severity.WARNING if is_error else Severity.NOTICE,
            action="Fix the reStructuredText" if is_error else "",
            columns=place.columns,
            last_line=place.last_line,
        )
    if pep.markup.incomplete_reason:
        yield TextFinding(
            line=1,
            message=(
                "The reStructuredText of this file was not parsed completely: "
                f"{pep.markup.incomplete_reason}."
            ),
            severity=Severity.NOTICE,
            whole=True,
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """The lines that a problem is about, and the columns if it is one line."""

    line: int
    last_line: int
    columns: tuple[int, int] | None = None


def _place(pep: PepText, problem: MarkupProblem) -> _Place:
    """Find the place of a problem.

    Docutils gives the line on which a paragraph or a list begins; the text that its message quotes
    is searched for from there to the next blank line.
    """
    # For a link without a target at the very end, docutils gives the line after the last.
    first = max(1, min(problem.line, len(pep.lines)))
    last = first
    while last < len(pep.lines) and pep.lines[last].strip():
        last += 1
    block = range(first, last + 1)
    quoted = _QUOTED.search(problem.message)
    if quoted:
        name = re.escape(quoted[1])
        # As a link, a role or a directive; else anywhere.
        for pattern in (
            rf"\b({name})(?:[`\]>|]|_\b|_>|_$)",
            f":({name}):",
            f"({name})::",
            f"({name})",
        ):
            for line in block:
                found = re.search(pattern, pep.lines[line - 1], re.IGNORECASE)
                if found:
                    return _Place(line, line, (found.start(1) + 1, found.end(1)))
    return _Place(first, last)
