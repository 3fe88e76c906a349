"""The log of commands, and the overrides that follow from it.

A command's effect on the bot's own state is not stored. It is computed from the logged commands,
ordered by when each was given: each command's `apply` says what it changes. So the order in which
deliveries arrive does not matter.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from bot.commands.grammar.parse import ParsedCommand, understood
from bot.commands.role import roles_of
from bot.commands.text import CommandStatus, LoggedCommand, Place, Text
from bot.peps.change import Change
from bot.review.overrides import NO_OVERRIDES, Overrides
from bot.rules.engine.context import Context

PermissionCheck = Callable[[LoggedCommand, ParsedCommand], bool]
"""Decides whether the giver of a command that was run may still give it now."""


def permission_check_for(change: Change, context: Context) -> PermissionCheck:
    """A check against the pull request, its base and the editors as they are now.

    This matters because a header on somebody's own branch may have made them a delegate.
    """
    roles = cache(lambda login: roles_of(login, change, context))
    return lambda one, parsed: bool(roles(one.login) & parsed.form.who)


def overrides_of(
    logged: Iterable[LoggedCommand], is_permitted: PermissionCheck = lambda *_: True
) -> Overrides:
    """The overrides after these commands.

    Args:
        logged: The commands.
        is_permitted: Decides which of them take effect, besides those that stay in force anyway.
    """
    overrides = NO_OVERRIDES
    for one, parsed in executed_in_order(logged):
        if parsed.command.stays_in_force or is_permitted(one, parsed):
            overrides = parsed.command.apply(overrides, parsed.arguments, one)
    return overrides


def settled_by_later(logged: Iterable[LoggedCommand], than: LoggedCommand) -> frozenset[str]:
    """The slots that later commands settle, so that this one no longer affects them."""
    return frozenset(
        slot
        for one, parsed in executed_in_order(logged)
        if one.sort_key > than.sort_key
        for slot in parsed.command.slots(parsed.arguments)
    )


def executed_in_order(
    logged: Iterable[LoggedCommand],
) -> Iterable[tuple[LoggedCommand, ParsedCommand]]:
    """The commands that were run, by time, each as this version parses it."""
    for one in sorted(logged, key=lambda one: one.sort_key):
        barred = one.status is CommandStatus.BARRED
        if not barred and (parsed := understood(one.canonical)) is not None:
            yield one, parsed


DONE = "+1"
"""The reaction to a text whose commands were all run."""

CONFUSED = "confused"
"""The reaction to any other text with commands."""

PENDING = "pending"
"""Stored instead of a reaction while a text is processed; after a crash it is processed again."""


@dataclass(frozen=True, slots=True)
class CommandComment:
    """One text that contains, or contained, commands.

    Attributes:
        source: The global id of the comment, review or other object that has the text.
        place: What kind of object that is.
        id: The object's id in GitHub's REST API.
        author: The author of the text.
        url: Where it can be read.
        at: The time of the version that was processed last.
        answers: The answers to commands that were run, in order, each with its command's key.
        existing: What is in it now, in order: the key of each command, and in its place what is
            wrong with it.
        unattributed: Those of them whose author is unknown: an edit event showed them as already
            there, and no event that adds them has arrived.
        problems: What is wrong with commands that are in it now.
        desired_reaction: The reaction it should have: `DONE`, `CONFUSED` or none.
        reaction: The bot's present reaction.
        reaction_id: The id of that reaction.
        reply_id: The bot's comment that answers it.
        reply_digest: The digest of that comment's text.
        is_deleted: Whether it was deleted; its commands are no longer processed.
    """

    source: str
    place: Place
    id: int
    author: str
    url: str
    at: datetime
    answers: tuple[tuple[str, str], ...] = ()
    existing: tuple[str, ...] = ()
    unattributed: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    desired_reaction: str = ""
    reaction: str = ""
    reaction_id: int | None = None
    reply_id: int | None = None
    reply_digest: str = ""
    is_deleted: bool = False

    @property
    def marker(self) -> str:
        """The marker of the reply to it (`<!-- pep-bot:reply ID -->`)."""
        return f"reply {self.source}"

    @property
    def reply_parts(self) -> tuple[str, ...]:
        """The parts of the reply, in the order of the commands that are in the text."""
        if self.is_deleted:
            return ()
        parts = [problem for problem in self.problems if problem not in self.existing]
        for one in self.existing:
            parts += [one] if one in self.problems else []
            parts += [answer for key, answer in self.answers if key == one]
        return tuple(parts)

    @property
    def has_reactions(self) -> bool:
        """Whether GitHub supports reactions to it."""
        return not self.is_deleted and self.place not in (Place.REVIEW, Place.BUTTON)


def first_processed(text: Text) -> CommandComment:
    """The record of a text that is processed for the first time."""
    return CommandComment(text.node_id, text.place, text.id, text.author, text.url, text.at)
