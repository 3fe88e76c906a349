"""Carrying a command out: is this the place for it, may this person, and then what it does."""

from collections.abc import Iterable

from bot.commands.context import CommandContext, is_of_change
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.result import CommandResult, refused
from bot.commands.role import ROLE_WORDS, Role
from bot.review.snapshot import PullRequestState
from bot.rules.finding import join_names

_ELSEWHERE = (
    "If you wrote that PEP and I do not know your account, say it on the pull request with which "
    "the PEP came."
)


def carry_out(spoken: ParsedCommand, scene: CommandContext) -> CommandResult:
    """What comes of a command; nothing is written yet."""
    if (why := unfit(spoken, scene)) is not None:
        return refused(why)
    return spoken.command.run(spoken.arguments, scene)


def unfit(spoken: ParsedCommand, scene: CommandContext) -> str | None:
    """Why a command cannot be carried out here or by this person; None if it can."""
    command, form = spoken.command, spoken.form
    usage = f"`{form.usage(command.verb)}`"
    if scene.pull_request is None:
        if not command.on_issues:
            return f"{usage} works on pull requests only."
    elif not (command.when_closed or scene.pull.snapshot.state is PullRequestState.OPEN):
        return f"{usage} works on open pull requests only."
    allowed = command.allowed(form, scene.policy)
    if allowed & scene.roles:
        return None
    words = f"{usage} is for {said_roles(allowed)}."
    change = scene.pull.snapshot.change if scene.pull_request is not None else None
    if command.asks_peps and not is_of_change(spoken.arguments, change):
        words += f" {_ELSEWHERE}"
    if Role.EDITOR in allowed and not scene.editors_known:
        words += " It could not be read who the PEP editors are, so nobody counts as one now."
    return words


def said_roles(roles: Iterable[Role]) -> str:
    """Roles in words, in the order in which `Role` lists them."""
    wanted = set(roles)
    return join_names(tuple(ROLE_WORDS[role] for role in Role if role in wanted), "or") or "nobody"
