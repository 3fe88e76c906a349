"""The `Created` header of a new PEP: told, never demanded, since editors do not insist on it."""

import re
from collections.abc import Iterable
from datetime import date

from bot.rules.change import Change
from bot.rules.context import Context
from bot.rules.finding import Finding, Severity
from bot.rules.new_pep import new_peps
from bot.rules.registry import rule

TOLERANCE_DAYS = 14
"""How far `Created` may be from the day the pull request was opened, in days; check-peps.py allows
as much into the future."""

# Spelled out, because the months of `strptime` follow the locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(r"([0-9]{2})-([A-Z][a-z]{2})-([0-9]{4})")


@rule(
    id="created",
    title="Created",
    severity=Severity.NOTICE,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "`Created` is the day on which the PEP was assigned its number, usually the day of the "
        "pull request. A day more than two weeks away from it gets a notice, no more; a value "
        "that is no day is left to check-peps.py."
    ),
    bad="Created: 03-Feb-2025, in a pull request of 13-Mar-2025",
    good="Created: 13-Mar-2025",
    remedy=("Write the day on which the PEP got its number, as `DD-Mmm-YYYY`."),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Compare the day of every new PEP with the day the pull request was opened."""
    if change.opened is None:
        return
    for pep in new_peps(change, context.numbers.placeholders):
        header = pep.preamble.header("Created")
        created = _day(header.value) if header is not None else None
        if header is None or created is None:
            continue
        if abs((created - change.opened).days) <= TOLERANCE_DAYS:
            continue
        yield Finding(
            rule="created",
            severity=Severity.NOTICE,
            message=(
                "`Created` is the day the number was taken; this pull request is of "
                f"{in_pep_style(change.opened)}."
            ),
            path=pep.path,
            line=header.line,
            pep=pep.number,
        )


def in_pep_style(day: date) -> str:
    """A day as PEP headers write it: `13-Mar-2025` (PEP 1 § PEP Header Preamble)."""
    return f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year:04}"


def _day(value: str) -> date | None:
    found = _DAY.fullmatch(value.strip())
    if found is None or found[2] not in _MONTHS:
        return None
    try:
        return date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
    except ValueError:
        return None
