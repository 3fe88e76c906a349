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
from bot.commands.grammar.lines import MOST_COMMANDS, CommandLine, NotUnderstood, command_lines
from bot.commands.grammar.parse import ParsedCommand, understand
from bot.commands.identity import caught_up, given_in, is_seen, keys_in, lifts, named
from bot.commands.log import (
    CONFUSED,
    DONE,
    PENDING,
    CommandComment,
    CommandStatus,
    LoggedCommand,
    first_heard,
)
from bot.commands.reply import (
    LEFT_ALONE,
    SOMEBODY_ELSE,
    TOO_MANY,
    UNSEEN,
    is_answered,
    render_problem,
)
from bot.commands.result import CommandResult
from bot.commands.text import Text
from bot.concurrency import offload
from bot.github.client.client import Client
from bot.github.write.replies import AnswerWriter
from bot.handlers.command_contexts import CommandContexts
from bot.handlers.effects import Effects
from bot.handlers.judgement import tell_failures
from bot.metrics import Metrics
from bot.peps.people import Login
from bot.review.subject import Subject
from bot.store.commands import CommandStore
from bot.store.protocol import Intent, Store

HEALED_FOR = timedelta(days=3)
"""For so long a command whose event was lost is still carried out when its comment is read; GitHub
keeps what it did not deliver for as long."""

_COST_OF_COMMAND = 20_000
_COST_OF_MENDING = 5
_COST_OF_MARKDOWN = 8

NUMBERS_MOVED = Intent("numbers", "")
"""Stands while a number was reserved or released and others may have to be reviewed for it."""

_log = structlog.get_logger()


@dataclass(slots=True)
class CommandSession:
    """What is heard on one subject during one batch of deliveries.

    Attributes:
        subject: The pull request or issue.
        given: The commands known so far, those of this batch included.
        owed: Texts whose answers may have to be written, by source.
    """

    subject: Subject
    given: list[LoggedCommand]
    owed: dict[str, CommandComment] = field(default_factory=dict)


