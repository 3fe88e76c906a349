"""The checklist for the editor: what was checked, and what is left for a person to judge.

The author's own boxes are neither read nor repeated here, nor contradicted.
"""

from collections.abc import Iterator

from bot.peps.move_kind import MoveKind
from bot.peps.suggested_sections import missing_suggestions
from bot.policy.work_groups import WorkGroup, concerned_groups
from bot.review.checklist_forms import FINAL, NEW_PEP, Form, form_of_moves
from bot.review.item_states import State, item_states
from bot.review.snapshot import Snapshot
from bot.review.verdict import Verdict
from bot.review.wording import page
from bot.rules.change import Change
from bot.rules.kind import ChangeKind
from bot.rules.touched_pep import touched_peps
from bot.rules.wording import code

_ACCEPTED = frozenset({"Accepted", "Provisional"})


def checklist(snapshot: Snapshot, verdict: Verdict) -> str:
    """The checklist as Markdown; empty for a change that no form fits.

    The author's own boxes are not looked at; the states are those of `item_states`.
    """
    form = form_for(verdict)
    if form is None:
        return ""
    change = snapshot.change
    states = item_states(form, change, snapshot.context.policy, verdict)
    return page(
        "checklist",
        form=form,
        told=[
            (state, [item.words for item in states if states[item] is state])
            for state in (State.IN_ORDER, State.TO_MEND, State.TO_LOOK_AT, State.SET_ASIDE)
        ],
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
