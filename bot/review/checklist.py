"""The checklist for the editor: what was checked, and what is left for a person to judge.

The author's own boxes are neither read nor repeated here, nor contradicted.
"""

from bot.policy.model import Policy, RuleSetting
from bot.review.checklist_forms import DECISION, FINAL, NEW_PEP, Form, Item
from bot.review.verdict import Verdict
from bot.review.wording import page
from bot.rules.kind import ChangeKind
from bot.rules.registry import rule_ids
from bot.rules.standing import OwnersState, SponsorState

_DECISIONS = frozenset({"Accepted", "Provisional", "Rejected"})


def checklist(verdict: Verdict, policy: Policy) -> str:
    """The checklist as Markdown; empty for a change that no form of python/peps fits.

    An item is called in order only if every rule on it ran and was silent. What an editor set aside
    is named as such. Where a text could not be read, nothing of it is called in order.
    """
    form = form_for(verdict)
    if form is None:
        return ""
    spoken = {finding.rule for finding in verdict.findings} | _unsettled(verdict)
    steps = {finding.rule for finding in verdict.steps}
    waived = {finding.rule for finding in verdict.waived}
    ran = {one for one in rule_ids() if policy.rules.get(one) is not RuleSetting.OFF}

    states = {item.words: _state(item, ran, spoken, steps, waived) for item in form.checked}
    unread = "readable" in spoken | waived
    return page(
        "checklist",
        form=form,
        in_order=[] if unread else [words for words in states if states[words] == "in order"],
        to_mend=[words for words in states if states[words] == "to mend"],
        set_aside=[words for words in states if states[words] == "set aside"],
    ).strip()


def _unsettled(verdict: Verdict) -> set[str]:
    """Rules that are silent only because something else has to be settled first."""
    found = set()
    for standing in verdict.peps:
        if standing.codeowners.state is OwnersState.WAITING:
            found.add("codeowners")
        if standing.sponsor.state in (SponsorState.UNCLEAR, SponsorState.UNKNOWN):
            found.add("sponsor")
    return found


def form_for(verdict: Verdict) -> Form | None:
    """The form that fits what is changed."""
    if verdict.kind is ChangeKind.NEW_PEP:
        return NEW_PEP
    after = {edit.after for edit in verdict.edits if edit.changes_status}
    if after & _DECISIONS:
        return DECISION
    return FINAL if "Final" in after else None


def _state(item: Item, ran: set[str], spoken: set[str], steps: set[str], waived: set[str]) -> str:
    rules = set(item.rules)
    if rules & steps:
        return "to mend"
    if rules & waived:
        return "set aside"
    # A notice is for people to weigh, so such an item is not called in order either.
    return "in order" if rules <= ran and not rules & spoken else ""
