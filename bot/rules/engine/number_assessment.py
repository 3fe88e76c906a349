"""Assesses a PEP's number: placeholder, taken, reserved, claimed, far ahead, inconsistent, or good.

PEP 1 § Submitting a PEP: an author takes "the next available PEP number", one that no published PEP
and no earlier pull request has. Of 113 new PEPs from 2023 to 2026, all but two took a free number
at most 12 above the sequence; those two were deliberate, so a free number is never refused. Only a
Standards Track PEP is asked to stay away from the numbers of meta-PEPs, the lowest ones.
"""

from dataclasses import replace

from bot.peps.change import Change
from bot.peps.changed_pep import NewPep
from bot.peps.codeowners import parse_codeowners
from bot.peps.document import title_numbers
from bot.peps.number import (
    NumberLedger,
    PepNumber,
    highest_ordinary_number,
    next_number,
    older_claimant,
)
from bot.peps.people import fold_name
from bot.rules.engine.assessment import NumberAssessment, NumberState
from bot.rules.engine.context import Context

STATES_TO_RENUMBER = frozenset(
    {
        NumberState.PLACEHOLDER,
        NumberState.PUBLISHED,
        NumberState.RESERVED,
        NumberState.CLAIMED,
        NumberState.FOR_META_PEPS,
    }
)
"""States in which a PEP takes another number, so that its file is renamed; if its places only
disagree, people decide which."""


def assess_number(pep: NewPep, change: Change, context: Context) -> NumberAssessment:
    """Assess the number of a new or renumbered PEP.

    Args:
        pep: The PEP.
        change: The pull request's change, for its title and CODEOWNERS.
        context: The numbers, the policy, and the pull request's own number.
    """
    ledger = context.numbers
    claimant = _claimant(pep, context)
    state = _state(pep, change, context, claimant)
    number = None if state is NumberState.PLACEHOLDER else pep.number
    # An editor may also assign a low number; the next one matters as soon as the type is known.
    is_low = number is not None and state is NumberState.SPECIAL and _is_low(number, context)
    suggests = state in STATES_TO_RENUMBER or state is NumberState.FAR_AHEAD or is_low
    suggestion = next_number(ledger, for_pull_request=context.pull_request) if suggests else None
    is_good = number is not None and state is NumberState.GOOD
    is_assigned = _is_assigned(suggestion if suggests else number, context)
    return NumberAssessment(
        state=state,
        number=number,
        suggestion=suggestion,
        is_next=is_good and number == _next_when_opened(context),
        lower_free_number=_lower_free_number(number, context)
        if is_good and not is_assigned
        else None,
        is_below_run=number is not None and is_good and number < highest_ordinary_number(ledger),
        claimed_by=claimant if state is NumberState.CLAIMED else None,
        reserved_for=ledger.reserved[number]
        if number is not None and state is NumberState.RESERVED
        else "",
        places_with_number=_places_with_number(pep, change),
        ledger_complete=ledger.claims_complete,
        is_assigned=is_assigned,
    )


def number_to_take(
    pep: NewPep, assessment: NumberAssessment, ledger: NumberLedger
) -> PepNumber | None:
    """The number to which a PEP can be renamed automatically; None if people have to decide.

    A number is not certain while unread pull requests may claim it.
    """
    if is_misnamed(pep):
        digits = number_in_file_name(pep).lstrip("0")
        return PepNumber(int(digits)) if 0 < len(digits) <= 4 else None
    if assessment.state not in STATES_TO_RENUMBER:
        return None
    is_certain = assessment.ledger_complete or assessment.suggestion in ledger.assigned
    return assessment.suggestion if is_certain else None


def has_placeholder_name(pep: NewPep, ledger: NumberLedger) -> bool:
    """Whether the file name itself, not only the header, has a placeholder."""
    if pep.number is None:
        return pep.is_placeholder
    return pep.number == 0 or pep.number in ledger.placeholders


def is_misnamed(pep: NewPep) -> bool:
    """Whether the file's name has digits, but not four of them (PEP 12)."""
    return pep.number is None and number_in_file_name(pep).isdigit()


def number_in_file_name(pep: NewPep) -> str:
    """The number, or what is in its place, in the file's name: "0791", "845", "XXXX"."""
    return pep.path.rpartition("/")[2].removeprefix("pep-").removesuffix(".rst")


