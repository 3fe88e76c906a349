"""Assessments of a new PEP's sponsor, number and CODEOWNERS line, for rules and the comment."""

from dataclasses import dataclass
from enum import StrEnum

from bot.peps.number import PepNumber
from bot.peps.people import Login


class SponsorState(StrEnum):
    """Whether the PEP has an eligible sponsor or core developer."""

    AUTHOR_IS_CORE = "author-is-core"
    ELIGIBLE = "eligible"
    UNCLEAR = "unclear"
    NOT_ELIGIBLE = "not-eligible"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """The core team's list could not be read, so nothing is certain."""


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
        state: Whether the PEP has an eligible sponsor or core developer.
        consent: Whether the sponsor agreed.
        name: The sponsor's name from the header, sanitized; empty if there is none.
        login: The sponsor's account, if known.
        role: Why they may sponsor, in words ("core developer", "Typing Council member").
        consent_url: The link to the act or post that shows the consent; None if nothing does.
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
    """Whether a PEP can have its number, or why not."""

    GOOD = "good"
    PLACEHOLDER = "placeholder"
    PUBLISHED = "published"
    RESERVED = "reserved"
    CLAIMED = "claimed"
    SPECIAL = "special"
    FOR_META_PEPS = "for-meta-peps"
    """The ordinary numbers begin above it, and it is a Standards Track PEP."""

    FAR_AHEAD = "far-ahead"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True)
class NumberAssessment:
    """The number of one PEP: all that is said of it, and nothing else.

    A digest of it tells whether a pull request must be reviewed again (`bot.review.number_inputs`),
    so it has no field that may change while nothing said changes.

    Attributes:
        state: Whether the PEP can have the number.
        number: The number claimed; None for a placeholder.
        suggestion: The number to take instead, or that would be next; None if nothing says so.
        is_next: True if the number is the next one.
        lower_free_number: The lowest free number, if it would come first and the number may stay.
        is_below_run: True if a higher number is published already.
        claimed_by: The older pull request that claims it, if one does.
        reserved_for: For a reserved number why, as the policy or an editor put it.
        places_with_number: The places that agree on the number: of "file", "header", "title",
            "CODEOWNERS".
        ledger_complete: False while claims are still being read.
        is_assigned: Whether an editor reserved what it suggests, or else its number, for this pull
            request.
    """

    state: NumberState
    number: PepNumber | None
    suggestion: PepNumber | None
    is_next: bool = False
    lower_free_number: PepNumber | None = None
    is_below_run: bool = False
    claimed_by: int | None = None
    reserved_for: str = ""
    places_with_number: tuple[str, ...] = ()
    ledger_complete: bool = True
    is_assigned: bool = False


class OwnersState(StrEnum):
    """Whether the CODEOWNERS line of a PEP is right, or what is wrong."""

    PRESENT = "present"
    MISSING = "missing"
    INCOMPLETE = "incomplete"
    MISPLACED = "misplaced"
    MALFORMED = "malformed"
    UNKNOWN_OWNER = "unknown-owner"
    STALE_PATH = "stale-path"
    """The line has the name that the file had before a renumbering."""

    FILE_BROKEN = "file-broken"
    WAITING = "waiting"
    """There is no sponsor or no number yet, so nothing to write there."""

    NOT_NEEDED = "not-needed"
    """No author or sponsor is known to have write access, or the repository has no CODEOWNERS."""


@dataclass(frozen=True, slots=True)
class CodeownersAssessment:
    """The CODEOWNERS line of one PEP.

    Attributes:
        state: Whether the line is right, or what is wrong.
        expected: Accounts that should own the PEP: authors in order, then the sponsor, if they have
            write access.
        line_to_paste: The line that should be there, without line end; None if there is none.
        after: Where it belongs, in words ("after the entry for PEP 777"); empty if unknown.
        actual: The owners that are there.
        line: The 1-based line in CODEOWNERS, if there is one.
    """

    state: OwnersState
    expected: tuple[Login, ...] = ()
    line_to_paste: str | None = None
    after: str = ""
    actual: tuple[str, ...] = ()
    line: int | None = None
