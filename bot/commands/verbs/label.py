"""`/pep label`: add and remove labels, for people who cannot do so on GitHub."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from bot.commands.carry_out import join_roles
from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Labels
from bot.commands.grammar.arguments import Arguments, LabelChange
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, SetLabel, TakeLabelOff, done, label_slot, refused
from bot.commands.role import Role
from bot.policy.labels import LabelNames
from bot.policy.model import Policy
from bot.rules.engine.finding import safe_code


def roles_that_label(policy: Policy) -> frozenset[Role]:
    """The roles that may set any label at all by command."""
    return frozenset(role for role, globs in _globs(policy).items() if globs)


@command(
    "label",
    form(
        Labels(),
        who=[Role.EDITOR, Role.COLLABORATOR],
        summary="add and remove labels that the repository has",
        example='label +"topic-typing" -"needs rebase"',
    ),
    doc=(
        "Put a `+` or a `-` before each label, and quotes around names with spaces. The "
        "repository's policy says who may change which labels; by default PEP editors "
        "may change all. Labels that control the bot have commands of their own. If you "
        "remove a label that the bot added, it stays off until the reason for it "
        "changes; a label that you add stays."
    ),
    works_on_issues=True,
    works_when_closed=True,
    needs_labels=True,
    slots=lambda arguments: frozenset(label_slot(change.name) for change in arguments.labels),
    who=roles_that_label,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Change all the labels, or none."""
    existing = {label.casefold(): label for label in command_context.labels}
    effects: list[SetLabel | TakeLabelOff] = []
    for change in arguments.labels:
        if (why := _why_not(change, command_context)) is not None:
            return refused(why)
        folded = change.name.casefold()
        if change.add and folded not in existing:
            effects.append(SetLabel(command_context.known_labels[folded]))
        elif not change.add and folded in existing:
            effects.append(TakeLabelOff(existing[folded]))
    return done("", *effects)


def _why_not(change: LabelChange, command_context: CommandContext) -> str | None:
    folded, names = change.name.casefold(), command_context.policy.labels
    if (instead := _instruction(folded, names)) is not None:
        return f"{safe_code(change.name)} controls the bot; use `{instead}`."
    who = _who_may(folded, command_context.policy)
    if not who:
        return (
            f"The repository's policy does not let anybody change {safe_code(change.name)} "
            "with a command."
        )
    if not who & command_context.roles:
        return f"Changing {safe_code(change.name)} is for {join_roles(who)}."
    if change.add and folded not in command_context.known_labels:
        close = get_close_matches(folded, command_context.known_labels, n=1, cutoff=0.6)
        meant = (
            f" Did you mean {safe_code(command_context.known_labels[close[0]])}?" if close else ""
        )
        return f"The repository has no label {safe_code(change.name)}.{meant}"
    return None


def _instruction(folded: str, names: LabelNames) -> str | None:
    """The command that does the same as an instruction label."""
    if names.paused and folded == names.paused.casefold():
        return "/pep pause"
    prefix = names.skip_prefix.casefold()
    return "/pep skip RULE because …" if prefix and folded.startswith(prefix) else None


def _who_may(folded: str, policy: Policy) -> frozenset[Role]:
    """The roles that may change a label."""
    if _matches(folded, policy.label_command.denied):
        return frozenset()
    lists = _globs(policy)
    return frozenset(role for role, globs in lists.items() if _matches(folded, globs))


def _globs(policy: Policy) -> Mapping[Role, Sequence[str]]:
    rights = policy.label_command
    return {
        Role.EDITOR: rights.editors,
        Role.COLLABORATOR: rights.editors if policy.editors.collaborators else (),
        Role.AUTHOR: rights.authors,
        Role.ANYONE: rights.anyone,
    }


def _matches(folded: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(folded, glob.casefold()) for glob in globs)
