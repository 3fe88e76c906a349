"""`/pep explain`: why each label and finding is there."""

from collections.abc import Sequence

from bot.commands.context import CommandContext, UnderReview
from bot.commands.grammar.argument_kinds import Rules
from bot.commands.grammar.arguments import Arguments, Maybe
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done
from bot.commands.role import Role
from bot.review.decision.path import OPEN, decision_path
from bot.review.desired_state import need_labels
from bot.review.overrides import Waiver
from bot.review.render.markdown import escape, prose, target
from bot.review.render.new_pep import path_in_markdown
from bot.review.render.queue import render_turn
from bot.review.render.status import render_moves, render_since
from bot.review.snapshot import NOBODY, Since
from bot.review.stage import Stage, finding_key, label_key, stage_labels
from bot.rules.engine import all_rules, rule_title
from bot.rules.finding import Finding, code, join_names
from bot.rules.kind import ChangeKind


@command(
    "explain",
    form(
        Maybe((Rules(),)),
        who=[Role.ANYONE],
        does="why each label and finding is there, or what a rule is for",
        example="explain sponsor",
    ),
    doc=(
        "Without a rule: whose turn it is and why, each label of the bot, each finding, what was "
        "set aside by whom, since when, and by which event; where a status moves, what shows that "
        "those who have a say wanted it, and what is missing; then who decides on the PEP, whom to "
        "ask before, who may sponsor it, where to ask, and why. With one: what it checks, where it "
        "comes from, and what it found here."
    ),
    once_a_text=True,
)
def run(said: Arguments, scene: CommandContext) -> CommandResult:
    """Tell what is known; nothing is written but the answer."""
    if said.rules:
        return done("\n\n".join(_rule(rule, scene.pull) for rule in said.rules))
    return done(_everything(scene))


def _everything(scene: CommandContext) -> str:
    verdict, memory = scene.pull.verdict, scene.pull.memory
    standing = {label.casefold() for label in scene.labels}
    ours = [label for label in memory.labels if label.casefold() in standing]
    keys = [*map(label_key, ours), *map(finding_key, verdict.findings)]
    times = {memory.since.get(key) for key in keys}
    # Where all came at once, that is said once.
    at_once = times.pop() if len(times) == 1 and len(keys) > 1 else None
    dated = {} if at_once is not None else memory.since

    parts: list[str] = [f"**Kind:** {verdict.kind}."]
    if verdict.stage is not None:
        parts.append(f"**Whose turn:** {_WHOSE[verdict.stage]}, because {render_turn(verdict)}.")
    parts += _listed(
        "Labels of mine:",
        [
            f"{code(label)}: {_label(label, scene)}.{_since(dated.get(label_key(label)))}"
            for label in ours
        ],
    )
    parts += _listed("Taken off by a person, and so left off:", [*map(code, memory.declined)])
    found = [f"{_finding(one)}{_since(dated.get(finding_key(one)))}" for one in verdict.findings]
    parts += _listed("Findings:", found)
    waived = [
        f"`{rule}`: {rule_title(rule)}. Set aside {_waiver(rule, scene)}."
        for rule in verdict.waived
    ]
    parts += _listed("Set aside:", waived)
    if not found and not waived:
        parts.append("There is no finding.")
    parts += _orders(scene)
    parts += _moves(scene)
    parts += _ways(scene)
    if at_once is not None:
        parts.append(f"Labels and findings stand {render_since(at_once)}.")
    return "\n\n".join(parts)


_MOST_WAYS = 3
_WHOSE = {
    Stage.AUTHOR: "the author's",
    Stage.SPONSOR: "the sponsor's",
    Stage.EDITOR: "a PEP editor's",
    Stage.DECISION: "that of those who decide",
}


def _listed(heading: str, items: Sequence[str]) -> list[str]:
    """A heading and its list; nothing without items."""
    return [f"**{heading}**\n\n" + "\n".join(f"- {item}" for item in items)] if items else []


def _ways(scene: CommandContext) -> list[str]:
    """For each PEP that waits for a decision or is given one: the whole way there."""
    verdict, context = scene.pull.verdict, scene.pull.snapshot.context
    submissions = scene.pull.snapshot.submissions
    headers = [(one.pep.number, one.pep.preamble) for one in verdict.peps]
    if verdict.kind is not ChangeKind.BULK:
        headers += [
            (edit.number, edit.header_after)
            for edit in verdict.edits
            if edit.changes_status or edit.after in OPEN
        ]
    told: list[str] = []
    for number, header in headers[:_MOST_WAYS]:
        whose = f"PEP {number}" if number is not None else "the PEP"
        way = decision_path(header, context, submissions)
        told += _listed(f"Who decides on {whose}:", path_in_markdown(way))
    return told


