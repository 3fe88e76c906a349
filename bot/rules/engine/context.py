"""What a rule is given beside the change: who spoke, who is who, what the repository wants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.peps.forum import NO_FORUM_DATA, Forum
from bot.peps.number import NumberLedger, PepNumber
from bot.peps.people import CoreTeam, Login
from bot.peps.preamble import Preamble
from bot.policy.model import Policy


class ActKind(StrEnum):
    """What a person did on a pull request, as far as a sponsor's consent goes."""

    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    COMMENTED = "said"


@dataclass(frozen=True, slots=True)
class Act:
    """One act of one account on the pull request, with the link that shows it.

    `account` is GitHub's id of it, until it is known what the repository's lists call the account.
    """

    login: Login
    kind: ActKind
    at: datetime
    url: str
    account: int | None = None


@dataclass(frozen=True, slots=True)
class OwnersError:
    """An error that GitHub itself finds in CODEOWNERS ("List CODEOWNERS errors").

    Attributes:
        line: The 1-based line.
        kind: GitHub's word for it, such as "Unknown owner".
        message: GitHub's explanation; may quote what strangers wrote.
    """

    line: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a rule may know beside the change. What could not be had is None, never guessed.

    Attributes:
        today: The day on which the change is judged (UTC).
        policy: What the repository wants.
        numbers: Published, reserved and claimed numbers.
        core_team: Who is and was a core developer; None if the list could not be had.
        editors: The PEP editors' logins; None if they could not be read.
        pull_request: The number of the pull request; None offline.
        acts: What people did here, oldest first.
        accepted_sponsors: Accounts an editor accepted as a sponsor for this PEP.
        accepted_names: The accounts among them by the name under which each was accepted, as names
            are compared; nobody else tells whose that name is.
        owners_errors: What GitHub says about CODEOWNERS at the head; None if it was not asked or
            did not answer.
        related_headers: The headers, at the base, of PEPs that this change names as related without
            touching them; what could not be read is missing.
        generates_schedules: Whether the repository has the file that release schedules are written
            from; without it they are edited by hand.
        forum: What the forum tells of posts and threads that the change links; nothing where the
            policy does not want it read.
    """

    today: date
    policy: Policy
    numbers: NumberLedger
    core_team: CoreTeam | None = None
    editors: frozenset[Login] | None = None
    pull_request: int | None = None
    acts: tuple[Act, ...] = ()
    accepted_sponsors: frozenset[Login] = frozenset()
    accepted_names: Mapping[str, Login] = field(default_factory=dict)
    owners_errors: tuple[OwnersError, ...] | None = None
    related_headers: Mapping[PepNumber, Preamble] = field(default_factory=dict)
    generates_schedules: bool = True
    forum: Forum = NO_FORUM_DATA
