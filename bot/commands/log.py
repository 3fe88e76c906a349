"""Commands that were given, and what holds of them: the last word on each matter.

Whatever a command changes in the bot's own mind is not stored as a result but worked out from the
commands themselves, by the time at which each was given. So it does not matter in which order
deliveries arrive.
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
    """What became of a command."""

    DONE = "done"
    BARRED = "barred"
    """Somebody else wrote it into the text, so it is never carried out from there."""


@dataclass(frozen=True, slots=True)
class LoggedCommand:
    """A command as it is remembered.

    Attributes:
        source: The global id of the text it stands in.
        canonical: The command, written properly.
        ordinal: Which of the equal commands of that text, from 0.
        subject: The number of the pull request or issue.
        login: Whose text.
        at: When it was said, as far as is known.
        order: Tells commands of one moment apart: the text's number, then the line.
        url: Where it can be read.
        status: What became of it.
        note: What it noted about the circumstances.
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
        """What tells it apart from the other commands of its text."""
        return (self.canonical, self.ordinal)

    @property
    def sort_key(self) -> tuple[datetime, tuple[int, int], int]:
        """By what commands are ordered."""
        return (self.at, self.order, self.ordinal)


PermissionCheck = Callable[[LoggedCommand, ParsedCommand], bool]
"""Whether somebody may give a command that was carried out, as things stand now."""


def permit_everybody(_one: LoggedCommand, _parsed: ParsedCommand) -> bool:
    """Whoever gave it."""
    return True


def permission_check_for(change: Change, context: Context) -> PermissionCheck:
    """Who may give commands on a pull request as it stands now, its base and the editors included.

    What made somebody a delegate may have been the header of a PEP on a branch of their own.
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
    """What holds on a pull request after these commands.

    Args:
        logged: The commands.
        is_permitted: Whose orders take effect. That somebody was asked to sponsor is no order any
            more: it happened.
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
    """The numbers reserved in a repository, ascending, after all its commands."""
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
    """When "not yet" was said last of what is left to do about each PEP."""
    return {
        arguments.number: one.at
        for one, parsed in executed_in_order(logged)
        if parsed.command.verb == "not-yet" and (arguments := parsed.arguments).number is not None
    }


def settled_by_later(logged: Iterable[LoggedCommand], than: LoggedCommand) -> frozenset[str]:
    """The matters that later commands settle, so that this one has no say in them any more."""
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
    """The commands that were carried out, by time, each as this version understands it."""
    for one in sorted(logged, key=lambda one: one.sort_key):
        if one.status is CommandStatus.DONE and (parsed := understood(one.canonical)) is not None:
            yield one, parsed


DONE = "+1"
"""The reaction to a text all of whose commands were carried out (contract)."""

CONFUSED = "confused"
"""The reaction to any other text with commands (contract)."""

PENDING = "pending"
"""In place of a reaction while a text is being heard, so that after a crash it is heard again."""


@dataclass(frozen=True, slots=True)
class CommandComment:
    """One text that held commands.

    Attributes:
        source: The global id of what carries the text.
        place: Where it stands.
        id: What GitHub's REST API calls it there.
        author: Whose text.
        url: Where it can be read.
        at: The version that was heard last.
        answers: What there was to say of commands carried out, in their order, each with the key of
            its command.
        existing: The keys of the commands that stand in it now.
        unattributed: Those of them that stood there before they were heard of, and have not been
            since.
        problems: What is wrong with commands that stand in it now.
        desired_reaction: The reaction it should have: `DONE`, `CONFUSED` or none.
        reaction: The reaction of ours that stands, and its id.
        reaction_id: Its id.
        reply_id: The comment of ours that answers it.
        reply_digest: The digest of what that says.
        is_deleted: Whether it was deleted; nothing is heard from it any more.
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
        """What marks the reply to it (contract: `<!-- pep-bot:reply ID -->`)."""
        return f"reply {self.source}"

    @property
    def reply_parts(self) -> tuple[str, ...]:
        """What the reply says: what is wrong, then the answers to commands that stand in it."""
        if self.is_deleted:
            return ()
        return (*self.problems, *(answer for key, answer in self.answers if key in self.existing))

    @property
    def has_reactions(self) -> bool:
        """Whether GitHub lets anybody react to it."""
        return not self.is_deleted and self.place not in (Place.REVIEW, Place.BUTTON)


def first_processed(text: Text) -> CommandComment:
    """A text of which nothing is known yet."""
    return CommandComment(text.node_id, text.place, text.id, text.author, text.url, text.at)
