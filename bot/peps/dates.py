"""Days as PEP headers write them: `05-Mar-2025` (PEP 1 § PEP Header Preamble)."""

import re
from datetime import date

# Spelled out, because the months of `strptime` follow the locale.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""The months in their order."""

_DAY = re.compile(r"([0-9]{2})-([A-Z][a-z]{2})-([0-9]{4})")


def parse_pep_date(text: str) -> date | None:
    """Read a day in exactly the form `DD-Mmm-YYYY`; None for anything else, 31-Feb included."""
    found = _DAY.fullmatch(text)
    if found is None or found[2] not in MONTHS:
        return None
    try:
        return date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))
    except ValueError:
        return None


def in_pep_style(day: date) -> str:
    """A day as PEP headers write it."""
    return f"{day.day:02}-{MONTHS[day.month - 1]}-{day.year:04}"
