"""Rule: `Replaces` and `Superseded-By` agree between the two PEPs they connect."""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, touched_peps
from bot.peps.number import PepNumber
from bot.peps.preamble import Header, Preamble
from bot.peps.status import Status
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule

_ID = "relations"
_REVERSE = {"Replaces": "Superseded-By", "Superseded-By": "Replaces"}
_NUMBER = re.compile(r"[0-9]{1,4}")
_MAX_NUMBERS = 10

# The PEP that another replaces becomes superseded only once that other one is decided.
_UNDECIDED = frozenset({Status.DRAFT, Status.DEFERRED})
_IN_FORCE = frozenset({Status.ACCEPTED, Status.PROVISIONAL, Status.FINAL, Status.ACTIVE})


@rule(
    id=_ID,
    title="Replaced and superseded PEPs",
    severity=Severity.WARNING,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "A PEP that is `Superseded` names its successor in `Superseded-By`, and the "
        "successor names it in `Replaces`. Only headers that the pull request touches "
        "are checked, and only if the other PEP's header is known; a draft may name what "
        'it would replace.\n\n"PEPs can also be superseded by a different PEP, '
        'rendering the original obsolete." If the other PEP is still a Draft, that gets '
        "a notice: nobody has decided yet that it replaces this one, but that may be "
        "deliberate, as with PEP 734 and PEP 554."
    ),
    bad="A PEP with `Status: Superseded` that has no `Superseded-By` header.",
    good="A PEP with `Status: Superseded` and `Superseded-By: 440`, where PEP 440 replaces it.",
    remedy="Add the missing header to the PEP that the finding names.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the relations in the touched headers of each PEP."""
    peps = touched_peps(change)
    known: dict[PepNumber, Preamble] = dict(context.related_headers)
    known |= {pep.number: pep.after.preamble for pep in peps if pep.number is not None}
    for pep in peps:
        yield from _one_sided(pep, known)
        yield from _without_successor(pep)
        yield from _premature_relations(pep, known)


def related_numbers(change: Change) -> tuple[PepNumber, ...]:
    """The PEPs outside a change whose headers this rule needs, at most ten."""
    peps = touched_peps(change)
    inside = {pep.number for pep in peps}
    found: dict[PepNumber, None] = {}
    for pep in peps:
        for name in _REVERSE:
            header = pep.after.preamble.header(name)
            if header is not None and (
                _is_touched(pep, header) or (name == "Superseded-By" and _is_superseded_now(pep))
            ):
                found |= dict.fromkeys(numbers_in(header))
    return tuple(number for number in found if number not in inside)[:_MAX_NUMBERS]


def _one_sided(pep: ChangedPep, known: Mapping[PepNumber, Preamble]) -> Iterator[Finding]:
    if pep.number is None:
        return
    for name, reverse in _REVERSE.items():
        header = pep.after.preamble.header(name)
        if header is None or not _is_touched(pep, header):
            continue
        if name == "Replaces" and pep.after.preamble.status not in _IN_FORCE:
            continue
        for number in numbers_in(header)[:_MAX_NUMBERS]:
            other = known.get(number)
            if number == pep.number or other is None or not _lacks(other, reverse, pep.number):
                continue
            line = f"{reverse}: {with_number(other.header(reverse), pep.number)}"
            yield Finding(
                rule=_ID,
                severity=_weight(pep),
                message=(
                    f"`{name}` names PEP {number}, but its header does not say "
                    f"`{reverse}: {pep.number}`."
                ),
                action=f"Name PEP {pep.number} in PEP {number} too",
                help=f"In the header of PEP {number}, write `{line}`.",
                path=pep.path,
                line=header.line,
                pep=pep.number,
                paste=line,
            )


def _without_successor(pep: ChangedPep) -> Iterator[Finding]:
    status = pep.after.preamble.header("Status")
    if status is None or status.value != Status.SUPERSEDED or not pep.touches(status.line):
        return
    # A misspelt name is reported by the rule `header-names`.
    if any(header.name.lower().startswith("su") for header in pep.after.preamble.headers):
        return
    yield Finding(
        rule=_ID,
        severity=_weight(pep),
        message="This PEP is `Superseded`, but does not say by which PEP.",
        action="Name the successor",
        help="Add `Superseded-By` with the number of the PEP that replaces it.",
        path=pep.path,
        line=status.line,
        pep=pep.number,
    )


def _premature_relations(pep: ChangedPep, known: Mapping[PepNumber, Preamble]) -> Iterator[Finding]:
    """Report, as a notice, relations that the statuses do not match yet: they may follow."""
    preamble = pep.after.preamble
    by, of = preamble.header("Superseded-By"), preamble.header("Replaces")
    if by is not None and preamble.status == Status.SUPERSEDED:
        yield from _undecided_successors(pep, by, known)
    if by is not None and _is_touched(pep, by) and preamble.status in _UNDECIDED | _IN_FORCE:
        message = f"This PEP has `Superseded-By`, but is `{preamble.status}`."
        yield _notice(pep, by, message)
    if of is None or not _is_touched(pep, of) or preamble.status not in _IN_FORCE:
        return
    for number in numbers_in(of)[:_MAX_NUMBERS]:
        other = known.get(number)
        if other is not None and other.status in _UNDECIDED:
            yield _notice(pep, of, f"This replaces PEP {number}, which is `{other.status}`.")


def _undecided_successors(
    pep: ChangedPep, by: Header, known: Mapping[PepNumber, Preamble]
) -> Iterator[Finding]:
    if not _is_touched(pep, by) and not _is_superseded_now(pep):
        return
    for number in numbers_in(by)[:_MAX_NUMBERS]:
        other = known.get(number)
        if number != pep.number and other is not None and other.status in _UNDECIDED:
            message = f"PEP {number}, which replaces this one, is still `{other.status}`."
            yield _notice(pep, by, message)


def _is_superseded_now(pep: ChangedPep) -> bool:
    """Whether the change makes it `Superseded`."""
    return pep.changes_status and pep.status_after == Status.SUPERSEDED


def _notice(pep: ChangedPep, header: Header, message: str) -> Finding:
    return Finding(
        rule=_ID,
        severity=Severity.NOTICE,
        message=message,
        path=pep.path,
        line=header.line,
        pep=pep.number,
    )


def _is_touched(pep: ChangedPep, header: Header) -> bool:
    return pep.touches(header.line, header.last_line)


def _weight(pep: ChangedPep) -> Severity:
    return Severity.NOTICE if pep.is_resolved else Severity.WARNING


def _lacks(other: Preamble, name: str, number: PepNumber) -> bool:
    header = other.header(name)
    return header is None or (bool(numbers_in(header)) and number not in numbers_in(header))


def with_number(header: Header | None, number: PepNumber) -> str:
    """The value of a header with one more number in its list."""
    numbers = {number, *(numbers_in(header) if header is not None else ())}
    return ", ".join(str(each) for each in sorted(numbers))


def numbers_in(header: Header) -> tuple[PepNumber, ...]:
    """The numbers that a header lists; none if it is not a valid list, as another rule reports."""
    entries = [entry.strip() for entry in header.value[:1_000].rstrip(", \n").split(",")]
    if not all(_NUMBER.fullmatch(entry) for entry in entries):
        return ()
    return tuple(PepNumber(int(entry)) for entry in entries)
