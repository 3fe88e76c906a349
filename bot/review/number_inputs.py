"""Digest of everything outside a pull request that its number check depends on.

A verdict also depends on which PEPs are published, which numbers others claim, and CODEOWNERS on
the base branch. When one of these changes, exactly those pull requests are reviewed again whose
result would change. To find them, an empty PEP with the same number is assessed, so that nobody has
to list what an assessment depends on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from threading import Lock

from cachetools import LRUCache, cached

from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.changed_pep import new_peps
from bot.peps.codeowners import parse_codeowners
from bot.peps.number import Claim, NumberLedger, PepNumber, pep_path
from bot.policy.in_office import Delegation
from bot.policy.model import Policy
from bot.review.overrides import Reservation
from bot.rules.engine.assessment import NumberAssessment
from bot.rules.engine.context import Context
from bot.rules.engine.number_assessment import assess_number

UNNUMBERED = PepNumber(0)
"""Stands for a PEP that still has a placeholder: PEP 0 is the generated index and never claimed."""

_UNNUMBERED_PATH = "peps/pep-XXXX.rst"


@dataclass(frozen=True, slots=True)
class StoredNumbers:
    """What is stored about the numbers of a repository.

    Attributes:
        claims: What open pull requests claim.
        claims_complete: Whether all open pull requests have been looked at.
        reservations: The numbers that editors reserved.
        delegations: Who was recorded as the delegate of a PEP, or offered to be.
    """

    claims: tuple[Claim, ...] = ()
    claims_complete: bool = False
    reservations: tuple[Reservation, ...] = ()
    delegations: tuple[Delegation, ...] = ()


def ledger_of(
    policy: Policy, published: frozenset[PepNumber], known: StoredNumbers
) -> NumberLedger:
    """Everything known about numbers: policy, base branch, claims, and editors' reservations."""
    numbers = policy.numbers
    reservation_of = {one.number: one for one in known.reservations}
    reserved_for_nobody = {
        number: one.reason or "Reserved by a PEP editor."
        for number, one in reservation_of.items()
        if one.pull_request is None
    }
    assigned = {
        number: one.pull_request
        for number, one in reservation_of.items()
        if one.pull_request is not None
    }
    return NumberLedger(
        published=published,
        reserved={**numbers.reserved, **reserved_for_nobody},
        claims=tuple(sorted(known.claims, key=lambda claim: (claim.number, claim.pull_request))),
        claims_complete=known.claims_complete,
        special=numbers.special,
        taken_ahead=numbers.taken_ahead,
        placeholders=numbers.placeholders,
        last_ordinary=numbers.ordinary_run[-1],
        assigned=assigned,
    )


def number_inputs(
    numbers: Iterable[int],
    pull_request: int,
    ledger: NumberLedger,
    policy: Policy,
    codeowners: str | None,
) -> str:
    """The digest for a pull request; empty if it sets no PEP number.

    Args:
        numbers: The PEP numbers it sets, `UNNUMBERED` for a placeholder.
        pull_request: Its own number.
        ledger: Which numbers are published and claimed.
        policy: The repository's policy.
        codeowners: CODEOWNERS on the base branch; None if there is none or it cannot be read.
    """
    subjects = sorted(numbers)
    if not subjects:
        return ""
    parts: list[str] = []
    for number in subjects:
        parts += map(repr, _number_assessments(PepNumber(number), pull_request, ledger, policy))
        parts += _owners_at_base(codeowners, _path(PepNumber(number)))
    return _digest("\n".join(parts))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


_base_digest = lru_cache(8)(_digest)  # so that a base is read through once, not for each PEP


# This is called for every open new PEP after each push or claim; the base rarely changes between.
@cached(
    LRUCache(256),
    key=lambda codeowners, path: (codeowners and _base_digest(codeowners), path),
    lock=Lock(),
)
def _owners_at_base(codeowners: str | None, path: str) -> tuple[str, ...]:
    """The line for a path in CODEOWNERS on the base branch, and the fallback teams."""
    if codeowners is None:
        return ("no CODEOWNERS",)
    owners = parse_codeowners(codeowners)
    line = owners.owners_of(path)
    owners_line = "" if line is None else " ".join((line.pattern or "", *line.owners))
    return (owners_line, *owners.fallback_teams())


def _number_assessments(
    number: PepNumber, pull_request: int, ledger: NumberLedger, policy: Policy
) -> Iterator[NumberAssessment]:
    """The assessment of an empty PEP with this number."""
    ledgers = [ledger]
    if number in ledger.reserved:
        # Whom it is reserved for depends on the PEP's header, which is not read here.
        granted = {key: why for key, why in ledger.reserved.items() if key != number}
        ledgers.append(replace(ledger, reserved=granted))
    change = _empty_pep(number)
    for known in ledgers:
        context = Context(date.min, policy, known, pull_request=pull_request)
        for pep in new_peps(change, known.placeholders):
            yield assess_number(pep, change, context)


@lru_cache(256)  # with what is computed from it, for it is assessed after each push or claim
def _empty_pep(number: PepNumber) -> Change:
    text = "" if number == UNNUMBERED else f"PEP: {number}\n"
    return Change(files=(FileChange(_path(number), FileStatus.ADDED, after=text),))


def _path(number: PepNumber) -> str:
    return _UNNUMBERED_PATH if number == UNNUMBERED else pep_path(number)
