"""`/pep pause` and `/pep resume`: stop the bot from writing on one pull request, and go on."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Because
from bot.commands.grammar.arguments import Arguments, OptionalPart
from bot.commands.registry import command, form
from bot.commands.result import (
    CommandResult,
    SetLabel,
    TakeLabelOff,
    done,
    label_slot,
    nothing_to_do,
    refused,
)
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.peps.people import Login, same_login
from bot.review.overrides import Overrides, Waiver

_PAUSE_SLOT = label_slot("bot: paused")
"""The slot that both settle, whatever the policy calls the label."""

_NOT_THEIRS = "Only PEP editors can do that, and authors on pull requests that they opened."


def _add_pause(overrides: Overrides, arguments: Arguments, logged: LoggedCommand) -> Overrides:
    """Add a pause."""
    added = Waiver(logged.login, arguments.reason, logged.url)
    return replace(overrides, pauses=(*overrides.pauses, added))


@command(
    "pause",
    form(
        OptionalPart((Because(),)),
        who=[Role.EDITOR, Role.AUTHOR],
        summary="stop the bot from writing here",
        example="pause because we settle this by mail",
    ),
    doc=(
        "The label `bot: paused` stays until `/pep resume`, or until somebody removes "
        "it. The check run says that the bot is paused, and the bot writes nothing else; "
        "commands still work. Authors may pause the bot on pull requests that they opened, "
        "but then a failing check stays a failure; an editor's pause makes it neutral. On "
        "a merged pull request it stops reminders."
    ),
    works_when_closed=True,
    slots=lambda _: frozenset({_PAUSE_SLOT}),
    apply=_add_pause,
)
def pause(arguments: Arguments, command_context: CommandContext) -> CommandResult:  # noqa: ARG001 - `apply` keeps the reason
    """Set the label."""
    label = command_context.policy.labels.paused
    if not label:
        return refused("The repository's policy has turned off the label for that.")
    if not _is_opener_or_editor(command_context):
        return refused(_NOT_THEIRS)
    seen, folded = command_context.pull.snapshot, label.casefold()
    if folded in seen.set_by_people and folded in {one.casefold() for one in seen.instructions}:
        return done()  # an editor set it, and repeating the command does not make it one's own
    return done("", SetLabel(label))


@command(
    "resume",
    form(
        who=[Role.EDITOR, Role.AUTHOR],
        summary="let the bot write here again",
        example="resume",
    ),
    doc=(
        "Ends a pause. Authors may do so on pull requests that they opened, unless a PEP editor "
        "paused the bot there."
    ),
    works_when_closed=True,
    slots=lambda _: frozenset({_PAUSE_SLOT}),
    apply=lambda overrides, *_: replace(overrides, pauses=()),
)
def resume(arguments: Arguments, command_context: CommandContext) -> CommandResult:  # noqa: ARG001 - it takes no arguments
    """Remove the label."""
    paused = command_context.policy.labels.paused.casefold()
    if not _is_opener_or_editor(command_context):
        return refused(_NOT_THEIRS)
    existing = [label for label in command_context.labels if paused and label.casefold() == paused]
    if not existing:
        return nothing_to_do("I am not paused here, so there is nothing to resume.")
    if command_context.pull.verdict.paused_by_editor and Role.EDITOR not in command_context.roles:
        return refused("A PEP editor paused me here, so only a PEP editor can end the pause.")
    return done("", *(TakeLabelOff(label) for label in existing))


def _is_opener_or_editor(command_context: CommandContext) -> bool:
    """Whether the commenter is an editor, or opened the pull request."""
    author: Login | None = command_context.pull.snapshot.change.author
    return Role.EDITOR in command_context.roles or (
        author is not None and same_login(author, command_context.commenter)
    )
