"""Makes the effects of a command on GitHub, unless a later command has replaced them.

Deliveries arrive in any order, so a later command may have been carried out already.
"""

from collections.abc import Sequence

from bot.app import App
from bot.commands.identity import short_id
from bot.commands.log import settled_by_later
from bot.commands.logged_command import LoggedCommand
from bot.commands.result import CommandResult, SetLabel, Suggest, TakeLabelOff
from bot.github.read.instruction_labels import instruction_labels
from bot.github.write.command_writes import make_effect
from bot.github.write.outbox import Destination
from bot.handlers.command_contexts import CommandContexts
from bot.review.subject import Subject


async def make_effects(
    app: App,
    to: Destination,
    result: CommandResult,
    one: LoggedCommand,
    logged: Sequence[LoggedCommand],
    contexts: CommandContexts,
) -> tuple[list[str], str]:
    """Make what a command asks for.

    Args:
        app: The app.
        to: The issue or pull request.
        result: The result of the command.
        one: The command.
        logged: All commands known so far.
        contexts: Records each effect for the commands after this one.

    Returns:
        What to say in place of suggestions, and what GitHub refused.

    Raises:
        GitHubFailure: GitHub cannot be written to now.
    """
    later = settled_by_later(logged, one)
    replacements = []
    for effect in result.effects:
        if effect.slot in later:
            continue
        instead = await make_effect(app.outbox, to, effect, short_id(one), contexts.label_names)
        if instead and isinstance(effect, Suggest):
            replacements.append(instead)
        elif instead:
            return [], instead
        else:
            contexts.record_effect(effect, one.login)
            if isinstance(effect, SetLabel | TakeLabelOff):
                await _record_labeler(app, to.subject, effect, one, contexts)
    return replacements, ""


async def _record_labeler(
    app: App,
    subject: Subject,
    effect: SetLabel | TakeLabelOff,
    one: LoggedCommand,
    contexts: CommandContexts,
) -> None:
    """Remember which person had the app set the label, since GitHub only names the app.

    Labels that instruct the bot are the exception: they count because the app set them.
    """
    if isinstance(effect, TakeLabelOff):
        await app.store.set_labeler(subject, effect.name, None)
    elif instruction_labels([effect.name], contexts.label_names):
        await app.store.set_labeler(subject, effect.name, app.identity.login)
    else:
        await app.store.set_labeler(subject, effect.name, one.login)
