"""Rule: headings follow PEP 12, which is stricter than reStructuredText."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

MAX_LEVELS = 5
"""How many levels of sections PEP 12 allows."""

MAX_TITLE_LENGTH = 79
"""How many characters a line, and so a title, may have (PEP 12)."""

_MAX_FINDINGS = 10


@rule(
    id="headings",
    title="Headings",
    severity=Severity.NOTICE,
    source="PEP 12 § Section Headings",
    link="https://peps.python.org/pep-0012/#section-headings",
    doc=(
        "The titles of top-level sections are underlined with `=`. There are at most "
        "five levels, and no title is longer than 79 characters. If reStructuredText "
        "itself does not accept a heading, the build of the PEP site fails."
    ),
    bad="Abstract\n--------",
    good="Abstract\n========",
    remedy="Underline the first level with `=`, the second with `-` and the third with `'`.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the headings that a change adds or edits."""
    return introduced_findings("headings", change, _headings)


def _headings(pep: PepText) -> Iterator[TextFinding]:
    sections = pep.body.sections
    first = next((one for one in sections if not one.overlined), None)
    if first is not None and first.level == 1 and first.adornment != "=":
        yield TextFinding(
            line=first.line,
            last_line=first.last_line,
            message=(
                "The titles of top-level sections are underlined with "
                f"{safe_code(first.adornment)}."
            ),
            severity=Severity.NOTICE,
            help=("PEP 12 uses `=` for the first level, `-` for the second and `'` for the third."),
        )
    if deep := next((one for one in sections if one.level > MAX_LEVELS), None):
        yield TextFinding(
            line=deep.line,
            last_line=deep.last_line,
            message=f"The section {safe_code(deep.title)} is on the sixth level; PEP 12 "
            "allows five.",
            severity=Severity.NOTICE,
        )
    long = [one for one in sections if len(one.title) > MAX_TITLE_LENGTH]
    for section in long[:_MAX_FINDINGS]:
        yield TextFinding(
            line=section.line,
            message=(
                f"This title has {len(section.title)} characters; at most {MAX_TITLE_LENGTH} "
                "are allowed."
            ),
            severity=Severity.NOTICE,
        )
