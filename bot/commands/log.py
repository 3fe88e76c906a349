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
from bot.peps.number import PepNumber
from bot.peps.people import Login, same_login
from bot.review.overrides import (
    Acceptance,
    DelegateOrder,
    Overrides,
    Reservation,
    StageOrder,
    Waiver,
)
from bot.rules.change import Change, Context


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
        proper: The command, written properly.
        ordinal: Which of the equal commands of that text, from 0.
        subject: The number of the pull request or issue.
        login: Whose text.
        at: When it was said, as far as is known.
        order: Tells commands of one moment apart: the text's number, then the line.
        url: Where it can be read.
        fate: What became of it.
        note: What it noted about the circumstances.
    """

    source: str
    proper: str
    ordinal: int
    subject: int
    login: Login
    at: datetime
    order: tuple[int, int]
    url: str
    fate: CommandStatus = CommandStatus.DONE
    note: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What tells it apart from the other commands of its text."""
        return (self.proper, self.ordinal)

    @property
    def moment(self) -> tuple[datetime, tuple[int, int], int]:
        """By what commands are ordered."""
        return (self.at, self.order, self.ordinal)


Entitled = Callable[[LoggedCommand, ParsedCommand], bool]
"""Whether somebody may give a command that was carried out, as things stand now."""


def everybody(_one: LoggedCommand, _spoken: ParsedCommand) -> bool:
    """Whoever gave it."""
    return True


def entitled_on(change: Change, context: Context) -> Entitled:
    """Who may give commands on a pull request as it stands now, its base and the editors included.

    What made somebody a delegate may have been the header of a PEP on a branch of their own.
    """
    known: dict[Login, frozenset[Role]] = {}

    def is_entitled(one: LoggedCommand, spoken: ParsedCommand) -> bool:
        if one.login not in known:
            known[one.login] = roles_of(one.login, change, context)
        return bool(known[one.login] & spoken.form.who)

    return is_entitled


def overrides_of(given: Iterable[LoggedCommand], entitled: Entitled = everybody) -> Overrides:
    """What holds on a pull request after these commands.

    Args:
        given: The commands.
        entitled: Whose orders take effect. That somebody was asked to sponsor is no order any more:
            it happened.
    """
    waivers: dict[str, Waiver] = {}
    accepted: dict[str, Acceptance] = {}
    asked: set[Login] = set()
    stage: StageOrder | None = None
    delegate: DelegateOrder | None = None
    pauses: list[Waiver] = []
    for one, spoken in in_order(given):
        said, word = spoken.arguments, Waiver(one.login, spoken.arguments.reason, one.url)
        if spoken.command.verb != "sponsor" and not entitled(one, spoken):
            continue
        match spoken.command.verb:
            case "skip":
                waivers |= dict.fromkeys(said.rules, word)
            case "unskip":
                waivers = {rule: kept for rule, kept in waivers.items() if rule not in said.rules}
            case "await" if said.stage is not None:
                stage = StageOrder(said.stage, one.note, one.login, one.at, one.url)
            case "accept-sponsor" if said.login is not None:
                acceptance = Acceptance(said.login, said.link, one.login, one.at, one.note)
                accepted[said.login.casefold()] = acceptance
            case "unsponsor" if said.login is not None:
                accepted.pop(said.login.casefold(), None)
            case "sponsor" if said.login is not None:
                asked.add(said.login)
            case "delegate" if said.login is not None:
                delegate = DelegateOrder(said.login, one.login, one.url, one.note)
            case "pause":
                pauses.append(word)
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


def reservations_of(given: Iterable[LoggedCommand]) -> tuple[Reservation, ...]:
    """The numbers reserved in a repository, ascending, after all its commands."""
    held: dict[PepNumber, Reservation] = {}
    for one, spoken in in_order(given):
        said = spoken.arguments
        if spoken.command.verb != "number" or said.number is None:
            continue
        if "release" in said.words:
            held.pop(said.number, None)
            continue
        held[said.number] = Reservation(
            said.number, said.pull_request, said.reason, one.login, one.at, one.url
        )
    return tuple(held[number] for number in sorted(held))


def not_yet_of(given: Iterable[LoggedCommand]) -> Mapping[PepNumber, datetime]:
    """When "not yet" was said last of what is left to do about each PEP."""
    return {
        said.number: one.at
        for one, spoken in in_order(given)
        if spoken.command.verb == "not-yet" and (said := spoken.arguments).number is not None
    }


def settled_later(given: Iterable[LoggedCommand], than: LoggedCommand) -> frozenset[str]:
    """The matters that later commands settle, so that this one has no say in them any more."""
    return frozenset(
        slot
        for one, spoken in in_order(given)
        if one.moment > than.moment
        for slot in spoken.command.slots(spoken.arguments)
    )


def was_asked(orders: Overrides, login: Login) -> bool:
    """Whether an account was asked to sponsor here."""
    return any(same_login(login, asked) for asked in orders.asked)


def in_order(given: Iterable[LoggedCommand]) -> Iterable[tuple[LoggedCommand, ParsedCommand]]:
    """The commands that were carried out, by time, each as this version understands it."""
    for one in sorted(given, key=lambda one: one.moment):
        if one.fate is CommandStatus.DONE and (spoken := understood(one.proper)) is not None:
            yield one, spoken


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
        standing: The keys of the commands that stand in it now.
        unseen: Those of them that stood there before they were heard of, and have not been since.
        faults: What is wrong with commands that stand in it now.
        wants: The reaction it should have: `DONE`, `CONFUSED` or none.
        reaction: The reaction of ours that stands, and its id.
        reaction_id: Its id.
        reply_id: The comment of ours that answers it.
        reply_digest: The digest of what that says.
        is_gone: Whether it was deleted; nothing is heard from it any more.
    """

    source: str
    place: Place
    id: int
    author: str
    url: str
    at: datetime
    answers: tuple[tuple[str, str], ...] = ()
    standing: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    wants: str = ""
    reaction: str = ""
    reaction_id: int | None = None
    reply_id: int | None = None
    reply_digest: str = ""
    is_gone: bool = False

    @property
    def marker(self) -> str:
        """What marks the reply to it (contract: `<!-- pep-bot:reply ID -->`)."""
        return f"reply {self.source}"

    @property
    def shown(self) -> tuple[str, ...]:
        """What the reply says: what is wrong, then the answers to commands that stand in it."""
        if self.is_gone:
            return ()
        return (*self.faults, *(told for key, told in self.answers if key in self.standing))

    @property
    def has_reactions(self) -> bool:
        """Whether GitHub lets anybody react to it."""
        return not self.is_gone and self.place not in (Place.REVIEW, Place.BUTTON)


def first_heard(text: Text) -> CommandComment:
    """A text of which nothing is known yet."""
    return CommandComment(text.node_id, text.place, text.id, text.author, text.url, text.at)
