"""Rule: the headers are in PEP 1's order."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.headers import ORDER
from bot.peps.preamble import Header
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

_POSITIONS = {name: place for place, name in enumerate(ORDER)}


@rule(
    id="header-order",
    title="Header order",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc="The headers are in the order in which PEP 1 lists them, from `PEP` to `Resolution`.",
    bad="Type: Standards Track\nStatus: Draft",
    good="Status: Draft\nType: Standards Track",
    remedy="Move the header to its place.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the order of headers in the PEPs that a change touches."""
    return introduced_findings("header-order", change, _order, max_severity_if_resolved=None)


def _order(pep: PepText) -> Iterator[TextFinding]:
    headers = pep.preamble.headers
    names = [header.name for header in headers]
    if len(set(names)) < len(names) or not set(names) <= _POSITIONS.keys():
        return  # Duplicate and unknown names come first; only then is the order clear.
    wrong = _out_of_place(headers)
    if wrong is None:
        return
    place = _POSITIONS[wrong.name]
    before = [header for header in headers if _POSITIONS[header.name] < place]
    last = max(before, key=lambda header: _POSITIONS[header.name], default=None)
    where = "at the beginning" if last is None else f"below {safe_code(last.name)}"
    yield TextFinding(
        line=wrong.line,
        message=f"{safe_code(wrong.name)} is out of order; it belongs {where}.",
        severity=Severity.ERROR,
        action="Move it to its place",
        columns=(1, len(wrong.name)),
        fix=_reordered(pep),
        whole=True,
    )


def _out_of_place(headers: tuple[Header, ...]) -> Header | None:
    """The first header outside the longest sequence in order; of equal choices, the later one."""
    tops: list[int] = []
    lengths: list[int] = []
    for header in headers:
        place = _POSITIONS[header.name]
        length = bisect_left(tops, place)
        tops[length : length + 1] = [place]
        lengths.append(length)
    expected_length, limit = len(tops) - 1, len(ORDER)
    in_sequence: set[int] = set()
    for index in range(len(headers) - 1, -1, -1):
        place = _POSITIONS[headers[index].name]
        if lengths[index] == expected_length and place < limit:
            in_sequence.add(index)
            expected_length, limit = expected_length - 1, place
    return next((header for index, header in enumerate(headers) if index not in in_sequence), None)


def _reordered(pep: PepText) -> Fix | None:
    preamble = pep.preamble
    headers = preamble.headers
    if preamble.problems or any(
        one.last_line + 1 != other.line for one, other in pairwise(headers)
    ):
        return None
    lines = [
        line
        for header in sorted(headers, key=lambda header: _POSITIONS[header.name])
        for line in pep.lines[header.line - 1 : header.last_line]
    ]
    return Fix(headers[0].line, headers[-1].last_line, tuple(lines))
