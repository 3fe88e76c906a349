"""The way to a decision: who decides, who is asked before, who may sponsor, where to ask, why.

Data only; the words stand in `templates/way.md.j2`, for Markdown and for a terminal alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.peps.document import thread_url
from bot.peps.preamble import Preamble
from bot.policy.bodies import Body, Part
from bot.policy.in_office import PACKAGING, concerned_bodies, named_body, office_holders
from bot.policy.model import Appointment
from bot.review.decider import PACKAGING_CATEGORY, Decider, Decision, decision_on
from bot.review.links import category, discussion_thread, prefilled
from bot.review.submission import Submission
from bot.review.submitted import Submitted, submitted
from bot.rules.context import Context
from bot.rules.eligibility import who_may_sponsor
from bot.rules.preamble.delegate import names_body

OPEN = frozenset({"Draft", "Deferred", "Provisional"})
"""A PEP of another status waits for nobody's decision."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A body that is asked before the decision, and the form for it."""

    body: Body
    url: str


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one PEP to its decision.

    Attributes:
        decision: Who has the last word.
        type: The PEP's type as PEP 1 knows it; empty for another.
        is_open: Whether a decision is still to come.
        before: Whom to ask for a recommendation or an opinion before.
        delegates: The standing delegates who come into question.
        sponsors: Who may sponsor, in words.
        category: Where it is discussed.
        thread: Its discussion thread; None without one.
        new_thread: The filled-in form for that thread; None if there is one, or no number yet.
        ask: Where those who decide are asked; None if that is not in a tracker or not to be done.
        is_prefilled: Whether `ask` is a form with this PEP filled in.
        misnamed: A body that the delegate header names and that is none.
        submitted: The issues that submit it to those who decide or recommend.
    """

    decision: Decision
    type: str
    is_open: bool
    before: tuple[Asked, ...]
    delegates: tuple[Appointment, ...]
    sponsors: str
    category: str
    thread: str | None
    new_thread: str | None
    ask: str | None
    is_prefilled: bool
    misnamed: Body | None
    submitted: tuple[Submitted, ...] = ()

    def is_before(self, body: Body | None) -> bool:
        """Whether a body has it in an open issue, so that nobody needs to ask there again."""
        return any(one.submission.is_open for one in self.submitted_to(body))

    def submitted_to(self, body: Body | None) -> tuple[Submitted, ...]:
        """The issues that submit it to a body, by the day they were opened."""
        return tuple(one for one in self.submitted if one.body == body)


def way_of(preamble: Preamble, context: Context, submissions: Iterable[Submission] = ()) -> Way:
    """The way of a PEP with this header, on the context's day.

    Args:
        preamble: The header.
        context: Policy and day; the core team's list is not needed.
        submissions: What is known to be submitted, of this PEP or of others.
    """
    policy, day = context.policy, context.today
    decision = decision_on(preamble, policy, day)
    thread = thread_url(preamble.value("Discussions-To") or "")
    needs_discussion = decision.decider.needs_discussion
    has_number = preamble.number is not None and (
        preamble.number not in policy.numbers.placeholders
    )
    return Way(
        decision=decision,
        type=preamble.type if preamble.type in _TYPES else "",
        is_open=preamble.status in OPEN,
        before=_before(preamble, context) if needs_discussion else (),
        delegates=_delegates(decision, context),
        sponsors=who_may_sponsor(preamble.topics, context),
        category=category(preamble),
        thread=thread,
        new_thread=discussion_thread(preamble.number, preamble)
        if needs_discussion and thread is None and has_number and preamble.number is not None
        else None,
        ask=_ask(decision, preamble, thread),
        is_prefilled=decision.council_issue is not None,
        misnamed=_misnamed(preamble, context),
        submitted=submitted(preamble.number, submissions, policy),
    )


_TYPES = frozenset({"Standards Track", "Informational", "Process"})
_AT_COUNCIL = frozenset({Decider.STEERING_COUNCIL, Decider.AFTER_RECOMMENDATION})


def _before(preamble: Preamble, context: Context) -> tuple[Asked, ...]:
    """Those who recommend before those who advise."""
    return tuple(
        Asked(body, prefilled(body, preamble) or body.source)
        for part in (Part.RECOMMENDS, Part.ADVISES)
        for body in concerned_bodies(
            context.policy, part, preamble.topics, preamble.title or "", context.today
        )
    )


def _delegates(decision: Decision, context: Context) -> tuple[Appointment, ...]:
    holders = office_holders(context.policy, context.today).packaging_delegates
    if decision.decider is Decider.PACKAGING_DELEGATES:
        return holders
    if decision.decider is Decider.STANDING_DELEGATE:
        return tuple(one for one in holders if one.name == decision.delegate)
    return ()


def _ask(decision: Decision, preamble: Preamble, thread: str | None) -> str | None:
    """The exact place: the filled-in form, else the PEP's thread or its category."""
    if preamble.status not in OPEN or not decision.decider.needs_discussion:
        return None
    if decision.decider in _AT_COUNCIL:
        return decision.council_issue
    if decision.decider is Decider.BODY and decision.body and decision.body.tracker:
        return prefilled(decision.body, preamble)
    return thread or (PACKAGING_CATEGORY if PACKAGING in preamble.topics else None)


def _misnamed(preamble: Preamble, context: Context) -> Body | None:
    for one in preamble.delegates:
        body = named_body(context.policy, one.name[:1_000], context.today)
        if body is not None and names_body(one.name):
            return None if body.may_be_delegate(preamble.topics, context.today) else body
    return None
