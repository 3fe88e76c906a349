"""The effects of a command on GitHub: made unless a later one settled the matter, and remembered.

Deliveries arrive in any order, so what was said later may have been carried out already.
"""

from collections.abc import Sequence

from bot.commands.identity import mark_of
from bot.commands.log import LoggedCommand, settled_later
from bot.commands.result import CommandResult, SetLabel, Suggest, TakeLabelOff
from bot.github.client.client import Client
from bot.github.read.instruction_labels import instruction_labels
from bot.github.write.command_effects import EffectWriter
from bot.handlers.command_contexts import CommandContexts
from bot.review.subject import Subject
from bot.store.protocol import Store


class Effects:
    """Makes the effects of commands."""

    def __init__(self, writer: EffectWriter, store: Store) -> None:
        """Write by `writer`, and remember in `store` who set labels."""
        self._writer = writer
        self._store = store

    async def make(
        self,
        client: Client,
        subject: Subject,
        outcome: CommandResult,
        one: LoggedCommand,
        given: Sequence[LoggedCommand],
        scenes: CommandContexts,
        delivery: str,
    ) -> tuple[list[str], str]:
        """Make what a command asks for.

        Args:
            client: Writes to the subject's repository.
            subject: The issue or pull request.
            outcome: What came of the command.
            one: The command.
            given: All commands known so far.
            scenes: Told of each effect, for the commands behind this one.
            delivery: The delivery that led to it.

        Returns:
            What is to be said in place of suggestions, and what GitHub refused.

        Raises:
            GitHubFailure: GitHub cannot be written to now.
        """
        later = settled_later(given, one)
        says = []
        for effect in outcome.effects:
            if effect.slot in later:
                continue
            instead = await self._writer.make(
                client, subject, effect, mark_of(one), delivery, scenes.label_names
            )
            if instead and isinstance(effect, Suggest):
                says.append(instead)
            elif instead:
                return [], instead
            else:
                scenes.made(effect, one.login)
                if isinstance(effect, SetLabel | TakeLabelOff):
                    await self._note_setter(subject, effect, one, scenes)
        return says, ""

    async def _note_setter(
        self,
        subject: Subject,
        effect: SetLabel | TakeLabelOff,
        one: LoggedCommand,
        scenes: CommandContexts,
    ) -> None:
        """To GitHub the app set the label; that a person wanted it is known here alone.

        But for labels that instruct the bot: those count because the app set them.
        """
        if isinstance(effect, TakeLabelOff):
            await self._store.set_labeler(subject, effect.name, None)
        elif instruction_labels([effect.name], scenes.label_names):
            await self._store.set_labeler(subject, effect.name, self._writer.login)
        else:
            await self._store.set_labeler(subject, effect.name, one.login)
