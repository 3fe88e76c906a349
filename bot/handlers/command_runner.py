"""Runs the commands in a text: finds the new ones, carries them out one by one, writes the answer.

A command is identified by its text, its canonical form, and its position among equal commands of
that text. What was carried out is remembered, so no command runs twice if a delivery arrives twice,
an edit leaves the command unchanged, or the process crashes in between.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.app import App
from bot.commands.carry_out import carry_out
from bot.commands.grammar.lines import MOST_COMMANDS, SyntaxProblem
from bot.commands.grammar.parse import ParsedCommand, parse_text, parsing_cost
from bot.commands.identity import (
    command_key,
    command_keys,
    lifts_bar,
    logged_command,
    short_id,
    was_received,
    with_late_version,
)
from bot.commands.log import (
    CONFUSED,
    DONE,
    PENDING,
    CommandComment,
    first_processed,
    overrides_of,
    settled_by_later,
)
from bot.commands.reply import (
    EDITED_BY_SOMEBODY_ELSE,
    TOO_MANY,
    UNATTRIBUTED,
    WRITTEN_BY_SOMEBODY_ELSE,
    is_answered,
    render_problem,
)
from bot.commands.result import CommandResult, SetLabel, Suggest, TakeLabelOff
from bot.commands.text import CommandStatus, LoggedCommand, Text
from bot.commands.verbs.delegate import changes_delegations
from bot.commands.verbs.number import changes_reservations
from bot.concurrency import offload
from bot.github.read.instruction_labels import instruction_labels
from bot.github.write.command_writes import make_effect, write_answer
from bot.github.write.outbox import Destination
from bot.handlers.command_contexts import CommandContexts
from bot.inbox.backoff import describe_fault
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.peps.people import Login
from bot.review.subject import Subject
from bot.rules.engine.registry import RuleFailed
from bot.store.rows import Intent

_COST_OF_COMMAND = 20_000
_COST_OF_FIXING = 5

RESERVATIONS_CHANGED = Intent("numbers", "")
"""The intent to review others after a number was reserved or released, or a delegate recorded."""

_log = get_logger()


@dataclass(slots=True)
class CommandSession:
    """The commands and answers on one subject during one batch of deliveries.

    Attributes:
        to: The pull request or issue.
        logged: The commands known so far, including those of this batch.
        pending_replies: Texts whose answers may have to be written, by source.
    """

    to: Destination
    logged: list[LoggedCommand]
    pending_replies: dict[str, CommandComment] = field(default_factory=dict)

    @property
    def delegated(self) -> frozenset[int]:
        """The PEPs for which a delegate or an offer was recorded here."""
        return frozenset(one.pep for one in overrides_of(self.logged).delegations)


async def is_answered_fully(app: App, subject: Subject, text: Text) -> bool:
    """Whether a text was processed and answered; False after a crash in between."""
    processed = await app.commands.processed(subject, text.node_id)
    return processed is not None and is_answered(processed)


async def run_commands(
    app: App, text: Text, session: CommandSession, contexts: CommandContexts
) -> None:
    """Carry out the new commands in a text, and queue the answer to its author.

    Raises:
        GitHubFailure: GitHub cannot be read or written now; the text must be processed again.
    """
    subject = session.to.subject
    known = await app.commands.processed(subject, text.node_id)
    processed = known or first_processed(text)
    if processed.desired_reaction == PENDING:
        processed = replace(processed, desired_reaction="")
    if text.body is None or processed.is_deleted:
        await _queue_reply(app, replace(processed, is_deleted=True), session)
        return
    body = text.body
    found, before = await offload(
        parsing_cost(body) + parsing_cost(text.before),
        lambda: (parse_text(body), command_keys(text.before)),
    )
    commands = found[:MOST_COMMANDS]
    is_newest = known is None or text.at >= known.at
    problems: dict[str, None] = {}  # each once, in order
    in_order: dict[str, None] = {}  # keys and problems
    existing: dict[str, str] = {}  # with the problem, if any
    carried_out: set[str] = set()
    counts: Counter[str] = Counter()
    for parsed in commands:
        if isinstance(parsed, SyntaxProblem):
            problems[render_problem(parsed)] = in_order[render_problem(parsed)] = None
            continue
        one = logged_command(subject, text, parsed, counts[parsed.canonical])
        counts[parsed.canonical] += 1
        in_order[command_key(one)] = None
        if parsed.command.once_per_text and parsed.canonical in carried_out:
            # The same command twice in one text: the second would change nothing.
            await _log_command(app, processed, one, session)
            existing[command_key(one)] = ""
            continue
        logged_before = len(session.logged)
        processed, problem_text = await _run_one(
            app, text, parsed, one, processed, session, before, contexts
        )
        if problem_text:
            problems[problem_text] = in_order[problem_text] = None
        existing[command_key(one)] = problem_text
        if len(session.logged) > logged_before and not problem_text:
            carried_out.add(parsed.canonical)
    if len(found) > len(commands):
        problems[TOO_MANY] = in_order[TOO_MANY] = None
    if is_newest:
        processed = replace(
            processed,
            at=text.at,
            problems=tuple(problems),
            existing=tuple(in_order),
            unattributed=tuple(key for key, problem in existing.items() if problem == UNATTRIBUTED),
            desired_reaction=(CONFUSED if problems else DONE) if commands else "",
        )
    else:
        processed = with_late_version(processed, existing, session.logged)
    await _queue_reply(app, processed, session)


async def write_answers(app: App, session: CommandSession, own: Mapping[str, int]) -> None:
    """Write the answers to the texts of a session; `own` has the ids of our comments by marker.

    Raises:
        GitHubFailure: GitHub cannot be written to now; the texts must be processed again.
    """
    subject = session.to.subject
    for processed in session.pending_replies.values():
        answered = await write_answer(app.outbox, session.to, processed, own)
        if answered != processed:
            await app.commands.keep(subject, answered)
        await app.store.fulfil(subject, Intent("comment", processed.marker))


async def _queue_reply(app: App, processed: CommandComment, session: CommandSession) -> None:
    await app.commands.keep(session.to.subject, processed)
    session.pending_replies[processed.source] = processed


async def _run_one(
    app: App,
    text: Text,
    parsed: ParsedCommand,
    one: LoggedCommand,
    processed: CommandComment,
    session: CommandSession,
    before: frozenset[tuple[str, int]],
    contexts: CommandContexts,
) -> tuple[CommandComment, str]:
    """Run one command; returns what to remember of its text, and the problem, if any."""
    known = next(
        (old for old in session.logged if (old.source, old.key) == (one.source, one.key)), None
    )
    if known is not None and not lifts_bar(known, one, text, before):
        if one.at < known.at:
            # A version that was delivered late shows that the command was given earlier.
            await _log_command(app, processed, replace(known, at=one.at), session)
        why = {CommandStatus.BARRED: WRITTEN_BY_SOMEBODY_ELSE, CommandStatus.IDLE: known.note}
        return processed, why.get(known.status, "")
    if one.key in before and not was_received(processed, one):
        # It was there before this edit, but unknown: only an earlier version shows its author.
        return processed, UNATTRIBUTED
    if not text.is_by_own_hand and one.key not in before:
        await _log_command(app, processed, replace(one, status=CommandStatus.BARRED), session)
        return processed, WRITTEN_BY_SOMEBODY_ELSE
    command_context = await contexts.command_context(text, session.logged, parsed)
    cost = _COST_OF_COMMAND + _COST_OF_FIXING * contexts.size
    result = await offload(cost, lambda: carry_out(parsed, command_context))
    log_failures(result.failures, app.metrics)
    if result.done and not text.is_by_own_hand:
        return processed, EDITED_BY_SOMEBODY_ELSE
    _log.info(
        "command",
        command=parsed.command.verb,
        by=text.author,
        done=result.done,
        place=text.place.value,
    )
    if not result.done:
        return processed, result.reply
    if result.is_idle:
        # Remembered all the same: what it would end may have been said before, and come later.
        one = replace(one, status=CommandStatus.IDLE, note=result.reply)
        await _log_command(app, processed, one, session)
        return processed, result.reply
    reply = [result.reply_with_mention] if result.reply else []
    instead, refusal = await _make_effects(app, session, result, one, contexts)
    if refusal:
        return processed, refusal
    answers = [(command_key(one), text_part) for text_part in (*reply, *instead)]
    processed = replace(processed, answers=(*processed.answers, *answers))
    one = replace(one, note=result.note)
    if changes_reservations(one) or changes_delegations(one):
        # Fulfilled once others are queued for review; a crash in between must not prevent that.
        await app.store.intend(session.to.subject, RESERVATIONS_CHANGED)
    await _log_command(app, processed, one, session)
    return processed, ""


async def _make_effects(
    app: App,
    session: CommandSession,
    result: CommandResult,
    one: LoggedCommand,
    contexts: CommandContexts,
) -> tuple[list[str], str]:
    """Make what a command asks for, unless a later command that was delivered earlier replaced it.

    Returns what to say in place of suggestions, and what GitHub refused.
    """
    later = settled_by_later(session.logged, one)
    replacements = []
    for effect in result.effects:
        if effect.slot in later:
            continue
        instead = await make_effect(
            app.outbox, session.to, effect, short_id(one), contexts.label_names
        )
        if instead and isinstance(effect, Suggest):
            replacements.append(instead)
        elif instead:
            return [], instead
        else:
            contexts.record_effect(effect, one.login)
            if isinstance(effect, SetLabel | TakeLabelOff):
                setter = None if isinstance(effect, TakeLabelOff) else one.login
                # GitHub only names the app, so remember the person. Labels that instruct the bot
                # are the exception: they count because the app set them.
                if setter and instruction_labels([effect.name], contexts.label_names):
                    setter = Login(app.identity.login)
                await app.store.set_labeler(session.to.subject, effect.name, setter)
    return replacements, ""


async def _log_command(
    app: App, processed: CommandComment, one: LoggedCommand, session: CommandSession
) -> None:
    pending = replace(processed, desired_reaction=PENDING)
    await app.commands.keep(session.to.subject, pending, [one])
    session.logged = [
        old for old in session.logged if (old.source, old.key) != (one.source, one.key)
    ]
    session.logged.append(one)


def log_failures(failures: Iterable[RuleFailed], metrics: Metrics) -> None:
    """Log and count failed rules, each with the id that people see on GitHub."""
    for failure in failures:
        metrics.rule_failure(failure.rule)
        _log.error(
            "rule failed",
            rule=failure.rule,
            id=failure.id,
            error=describe_fault(failure.fault),
        )
