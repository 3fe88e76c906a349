"""What tells a command apart from all others, and from where it came into its text.

A command is known by the text it stands in, its words written properly, and its place among equal
ones. Whose it is, an edit tells only of what it added: what stood there before is somebody's whose
edit may not have been heard of, so it is left alone until that is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

from bot.commands.grammar.lines import NotUnderstood, command_lines
from bot.commands.grammar.parse import ParsedCommand, understand
from bot.commands.log import CONFUSED, DONE, CommandComment, CommandStatus, LoggedCommand
from bot.commands.reply import SOMEBODY_ELSE, UNSEEN
from bot.commands.text import Text
from bot.peps.people import Login
from bot.review.subject import Subject

MOST_BEFORE = 1_000
"""How many commands of a text as it was are looked at; no text has more in earnest."""


def given_in(subject: Subject, text: Text, spoken: ParsedCommand, ordinal: int) -> LoggedCommand:
    """A command of a text, as it is to be remembered."""
    return LoggedCommand(
        source=text.node_id,
        proper=spoken.proper,
        ordinal=ordinal,
        subject=subject.number,
        login=Login(text.author),
        at=text.at,
        order=(text.id, spoken.line),
        url=text.url,
    )


def keys_in(text: str) -> frozenset[tuple[str, int]]:
    """The commands of a text as it was, each with its place among equal ones."""
    return frozenset(ordered_keys_in(text, MOST_BEFORE))


def ordered_keys_in(text: str, most: int) -> tuple[tuple[str, int], ...]:
    """The first commands of a text in their order, each with its place among equal ones."""
    found: list[tuple[str, int]] = []
    counts: Counter[str] = Counter()
    for line in command_lines(text, most) if "/pep" in text else ():
        with suppress(NotUnderstood):
            proper = understand(line).proper
            found.append((proper, counts[proper]))
            counts[proper] += 1
    return tuple(found)


def lifts(
    known: LoggedCommand, one: LoggedCommand, text: Text, before: frozenset[tuple[str, int]]
) -> bool:
    """Whether what was barred is its author's own after all: this version shows them add it."""
    return known.fate is CommandStatus.BARRED and text.is_by_own_hand and one.key not in before


def is_seen(heard: CommandComment, one: LoggedCommand) -> bool:
    """Whether a command that stood in a text before was heard of then."""
    key = named(one)
    return key in heard.standing and key not in heard.unseen


def caught_up(
    heard: CommandComment, late: Mapping[str, str], given: Iterable[LoggedCommand]
) -> CommandComment:
    """A text of which a version before the one heard last tells where commands come from.

    Args:
        heard: The text.
        late: What is wrong with each command of that version, if anything, by its name.
        given: The commands known now.
    """
    unseen = tuple(key for key in heard.unseen if late.get(key, UNSEEN) == UNSEEN)
    barred = {
        named(one)
        for one in given
        if one.source == heard.source and one.fate is CommandStatus.BARRED
    }
    faults = [
        *(fault for fault in heard.faults if fault not in (UNSEEN, SOMEBODY_ELSE)),
        *(late[key] for key in heard.unseen if late.get(key) and key not in (*unseen, *barred)),
        *([SOMEBODY_ELSE] if barred & set(heard.standing) else ()),
        *([UNSEEN] if unseen else ()),
    ]
    wants = CONFUSED if faults else DONE if heard.standing else ""
    return replace(heard, unseen=unseen, faults=tuple(dict.fromkeys(faults)), wants=wants)


def named(one: LoggedCommand) -> str:
    """What tells a command apart from the others of its text."""
    return f"{one.proper}#{one.ordinal}"


def mark_of(one: LoggedCommand) -> str:
    """What tells a command from all others, short enough for a mark in a comment."""
    digest = sha256(named(one).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{one.source}.{digest}"
