"""Who decides on a PEP, and where its author goes next, by topic and delegate header.

Sources: PEP 1 § "PEP Review & Resolution", PEP 729 (Typing Council), the Steering Council's
standing delegations for packaging, PEP 101 (release schedules), PEP 13 (elections).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote, urlencode

from bot.peps.document import thread_url
from bot.peps.people import MatchKind, match_name
from bot.peps.preamble import Preamble
from bot.policy.load import office_holders
from bot.policy.model import Policy
from bot.rules.wording import name as harmless_name

TYPING_COUNCIL_ISSUE = "https://github.com/python/typing-council/issues/new"
PACKAGING_CATEGORY = "https://discuss.python.org/c/packaging/14"
_COUNCIL_ISSUE = "https://github.com/python/steering-council/issues/new"


class Decider(StrEnum):
    """Who has the last word."""

    STEERING_COUNCIL = "steering-council"
    AFTER_TYPING_COUNCIL = "after-typing-council"
    STANDING_DELEGATE = "standing-delegate"
    NAMED_DELEGATE = "named-delegate"
    PACKAGING_DELEGATES = "packaging-delegates"
    VOTERS = "voters"
    NOBODY = "nobody"

    @property
    def needs_discussion(self) -> bool:
        """Whether the PEP is discussed in a thread of its own before the decision."""
        return self not in (Decider.VOTERS, Decider.NOBODY)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides on one PEP.

    Attributes:
        decider: Who has the last word.
        delegate: The delegate's name, made harmless; empty without one.
        scope: What a standing delegation covers.
        council_issue: The prefilled Steering Council issue, if the PEP can go there now: it is a
            Draft, has a thread, and its topic routes there.
    """

    decider: Decider
    delegate: str = ""
    scope: str = ""
    council_issue: str | None = None


def decision_on(preamble: Preamble, policy: Policy, day: date) -> Decision:
    """Tell who decides on a PEP with this header on this day."""
    topics = frozenset(preamble.topics)
    if preamble.number in policy.numbers.elections:
        return Decision(Decider.VOTERS)
    if "Release" in topics:
        return Decision(Decider.NOBODY)
    if preamble.delegates:
        delegate = preamble.delegates[0].name
        holders = office_holders(policy, day).packaging_delegates if "Packaging" in topics else ()
        match = match_name(delegate, holders, policy.people.aliases)
        if match.member is not None and match.kind is not MatchKind.UNCLEAR:
            return Decision(Decider.STANDING_DELEGATE, match.member.name, match.member.scope)
        return Decision(Decider.NAMED_DELEGATE, harmless_name(delegate))
    if topics == {"Packaging"}:
        return Decision(Decider.PACKAGING_DELEGATES)
    decider = Decider.AFTER_TYPING_COUNCIL if "Typing" in topics else Decider.STEERING_COUNCIL
    return Decision(decider, council_issue=_council_issue(preamble))


def _council_issue(preamble: Preamble) -> str | None:
    """The tracker's only template, with label and title filled in for this PEP."""
    if preamble.status != "Draft" or preamble.number is None or not preamble.title:
        return None
    if thread_url(preamble.value("Discussions-To") or "") is None:
        return None
    query = {
        "template": "pep-submission.md",
        "labels": "PEP",
        "title": f"PEP {preamble.number} -- {preamble.title[:200]}",
    }
    return f"{_COUNCIL_ISSUE}?{urlencode(query, quote_via=quote)}"
