"""Hearing a text: which of its commands are new, carrying them out one by one, and the answer owed.

A command is known by the text it stands in, its words written properly, and its place among equal
ones of that text. What was carried out is remembered, so a delivery that comes twice, an edit that
leaves a command as it is, and a crash in between carry nothing out twice.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.commands.carry_out import carry_out
from bot.commands.given import Fate, Given, settled_later
from bot.commands.grammar import Spoken, understand
from bot.commands.heard import CONFUSED, DONE, Heard, first_heard
from bot.commands.lines import CommandLine, command_lines
from bot.commands.mistake import NotUnderstood
from bot.commands.outcome import Outcome, SetLabel, TakeLabelOff
from bot.commands.reply import SOMEBODY_ELSE, is_answered, told
from bot.commands.text import Text
from bot.events.scenes import Scenes
from bot.github.answer_writer import AnswerWriter
from bot.github.client import Client
from bot.github.effect_writer import EffectWriter
from bot.github.instruction_labels import instruction_labels
from bot.peps.people import Login
from bot.review.subject import Subject
from bot.store.commands import CommandStore
from bot.store.protocol import Intent, Store
from bot.thinking import think

HEALED_FOR = timedelta(days=3)
"""For so long a command whose event was lost is still carried out when its comment is read; GitHub
keeps what it did not deliver for as long."""

_COST_OF_COMMAND = 20_000
_COST_OF_MARKDOWN = 8

_log = structlog.get_logger()


@dataclass(slots=True)
class Ears:
    """What is heard on one subject during one batch of deliveries.

    Attributes:
        given: The commands known so far, those of this batch included.
        new: Those that were carried out now.
        owed: Texts whose answers may have to be written, by source.
    """

    given: list[Given]
    new: list[Given] = field(default_factory=list)
    owed: dict[str, Heard] = field(default_factory=dict)


class Hearing:
    """Hears texts on one issue or pull request at a time."""

    def __init__(
        self, commands: CommandStore, store: Store, effects: EffectWriter, answers: AnswerWriter
    ) -> None:
        """Remember commands in `commands`, and who set labels in `store`."""
        self._commands = commands
        self._store = store
        self._effects = effects
        self._answers = answers

    async def ears(self, subject: Subject) -> Ears:
        """What was given on a subject until now."""
        return Ears(list(await self._commands.given(subject)))

    async def is_known(self, subject: Subject, text: Text) -> bool:
        """Whether anything was heard in a text before."""
        return await self._commands.heard(subject, text.node_id) is not None

    async def is_done_with(self, subject: Subject, text: Text) -> bool:
        """Whether a text was heard and answered; what a crash cut short was not."""
        heard = await self._commands.heard(subject, text.node_id)
        return heard is not None and is_answered(heard)

    async def hear(
        self,
        client: Client,
        subject: Subject,
        text: Text,
        ears: Ears,
        scenes: Scenes,
        delivery: str,
    ) -> None:
        """Carry out what is new in a text, and note what its author is to be told.

        Raises:
            GitHubFailure: GitHub cannot be read or written now; it is to be heard again.
        """
        known = await self._commands.heard(subject, text.node_id)
        body = text.body or ""
        cost = _COST_OF_MARKDOWN * len(body) if "/pep" in body else 0
        lines = await think(cost, lambda: command_lines(body))
        heard = known or first_heard(text)
        is_newest = known is None or text.at >= known.at
        faults: dict[str, None] = {}  # each once, in order
        counts: Counter[str] = Counter()
        for line in lines:
            try:
                spoken = understand(line)
            except NotUnderstood as fault:
                faults[told(fault.mistake)] = None
                continue
            ordinal = counts[spoken.proper]
            counts[spoken.proper] += 1
            one = _given(subject, text, spoken, ordinal)
            heard, fault_told = await self._one(
                client, subject, text, spoken, one, heard, ears, scenes, delivery
            )
            if fault_told:
                faults[fault_told] = None
        if is_newest:
            heard = replace(heard, at=text.at, faults=tuple(faults), wants=_wanted(lines, faults))
        await self._commands.keep(subject, heard)
        ears.owed[heard.source] = heard

    async def _one(
        self,
        client: Client,
        subject: Subject,
        text: Text,
        spoken: Spoken,
        one: Given,
        heard: Heard,
        ears: Ears,
        scenes: Scenes,
        delivery: str,
    ) -> tuple[Heard, str]:
        """One command: the text as it is remembered then, and what is wrong, if anything."""
        before = next(
            (old for old in ears.given if (old.source, old.key) == (one.source, one.key)), None
        )
        if before is not None:
            if one.at < before.at:
                # A version that was delivered late shows it was said before.
                await self._remember(subject, heard, replace(before, at=one.at), ears)
            return heard, SOMEBODY_ELSE if before.fate is Fate.BARRED else ""
        if not text.is_by_own_hand:
            await self._remember(subject, heard, replace(one, fate=Fate.BARRED), ears)
            return heard, SOMEBODY_ELSE
        scene = await scenes.scene(
            Login(text.author), ears.given, asks_labels=spoken.command.asks_labels
        )
        outcome = await think(_COST_OF_COMMAND, lambda: carry_out(spoken, scene))
        _log.info(
            "command",
            command=spoken.command.verb,
            by=text.author,
            done=outcome.done,
            place=text.place.value,
        )
        if not outcome.done:
            return heard, outcome.says
        says = [_with_mention(outcome)] if outcome.says else []
        says += await self._make_effects(client, subject, outcome, one, ears, scenes, delivery)
        heard = replace(heard, answers=(*heard.answers, *says))
        one = replace(one, note=outcome.note)
        await self._remember(subject, heard, one, ears)
        ears.new.append(one)
        return heard, ""

    async def _make_effects(
        self,
        client: Client,
        subject: Subject,
        outcome: Outcome,
        one: Given,
        ears: Ears,
        scenes: Scenes,
        delivery: str,
    ) -> list[str]:
        later = settled_later(ears.given, one)
        says = []
        for effect in outcome.effects:
            if effect.slot in later:
                continue
            mark = f"{one.source}.{one.ordinal}"
            instead = await self._effects.make(
                client, subject, effect, mark, delivery, scenes.label_names
            )
            if instead:
                says.append(instead)
                continue
            scenes.made(effect)
            if isinstance(effect, SetLabel | TakeLabelOff):
                await self._note_setter(subject, effect, one, scenes)
        return says

    async def _note_setter(
        self, subject: Subject, effect: SetLabel | TakeLabelOff, one: Given, scenes: Scenes
    ) -> None:
        """To GitHub the app set the label; that a person wanted it is known here alone.

        But for labels that instruct the bot: those count because the app set them.
        """
        if isinstance(effect, TakeLabelOff):
            await self._store.set_labeler(subject, effect.name, None)
        elif instruction_labels([effect.name], scenes.label_names):
            await self._store.set_labeler(subject, effect.name, self._effects.login)
        else:
            await self._store.set_labeler(subject, effect.name, one.login)

    async def _remember(self, subject: Subject, heard: Heard, one: Given, ears: Ears) -> None:
        await self._commands.keep(subject, heard, [one])
        ears.given = [old for old in ears.given if (old.source, old.key) != (one.source, one.key)]
        ears.given.append(one)

    async def answer(
        self, client: Client, subject: Subject, ears: Ears, own: Mapping[str, int], delivery: str
    ) -> None:
        """Write the answers that are owed.

        Args:
            client: Writes to the subject's repository.
            subject: The issue or pull request.
            ears: What was heard.
            own: Comments of ours that stand, their ids by marker.
            delivery: The delivery that led to it.

        Raises:
            GitHubFailure: GitHub cannot be written to now; it is to be heard again.
        """
        for heard in ears.owed.values():
            answered = await self._answers.answer(client, subject, heard, own, delivery)
            if answered != heard:
                await self._commands.keep(subject, answered)
            await self._store.fulfil(subject, Intent("comment", heard.marker))


def worth_healing(text: Text, now: datetime) -> bool:
    """Whether a comment that was read is young enough for its commands to be carried out."""
    return abs(now - text.at) <= HEALED_FOR


def _given(subject: Subject, text: Text, spoken: Spoken, ordinal: int) -> Given:
    return Given(
        source=text.node_id,
        proper=spoken.proper,
        ordinal=ordinal,
        subject=subject.number,
        login=Login(text.author),
        at=text.at,
        order=(text.id, spoken.line),
        url=text.url,
    )


def _with_mention(outcome: Outcome) -> str:
    if outcome.mention is None:
        return outcome.says
    return outcome.says.replace("{mention}", f"@{outcome.mention}", 1)


def _wanted(lines: Sequence[CommandLine], faults: Collection[str]) -> str:
    if not lines:
        return ""
    return CONFUSED if faults else DONE
