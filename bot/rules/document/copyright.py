"""Rule: the Copyright section comes last and puts the PEP into the public domain."""

import re
from collections.abc import Iterable, Iterator, Set
from functools import partial

from bot.peps.body import LineKind
from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.number import PepNumber
from bot.rules.document.sections import COPYRIGHT
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

_COPYRIGHT_TEXT = COPYRIGHT[3:]
_FORMER_TEXT = re.compile(
    r"This (?:document|PEP) (?:has been|is|is hereby) placed in(?:to)? the public domain\."
)
_FORMER_UNTIL = "2023"
"""PEPs created before this year may keep the older wording of the template."""

_LONGEST = 20
"""How many lines of the section are compared; the right wording takes one or two."""


@rule(
    id="copyright",
    title="Copyright",
    severity=Severity.WARNING,
    source="PEP 12 § Suggested Sections",
    link="https://peps.python.org/pep-0012/#suggested-sections",
    doc=(
        "The last section of a PEP is `Copyright`, with the template's text: public "
        "domain or CC0-1.0-Universal. Only link targets and footnotes may follow that "
        "text."
    ),
    bad="Copyright\n=========\n\nAll rights reserved.",
    good="\n".join(COPYRIGHT),
    remedy="Copy the section from PEP 12, and put it last.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the Copyright section of every PEP that a change touches."""
    return introduced_findings(
        "copyright", change, partial(_copyright, context.policy.numbers.elections)
    )


def _copyright(elections: Set[PepNumber], pep: PepText) -> Iterator[TextFinding]:
    body = pep.body
    found = [
        index
        for index, section in enumerate(body.sections)
        if section.title[:40].casefold().split()[:1] == ["copyright"]
    ]
    if not found:
        return
    here = body.sections[found[-1]]
    after = next((later for later in body.sections[found[-1] + 1 :]), None)
    # PEPs on elections have their voter rolls after the Copyright, every year.
    election = pep.preamble.number in elections
    if after is not None and not election and after.level <= here.level:
        yield TextFinding(
            line=after.line,
            message=f"The section {safe_code(after.title)} comes after `Copyright`.",
            action="Move it before the Copyright section",
            help="Copyright is the last section of a PEP.",
            whole=True,
        )
    content = body.content(found[-1], whole=False)
    text = [line for line in content[: 4 * _LONGEST] if body.kind(line) is LineKind.TEXT][:_LONGEST]
    if not text and all(body.kind(line) is LineKind.BLANK for line in content):
        return  # An empty section; the rule `sections` reports it.
    words = " ".join(" ".join(pep.lines[line - 1].split()) for line in text)
    if words == " ".join(_COPYRIGHT_TEXT) or (_FORMER_TEXT.fullmatch(words) and _is_older(pep)):
        return
    first, last = (text[0], text[-1]) if text else (here.line, here.last_line)
    yield TextFinding(
        line=first,
        last_line=last,
        message="This is not the text of the template's Copyright section.",
        action="Use the template's text",
        paste="\n".join(_COPYRIGHT_TEXT),
        fix=Fix(first, last, _COPYRIGHT_TEXT) if text and last - first < 4 else None,
    )


def _is_older(pep: PepText) -> bool:
    created = pep.preamble.value("Created") or ""
    year = created[-4:]
    return year.isascii() and year.isdigit() and year < _FORMER_UNTIL