def title_disagrees(pep: NewPep, change: Change) -> bool:
    """Whether the title names PEPs, but not this one; False for a title without numbers."""
    named = title_numbers(change.title)
    return bool(named) and pep.number is not None and pep.number not in named


def header_disagrees(pep: NewPep) -> bool:
    """Whether there is a `PEP:` header with another number than the file name."""
    return pep.preamble.header("PEP") is not None and pep.preamble.number != pep.number


def _state(pep: NewPep, change: Change, context: Context, claimant: int | None) -> NumberState:
    ledger = context.numbers
    if is_misnamed(pep):
        return NumberState.DISAGREES
    if has_placeholder_name(pep, ledger) or pep.number is None:
        return NumberState.PLACEHOLDER
    if pep.number in ledger.published:
        return NumberState.PUBLISHED
    is_own = _is_assigned(pep.number, context)
    if pep.number in ledger.reserved and not (is_own or _reserved_for_author(pep, ledger)):
        return NumberState.RESERVED
    if claimant is not None:
        return NumberState.CLAIMED
    is_granted = is_own or pep.number in ledger.reserved
    if not is_granted and _is_low(pep.number, context) and pep.preamble.type == "Standards Track":
        return NumberState.FOR_META_PEPS
    if header_disagrees(pep) or title_disagrees(pep, change):
        return NumberState.DISAGREES
    numbers = context.policy.numbers
    if is_own or pep.number in numbers.elections:
        return NumberState.GOOD
    if pep.number in ledger.special or pep.number not in numbers.ordinary_run:
        return NumberState.SPECIAL
    if pep.number > highest_ordinary_number(ledger) + numbers.far_ahead:
        return NumberState.FAR_AHEAD
    return NumberState.GOOD


def _is_low(number: PepNumber, context: Context) -> bool:
    """Whether the number is one of those before the ordinary ones, which meta-PEPs have."""
    numbers = context.policy.numbers
    is_special = number in context.numbers.special or number in numbers.elections
    return number < numbers.ordinary_run[0] and not is_special


def _is_assigned(number: PepNumber | None, context: Context) -> bool:
    """Whether an editor reserved a number for this pull request."""
    own = context.pull_request
    return own is not None and number is not None and context.numbers.assigned.get(number) == own


def _next_when_opened(context: Context) -> PepNumber:
    """The next number, ignoring the claims of pull requests that were opened later."""
    ledger, own = context.numbers, context.pull_request
    older = tuple(claim for claim in ledger.claims if own is None or claim.pull_request < own)
    return next_number(replace(ledger, claims=older))


def _claimant(pep: NewPep, context: Context) -> int | None:
    """The older pull request with this number; None while not all claims are known."""
    ledger = context.numbers
    if pep.number is None:
        return None
    if not ledger.claims_complete and pep.number not in ledger.assigned:
        return None
    if context.pull_request is not None:
        return older_claimant(ledger, pep.number, context.pull_request)
    claimants = [one.pull_request for one in ledger.claims if one.number == pep.number]
    return min(claimants, default=None)


def _reserved_for_author(pep: NewPep, ledger: NumberLedger) -> bool:
    reason = f" {fold_name(ledger.reserved.get(pep.number or PepNumber(0), ''))} "
    return any(
        f" {fold_name(author.name)} " in reason for author in pep.preamble.authors if author.name
    )


def _lower_free_number(number: PepNumber | None, context: Context) -> PepNumber | None:
    if number is None or number not in context.policy.numbers.ordinary_run:
        return None
    ledger = context.numbers
    claimed = {
        claim.number for claim in ledger.claims if claim.pull_request != context.pull_request
    }
    taken = ledger.published | ledger.reserved.keys() | ledger.assigned.keys() | claimed
    between = map(PepNumber, range(highest_ordinary_number(ledger) + 1, number))
    return next((lower for lower in between if lower not in taken), None)


def _places_with_number(pep: NewPep, change: Change) -> tuple[str, ...]:
    if pep.number is None:
        return ()
    places_with_number = ["file"]
    if pep.preamble.number == pep.number:
        places_with_number.append("header")
    if pep.number in title_numbers(change.title):
        places_with_number.append("title")
    if parse_codeowners(change.codeowners_after or "").line_for(pep.path) is not None:
        places_with_number.append("CODEOWNERS")
    return tuple(places_with_number)
