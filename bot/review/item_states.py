"""How each item of a checklist stands, by what the rules say and by the evidence there is.

Neither is ever contradicted: an item is in order only if every rule on it ran and was silent, and
nothing is lacking or unseen of the evidence that it is about.
"""

from collections.abc import Mapping
from enum import StrEnum

from bot.policy.model import Policy
from bot.review.checklist_forms import Form, Item
from bot.review.evidence import About, Found
from bot.review.verdict import Verdict
from bot.rules.change import Change
from bot.rules.document.markup import MARKUP_RULE, texts_to_parse
from bot.rules.registry import rules_wanted
from bot.rules.standing import OwnersState, SponsorState

_NOT_IN_ORDER = frozenset({Found.MISSING, Found.PARTLY, Found.UNSEEN, Found.UNKNOWN})


class State(StrEnum):
    """How an item stands, in the words that begin its line."""

    IN_ORDER = "Checked and in order"
    TO_MEND = "To mend"
    TO_LOOK_AT = "To look at"
    """No rule holds anything against it, yet something that is asked for is not there."""

    SET_ASIDE = "Set aside by an editor"
    UNSAID = "Not told"
    """For people to weigh."""


def item_states(
    form: Form, change: Change, policy: Policy, verdict: Verdict
) -> Mapping[Item, State]:
    """How each item of a form stands; where a text could not be read, none is in order."""
    spoken = {finding.rule for finding in verdict.findings} | _unsettled(change, verdict)
    waived = set(verdict.waived)
    steps = {finding.rule for finding in verdict.steps}
    silent = rules_wanted(policy) - spoken
    if "readable" in spoken | waived:
        silent = frozenset()
    evidence = [one for move in verdict.moves for one in move.evidence]
    lacking = {one.about for one in evidence if one.is_lacking}
    doubtful = {one.about for one in evidence if one.found in _NOT_IN_ORDER}

    def state(item: Item) -> State:
        rules, about = set(item.rules), set[About](item.about)
        if rules & steps:
            return State.TO_MEND
        if rules & waived:
            return State.SET_ASIDE
        if about & lacking:
            return State.TO_LOOK_AT
        # A notice is for people to weigh, so such an item is not called in order either.
        return State.IN_ORDER if rules <= silent and not about & doubtful else State.UNSAID

    return {item: state(item) for item in form.checked}


def _unsettled(change: Change, verdict: Verdict) -> set[str]:
    """Rules that are silent only because something else has to be settled first."""
    found = set()
    # Where nobody asked docutils, that nothing is told says nothing.
    asked = texts_to_parse(change)
    if any(file.markup is None for file in change.files if file.path in asked):
        found.add(MARKUP_RULE)
    for standing in verdict.peps:
        if standing.codeowners.state is OwnersState.WAITING:
            found.add("codeowners")
        if standing.sponsor.state in (SponsorState.UNCLEAR, SponsorState.UNKNOWN):
            found.add("sponsor")
    return found