class CommandRunner:
    """Hears texts on one issue or pull request at a time."""

    def __init__(
        self,
        commands: CommandStore,
        store: Store,
        effects: Effects,
        answers: AnswerWriter,
        metrics: Metrics,
    ) -> None:
        """Remember commands in `commands`, and what they set going in `store`."""
        self._commands = commands
        self._store = store
        self._effects = effects
        self._answers = answers
        self._metrics = metrics

    async def ears(self, subject: Subject) -> CommandSession:
        """What was given on a subject until now."""
        return CommandSession(subject, list(await self._commands.given(subject)))

    async def is_known(self, subject: Subject, text: Text) -> bool:
        """Whether anything was heard in a text before."""
        return await self._commands.heard(subject, text.node_id) is not None

    async def pass_over(self, subject: Subject, text: Text) -> None:
        """Never hear what a text says now, wherever it is come across again."""
        if not await self.is_known(subject, text):
            await self._commands.keep(subject, first_heard(text))

    async def is_done_with(self, subject: Subject, text: Text) -> bool:
        """Whether a text was heard and answered; what a crash cut short was not."""
        heard = await self._commands.heard(subject, text.node_id)
        return heard is not None and is_answered(heard)

    async def hear(
        self,
        client: Client,
        subject: Subject,
        text: Text,
        ears: CommandSession,
        scenes: CommandContexts,
        delivery: str,
    ) -> None:
        """Carry out what is new in a text, and note what its author is to be told.

        Raises:
            GitHubFailure: GitHub cannot be read or written now; it is to be heard again.
        """
        known = await self._commands.heard(subject, text.node_id)
        heard = known or first_heard(text)
        if heard.wants == PENDING:
            heard = replace(heard, wants="")
        if text.body is None or heard.is_gone:
            await self._owe(subject, replace(heard, is_gone=True), ears)
            return
        body = text.body
        cost = _COST_OF_MARKDOWN * (len(body) + len(text.before)) if "/pep" in body else 0
        found, before = await offload(
            cost, lambda: (command_lines(body, MOST_COMMANDS + 1), keys_in(text.before))
        )
        lines = found[:MOST_COMMANDS]
        is_newest = known is None or text.at >= known.at
        faults: dict[str, None] = {}  # each once, in order
        standing: dict[str, str] = {}  # with what is wrong, if anything
        carried_out: set[str] = set()
        counts: Counter[str] = Counter()
        for line in lines:
            try:
                spoken = understand(line)
            except NotUnderstood as fault:
                faults[render_problem(fault.mistake)] = None
                continue
            one = given_in(subject, text, spoken, counts[spoken.proper])
            counts[spoken.proper] += 1
            if spoken.command.once_a_text and spoken.proper in carried_out:
                # Said twice in one breath: it would come to the same.
                await self._remember(subject, heard, one, ears)
                standing[named(one)] = ""
                continue
            known_before = len(ears.given)
            heard, fault_told = await self._one(
                client, text, spoken, one, heard, ears, before, scenes, delivery
            )
            if fault_told:
                faults[fault_told] = None
            standing[named(one)] = fault_told
            if len(ears.given) > known_before and not fault_told:
                carried_out.add(spoken.proper)
        if len(found) > len(lines):
            faults[TOO_MANY] = None
        if is_newest:
            heard = replace(
                heard,
                at=text.at,
                faults=tuple(faults),
                standing=tuple(standing),
                unseen=tuple(key for key, fault in standing.items() if fault == UNSEEN),
                wants=_wanted(lines, faults),
            )
        else:
            heard = caught_up(heard, standing, ears.given)
        await self._owe(subject, heard, ears)

    async def _owe(self, subject: Subject, heard: CommandComment, ears: CommandSession) -> None:
        await self._commands.keep(subject, heard)
        ears.owed[heard.source] = heard

    async def _one(
        self,
        client: Client,
        text: Text,
        spoken: ParsedCommand,
        one: LoggedCommand,
        heard: CommandComment,
        ears: CommandSession,
        before: frozenset[tuple[str, int]],
        scenes: CommandContexts,
        delivery: str,
    ) -> tuple[CommandComment, str]:
        """One command: the text as it is remembered then, and what is wrong, if anything."""
        subject = ears.subject
        known = next(
            (old for old in ears.given if (old.source, old.key) == (one.source, one.key)), None
        )
        if known is not None and not lifts(known, one, text, before):
            if one.at < known.at:
                # A version that was delivered late shows it was said before.
                await self._remember(subject, heard, replace(known, at=one.at), ears)
            return heard, SOMEBODY_ELSE if known.fate is CommandStatus.BARRED else ""
        if one.key in before and not is_seen(heard, one):
            # It stood there before this edit, unheard of: an earlier version tells by whose hand.
            return heard, UNSEEN
        if not text.is_by_own_hand and one.key not in before:
            await self._remember(subject, heard, replace(one, fate=CommandStatus.BARRED), ears)
            return heard, SOMEBODY_ELSE
        scene = await scenes.scene(Login(text.author), ears.given, spoken)
        cost = _COST_OF_COMMAND + _COST_OF_MENDING * scenes.size
        outcome = await offload(cost, lambda: carry_out(spoken, scene))
        tell_failures(outcome.failures, self._metrics)
        if outcome.done and not text.is_by_own_hand:
            return heard, LEFT_ALONE
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
        instead, refusal = await self._effects.make(
            client, subject, outcome, one, ears.given, scenes, delivery
        )
        if refusal:
            return heard, refusal
        answers = [(named(one), words) for words in (*says, *instead)]
        heard = replace(heard, answers=(*heard.answers, *answers))
        one = replace(one, note=outcome.note)
        if moves_numbers(one):
            # Until others were told of it; a crash in between must not keep it from them.
            await self._store.intend(subject, NUMBERS_MOVED)
        await self._remember(subject, heard, one, ears)
        return heard, ""

    async def _remember(
        self, subject: Subject, heard: CommandComment, one: LoggedCommand, ears: CommandSession
    ) -> None:
        await self._commands.keep(subject, replace(heard, wants=PENDING), [one])
        ears.given = [old for old in ears.given if (old.source, old.key) != (one.source, one.key)]
        ears.given.append(one)

    async def answer(
        self,
        client: Client,
        subject: Subject,
        ears: CommandSession,
        own: Mapping[str, int],
        delivery: str,
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


def moves_numbers(one: LoggedCommand) -> bool:
    """Whether a command puts a number aside or releases one."""
    return one.proper.startswith("number ")


def _with_mention(outcome: CommandResult) -> str:
    if outcome.mention is None:
        return outcome.says
    return outcome.says.replace("{mention}", f"@{outcome.mention}", 1)


def _wanted(lines: Sequence[CommandLine], faults: Collection[str]) -> str:
    if not lines:
        return ""
    return CONFUSED if faults else DONE
