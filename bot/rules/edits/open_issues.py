"""Rule: a PEP that is accepted has no open issues any more."""

import re
from collections.abc import Iterable, Iterator

from bot.peps.body import LineKind, Section
from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, PepText
from bot.peps.status import MoveKind, move_kind
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, status_change_findings

_ACCEPTED = frozenset(
    {MoveKind.ACCEPTANCE, MoveKind.PROVISIONAL_ACCEPTANCE, MoveKind.OUTRIGHT_FINALISATION}
)
_TITLE = re.compile(r"(?:open|outstanding|unresolved) (?:issue|item|point|question)s?\b")
_LONGEST_TITLE = 200
# How PEPs say that there are none (measured on all published ones), and PEP 12's template.
_NONE = re.compile(
    r"(?:currently |there are (?:currently )?)?"
    r"(?:none\b|n/a\b|no (?:(?:known|open|outstanding|remaining|unresolved) ){0,2}"
    r"(?:issues|items|points|questions)\b)"
    r"|\[any points that are still being decided",
    re.IGNORECASE,
)
_MOST_LINES_NONE, _LONGEST_NONE = 2, 120
_UNSEEN = frozenset({LineKind.BLANK, LineKind.COMMENT, LineKind.TARGET})


@rule(
    id="open-issues",
    title="Open issues",
    severity=Severity.NOTICE,
    source="PEP 1 § What belongs in a successful PEP?",
    link="https://peps.python.org/pep-0001/#what-belongs-in-a-successful-pep",
    doc=(
        "Open issues are recorded while a PEP is a draft, so that everything needed for a "
        "decision is complete. If a PEP is accepted while its section `Open Issues` still lists "
        "some, this gets a notice. A section that says `None` or `N/A` lists none."
    ),
    bad="A pull request that marks a PEP as Accepted whose `Open Issues` asks a question.",
    good="The same pull request, with the answer where it belongs, and `Open Issues` removed.",
    remedy="Say what was decided about each, or that it is left for later, outside `Open Issues`.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look for open issues in the PEPs that a change marks as accepted."""
    return status_change_findings("open-issues", change, _accepted_with_open_issues)


def open_issues(text: PepText) -> Section | None:
    """The first section that lists open issues; None if there is none, or it says so."""
    body = text.body
    for index, section in enumerate(body.sections):
        title = " ".join(section.title[:_LONGEST_TITLE].casefold().split())
        if not _TITLE.match(title):
            continue
        lines = [number for number in body.content(index) if body.kind(number) not in _UNSEEN]
        if lines and not _says_none([text.lines[number - 1] for number in lines]):
            return section
    return None


def _says_none(lines: list[str]) -> bool:
    return (
        len(lines) <= _MOST_LINES_NONE
        and sum(map(len, lines)) <= _LONGEST_NONE
        and _NONE.match(" ".join(line.strip() for line in lines).lstrip("*-( ")) is not None
    )


def _accepted_with_open_issues(pep: ChangedPep) -> Iterator[TextFinding]:
    if move_kind(pep.status_before, pep.status_after, pep.header_after.type) not in _ACCEPTED:
        return
    section = open_issues(pep.after)
    if section is not None:
        yield TextFinding(
            section.line,
            f"The PEP becomes {pep.status_after}, but {safe_code(section.title)} is not empty.",
            Severity.NOTICE,
            help="Say what was decided about each, or that it is left for later.",
        )
