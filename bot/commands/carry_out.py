"""Runs a command, after checking that it works here and that this person may use it."""

from collections.abc import Iterable

from bot.commands.context import CommandContext, is_in_change
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.result import CommandResult, refused
from bot.commands.role import ROLE_NAMES, Role
from bot.review.snapshot import PullRequestState
from bot.rules.engine.finding import join_names, safe_code

_SAY_IT_THERE = (
    "If you wrote that PEP and I do not know your account, use the command on the pull "
    "request that added the PEP."
)


def carry_out(parsed: ParsedCommand, command_context: CommandContext) -> CommandResult:
    """Run a command, or refuse it; nothing is written to GitHub yet."""
    if (why := refusal_reason(parsed, command_context)) is not None:
        return refused(why)
    return parsed.command.run(parsed.arguments, command_context)


def refusal_reason(parsed: ParsedCommand, command_context: CommandContext) -> str | None:
    """Why a command does not work here or for this person; None if it does."""
    command, form = parsed.command, parsed.form
    usage = f"`{form.usage(command.verb)}`"
    if command_context.pull_request is None:
        if not command.works_on_issues:
            return f"{usage} works on pull requests only."
    elif not (
        command.works_when_closed or command_context.pull.snapshot.state is PullRequestState.OPEN
    ):
        return f"{usage} works on open pull requests only."
    allowed = command.allowed(form, command_context.policy)
    if allowed & command_context.roles:
        return None
    reason = f"{usage} is for {join_roles(allowed)}."
    change = (
        command_context.pull.snapshot.change if command_context.pull_request is not None else None
    )
    if command.needs_peps and not is_in_change(parsed.arguments, change):
        reason += f" {_SAY_IT_THERE}"
    if Role.EDITOR in allowed and not command_context.editors_known:
        reason += " I could not read who the PEP editors are, so nobody counts as one now."
    if command_context.editors and allowed <= {Role.EDITOR, Role.COLLABORATOR}:
        reason += f" To reach one, mention {safe_code(' '.join(command_context.editors))} here."
    if not command_context.access_known:
        reason += " I could not read whether you have write access."
    return reason


def join_roles(roles: Iterable[Role]) -> str:
    """The roles as words in a sentence, in the order of `Role`."""
    listed_roles = set(roles)
    return (
        join_names(tuple(ROLE_NAMES[role] for role in Role if role in listed_roles), "or")
        or "nobody"
    )