def _moves(scene: CommandContext) -> list[str]:
    """For each PEP whose status moves: whose word that needs, what shows it, what is missing."""
    told = render_moves(scene.pull.verdict.moves, scene.pull.snapshot.context.today)
    return [told] if told else []


def _label(label: str, scene: CommandContext) -> str:
    """Why a label of ours stands, with the rule that speaks for it."""
    pull, names = scene.pull, scene.policy.labels
    verdict = pull.verdict
    needs = {label_of: need for need, label_of in need_labels(names).items()}
    if label in needs:
        rules = sorted({one.rule for one in verdict.findings if one.need is needs[label]})
        return (
            f"because of {join_names(tuple(map(code, rules)))}" if rules else "until I look again"
        )
    if label in stage_labels(names).values():
        return "whose turn it is, as above"
    if label in verdict.by_hand:
        return _by_label(label, scene)
    return escape(pull.memory.labels[label])


def _orders(scene: CommandContext) -> list[str]:
    told = []
    orders, verdict = scene.orders, scene.pull.verdict
    if verdict.paused:
        word = orders.pause
        told.append(f"**Paused** {_word(word) if word else _by_label(_paused(scene), scene)}.")
    if idle := _without_effect(scene):
        told.append(
            f"**Without effect:** {join_names(idle)}, since no PEP editor is known to have set it."
        )
    if (order := orders.delegate) is not None:
        told.append(
            f"**PEP-Delegate on record:** `@{order.login}` ([source]({target(order.url)}))."
        )
    told += [
        f"**Accepted as a sponsor:** `@{one.login}` ([source]({target(one.link)}))."
        for one in orders.accepted
    ]
    return told


def _without_effect(scene: CommandContext) -> tuple[str, ...]:
    """Labels that would instruct the bot, had an editor set them."""
    names = scene.policy.labels
    counting = {label.casefold() for label in scene.pull.snapshot.instructions}
    return tuple(
        code(label)
        for label in sorted(scene.labels)
        if names.instructs(label) and label.casefold() not in counting
    )


def _paused(scene: CommandContext) -> str:
    return scene.policy.labels.paused


def _waiver(rule: str, scene: CommandContext) -> str:
    waiver = scene.orders.waivers.get(rule)
    return _word(waiver) if waiver else _by_label(f"{scene.policy.labels.skip_prefix}{rule}", scene)


def _word(waiver: Waiver) -> str:
    """Who said it by command, where, and why."""
    why = f": {code(waiver.reason)}" if waiver.reason else ""
    return f"by {code(f'@{waiver.by}')}, [here]({target(waiver.url)}){why}"


def _by_label(label: str, scene: CommandContext) -> str:
    setters = scene.pull.snapshot.set_by_people
    by = setters.get(label.casefold(), NOBODY)
    return f"by label, set by {code(f'@{by}')}" if by else "by label"


def _finding(finding: Finding) -> str:
    path = code(finding.path) if finding.path else ""
    line = f"line {finding.line}" if finding.path and finding.line else ""
    where = f" ({', '.join(part for part in (path, line) if part)})" if path else ""
    return f"`{finding.rule}`, {finding.severity}{where}: {prose(finding.message)}"


def _since(since: Since | None) -> str:
    if since is None:
        return ""
    told = render_since(since)
    return f" {told[:1].upper()}{told[1:]}."


def _rule(rule_id: str, pull: UnderReview) -> str:
    rule = next(one for one in all_rules() if one.id == rule_id)
    verdict = pull.verdict
    here = [one for one in verdict.findings if one.rule == rule_id]
    parts = [f"**`{rule.id}`: {rule.title}.** {prose(rule.doc.partition(chr(10) * 2)[0])}"]
    parts.append(f"Source: [{prose(rule.source)}]({target(rule.link)}). {prose(rule.remedy)}")
    if here:
        dated = pull.memory.since
        told = [f"- {_finding(one)}{_since(dated.get(finding_key(one)))}" for one in here]
        parts.append("Here:\n\n" + "\n".join(told))
    elif rule_id in verdict.waived:
        parts.append("It is set aside here, so it did not look.")
    else:
        parts.append("It found nothing here.")
    return "\n\n".join(parts)
