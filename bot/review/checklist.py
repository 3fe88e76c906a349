"""The checklist for the editor: what was checked, and what is left for a person to judge.

The author's own boxes are neither read nor repeated here, nor contradicted.
"""

from collections.abc import Iterator, Mapping

from bot.peps.move_kind import MoveKind
from bot.peps.suggested_sections import missing_suggestions
from bot.policy.model import RuleSetting
from bot.policy.work_groups import WorkGroup, concerned_groups
from bot.review.checklist_forms import FINAL, NEW_PEP, Form, Item, form_of_moves
from bot.review.evidence import About, Found
from bot.review.snapshot import Snapshot
from bot.review.verdict import Verdict
from bot.review.wording import page
from bot.rules.change import Change
from bot.rules.document.markup import MARKUP_RULE, texts_to_parse
from bot.rules.kind import ChangeKind
from bot.rules.registry import rule_ids
from bot.rules.standing import OwnersState, SponsorState
from bot.rules.touched_pep import touched_peps
from bot.rules.wording import code

_ACCEPTED = frozenset({"Accepted", "Provisional"})
_NOT_IN_ORDER = frozenset({Found.MISSING, Found.PARTLY, Found.UNSEEN, Found.UNKNOWN})


def checklist(snapshot: Snapshot, verdict: Verdict) -> str:
    """The checklist as Markdown; empty for a change that no form of python/peps fits.

    An item is called in order only if every rule on it ran and was silent, and no evidence on it is
    lacking. What an editor set aside is named as such. Where a text could not be read, nothing of
    it is called in order.
    """
    form = form_for(verdict)
    if form is None:
        return ""
    change, policy = snapshot.change, snapshot.context.policy
    spoken = {finding.rule for finding in verdict.findings} | _unsettled(change, verdict)
    steps = {finding.rule for finding in verdict.steps}
    waived = {finding.rule for finding in verdict.waived}
    ran = {one for one in rule_ids() if policy.rules.get(one) is not RuleSetting.OFF}

    doubtful = {
        one.about: one.is_lacking
        for move in verdict.moves
        for one in move.evidence
        if one.found in _NOT_IN_ORDER
    }
    states = {
        item.words: _state(item, ran, spoken, steps, waived, doubtful) for item in form.checked
    }
    unread = "readable" in spoken | waived
    return page(
        "checklist",
        form=form,
        in_order=[] if unread else [words for words in states if states[words] == "in order"],
        to_mend=[words for words in states if states[words] == "to mend"],
        set_aside=[words for words in states if states[words] == "set aside"],
        to_look_at=[words for words in states if states[words] == "to look at"],
        judged=(*form.judged, *_of_the_decision(verdict, form), *_without_sections(change)),
        interested=_interested(snapshot, verdict),
    ).strip()


def _interested(snapshot: Snapshot, verdict: Verdict) -> tuple[WorkGroup, ...]:
    """The work groups that the new PEPs may interest, each once; none unless the policy asks."""
    policy = snapshot.context.policy
    if not policy.suggest_work_groups or verdict.kind is not ChangeKind.NEW_PEP:
        return ()
    found = (
        concerned_groups(
            policy.work_groups.values(), one.pep.preamble.topics, one.pep.preamble.title or ""
        )
        for one in verdict.peps
    )
    return tuple({group.name: group for groups in found for group in groups}.values())


def _without_sections(change: Change) -> Iterator[str]:
    """Of PEPs that are accepted: which suggested sections they do without (PEP 12)."""
    for pep in touched_peps(change):
        preamble = pep.after.preamble
        if pep.is_new or not pep.changes_status or preamble.status not in _ACCEPTED:
            continue
        missing = missing_suggestions(pep.after.body, preamble.type)
        if missing:
            whose = f"PEP {pep.number}" if pep.number is not None else "the PEP"
            yield f"whether {whose} can do without sections for {', '.join(map(code, missing))}"


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


def form_for(verdict: Verdict) -> Form | None:
    """The form that fits what is changed."""
    if verdict.kind is ChangeKind.NEW_PEP:
        return NEW_PEP
    return form_of_moves(
        {move.after for move in verdict.moves}, {move.kind for move in verdict.moves}
    )


def _of_the_decision(verdict: Verdict, form: Form) -> Iterator[str]:
    """What is judged of a PEP that is accepted and finished at once."""
    if form is FINAL and any(move.kind is MoveKind.OUTRIGHT_FINALISATION for move in verdict.moves):
        yield "whether those who decide said so in the linked post"


def _state(
    item: Item,
    ran: set[str],
    spoken: set[str],
    steps: set[str],
    waived: set[str],
    doubtful: Mapping[About, bool],
) -> str:
    rules = set(item.rules)
    if rules & steps:
        return "to mend"
    if rules & waived:
        return "set aside"
    if any(doubtful.get(about) for about in item.about):
        return "to look at"
    # A notice is for people to weigh, so such an item is not called in order either.
    is_silent = rules <= ran and not rules & spoken
    return "in order" if is_silent and not doubtful.keys() & set(item.about) else ""
