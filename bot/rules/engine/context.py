"""The data that a rule gets besides the change: people, policy, numbers, and what people did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.peps.dates import NO_CALENDAR, Calendar
from bot.peps.forum import NO_FORUM_DATA, Forum
from bot.peps.number import NumberLedger, PepNumber
from bot.peps.people import CoreTeam, Login
from bot.peps.preamble import Preamble
from bot.policy.in_office import Delegation
from bot.policy.model import Policy


class ActKind(StrEnum):
    """What a person did on a pull request, as far as it matters for a sponsor's consent."""

    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    COMMENTED = "said"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one account on the pull request, with a link to it.

    `account` is the account's GitHub id, until its login is resolved against the repository's
    lists.
    """

    login: Login
    kind: ActKind
    at: datetime
    url: str
    account: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody was told of the pull request, by a mention or by e-mail.

    Attributes:
        login: The account that was mentioned; None if the text says that an e-mail was sent.
        at: When.
        url: The comment; empty for the description.
    """

    login: Login | None
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class OwnersError:
    """An error that GitHub itself finds in CODEOWNERS ("List CODEOWNERS errors").

    Attributes:
        line: The 1-based line.
        kind: GitHub's name for it, such as "Unknown owner".
        message: GitHub's explanation; it may quote untrusted text.
    """

    line: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class OpenSubmission:
    """An open issue that submits a PEP to those who decide.

    Attributes:
        body: The name of the body in whose tracker it is.
        reference: The issue, as `owner/name#number`.
        since: The day it was opened.
    """

    body: str
    reference: str
    since: date


@dataclass(frozen=True, slots=True)
class Context:
    """The data a rule may use besides the change. What could not be read is None, never guessed.

    Attributes:
        today: The date of the check (UTC).
        policy: The repository's policy.
        numbers: Published, reserved and claimed numbers.
        core_team: Who is and was a core developer; None if the list could not be read.
        editors: The PEP editors' logins; None if they could not be read.
        editor_mentions: How to mention the PEP editors, each with an `@`.
        pull_request: The number of the pull request; None offline.
        acts: What people did here, oldest first.
        mentions: Who was told of it, oldest first.
        accepted_sponsors: Accounts that an editor accepted as sponsors of this PEP.
        accepted_names: Those of them that were accepted by name, by folded name: the only source
            that says whose name it is.
        owners_errors: GitHub's errors about CODEOWNERS at the head; None if GitHub was not asked or
            did not answer.
        related_headers: The headers, at the base, of PEPs that this change names as related without
            touching them; those that could not be read are missing.
        generates_schedules: Whether the repository has the file from which release schedules are
            generated; without it they are edited by hand.
        calendar: The releases of Python, from the published release schedules; empty unless the
            change needs them (see `bot.rules.edits.status_transition`).
        submitted: The open issue that submits a PEP to those who decide, by the PEP's number.
        forum: The posts and threads that the change links to, as read from the forum; empty if the
            policy does not let the bot read it.
        delegations: Who was recorded as the delegate of a PEP, or offered to be, in the repository;
            none offline.
        auxiliary: The other files among the PEPs on the base branch, such as images; None if some
            are unknown.
    """

    today: date
    policy: Policy
    numbers: NumberLedger
    core_team: CoreTeam | None = None
    editors: frozenset[Login] | None = None
    editor_mentions: tuple[str, ...] = ()
    pull_request: int | None = None
    acts: tuple[Act, ...] = ()
    mentions: tuple[Mention, ...] = ()
    accepted_sponsors: frozenset[Login] = frozenset()
    accepted_names: Mapping[str, Login] = field(default_factory=dict)
    owners_errors: tuple[OwnersError, ...] | None = None
    related_headers: Mapping[PepNumber, Preamble] = field(default_factory=dict)
    generates_schedules: bool = True
    calendar: Calendar = field(default_factory=lambda: NO_CALENDAR)
    submitted: Mapping[PepNumber, OpenSubmission] = field(default_factory=dict)
    forum: Forum = NO_FORUM_DATA
    delegations: tuple[Delegation, ...] = ()
    auxiliary: frozenset[str] | None = None

    def standing_delegations(self, pep: PepNumber | None) -> tuple[Delegation, ...]:
        """The delegations of a PEP, and the offers, that have not ended; by the time they began."""
        return tuple(one for one in self.delegations if one.pep == pep and one.stands)
