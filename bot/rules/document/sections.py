"""Rule: every PEP has an Abstract, which comes first, and a Copyright, and no empty section."""

import re
from collections.abc import Iterable, Iterator

from bot.peps.body import LineKind, PepBody, Section
from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

COPYRIGHT = (
    "Copyright",
    "=========",
    "",
    "This document is placed in the public domain or under the",
    "CC0-1.0-Universal license, whichever is more permissive.",
)
"""The last section of every PEP, as in PEP 12."""

# Editors put these above the Abstract when a PEP is decided or renumbered (measured on all PEPs).
_BANNER = re.compile(
    r"accept|deferr|notice\b|\bnotes?\b|\bstatus\b|reject|replace|resolution|supersede|withdraw",
    re.IGNORECASE,
)
_MAY_BE_EMPTY = ("footnotes", "references")  # They may have no notes yet.
_LONGEST_TITLE = 200
_MAX_FINDINGS = 10


@rule(
    id="sections",
    title="Required sections",
    severity=Severity.WARNING,
    source="PEP 1 § What belongs in a successful PEP?",
    link="https://peps.python.org/pep-0001/#what-belongs-in-a-successful-pep",
    doc=(
        "A PEP starts with an `Abstract` and has a `Copyright` section; a notice about a "
        "decision may come before the Abstract. No section is empty. Other sections are "
        "suggestions: the check ignores them and their order."
    ),
    bad="A PEP that starts with its Motivation and has no Abstract.",
    good="Abstract\n========\n\nWhat the PEP proposes, in about 200 words.",
    remedy="Add the missing section, move the Abstract up, or fill or remove the empty one.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look for the required sections in every PEP that a change touches."""
    return introduced_findings("sections", change, _sections)


def _sections(pep: PepText) -> Iterator[TextFinding]:
    body = pep.body
    if not pep.preamble.headers:
        return  # A text without a header is not a PEP; other rules report it.
    yield from _abstract(pep, body)
    if not any(_is(section, "copyright") for section in body.sections):
        yield TextFinding(
            line=max(len(pep.lines), 1),
            message="The PEP has no `Copyright` section.",
            action="Add the Copyright section at the end",
            paste="\n".join(COPYRIGHT),
            whole=True,
        )
    yield from _empty(body)


def _abstract(pep: PepText, body: PepBody) -> Iterator[TextFinding]:
    first = next((section for section in body.sections if not _is_banner(section)), None)
    if first is not None and _is(first, "abstract"):
        return
    if first is not None and any(_is(section, "abstract") for section in body.sections):
        yield TextFinding(
            line=first.line,
            message=f"The section {safe_code(first.title)} comes before the `Abstract`.",
            action="Move the Abstract to the top",
            help="Readers look for it first.",
            whole=True,
        )
        return
    yield TextFinding(
        line=first.line if first is not None else max(pep.preamble.last_line, 1),
        message="The PEP has no `Abstract`.",
        action="Start with an `Abstract` section",
        help="It says in about 200 words what the PEP proposes.",
        whole=True,
    )


def _empty(body: PepBody) -> Iterator[TextFinding]:
    reported = 0
    for index, section in enumerate(body.sections):
        following = body.sections[index + 1 : index + 2]
        if following and following[0].level > section.level:
            continue
        if any(_is(section, title) for title in _MAY_BE_EMPTY):
            continue
        if all(body.kind(line) is LineKind.BLANK for line in body.content(index, whole=False)):
            yield TextFinding(
                line=section.line,
                last_line=section.last_line,
                message=f"The section {safe_code(section.title)} is empty.",
                action="Fill the section or remove it",
            )
            reported += 1
            if reported == _MAX_FINDINGS:
                return


def _is(section: Section, title: str) -> bool:
    words = section.title[:_LONGEST_TITLE].casefold().split()
    return words[:1] == [title]


def _is_banner(section: Section) -> bool:
    return _BANNER.search(section.title[:_LONGEST_TITLE]) is not None
