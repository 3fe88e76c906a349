"""Dates in PEP headers, and the release dates that a release schedule PEP lists."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

# Spelled out, because the month names of `strptime` depend on the locale.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""The months in order."""

_DAY = re.compile(r"([0-9]{2})-([A-Z][a-z]{2})-([0-9]{4})")


def parse_pep_date(text: str) -> date | None:
    """Read a date in exactly the form `DD-Mmm-YYYY`; None for anything else, such as 31-Feb."""
    found = _DAY.fullmatch(text)
    if found is None or found[2] not in MONTHS:
        return None
    try:
        return date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))
    except ValueError:
        return None


def format_pep_date(day: date) -> str:
    """A date as PEP headers write it, such as `05-Mar-2025`."""
    return f"{day.day:02}-{MONTHS[day.month - 1]}-{day.year:04}"


LONGEST_TEXT = 200_000
"""How many characters of a PEP are read; the longest release schedule has under 25,000."""

_LONGEST_LINE = 200
_TITLE = re.compile(r"Python ([0-9]\.[0-9]{1,2}) Release Schedule", re.IGNORECASE)
_MONTH = "|".join(MONTHS)
_ON_DAY = (
    r"(?:[A-Z][a-z]{2,8},? {1,3})?(?:"
    r"(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    rf"|(?P<month>{_MONTH})[a-z]{{0,6}} {{1,3}}(?P<day>[0-9]{{1,2}}),? {{1,3}}(?P<year>[0-9]{{4}})"
    rf"|(?P<day2>[0-9]{{1,2}})[- ](?P<month2>{_MONTH})[a-z]{{0,6}}[- ](?P<year2>[0-9]{{4}})"
    r")"
)
_STEP = r"(?P<step>beta ?1|final)(?![0-9a-z])"
_VERSION = r"(?:Python )?(?:(?P<version>[0-9]\.[0-9]{1,2})(?P<micro>\.[0-9]{1,2})? {1,3})?"
_BULLET = r" {0,8}(?:[-*] {1,3})?"
_STEP_FIRST = re.compile(
    rf"{_BULLET}{_VERSION}{_STEP}(?: releases?d?)?(?: \([^()]{{1,40}}\))?"
    rf":? {{1,12}}{_ON_DAY}(?![0-9])"
)
_DAY_FIRST = re.compile(rf"{_BULLET}{_ON_DAY}: {{1,3}}{_VERSION}{_STEP}")
_PLANNED = "(planned)"


@dataclass(frozen=True, slots=True, order=True)
class FeatureRelease:
    """A feature release.

    Attributes:
        version: Its number, such as `3.14`.
        beta: The date of its first beta, past or planned; None if no line gives it.
        final: The date of its final release, past or planned; None if no line gives it.
    """

    version: str
    beta: date | None = None
    final: date | None = None

    def is_released(self, day: date) -> bool:
        """Whether it is released on a date."""
        return self.final is not None and self.final <= day


Calendar = Mapping[str, FeatureRelease]
"""Feature releases by their version."""

NO_CALENDAR: Calendar = {}


def feature_version(version: str) -> str:
    """The feature version of a version: `3.14` for `3.14.1`."""
    return ".".join(version.split(".")[:2])


def scheduled_releases(title: str, text: str) -> tuple[FeatureRelease, ...]:
    """The feature releases that a release schedule PEP lists, by version.

    Takes linear time and never raises, whatever the text is. Ignores a date without a year, and a
    `(planned)` date next to an actual one.

    Args:
        title: The PEP's title, which names the version that the lines may leave out.
        text: The whole PEP.
    """
    found = _TITLE.search(title[:_LONGEST_LINE])
    title_version = found[1] if found else ""
    days: dict[tuple[str, str], date] = {}
    for version, step, day in _steps(text[:LONGEST_TEXT], title_version):
        days.setdefault((version, step), day)
    versions = sorted({version for version, _ in days})
    return tuple(
        FeatureRelease(version, days.get((version, "beta")), days.get((version, "final")))
        for version in versions
    )


def calendar_of(releases: Iterable[FeatureRelease]) -> Calendar:
    """One calendar from the releases of several PEPs; if two disagree, the first is kept."""
    known: dict[str, FeatureRelease] = {}
    for one in releases:
        known.setdefault(one.version, one)
    return known


def _steps(text: str, title_version: str) -> Iterator[tuple[str, str, date]]:
    for line in text.split("\n"):
        if len(line) > _LONGEST_LINE or _PLANNED in line:
            continue
        found = _STEP_FIRST.match(line) or _DAY_FIRST.match(line)
        if found is None or found["micro"] not in (None, ".0"):
            continue
        version, day = found["version"] or title_version, _day(found)
        if version and day is not None:
            yield version, "beta" if found["step"].startswith("beta") else "final", day


def _day(found: re.Match[str]) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        month = found["month"] or found["month2"]
        year, day = found["year"] or found["year2"], found["day"] or found["day2"]
        return date(int(year), MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None
