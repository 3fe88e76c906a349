"""How a new PEP stands on the three checks: what the rules find out and the comment tells."""

from dataclasses import dataclass
from enum import StrEnum

from bot.peps.number import PepNumber
from bot.peps.people import Login


class SponsorState(StrEnum):
    """Whether somebody may stand for the PEP."""

    AUTHOR_IS_CORE = "author-is-core"
    ELIGIBLE = "eligible"
    UNCLEAR = "unclear"
    NOT_ELIGIBLE = "not-eligible"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """The core-team list could not be had, so nothing can be said."""


class ConsentState(StrEnum):
    """Whether the sponsor has agreed, as far as the bot can know."""

    NOT_NEEDED = "not-needed"
    GIVEN = "given"
    SAID_ELSEWHERE = "said-elsewhere"
    AWAITED = "awaited"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class SponsorAssessment:
    """The sponsor of one PEP.

    Attributes:
        state: Whether somebody may stand for it.
        consent: Whether the sponsor agreed.
        name: The sponsor as the header names them, made harmless; empty if there is none.
        login: The sponsor's account, if known.
        role: Why they may sponsor, in words ("core developer", "Typing Council member").
        consent_url: The act or the linked post that shows the consent; None if there is none.
        line: The 1-based line of the Sponsor header, or of the Author header without one.
        candidates: For an unclear name, the names it may mean.
    """

    state: SponsorState
    consent: ConsentState
    name: str = ""
    login: Login | None = None
    role: str = ""
    consent_url: str | None = None
    line: int | None = None
    candidates: tuple[str, ...] = ()


class NumberState(StrEnum):
    """How a number stands."""

    GOOD = "good"
    PLACEHOLDER = "placeholder"
    PUBLISHED = "published"
    RESERVED = "reserved"
    CLAIMED = "claimed"
    SPECIAL = "special"
    FAR_AHEAD = "far-ahead"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True)
class NumberAssessment:
    """The number of one PEP.

    Attributes:
        state: How it stands.
        number: The number claimed; None for a placeholder.
        suggestion: The number to take instead, or the next one; None without a ledger.
        is_next: True if the number is the suggestion itself.
        lower_free_numbers: Unused numbers below that would come first in order, ascending.
        claimed_by: The older pull request that claims it, if one does.
        places_with_number: Where the number stands alike: of "file", "header", "title",
            "CODEOWNERS".
        ledger_complete: False while claims are still being read.
    """

    state: NumberState
    number: PepNumber | None
    suggestion: PepNumber | None
    is_next: bool = False
    lower_free_numbers: tuple[PepNumber, ...] = ()
    claimed_by: int | None = None
    places_with_number: tuple[str, ...] = ()
    ledger_complete: bool = True


class OwnersState(StrEnum):
    """How the CODEOWNERS line of a PEP stands."""

    PRESENT = "present"
    MISSING = "missing"
    INCOMPLETE = "incomplete"
    MISPLACED = "misplaced"
    MALFORMED = "malformed"
    UNKNOWN_OWNER = "unknown-owner"
    STALE_PATH = "stale-path"
    """The line names the file as it was called before a renumbering."""

    FILE_BROKEN = "file-broken"
    WAITING = "waiting"
    """Nobody to put there yet (no sponsor), or no number yet."""

    NOT_NEEDED = "not-needed"
    """No author or sponsor is known to have write access, or the repository has no CODEOWNERS."""


@dataclass(frozen=True, slots=True)
class CodeownersAssessment:
    """The CODEOWNERS line of one PEP.

    Attributes:
        state: How it stands.
        expected: Accounts that should own it: authors in order, then the sponsor, with access.
        line_to_paste: The line that should be there, without line end; None if there is none.
        after: Where it belongs, in words ("after the entry for PEP 777"); empty if unknown.
        actual: The owners that stand there.
        line: The 1-based line in CODEOWNERS concerned, if there is one.
    """

    state: OwnersState
    expected: tuple[Login, ...] = ()
    line_to_paste: str | None = None
    after: str = ""
    actual: tuple[str, ...] = ()
    line: int | None = None
