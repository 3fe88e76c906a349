"""Rule: `Created` is a date, close to the one on which the number was taken."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial

from bot.peps.change import Change
from bot.peps.changed_pep import PepText, new_peps
from bot.peps.dates import format_pep_date, parse_pep_date
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

TOLERANCE_DAYS = 14
"""How many days `Created` may be from the day the pull request was opened; check-peps.py allows as
many into the future."""

FIRST_YEAR = 1990
"""Before this year there was no Python (check-peps.py)."""


@rule(
    id="created",
    title="Created",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "`Created` is the day the PEP was assigned its number, usually the day of the "
        "pull request. A day more than two weeks away from that gets a notice. A value "
        "that is not a day, or a day in the future, is an error."
    ),
    bad="Created: 03-Feb-2025, in a pull request of 13-Mar-2025",
    good="Created: 13-Mar-2025",
    remedy=("Write the day the PEP got its number, as `DD-Mmm-YYYY`."),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the form of every touched date, and how old it is in a new PEP."""
    # Use GitHub's date too, in case this machine's clock is behind.
    today = max(context.today, change.opened or context.today)
    yield from introduced_findings(
        "created", change, partial(_form, today), max_severity_if_resolved=None
    )
    if change.opened is None:
        return
    for pep in new_peps(change, context.numbers.placeholders):
        header = pep.preamble.header("Created")
        created = parse_pep_date(header.value) if header is not None else None
        if header is None or created is None:
            continue
        if abs((created - change.opened).days) <= TOLERANCE_DAYS:
            continue
        if not _is_possible(created, today):
            continue
        yield Finding(
            rule="created",
            severity=Severity.NOTICE,
            message=(
                "`Created` is the day the number was taken; this pull request was opened "
                f"on {format_pep_date(change.opened)}."
            ),
            path=pep.path,
            line=header.line,
            pep=pep.number,
        )


def _form(today: date, pep: PepText) -> Iterator[TextFinding]:
    header = pep.preamble.header("Created")
    if header is None or not header.value:
        return
    day = parse_pep_date(header.value)
    if day is not None and _is_possible(day, today):
        return
    if day is None:
        message = "`Created` is not a day in the form `DD-Mmm-YYYY`."
        help_text = f"Write it like `{format_pep_date(today)}`."
    elif day.year < FIRST_YEAR:
        message = "`Created` is a day before Python existed."
        help_text = ""
    else:
        message = "`Created` is a day in the future."
        help_text = "Write the day the PEP got its number."
    yield TextFinding(
        line=header.line,
        last_line=header.last_line,
        message=message,
        severity=Severity.ERROR,
        action="Fix the day",
        help=help_text,
        columns=pep.value_columns(header),
    )


def _is_possible(day: date, today: date) -> bool:
    return day.year >= FIRST_YEAR and day <= today + timedelta(days=TOLERANCE_DAYS)
