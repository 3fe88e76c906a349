"""Pull requests that move a status, each with its evidence: `docs/status-changes.md`.

`python -m tests.replay.moves` writes the page.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.review.checklist import ItemState, form_for, item_states
from bot.review.decision.decider import Decider
from bot.review.decision.evidence import About, Evidence, EvidenceStatus
from bot.review.decision.status_change import StatusMove, Whose
from tests.conftest import SHARED_DATA
from tests.replay.explained_findings import ExplainedFinding, Unexplained, explained_findings
from tests.replay.explanations import EXPLANATIONS, Explanation, Truth
from tests.replay.reviewed import Replay, Reviewed, replay
from tests.replay.tables import table

COMMAND = "python -m tests.replay.moves"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "status-changes.md"

_RULE = {
    About.RESOLUTION: "resolution",
    About.DOCUMENTATION: "canonical-doc",
    About.PYTHON_VERSION: "python-version",
    About.SUCCESSOR: "relations",
    About.SUCCESSOR_BACK: "relations",
}
"""The rule that speaks where evidence is lacking; what is lacking is explained with its remark."""

_LABELS = {
    About.RESOLUTION: "`Resolution`",
    About.COUNCIL_ISSUE: "council issue",
    About.RECOMMENDATION: "recommendation",
    About.APPOINTMENT: "appointment",
    About.DELEGATE: "delegate's approval here",
    About.MEMBER: "council member's approval here",
    About.AUTHORS: "author's agreement here",
    About.DOCUMENTATION: "link to the documentation",
    About.PYTHON_VERSION: "`Python-Version`",
    About.SUCCESSOR: "`Superseded-By`",
    About.SUCCESSOR_BACK: "`Replaces` in the successor",
}
_HERE = frozenset(
    {About.COUNCIL_ISSUE, About.RECOMMENDATION, About.DELEGATE, About.MEMBER, About.AUTHORS}
)
"""Evidence that would stand in the description or the reviews, which the data do not have."""


@dataclass(frozen=True, slots=True)
class ReplayedMove:
    """One PEP whose status a replayed pull request moved."""

    reviewed: Reviewed
    move: StatusMove

    @property
    def place(self) -> str:
        """The pull request."""
        number = self.reviewed.merged.pull_request
        return f"#{number}" if number is not None else f"of {self.reviewed.merged.day}"


@dataclass(frozen=True, slots=True)
class MissingEvidence:
    """A piece of evidence that is asked for and was not there, and why that is so."""

    moved: ReplayedMove
    evidence: Evidence
    explanation: Explanation


def moved_peps(reviews: Sequence[Reviewed]) -> tuple[ReplayedMove, ...]:
    """Every PEP whose status moved, in the order of the merges."""
    return tuple(ReplayedMove(one, move) for one in reviews for move in one.verdict.moves)


def lacking(every: Sequence[ReplayedMove]) -> tuple[MissingEvidence, ...]:
    """What is lacking, each with its explanation.

    Raises:
        Unexplained: One has none.
    """
    found = []
    for moved in every:
        for evidence in moved.move.lacking:
            number = moved.reviewed.merged.pull_request
            rule = _RULE.get(evidence.about, "")
            explanation = EXPLANATIONS.get((number, rule))
            if explanation is None:
                raise Unexplained(f"{moved.place}, PEP {moved.move.number}: {evidence}")
            found.append(MissingEvidence(moved, evidence, explanation))
    return tuple(found)


def page(replayed: Replay) -> str:
    """The whole page, the same for the same data and the same bot.

    Raises:
        Unexplained: Something lacking has no explanation.
    """
    every = moved_peps(replayed.all)
    rows = {id(moved.reviewed): moved.reviewed for moved in every}
    missed = lacking(every)
    decided = [one for one in every if one.move.whose is Whose.DECIDERS]
    on_moves = [one for one in explained_findings(replayed.all) if id(one.reviewed) in rows]
    held = [one for one in on_moves if one.finding.is_step]
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        keep_trailing_newline=True,
    )
    return templates.get_template("moves.md.j2").render(
        command=COMMAND,
        pull_requests=len(rows),
        moves=len(every),
        decided=len(decided),
        shown=sum(not one.move.lacking for one in decided),
        linked=sum(
            _has(one, About.RESOLUTION, EvidenceStatus.THERE, EvidenceStatus.PARTLY)
            for one in decided
        ),
        direct=sum(_has(one, About.RESOLUTION, EvidenceStatus.THERE) for one in decided),
        all_shown=sum(not one.move.lacking for one in every),
        remarked=len({id(one.reviewed) for one in held}),
        held=len(held),
        alarms=sum(one.explanation.truth is Truth.FALSE_ALARM for one in held),
        kinds=_kinds(every),
        evidence=_evidence(every),
        missed=table(
            ("pull request", "PEP", "kind", "what is missing", "right?", "why"),
            [
                (
                    one.moved.place,
                    one.moved.move.number,
                    one.moved.move.kind,
                    _evidence_label(one.evidence),
                    one.explanation.truth,
                    one.explanation.why,
                )
                for one in missed
            ],
        ),
        other=_other(held, missed),
        every=moves_table(every),
    )


def _has(moved: ReplayedMove, about: About, *states: EvidenceStatus) -> bool:
    return any(one.about is about for one in _with_state(moved.move, *states))


def _with_state(move: StatusMove, *states: EvidenceStatus) -> tuple[Evidence, ...]:
    return tuple(one for one in move.evidence if one.found in states)


def _kinds(every: Sequence[ReplayedMove]) -> str:
    whose: dict[tuple[str, str], list[ReplayedMove]] = {}
    for one in every:
        whose.setdefault((one.move.kind, one.move.whose), []).append(one)
    return table(
        ("kind", "had to decide", "PEPs", "with all that is asked for", "without"),
        [
            (
                *key,
                len(found),
                sum(not one.move.lacking for one in found),
                sum(bool(one.move.lacking) for one in found),
            )
            for key, found in sorted(whose.items())
        ],
    )


def _evidence(every: Sequence[ReplayedMove]) -> str:
    counts = Counter(
        (one.move.whose is Whose.DECIDERS, about, found)
        for one in every
        for about in About
        for found in {each.found for each in one.move.evidence if each.about is about}
        if about not in _HERE
    )
    states = (
        EvidenceStatus.THERE,
        EvidenceStatus.PARTLY,
        EvidenceStatus.MISSING,
        EvidenceStatus.UNSEEN,
    )
    keys = sorted({key[:2] for key in counts}, key=lambda key: (not key[0], key[1]))
    return table(
        ("evidence", "of", "there", "in part", "missing", "not there, not asked for"),
        [
            (
                _LABELS[about],
                "decisions" if is_decision else "other changes",
                *(counts[is_decision, about, state] for state in states),
            )
            for is_decision, about in keys
        ],
    )


def _other(held: Sequence[ExplainedFinding], missed: Sequence[MissingEvidence]) -> str:
    """What else the bot holds against these, beside evidence that is lacking."""
    known = {(one.moved.reviewed.merged.pull_request, _RULE[one.evidence.about]) for one in missed}
    return table(
        ("pull request", "rule", "what the bot says", "right?", "why"),
        [
            (
                f"#{one.reviewed.merged.pull_request}",
                f"{one.finding.severity} `{one.finding.rule}`",
                one.finding.message,
                one.explanation.truth,
                one.explanation.why,
            )
            for one in held
            if (one.reviewed.merged.pull_request, one.finding.rule) not in known
        ],
    )


def moves_table(every: Sequence[ReplayedMove]) -> str:
    """Every move with its evidence."""
    head = ("pull request", "PEP", "from", "to", "kind", "had to decide", "there", "missing")
    return table((*head, "not seen", "checklist"), [_row(one) for one in every])


def _row(moved: ReplayedMove) -> tuple[object, ...]:
    move = moved.move
    return (
        moved.place,
        move.number,
        move.before,
        move.after,
        move.kind,
        _who(move),
        _join_evidence(_with_state(move, EvidenceStatus.THERE)) or "-",
        _join_evidence(move.lacking) or "-",
        _join_evidence(_with_state(move, EvidenceStatus.UNSEEN)) or "-",
        _checked(moved.reviewed),
    )


def _who(move: StatusMove) -> str:
    if move.whose is not Whose.DECIDERS:
        return move.whose
    decision = move.decision
    if decision.decider in (Decider.NAMED_DELEGATE, Decider.STANDING_DELEGATE):
        return f"{decision.delegate} (delegate)"
    if decision.decider is Decider.PACKAGING_DELEGATES:
        return "a standing packaging delegate"
    name = decision.body.name if decision.body is not None else ""
    if decision.recommends is not None:
        return f"{name} after the {decision.recommends.name}"
    return name


def _join_evidence(evidence: Sequence[Evidence]) -> str:
    return ", ".join(
        dict.fromkeys(_evidence_label(one) for one in evidence if one.about not in _HERE)
    )


def _evidence_label(one: Evidence) -> str:
    label = _LABELS[one.about]
    if one.about is not About.RESOLUTION or one.link is None:
        return label
    day = "dated" if one.day is not None else "no day"
    return f"{label} ({one.link}, {day})"


def _checked(reviewed: Reviewed) -> str:
    """How many items are in order, and which are not."""
    form = form_for(reviewed.verdict)
    if form is None:
        return "-"
    merged = reviewed.merged
    states = item_states(form, merged.change, merged.context.policy, reviewed.verdict)
    items = {
        state: ", ".join(item.label for item in states if states[item] is state)
        for state in ItemState
    }
    in_order = sum(state is ItemState.IN_ORDER for state in states.values())
    others = [f"{words}: {items[state]}" for state, words in _STATES.items() if items[state]]
    return "; ".join([f"{in_order} of {len(states)}", *others])


_STATES = {
    ItemState.TO_FIX: "to fix",
    ItemState.TO_LOOK_AT: "to check",
    ItemState.UNSPECIFIED: "for people",
}


@click.command()
def main() -> None:
    """Write the page anew."""
    try:
        text = page(replay(SHARED_DATA))
    except Unexplained as gap:
        raise click.ClickException(str(gap)) from None
    PAGE.write_text(text, "utf-8")
    click.echo(f"{PAGE} is written.")


if __name__ == "__main__":
    main()
