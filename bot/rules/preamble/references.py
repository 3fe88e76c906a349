"""Rule: `Requires`, `Replaces` and `Superseded-By` list the numbers of existing PEPs."""

import re
from collections.abc import Iterable, Iterator, Set
from functools import partial

from bot.peps.change import Change
from bot.peps.changed_pep import PepText, touched_peps
from bot.peps.number import PepNumber
from bot.peps.preamble import Header
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

HEADERS = ("Requires", "Replaces", "Superseded-By")
_MAX_NUMBERS = 20
_NUMBER = re.compile(r"[0-9]{1,4}")


@rule(
    id="references",
    title="References to other PEPs",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "`Requires`, `Replaces` and `Superseded-By` list PEP numbers, separated by a "
        "comma and a space, and never the PEP itself. A number that no PEP has, neither "
        "here nor in an open pull request, gets a warning."
    ),
    bad="Requires: PEP 12",
    good="Requires: 751",
    remedy="Write only the numbers of other PEPs, such as `12, 440`.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the three headers of every PEP that the change touches."""
    yield from introduced_findings("references", change, _check_text, max_severity_if_resolved=None)
    numbers = context.numbers
    if not numbers.published or not numbers.claims_complete:
        return  # Not all numbers are known, so do not report a PEP as unknown.
    claimed = {claim.number for claim in numbers.claims}
    added = {pep.number for pep in touched_peps(change) if pep.number is not None}
    known = numbers.published | numbers.reserved.keys() | claimed | added
    yield from introduced_findings("references", change, partial(_unknown, known))


def _check_text(text: PepText) -> Iterator[TextFinding]:
    for name in HEADERS:
        header = text.preamble.header(name)
        if header is None:
            continue
        entries = _entries(header)
        if not _are_numbers(entries):
            message = f"`{name}` must list only numbers, separated by a comma and a space."
        elif text.preamble.number in {int(entry) for entry in entries}:
            message = f"`{name}` names this PEP itself."
        else:
            continue
        yield TextFinding(
            header.line,
            message,
            Severity.ERROR,
            columns=text.value_columns(header),
            last_line=header.last_line,
        )


def _unknown(known: Set[PepNumber], text: PepText) -> Iterator[TextFinding]:
    for name in HEADERS:
        header = text.preamble.header(name)
        entries = _entries(header) if header is not None else []
        if header is None or not _are_numbers(entries):
            continue
        numbers = dict.fromkeys(PepNumber(int(entry)) for entry in entries)
        unknown = [one for one in numbers if one not in known and one != text.preamble.number]
        for number in unknown[:_MAX_NUMBERS]:
            yield TextFinding(
                header.line,
                f"`{name}` names PEP {number}, but there is no such PEP.",
                action="Fix the number",
                columns=text.value_columns(header),
                last_line=header.last_line,
            )


def _entries(header: Header) -> list[str]:
    """The texts between the commas; a trailing comma is ignored, as in check-peps.py."""
    return " ".join(header.value.split()).removesuffix(",").rstrip().split(", ")


def _are_numbers(entries: list[str]) -> bool:
    return all(_NUMBER.fullmatch(entry) for entry in entries)
