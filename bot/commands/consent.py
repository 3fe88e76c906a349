"""Reads an author's consent to sponsor from a text: its lines `/pep sponsor` and `/pep unsponsor`.

A line with anything after the verb is not the author's own consent. Somebody else may have written
what was in a text before its author edited it, so only what an edit adds counts.
"""

from bot.commands.grammar.lines import MOST_COMMANDS
from bot.commands.grammar.parse import parse_text
from bot.commands.identity import command_keys, ordered_command_keys
from bot.commands.registry import all_commands
from bot.rules.engine.context import ActKind


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
