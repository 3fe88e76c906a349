"""Builds command contexts: who gives a command, on which pull request, and what is known."""

from typing import Any

from bot.commands.carry_out import carry_out
from bot.commands.context import BaseBranchPeps, CommandContext
from bot.commands.grammar.lines import command_lines
from bot.commands.grammar.parse import parse_line
from bot.commands.result import CommandResult
from bot.commands.role import Role
from bot.peps.change import Change
from bot.peps.people import Login
from bot.review.overrides import NO_OVERRIDES, Overrides
from bot.review.snapshot import NO_MEMORY, Base, Memory, PullRequestState, Snapshot
from tests.builders import NOW, review_context, reviewed, snapshot, subject


def command_context(
    the_change: Change | None = None,
    state: PullRequestState = PullRequestState.OPEN,
    **values: Any,
) -> CommandContext:
    """An editor's context on a pull request or, without a change, on an issue.

    Further arguments are fields of `BaseBranchPeps`.
    """
    seen = None
    if the_change is not None:
        seen = snapshot(the_change, context=review_context(), state=state)
    return context_on(seen, published=BaseBranchPeps(Base("main"), review_context(), **values))


def context_on(
    seen: Snapshot | None,
    *roles: Role,
    commenter: str = "edda",
    memory: Memory = NO_MEMORY,
    overrides: Overrides = NO_OVERRIDES,
    **values: Any,
) -> CommandContext:
    """A context on this pull request; an editor's, unless other roles are given."""
    context = seen.context if seen is not None else review_context()
    pull = None
    if seen is not None:
        pull = reviewed(seen, memory)
    fields: dict[str, Any] = {
        "subject": subject(),
        "commenter": Login(commenter),
        "roles": frozenset({Role.ANYONE, *(roles or (Role.EDITOR,))}),
        "now": NOW,
        "policy": context.policy,
        "numbers": context.numbers,
        "pull_request": pull,
        "overrides": overrides,
    }
    return CommandContext(**(fields | values))


def run_command(text: str, the_context: CommandContext) -> CommandResult:
    """The result of one command."""
    (line,) = command_lines(f"/pep {text}")
    return carry_out(parse_line(line), the_context)


def known_labels(*names: str) -> dict[str, str]:
    """The labels of a repository, as a context has them."""
    return {name.casefold(): name for name in names}
