"""Issues that submit a PEP to a body that decides or recommends, and how to recognize them.

By PEP 1 § "PEP Review & Resolution" authors ask for a decision with an issue in the Steering
Council's tracker. Only an issue that certainly submits a PEP counts: a question about one does not,
nor does an issue that names two. An issue that is missed is merely not linked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.peps.number import PepNumber
from bot.policy.bodies import Body, BodyRole
from bot.policy.in_office import trackers
from bot.policy.model import Policy
from bot.rules.engine.context import OpenSubmission
from bot.rules.engine.pull_request_text import without_comments

LONGEST_TITLE = 300
"""Characters of a title that are read; GitHub allows 256."""

LONGEST_BODY = 4_000
"""Characters of a body that are read: the form's own words come first."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An issue that submits a PEP.

    Attributes:
        tracker: The full name of the repository it is in, spelled as on GitHub.
        number: The issue's number there.
        pep: The PEP it submits.
        title: The issue's title, as its author wrote it.
        url: The issue's page.
        is_open: Whether it is open; closing is not a decision, since spam is closed too.
        opened_at: When it was opened.
        closed_at: When it was closed; None while it is open.
        updated_at: When it was last changed, if known; older events are ignored.
        blob: The SHA of the PEP's text when the submission was first seen; None if not known.
        blob_at: When that was.
    """

    tracker: str
    number: int
    pep: PepNumber
    title: str
    url: str
    is_open: bool
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime | None = None
    blob: str | None = None
    blob_at: datetime | None = None


def submitted_pep(title: str, body: str) -> PepNumber | None:
    """The one PEP that an issue submits; None if it submits none, or it is not clear which.

    An issue submits a PEP by the first words of the Steering Council's form ("Please consider PEP
    750 …" and the PEP's address), by a title that begins with one PEP and reads like a heading
    ("PEP 749: Implementing PEP 649"), or by a title that asks for a decision on one ("Please
    pronounce on PEP 649"). If form and title clearly name different PEPs, it submits neither.
    """
    title = title[:LONGEST_TITLE].strip()
    named = _numbers(_NAMED_IN_TITLE, title)
    by_form = _by_form(body[:LONGEST_BODY])
    if len(by_form) == 1:
        (pep,) = by_form
        return pep if not named or pep in named else None
    return _by_title(title, named)


def is_form_unfilled(title: str, body: str) -> bool:
    """Whether the form was left blank, so that the issue submits nothing."""
    return submitted_pep(title, body) is None and bool(
        _BLANK_FORM.match(next(_spoken_lines(body[:LONGEST_BODY]), ""))
    )


def _by_title(title: str, named: frozenset[PepNumber]) -> PepNumber | None:
    if not named or title.endswith("?") or _SEVERAL.search(title) or _ON_IT.search(title):
        return None
    found = _HEADING.match(title) or (_OTHERWISE.match(title) if len(named) == 1 else None)
    return PepNumber(int(found["pep"])) if found else None


def _by_form(body: str) -> frozenset[PepNumber]:
    """The PEPs that the form's first words name; none if they were not filled in."""
    lines = _spoken_lines(body)
    first = next(lines, "")
    if not _FORM.match(first):
        return frozenset()
    address = _ADDRESS_ALONE.fullmatch(next(lines, ""))
    addressed = frozenset({PepNumber(int(address["pep"]))}) if address else frozenset()
    return _numbers(_FORM_NAMES, first) | _numbers(_ADDRESS, first) | addressed


def _spoken_lines(body: str) -> Iterator[str]:
    """The lines that are not blank, without the form's comments."""
    for line in without_comments(body).splitlines():
        if stripped := line.strip(" \t*_#>-"):
            yield stripped


def _numbers(pattern: re.Pattern[str], text: str) -> frozenset[PepNumber]:
    return frozenset(PepNumber(int(found["pep"])) for found in pattern.finditer(text))


_PEP = r"PEP[\s#-]{0,3}0{0,3}(?P<pep>[1-9][0-9]{0,3})(?![0-9]|\.[0-9])"
_GOES_ON = r"\s*(?:$|[:–—]|-{1,3}\s)"
_ENDS = r"\s*(?:$|[:,;|(/\"“–—-]|\.(?:\s|$))"
_URL = r"https?://(?:peps\.python\.org|(?:www\.)?python\.org/dev/peps)/pep-(?!0000)(?P<pep>[0-9]{4})\b/?"

_NAMED_IN_TITLE = re.compile(rf"\b{_PEP}", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\bPEPs\b|\bPEP[\s#-]{0,3}[0-9]{1,4}\s*(?:,|&|/|\+|and|or|vs\.?)\s*(?:PEP)?[\s#-]{0,3}[0-9]{1,4}"
    r"\b(?![.%])",
    re.IGNORECASE,
)
# Words of issues about a PEP that is already decided, or that somebody else is to decide.
_ON_IT = re.compile(r"\b(?:delegate|amend(?:s|ed|ments?)?)\b", re.IGNORECASE)
_PREFIX = (
    r"\s*(?:\[[^\]]{1,40}\]\s*)?"
    r"(?:(?:PEP\s)?(?:re-?)?submission(?:\sfor\s[A-Za-z ]{1,40})?\s*[:–—-]+\s*)?"
)
_HEADING = re.compile(rf"{_PREFIX}{_PEP}{_GOES_ON}", re.IGNORECASE)
_REQUEST = (
    r"(?:please\s|kindly\s)?\s*(?:"
    r"(?:pronounce|pronouncement)\s(?:up)?on|decide\son|decision\son|rule\son"
    r"|consider(?:ation\s(?:of|for))?|review(?:\sof)?|accept(?:ance\sof)?|approv(?:e|al\sof)"
    r"|(?:re-?)?submi(?:t|tting|ssion\s(?:of|for))"
    r"|(?:request(?:ing)?|asking|call)\s(?:for\s)?(?:an?\s|the\s)?"
    r"(?:pronouncement|decision|review|consideration|acceptance|approval|resolution)"
    r"\s(?:up)?(?:on|of|for)"
    r")\s"
)
_OTHERWISE = re.compile(rf"{_PREFIX}(?:{_REQUEST})?{_PEP}{_ENDS}", re.IGNORECASE)
_EMPHASIS = r"[\[*_`]{0,4}"
_FORM = re.compile(rf"please\s+consider\s+(?:{_EMPHASIS}PEP|https?://)", re.IGNORECASE)
_FORM_NAMES = re.compile(rf"(?<=consider )\s*{_EMPHASIS}{_PEP}", re.IGNORECASE)
_BLANK_FORM = re.compile(rf"please\s+consider\s+{_EMPHASIS}PEP\s[xN]{{3,4}}\b", re.IGNORECASE)
_ADDRESS = re.compile(_URL, re.IGNORECASE)
_ADDRESS_ALONE = re.compile(rf"(?:/\s*)?<?{_URL}>?", re.IGNORECASE)


MOST = 3
"""How many open issues of a body are shown for one PEP: anybody can open another."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission, and the body in whose tracker it is."""

    submission: Submission
    body: Body


def submitted(
    pep: PepNumber | None, submissions: Iterable[Submission], policy: Policy
) -> tuple[Submitted, ...]:
    """The submissions of a PEP in the trackers that a policy names.

    For each body the first `MOST` that are open; if none is, the one that was opened last.
    """
    watched = trackers(policy)
    by_tracker: dict[str, list[Submission]] = {}
    for one in submissions:
        if one.pep == pep and one.tracker.lower() in watched:
            by_tracker.setdefault(one.tracker.lower(), []).append(one)
    found = []
    for name, there in sorted(by_tracker.items()):
        there.sort(key=lambda one: (one.opened_at, one.number))
        shown = [one for one in there if one.is_open][:MOST] or there[-1:]
        found += [Submitted(one, watched[name]) for one in shown]
    return tuple(found)


def open_submissions(
    submissions: Iterable[Submission], policy: Policy
) -> dict[PepNumber, OpenSubmission]:
    """The first open issue that submits a PEP to a body that decides, by the PEP's number."""
    known = tuple(submissions)
    found: dict[PepNumber, OpenSubmission] = {}
    for pep in dict.fromkeys(one.pep for one in known):
        for one in submitted(pep, known, policy):
            issue = one.submission
            if issue.is_open and one.body.part is BodyRole.DECIDES:
                reference = f"{issue.tracker}#{issue.number}"
                opened = issue.opened_at.astimezone(UTC).date()
                found.setdefault(pep, OpenSubmission(one.body.name, reference, opened))
    return found
