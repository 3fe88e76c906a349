"""The log of commands, and the overrides and reservations that follow from it.

A command's effect on the bot's own state is not stored. It is computed from the logged commands,
ordered by when each was given; the latest on each matter wins. So the order in which deliveries
arrive does not matter.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.commands.grammar.parse import ParsedCommand, understood
from bot.commands.role import Role, roles_of
from bot.commands.text import Place, Text
from bot.peps.change import Change
from bot.peps.number import PepNumber
from bot.peps.people import Login, same_login
from bot.review.overrides import (
    AcceptedSponsor,
    Overrides,
    RecordedDelegate,
    Reservation,
    StageOverride,
    Waiver,
)
from bot.rules.engine.context import Context


class CommandStatus(StrEnum):
    """What happened to a command."""

    DONE = "done"
    BARRED = "barred"
    """Somebody other than the text's author wrote it into the text, so it is never run."""


@dataclass(frozen=True, slots=True)
class LoggedCommand:
    """A command as it is stored.

    Attributes:
        source: The global id of the text that contains it.
        canonical: The command in its canonical spelling.
        ordinal: Its position among equal commands of that text, from 0.
        subject: The number of the pull request or issue.
        login: The author of the text.
        at: When it was given, as far as is known.
        order: Orders commands of the same moment: the text's number, then the line.
        url: Where it can be read.
        status: What happened to it.
        note: What the command recorded about the circumstances.
    """

    source: str
    canonical: str
    ordinal: int
    subject: int
    login: Login
    at: datetime
    order: tuple[int, int]
    url: str
    status: CommandStatus = CommandStatus.DONE
    note: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """The key that identifies it within its text."""
        return (self.canonical, self.ordinal)

    @property
    def sort_key(self) -> tuple[datetime, tuple[int, int], int]:
        """The key by which commands are ordered."""
        return (self.at, self.order, self.ordinal)


PermissionCheck = Callable[[LoggedCommand, ParsedCommand], bool]
"""Decides whether the giver of a command that was run may still give it now."""


def permit_everybody(_one: LoggedCommand, _parsed: ParsedCommand) -> bool:
    """Permit every command."""
    return True


def permission_check_for(change: Change, context: Context) -> PermissionCheck:
    """A check against the pull request, its base and the editors as they are now.

    This matters because a header on somebody's own branch may have made them a delegate.
    """
    known: dict[Login, frozenset[Role]] = {}

    def is_permitted_now(one: LoggedCommand, parsed: ParsedCommand) -> bool:
        if one.login not in known:
            known[one.login] = roles_of(one.login, change, context)
        return bool(known[one.login] & parsed.form.who)

    return is_permitted_now


def overrides_of(
    logged: Iterable[LoggedCommand], is_permitted: PermissionCheck = permit_everybody
) -> Overrides:
    """The overrides on a pull request after these commands.

    Args:
        logged: The commands.
        is_permitted: Decides which commands take effect. It does not apply to requests to sponsor:
            those have happened.
    """
    waivers: dict[str, Waiver] = {}
    accepted: dict[str, AcceptedSponsor] = {}
    asked: set[Login] = set()
    stage: StageOverride | None = None
    delegate: RecordedDelegate | None = None
    pauses: list[Waiver] = []
    for one, parsed in executed_in_order(logged):
        arguments, waiver = parsed.arguments, Waiver(one.login, parsed.arguments.reason, one.url)
        if parsed.command.verb != "sponsor" and not is_permitted(one, parsed):
            continue
        match parsed.command.verb:
            case "skip":
                waivers |= dict.fromkeys(arguments.rules, waiver)
            case "unskip":
                waivers = {
                    rule: kept for rule, kept in waivers.items() if rule not in arguments.rules
                }
            case "await" if arguments.stage is not None:
                stage = StageOverride(arguments.stage, one.note, one.login, one.at, one.url)
            case "accept-sponsor" if arguments.login is not None:
                acceptance = AcceptedSponsor(
                    arguments.login, arguments.link, one.login, one.at, one.note
                )
                accepted[arguments.login.casefold()] = acceptance
            case "unsponsor" if arguments.login is not None:
                accepted.pop(arguments.login.casefold(), None)
            case "sponsor" if arguments.login is not None:
                asked.add(arguments.login)
            case "delegate" if arguments.login is not None:
                delegate = RecordedDelegate(arguments.login, one.login, one.url, one.note)
            case "pause":
                pauses.append(waiver)
            case "resume":
                pauses.clear()
            case _:
                pass
    return Overrides(
        waivers=waivers,
        stage=stage,
        accepted=tuple(accepted.values()),
        delegate=delegate,
        pauses=tuple(pauses),
        asked=frozenset(asked),
    )


def reservations_of(logged: Iterable[LoggedCommand]) -> tuple[Reservation, ...]:
    """The numbers reserved in a repository after all its commands, ascending."""
    reserved: dict[PepNumber, Reservation] = {}
    for one, parsed in executed_in_order(logged):
        arguments = parsed.arguments
        if parsed.command.verb != "number" or arguments.number is None:
            continue
        if "release" in arguments.keywords:
            reserved.pop(arguments.number, None)
            continue
        reserved[arguments.number] = Reservation(
            arguments.number, arguments.pull_request, arguments.reason, one.login, one.at, one.url
        )
    return tuple(reserved[number] for number in sorted(reserved))


def not_yet_dates(logged: Iterable[LoggedCommand]) -> Mapping[PepNumber, datetime]:
    """When `/pep not-yet` was last given for each PEP."""
    return {
        arguments.number: one.at
        for one, parsed in executed_in_order(logged)
        if parsed.command.verb == "not-yet" and (arguments := parsed.arguments).number is not None
    }


def settled_by_later(logged: Iterable[LoggedCommand], than: LoggedCommand) -> frozenset[str]:
    """The slots that later commands settle, so that this one no longer affects them."""
    return frozenset(
        slot
        for one, parsed in executed_in_order(logged)
        if one.sort_key > than.sort_key
        for slot in parsed.command.slots(parsed.arguments)
    )


def was_asked(overrides: Overrides, login: Login) -> bool:
    """Whether an account was asked to sponsor here."""
    return any(same_login(login, asked) for asked in overrides.asked)


def executed_in_order(
    logged: Iterable[LoggedCommand],
) -> Iterable[tuple[LoggedCommand, ParsedCommand]]:
    """The commands that were run, by time, each as this version parses it."""
    for one in sorted(logged, key=lambda one: one.sort_key):
        if one.status is CommandStatus.DONE and (parsed := understood(one.canonical)) is not None:
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
        existing: The keys of the commands that are in it now.
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
        """The parts of the reply: the problems, then the answers to commands that are in it."""
        if self.is_deleted:
            return ()
        return (*self.problems, *(answer for key, answer in self.answers if key in self.existing))

    @property
    def has_reactions(self) -> bool:
        """Whether GitHub supports reactions to it."""
        return not self.is_deleted and self.place not in (Place.REVIEW, Place.BUTTON)


def first_processed(text: Text) -> CommandComment:
    """The record of a text that is processed for the first time."""
    return CommandComment(text.node_id, text.place, text.id, text.author, text.url, text.at)
