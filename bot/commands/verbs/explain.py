"""`/pep explain`: say why each label and finding is there."""

from collections.abc import Sequence

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Rules
from bot.commands.grammar.arguments import Arguments, OptionalPart
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done
from bot.commands.role import Role
from bot.review.decision.path import OPEN, decision_path
from bot.review.overrides import NOBODY, Waiver
from bot.review.render.markdown import escape, prose, target
from bot.review.render.new_pep import path_in_markdown
from bot.review.render.queue import render_turn
from bot.review.render.status import render_moves, render_since
from bot.review.review import Review, need_labels
from bot.review.snapshot import Since
from bot.review.stage import Stage, finding_key, label_key, stage_labels
from bot.rules.engine.finding import Finding, join_names, safe_code
from bot.rules.engine.kind import ChangeKind
from bot.rules.engine.registry import all_rules, rule_title


@command(
    "explain",
    form(
        OptionalPart((Rules(),)),
        who=[Role.ANYONE],
        summary="explain each label and finding, or what a rule is for",
        example="explain sponsor",
    ),
    doc=(
        "Without a rule, it shows whose turn it is and why, each label of the bot and "
        "each finding (since when, and after which event), and what was skipped by whom. "
        "If a status changes, it shows the evidence for the decision, and what is "
        "missing. Then it shows who decides on the PEP, whom to ask first, who may "
        "sponsor it, where to ask, and why. With a rule, it shows what the rule checks, "
        "where it comes from, and what it found here."
    ),
    once_per_text=True,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Explain what is known; nothing but the reply is written."""
    if arguments.rules:
        return done(
            "\n\n".join(_explain_rule(rule, command_context.pull) for rule in arguments.rules)
        )
    return done(_explain_all(command_context))


def _explain_all(command_context: CommandContext) -> str:
    verdict, memory = command_context.pull.verdict, command_context.pull.known
    existing = {label.casefold() for label in command_context.labels}
    own_labels = [label for label in memory.labels if label.casefold() in existing]
    keys = [*map(label_key, own_labels), *map(finding_key, verdict.findings)]
    times = {memory.since.get(key) for key in keys}
    # If everything dates from the same moment, say so once.
    at_once = times.pop() if len(times) == 1 and len(keys) > 1 else None
    dated = {} if at_once is not None else memory.since

    parts: list[str] = [f"**Kind:** {verdict.kind}."]
    if (turn := verdict.turn) is not None:
        parts.append(f"**Whose turn:** {_TURN_OF[turn.stage]}, because {render_turn(turn)}.")
    parts += _list_under(
        "My labels:",
        [
            f"{safe_code(label)}: "
            f"{_label(label, command_context)}.{_since(dated.get(label_key(label)))}"
            for label in own_labels
        ],
    )
    parts += _list_under(
        "Removed by a person, so I leave them off:", [*map(safe_code, memory.declined)]
    )
    found = [f"{_finding(one)}{_since(dated.get(finding_key(one)))}" for one in verdict.findings]
    parts += _list_under("Findings:", found)
    waived = [
        f"`{rule}`: {rule_title(rule)}. Skipped {_waiver(rule, command_context)}."
        for rule in verdict.waived
    ]
    parts += _list_under("Skipped:", waived)
    if not found and not waived:
        parts.append("There are no findings.")
    parts += _render_overrides(command_context)
    parts += _render_moves(command_context)
    parts += _decision_paths(command_context)
    if at_once is not None:
        parts.append(f"These labels and findings have been there {render_since(at_once)}.")
    return "\n\n".join(parts)


_MOST_PATHS = 3
_TURN_OF = {
    Stage.AUTHOR: "the author's",
    Stage.SPONSOR: "the sponsor's",
    Stage.EDITOR: "a PEP editor's",
    Stage.DECISION: "those who decide on the PEP",
}


def _list_under(heading: str, items: Sequence[str]) -> list[str]:
    """A heading and its list; empty if there are no items."""
    return [f"**{heading}**\n\n" + "\n".join(f"- {item}" for item in items)] if items else []


def _decision_paths(command_context: CommandContext) -> list[str]:
    """The whole decision path of each PEP that waits for a decision or gets one."""
    verdict, context = command_context.pull.verdict, command_context.pull.snapshot.context
    submissions = command_context.pull.snapshot.submissions
    headers = [(one.pep.number, one.pep.preamble) for one in verdict.peps]
    if verdict.kind is not ChangeKind.BULK:
        headers += [
            (edit.number, edit.header_after)
            for edit in verdict.edits
            if edit.changes_status or edit.status_after in OPEN
        ]
    lines: list[str] = []
    for number, header in headers[:_MOST_PATHS]:
        whose = f"PEP {number}" if number is not None else "the PEP"
        path = decision_path(header, context, submissions)
        lines += _list_under(f"The decision on {whose}:", path_in_markdown(path))
    return lines


def _render_moves(command_context: CommandContext) -> list[str]:
    """For each PEP whose status changes: who must agree, what shows it, and what is missing."""
    lines = render_moves(
        command_context.pull.verdict.moves, command_context.pull.snapshot.context.today
    )
    return [lines] if lines else []


def _label(label: str, command_context: CommandContext) -> str:
    """Why one of the bot's labels is set, with the rule that explains it."""
    pull, names = command_context.pull, command_context.policy.labels
    verdict = pull.verdict
    needs = {label_of: need for need, label_of in need_labels(names).items()}
    if label in needs:
        rules = sorted({one.rule for one in verdict.findings if one.need is needs[label]})
        return (
            f"because of {join_names(tuple(map(safe_code, rules)))}"
            if rules
            else "until the next review"
        )
    if label in stage_labels(names).values():
        return "whose turn it is, as above"
    if label in verdict.by_hand:
        return _by_label(label, command_context)
    return escape(pull.known.labels[label])


def _render_overrides(command_context: CommandContext) -> list[str]:
    lines = []
    overrides, verdict = command_context.overrides, command_context.pull.verdict
    if verdict.paused:
        pause = overrides.pause
        by = _by_label(command_context.policy.labels.paused, command_context)
        lines.append(f"**Paused** {_who_and_why(pause) if pause else by}.")
    if ineffective := _without_effect(command_context):
        lines.append(
            f"**Without effect:** {join_names(ineffective)}, since I do not know of a PEP "
            "editor who set it."
        )
    if (order := overrides.delegate) is not None:
        lines.append(
            f"**Recorded PEP-Delegate:** `@{order.login}` ([source]({target(order.url)}))."
        )
    lines += [
        f"**Accepted as a sponsor:** `@{one.login}` ([source]({target(one.link)}))."
        for one in overrides.accepted
    ]
    return lines


def _without_effect(command_context: CommandContext) -> tuple[str, ...]:
    """Labels that would instruct the bot if an editor had set them."""
    names = command_context.policy.labels
    counting = {label.casefold() for label in command_context.pull.snapshot.instructions}
    return tuple(
        safe_code(label)
        for label in sorted(command_context.labels)
        if names.is_instruction(label) and label.casefold() not in counting
    )


def _waiver(rule: str, command_context: CommandContext) -> str:
    waiver = command_context.overrides.waivers.get(rule)
    return (
        _who_and_why(waiver)
        if waiver
        else _by_label(f"{command_context.policy.labels.skip_prefix}{rule}", command_context)
    )


def _who_and_why(waiver: Waiver) -> str:
    """Who gave the command, where, and why."""
    why = f": {safe_code(waiver.reason)}" if waiver.reason else ""
    return f"by {safe_code(f'@{waiver.by}')}, [here]({target(waiver.url)}){why}"


def _by_label(label: str, command_context: CommandContext) -> str:
    setters = command_context.pull.snapshot.set_by_people
    by = setters.get(label.casefold(), NOBODY)
    return f"by label, set by {safe_code(f'@{by}')}" if by else "by label"


def _finding(finding: Finding) -> str:
    path = safe_code(finding.path) if finding.path else ""
    line = f"line {finding.line}" if finding.path and finding.line else ""
    where = f" ({', '.join(part for part in (path, line) if part)})" if path else ""
    return f"`{finding.rule}`, {finding.severity}{where}: {prose(finding.message)}"


def _since(since: Since | None) -> str:
    if since is None:
        return ""
    lines = render_since(since)
    return f" {lines[:1].upper()}{lines[1:]}."


def _explain_rule(rule_id: str, pull: Review) -> str:
    rule = next(one for one in all_rules() if one.id == rule_id)
    verdict = pull.verdict
    here = [one for one in verdict.findings if one.rule == rule_id]
    parts = [f"**`{rule.id}`: {rule.title}.** {prose(rule.doc.partition(chr(10) * 2)[0])}"]
    parts.append(f"Source: [{prose(rule.source)}]({target(rule.link)}). {prose(rule.remedy)}")
    if here:
        dated = pull.known.since
        lines = [f"- {_finding(one)}{_since(dated.get(finding_key(one)))}" for one in here]
        parts.append("Here:\n\n" + "\n".join(lines))
    elif rule_id in verdict.waived:
        parts.append("It is skipped here, so it did not run.")
    else:
        parts.append("It found nothing here.")
    return "\n\n".join(parts)
