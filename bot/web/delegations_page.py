"""The page of all delegations, present and past.

PEP 1 asks for "sufficient public records" of delegations, why they were made, and when they end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date

from bot.peps.dates import format_pep_date, parse_pep_date
from bot.peps.links import decision_link
from bot.peps.number import NumberLedger, PepNumber
from bot.peps.preamble import Preamble
from bot.policy.in_office import Delegation, StandingDelegation, standing_delegations
from bot.policy.model import Policy
from bot.review.decision.path import OPEN
from bot.review.published_peps import Register
from bot.rules.engine.context import Context
from bot.rules.engine.finding import join_names, safe_name
from bot.rules.preamble.delegate import person_of, unrecorded_delegates
from bot.web.page_rendering import page
from bot.web.queue_page import Cell, PageSection, https

_NO_END = "further notice"


@dataclass(frozen=True, slots=True)
class Delegations:
    """All delegations of a repository, present and past.

    Attributes:
        standing: Those that the policy has for a topic.
        recorded: Those for one PEP, and offers, as people recorded them.
        named: The PEPs whose header names a delegate, with the names of those who are neither
            standing delegates nor on record.
        decided: The PEPs among these that wait for no decision, with the day of the decision if
            the header has it.
    """

    standing: tuple[StandingDelegation, ...]
    recorded: tuple[Delegation, ...]
    named: Mapping[PepNumber, tuple[str, ...]]
    decided: Mapping[PepNumber, date | None]


def all_delegations(
    policy: Policy, register: Register, recorded: Sequence[Delegation], day: date
) -> Delegations:
    """All delegations, present and past."""
    context = Context(day, policy, NumberLedger(frozenset()), delegations=tuple(recorded))
    named = {
        number: tuple(map(safe_name, names))
        for number, one in sorted(register.items())
        if (names := unrecorded_delegates(one.preamble, number, context))
    }
    return Delegations(
        standing_delegations(policy),
        tuple(sorted(recorded, key=lambda one: (one.pep, one.at))),
        named,
        {
            number: _decided_on(register[number].preamble)
            for number in sorted({*named, *(one.pep for one in recorded)} & register.keys())
            if register[number].preamble.status not in OPEN
        },
    )


def _decided_on(preamble: Preamble) -> date | None:
    link = decision_link(preamble.value("Resolution") or "")
    return parse_pep_date(link.day) if link is not None and link.day else None


def delegations_page(repository: str, found: Delegations, day: date, web_url: str) -> bytes:
    """Render the page of all delegations."""
    standing = tuple(
        (
            Cell(one.name),
            Cell(one.scope, note=_why(one.reason, one.ends_when and f"Until: {one.ends_when}")),
            Cell(format_pep_date(one.since)),
            Cell(format_pep_date(one.until) if one.until else _NO_END),
            Cell("source", https(one.source)),
        )
        for one in found.standing
    )
    recorded = [(one, _row(one, found, repository)) for one in found.recorded]
    named = tuple(
        (_pep(pep, repository), Cell(join_names(names)), Cell(_decided(pep, found)))
        for pep, names in found.named.items()
    )
    columns = ("PEP", "Delegate", "Since", "Until", "Source")
    sections = (
        PageSection("Standing", ("Delegate", "For", "Since", "Until", "Source"), standing),
        PageSection(
            "For one PEP",
            columns,
            tuple(row for one, row in recorded if one.is_appointment),
            "Appointed by the Steering Council.",
        ),
        PageSection(
            "Offers",
            columns[:-1],
            tuple(row[:-1] for one, row in recorded if not one.is_appointment),
            "Core developers who offered to decide.",
        ),
        PageSection(
            "Named in a header alone", ("PEP", "Delegate", "Until"), named, "Nothing is on record."
        ),
    )
    shown = [one for one in sections if one.rows]
    return page("delegations", repository=repository, web_url=web_url, today=day, sections=shown)


def _row(one: Delegation, found: Delegations, repository: str) -> tuple[Cell, ...]:
    ended = format_pep_date(one.ended_at.astimezone(UTC).date()) if one.ended_at else ""
    return (
        _pep(one.pep, repository),
        Cell(person_of(one), note=_why(one.reason, one.end_reason and f"Ended: {one.end_reason}")),
        Cell(format_pep_date(one.at.astimezone(UTC).date()), https(one.url)),
        Cell(ended or _decided(one.pep, found), https(one.end_url)),
        Cell("source" if one.link else "", https(one.link)),
    )


def _pep(number: PepNumber, repository: str) -> Cell:
    return Cell(str(number), f"/{repository}/pep/{number}")


def _decided(number: PepNumber, found: Delegations) -> str:
    """The day of the decision, with which a delegation ends."""
    day = found.decided.get(number)
    return format_pep_date(day) if day else "its decision" if number in found.decided else _NO_END


def _why(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def delegations_json(repository: str, found: Delegations) -> Mapping[str, object]:
    """The same for programs, with days and times as ISO 8601 has them."""

    def written(value: object) -> object:
        return value.isoformat() if isinstance(value, date) else value

    def entry(one: StandingDelegation | Delegation) -> dict[str, object]:
        return {name: written(value) for name, value in asdict(one).items()}

    decided = {str(pep): written(day) for pep, day in found.decided.items()}
    return {
        "repository": repository,
        "standing": [entry(one) for one in found.standing],
        "recorded": [entry(one) | {"appointed": one.is_appointment} for one in found.recorded],
        "named_in_headers": {str(pep): list(names) for pep, names in found.named.items()},
        "decided": decided,
    }
