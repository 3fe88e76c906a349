"""The checklist for the editor: what was checked, and what is left for a person to judge.

It is independent of the boxes that the author ticked, which are not read.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, touched_peps
from bot.peps.document import missing_suggested_sections
from bot.peps.status import MoveKind
from bot.policy.bodies import WorkGroup, groups_for_pep
from bot.policy.model import Policy
from bot.review.decision.evidence import About, EvidenceStatus
from bot.review.render.markdown import page
from bot.review.snapshot import Snapshot
from bot.review.verdict import Verdict
from bot.rules.document.markup import MARKUP_RULE, texts_to_parse
from bot.rules.engine.assessment import OwnersState, SponsorState
from bot.rules.engine.finding import safe_code
from bot.rules.engine.kind import ChangeKind
from bot.rules.engine.registry import enabled_rules
from bot.rules.preamble.resolution import DECIDED

_ACCEPTED = frozenset({"Accepted", "Provisional"})

MOST_WORDS = 250
"""How many words an Abstract may have before editors are told: PEP 1 says "~200", and of the 85
PEPs that were added from 2023 to 2025, one had more."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """Something that is checked. It is in order if none of its rules reports anything.

    Where a status changes, the evidence that the item is about must be complete too.
    """

    label: str
    rules: tuple[str, ...]
    about: tuple[About, ...] = ()


@dataclass(frozen=True, slots=True)
class ChecklistForm:
    """One template, or a short form in place of one.

    Attributes:
        name: Its name in python/peps (`.github/PULL_REQUEST_TEMPLATE/`), or the section that a
            short form is based on.
        checked: What the rules check.
        judged: What only a person can judge.
        is_template: Whether python/peps has this template.
        moves: The kinds of status change that a short form is for.
    """

    name: str
    checked: tuple[ChecklistItem, ...]
    judged: tuple[str, ...]
    is_template: bool = True
    moves: tuple[MoveKind, ...] = ()


def _read_forms() -> dict[str, ChecklistForm]:
    data = tomllib.loads((files("bot.review") / "checklist.toml").read_text("utf-8"))
    items = {
        key: ChecklistItem(
            item["label"], tuple(item["rules"]), tuple(map(About, item.get("about", ())))
        )
        for key, item in data["items"].items()
    }
    return {
        key: ChecklistForm(
            name=form["name"],
            checked=tuple(items[item] for item in form["checked"]),
            judged=tuple(form["judged"]),
            is_template=form.get("is_template", True),
            moves=tuple(map(MoveKind, form.get("moves", ()))),
        )
        for key, form in data["forms"].items()
    }


FORMS = _read_forms()
"""The forms by their names in `checklist.toml`."""

NEW_PEP, DECISION, FINAL = FORMS["new-pep"], FORMS["decision"], FORMS["final"]

_SHORT = {kind: form for form in FORMS.values() for kind in form.moves}


def form_of_moves(statuses: Collection[str], kinds: Collection[MoveKind]) -> ChecklistForm | None:
    """The form that fits these status changes: that of the most important one."""
    if not DECIDED.isdisjoint(statuses) and set(kinds) != {MoveKind.CORRECTION}:
        return DECISION
    if "Final" in statuses and set(kinds) != {MoveKind.COMPLETION}:
        return FINAL
    # If several PEPs change, the first short form that fits.
    return next((form for kind, form in _SHORT.items() if kind in kinds), None)


def checklist(snapshot: Snapshot, verdict: Verdict) -> str:
    """The checklist as Markdown; empty if no form fits the change.

    The author's own boxes are not read; the states are those of `item_states`.
    """
    form = form_for(verdict)
    if form is None:
        return ""
    change = snapshot.change
    states = item_states(form, change, snapshot.context.policy, verdict)
    return page(
        "checklist",
        form=form,
        items_by_state=[
            (state, [item.label for item in states if states[item] is state])
            for state in (
                ItemState.IN_ORDER,
                ItemState.TO_FIX,
                ItemState.TO_LOOK_AT,
                ItemState.SET_ASIDE,
            )
        ],
        judged=(
            *form.judged,
            *_of_the_decision(verdict, form),
            *_without_sections(change),
            *_long_abstracts(change),
        ),
        interested=[one for one in interested_groups(snapshot, verdict) if not one.helps_authors],
    ).strip()


def interested_groups(snapshot: Snapshot, verdict: Verdict) -> tuple[WorkGroup, ...]:
    """The work groups that may be interested in the new PEPs, each once, if the policy asks."""
    policy = snapshot.context.policy
    if not policy.suggest_work_groups or verdict.kind is not ChangeKind.NEW_PEP:
        return ()
    found = (
        groups_for_pep(
            policy.work_groups.values(), one.pep.preamble.topics, one.pep.preamble.title or ""
        )
        for one in verdict.peps
    )
    return tuple({group.name: group for groups in found for group in groups}.values())


def _without_sections(change: Change) -> Iterator[str]:
    """For each PEP that is being accepted, the suggested sections that it lacks (PEP 12)."""
    for pep in touched_peps(change):
        preamble = pep.after.preamble
        if pep.is_new or not pep.changes_status or preamble.status not in _ACCEPTED:
            continue
        missing = missing_suggested_sections(pep.after.body, preamble.type)
        if missing:
            yield (
                f"whether {_name(pep)} can do without sections for "
                f"{', '.join(map(safe_code, missing))}"
            )


def _long_abstracts(change: Change) -> Iterator[str]:
    """For each new PEP whose Abstract is much longer than PEP 1 says, how long it is."""
    for pep in touched_peps(change):
        words = _words_of_abstract(pep) if pep.is_new else 0
        if words > MOST_WORDS:
            yield (
                f"whether the `Abstract` of {_name(pep)} can be shorter: it has {words} words, "
                "and PEP 1 asks for about 200"
            )


def _words_of_abstract(pep: ChangedPep) -> int:
    body = pep.after.body
    for index, section in enumerate(body.sections):
        if section.title.casefold() == "abstract":
            lines = body.content(index, whole=False)
            return sum(len(pep.after.lines[line - 1].split()) for line in lines)
    return 0


def _name(pep: ChangedPep) -> str:
    return f"PEP {pep.number}" if pep.number is not None else "the PEP"


def form_for(verdict: Verdict) -> ChecklistForm | None:
    """The form that fits the change; None if none does."""
    if verdict.kind is ChangeKind.NEW_PEP:
        return NEW_PEP
    return form_of_moves(
        {move.after for move in verdict.moves}, {move.kind for move in verdict.moves}
    )


def _of_the_decision(verdict: Verdict, form: ChecklistForm) -> Iterator[str]:
    """What else a person judges where a PEP is accepted and made Final at once."""
    if form is FINAL and any(move.kind is MoveKind.OUTRIGHT_FINALISATION for move in verdict.moves):
        yield "whether the linked post is the decision, made by those who decide on this PEP"


_NOT_IN_ORDER = frozenset(
    {EvidenceStatus.MISSING, EvidenceStatus.PARTLY, EvidenceStatus.UNSEEN, EvidenceStatus.UNKNOWN}
)


class ItemState(StrEnum):
    """The state of an item, as the words that begin its line."""

    IN_ORDER = "Checked and in order"
    TO_FIX = "To fix"
    TO_LOOK_AT = "To look at"
    """No rule objects, but something that is required is missing."""

    SET_ASIDE = "Skipped by an editor"
    UNSPECIFIED = "Not shown"
    """For people to judge."""


def item_states(
    form: ChecklistForm, change: Change, policy: Policy, verdict: Verdict
) -> Mapping[ChecklistItem, ItemState]:
    """The state of each item of a form; if a text could not be read, no item is in order."""
    reported = {finding.rule for finding in verdict.findings} | _unsettled(change, verdict)
    waived = set(verdict.waived)
    steps = {finding.rule for finding in verdict.steps}
    clean = enabled_rules(policy) - reported
    if "readable" in reported | waived:
        clean = frozenset()
    evidence = [one for move in verdict.moves for one in move.evidence]
    lacking = {one.about for one in evidence if one.is_lacking}
    doubtful = {one.about for one in evidence if one.found in _NOT_IN_ORDER}

    def state(item: ChecklistItem) -> ItemState:
        rules, about = set(item.rules), set[About](item.about)
        if rules & steps:
            return ItemState.TO_FIX
        if rules & waived:
            return ItemState.SET_ASIDE
        if about & lacking:
            return ItemState.TO_LOOK_AT
        # People have to judge a notice, so an item with one is not called in order either.
        return (
            ItemState.IN_ORDER if rules <= clean and not about & doubtful else ItemState.UNSPECIFIED
        )

    return {item: state(item) for item in form.checked}


def _unsettled(change: Change, verdict: Verdict) -> set[str]:
    """The rules that report nothing only because something else has to be settled first."""
    found = set()
    # If docutils did not read a file, the lack of findings proves nothing.
    to_parse = texts_to_parse(change)
    if any(file.markup is None for file in change.files if file.path in to_parse):
        found.add(MARKUP_RULE)
    for assessment in verdict.peps:
        if assessment.codeowners.state is OwnersState.WAITING:
            found.add("codeowners")
        if assessment.sponsor.state in (SponsorState.UNCLEAR, SponsorState.UNKNOWN):
            found.add("sponsor")
    return found
