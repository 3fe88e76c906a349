"""Identifies a command within its text, and decides whether the text's author wrote it.

A command is identified by its text, its canonical spelling, and its position among equal ones. An
edit event proves authorship only of what it adds. What was there before may come from another
person's edit whose event has not arrived yet, so such a command is not run until it has.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256

from bot.commands.grammar.lines import MOST_COMMANDS, SyntaxProblem
from bot.commands.grammar.parse import ParsedCommand, parse_text
from bot.commands.log import CONFUSED, DONE, CommandComment
from bot.commands.registry import all_commands
from bot.commands.reply import UNATTRIBUTED, WRITTEN_BY_SOMEBODY_ELSE
from bot.commands.text import CommandStatus, LoggedCommand, Text
from bot.peps.people import Login
from bot.review.subject import Subject
from bot.rules.engine.context import ActKind

MOST_COMMANDS_BEFORE = 1_000
"""How many commands of a text's earlier version are read; no real text has more."""


def logged_command(
    subject: Subject, text: Text, parsed: ParsedCommand, ordinal: int
) -> LoggedCommand:
    """A command of a text, as it is stored."""
    return LoggedCommand(
        source=text.node_id,
        canonical=parsed.canonical,
        ordinal=ordinal,
        subject=subject.number,
        login=Login(text.author),
        at=text.at,
        order=(text.id, parsed.line),
        url=text.url,
    )


def command_keys(text: str) -> frozenset[tuple[str, int]]:
    """The commands of a text's earlier version, each with its position among equal ones."""
    return frozenset(ordered_command_keys(parse_text(text, MOST_COMMANDS_BEFORE)))


def ordered_command_keys(
    parsed: Iterable[ParsedCommand | SyntaxProblem],
) -> tuple[tuple[str, int], ...]:
    """The commands of a text in order, each with its position among equal ones."""
    found: list[tuple[str, int]] = []
    counts: Counter[str] = Counter()
    for one in parsed:
        if isinstance(one, ParsedCommand):
            found.append((one.canonical, counts[one.canonical]))
            counts[one.canonical] += 1
    return tuple(found)


def lifts_bar(
    known: LoggedCommand, one: LoggedCommand, text: Text, before: frozenset[tuple[str, int]]
) -> bool:
    """Whether a barred command is the author's own after all: in this version they add it."""
    return known.status is CommandStatus.BARRED and text.is_by_own_hand and one.key not in before


def was_received(processed: CommandComment, one: LoggedCommand) -> bool:
    """Whether a command that was in a text's earlier version was received at that time."""
    key = command_key(one)
    return key in processed.existing and key not in processed.unattributed


def with_late_version(
    processed: CommandComment, late_problems: Mapping[str, str], logged: Iterable[LoggedCommand]
) -> CommandComment:
    """Update a text whose earlier version arrived late and shows who wrote its commands.

    Args:
        processed: The text.
        late_problems: What is wrong with each command of that version, if anything, by its key.
        logged: The commands known now.
    """
    unattributed = tuple(
        key
        for key in processed.unattributed
        if late_problems.get(key, UNATTRIBUTED) == UNATTRIBUTED
    )
    barred = {
        command_key(one)
        for one in logged
        if one.source == processed.source and one.status is CommandStatus.BARRED
    }
    problems = [
        *(
            problem
            for problem in processed.problems
            if problem not in (UNATTRIBUTED, WRITTEN_BY_SOMEBODY_ELSE)
        ),
        *(
            late_problems[key]
            for key in processed.unattributed
            if late_problems.get(key) and key not in (*unattributed, *barred)
        ),
        *([WRITTEN_BY_SOMEBODY_ELSE] if barred & set(processed.existing) else ()),
        *([UNATTRIBUTED] if unattributed else ()),
    ]
    desired_reaction = CONFUSED if problems else DONE if processed.existing else ""
    return replace(
        processed,
        unattributed=unattributed,
        problems=tuple(dict.fromkeys(problems)),
        desired_reaction=desired_reaction,
    )


def command_key(one: LoggedCommand) -> str:
    """The key that identifies a command within its text."""
    return f"{one.canonical}#{one.ordinal}"


def short_id(one: LoggedCommand) -> str:
    """An id that identifies a command globally, short enough for a marker in a comment."""
    digest = sha256(command_key(one).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{one.source}.{digest}"


def consent_in(body: str) -> ActKind | None:
    """What the last such line of an unedited text says; None if it has none."""
    return consent_added(body, "")


def consent_added(body: str, before: str) -> ActKind | None:
    """What the last such line that the author's edit added says; None if it added none."""
    acts = {command.verb: command.act for command in all_commands() if command.act is not None}
    earlier = command_keys(before)
    added = [
        acts[canonical]
        for canonical, ordinal in ordered_command_keys(parse_text(body)[:MOST_COMMANDS])
        if canonical in acts and (canonical, ordinal) not in earlier
    ]
    return added[-1] if added else None
