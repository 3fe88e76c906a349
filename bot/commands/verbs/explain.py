"""`/pep explain`: why each label and finding is there."""

from bot.commands.argument_kinds import Rules
from bot.commands.arguments import Arguments
from bot.commands.outcome import Outcome, done
from bot.commands.part import Maybe
from bot.commands.registry import command, form
from bot.commands.role import Role
from bot.commands.scene import Scene, UnderReview
from bot.review.desired_state import need_labels
from bot.review.markdown import escape, prose, target
from bot.review.since import finding_key, label_key
from bot.review.snapshot import Since
from bot.review.stage import stage_labels
from bot.review.turn_told import turn_told
from bot.rules.finding import Finding
from bot.rules.registry import all_rules
from bot.rules.wording import code, listed


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
        "set aside by whom, since when, and by which event. With one: what it checks, where it "
        "comes from, and what it found here."
    ),
    once_a_text=True,
)
def run(said: Arguments, scene: Scene) -> Outcome:
    """Tell what is known; nothing is written but the answer."""
    if said.rules:
        return done("\n\n".join(_rule(rule, scene.pull) for rule in said.rules))
    return done(_everything(scene))


def _everything(scene: Scene) -> str:
    pull = scene.pull
    verdict, memory = pull.verdict, pull.memory
    parts: list[str] = [f"**Kind:** {verdict.kind}."]
    if verdict.stage is not None:
        parts.append(f"**Whose turn:** {verdict.stage}, because {turn_told(verdict)}.")
    standing = {label.casefold() for label in scene.labels}
    labels = [
        f"- `{label}`: {_label(label, cause, scene)}.{_since(memory.since.get(label_key(label)))}"
        for label, cause in memory.labels.items()
        if label.casefold() in standing
    ]
    if labels:
        parts.append("**Labels of mine:**\n\n" + "\n".join(labels))
    away = [f"- `{label}`" for label in memory.declined]
    if away:
        parts.append("**Taken off by a person,** and so left off:\n\n" + "\n".join(away))
    found = [f"- {_finding(one, pull)}" for one in verdict.findings]
    if found:
        parts.append("**Findings:**\n\n" + "\n".join(found))
    waived = [f"- {_finding(one, pull)}{_waiver(one.rule, scene)}" for one in verdict.waived]
    if waived:
        parts.append("**Set aside:**\n\n" + "\n".join(waived))
    parts += _orders(scene)
    if not found and not waived:
        parts.append("There is no finding.")
    return "\n\n".join(parts)


def _label(label: str, cause: str, scene: Scene) -> str:
    """Why a label of ours stands, with the rule that speaks for it."""
    verdict, names = scene.pull.verdict, scene.policy.labels
    needs = {label_of: need for need, label_of in need_labels(names).items()}
    if label in needs:
        rules = sorted({one.rule for one in verdict.findings if one.need is needs[label]})
        return f"by {listed(tuple(map(code, rules)))}" if rules else "nothing any more"
    if label in stage_labels(names).values():
        return turn_told(verdict)
    return escape(cause)


def _orders(scene: Scene) -> list[str]:
    told = []
    if (order := scene.orders.delegate) is not None:
        told.append(
            f"**PEP-Delegate on record:** `@{order.login}` ([source]({target(order.url)}))."
        )
    told += [
        f"**Accepted as a sponsor:** `@{one.login}` ([source]({target(one.link)}))."
        for one in scene.orders.accepted
    ]
    return told


def _waiver(rule: str, scene: Scene) -> str:
    waiver = scene.orders.waivers.get(rule)
    if waiver is None:
        return " Set aside by a label."
    return f" Set aside [here]({target(waiver.url)}): {code(waiver.reason)}."


def _finding(finding: Finding, pull: UnderReview) -> str:
    path = f"`{finding.path.replace('`', '')}`" if finding.path else ""
    line = f"line {finding.line}" if finding.path and finding.line else ""
    where = f" ({', '.join(part for part in (path, line) if part)})" if path else ""
    since = _since(pull.memory.since.get(finding_key(finding)))
    return f"`{finding.rule}`, {finding.severity}{where}: {prose(finding.message)}{since}"


def _since(since: Since | None) -> str:
    if since is None:
        return ""
    return f" Since {since.at:%d-%b-%Y %H:%M} UTC, by `{since.event}`."


def _rule(rule_id: str, pull: UnderReview) -> str:
    rule = next(one for one in all_rules() if one.id == rule_id)
    verdict = pull.verdict
    here = [one for one in (*verdict.findings, *verdict.waived) if one.rule == rule_id]
    parts = [f"**`{rule.id}`: {rule.title}.** {prose(rule.doc.partition(chr(10) * 2)[0])}"]
    parts.append(f"Source: [{prose(rule.source)}]({target(rule.link)}). {prose(rule.remedy)}")
    if here:
        parts.append("Here:\n\n" + "\n".join(f"- {_finding(one, pull)}" for one in here))
    else:
        parts.append("It found nothing here.")
    return "\n\n".join(parts)
