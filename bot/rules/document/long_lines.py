"""Rule: lines of prose are not too long; one finding per file."""

import re
from collections.abc import Iterable

from bot.peps.body import LineKind
from bot.peps.change import Change
from bot.peps.changed_pep import PepText, touched_peps
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule

MAX_LINE_LENGTH = 79
"""How many characters a line may have (PEP 12 § General)."""

TOLERATED = 119
"""Lines up to this length are not reported: a third of all pull requests has one a bit too long."""

_ANY_LONG = re.compile(f"[^\n]{{{TOLERATED + 1}}}")


@rule(
    id="long-lines",
    title="Long lines",
    severity=Severity.NOTICE,
    source="PEP 12 § General",
    link="https://peps.python.org/pep-0012/#general",
    doc=(
        "Prose is wrapped at 79 characters, so that a reviewer can comment on a single "
        "sentence. Code, tables, link targets and lines with a link may be longer. Each "
        "file gets at most one notice, and only if a line has 120 characters or more."
    ),
    bad=(
        "This line of prose has a good deal more to say than any line of a PEP should ever be "
        "asked to hold, since no reviewer can point at one word of it."
    ),
    good="This line has a good deal to say,\nand goes on below.",
    remedy="Wrap the lines before column 80.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look for long lines of prose among those that a change adds or edits."""
    for pep in touched_peps(change):
        long = [line for line in _long_lines(pep.after) if pep.touches(line)]
        first_too_long = next(
            (line for line in long if len(pep.after.lines[line - 1]) > TOLERATED), None
        )
        if first_too_long is None:
            continue
        message = f"This line of prose is longer than {MAX_LINE_LENGTH} characters."
        if len(long) > 1:
            message = (
                f"{len(long)} lines of prose, this one among them, are longer than "
                f"{MAX_LINE_LENGTH} characters."
            )
        yield Finding(
            rule="long-lines",
            severity=Severity.NOTICE,
            message=message,
            path=pep.path,
            line=first_too_long,
            pep=pep.number,
            columns=(MAX_LINE_LENGTH + 1, len(pep.after.lines[first_too_long - 1])),
        )


def _long_lines(pep: PepText) -> Iterable[int]:
    if not _ANY_LONG.search(pep.text):
        return
    for number, line in enumerate(pep.lines, start=1):
        if (
            len(line) > MAX_LINE_LENGTH
            and pep.body.kind(number) is LineKind.TEXT
            and _can_be_wrapped(line)
        ):
            yield number


def _can_be_wrapped(line: str) -> bool:
    """Whether there is a blank to break at, and no link that would make the line long anyway."""
    return "://" not in line and " " in line.strip()[: MAX_LINE_LENGTH + 1]
