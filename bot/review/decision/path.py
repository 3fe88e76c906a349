"""How a PEP gets to its decision: whom to ask first, who may sponsor, and where to ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.peps.document import thread_url
from bot.peps.preamble import Preamble
from bot.policy.bodies import Appointment, Body, BodyRole
from bot.policy.in_office import (
    PACKAGING,
    bodies_for_pep,
)
from bot.review.decision.decider import (
    AT_COUNCIL,
    Decider,
    Decision,
    decision_on,
    is_published,
    with_delegations,
)
from bot.review.decision.submission import Submission, Submitted, submitted
from bot.review.render.markdown import category, discussion_thread, prefilled
from bot.rules.engine.context import Context
from bot.rules.engine.eligibility import who_may_sponsor
from bot.rules.preamble.delegate import (
    body_that_cannot_delegate,
    standing_delegates,
)

PACKAGING_CATEGORY = "https://discuss.python.org/c/packaging/14"

OPEN = frozenset({"Draft", "Deferred", "Provisional"})
"""The statuses in which a PEP still awaits a decision."""


@dataclass(frozen=True, slots=True)
class AskedBody:
    """A body to ask before the decision, and the form for asking."""

    body: Body
    url: str


@dataclass(frozen=True, slots=True)
class DecisionPath:
    """How one PEP gets to its decision.

    Attributes:
        decision: Who has the last word.
        type: The PEP's type if PEP 1 defines it; otherwise empty.
        is_open: Whether a decision is still to come.
        before: Whom to ask first for a recommendation or an opinion.
        delegates: The standing delegates who may decide.
        sponsors: Who may sponsor, in words.
        category: The forum category it is discussed in.
        thread: Its discussion thread; None without one.
        new_thread: The filled-in form for a new thread; None if there is a thread, or no number
            yet.
        ask: Where to ask for the decision; None if there is no place for it or nobody needs to.
        is_prefilled: Whether the council's issue form in `ask` is filled in for this PEP.
        body_that_cannot_delegate: A body that the delegate header names but that cannot be the
            delegate.
        submitted: The issues that submit it to those who decide or recommend.
    """

    decision: Decision
    type: str
    is_open: bool
    before: tuple[AskedBody, ...]
    delegates: tuple[Appointment, ...]
    sponsors: str
    category: str
    thread: str | None
    new_thread: str | None
    ask: str | None
    is_prefilled: bool
    body_that_cannot_delegate: Body | None
    submitted: tuple[Submitted, ...] = ()

    def is_submitted_to(self, body: Body | None) -> bool:
        """Whether an open issue submits it to this body, so that nobody needs to ask again."""
        return any(one.submission.is_open for one in self.submitted_to(body))

    def submitted_to(self, body: Body | None) -> tuple[Submitted, ...]:
        """The issues that submit it to a body, by the day they were opened."""
        return tuple(one for one in self.submitted if one.body == body)


def decision_path(
    preamble: Preamble, context: Context, submissions: Iterable[Submission] = ()
) -> DecisionPath:
    """The decision path of a PEP with this header, on the context's day.

    Args:
        preamble: The header.
        context: Policy, day and delegations; the core team's list is not needed.
        submissions: The known submissions of this PEP, and perhaps of others.
    """
    policy, day = context.policy, context.today
    decision = with_delegations(
        decision_on(preamble, policy, day, is_published=is_published(preamble, context)),
        preamble,
        context,
    )
    thread = thread_url(preamble.value("Discussions-To") or "")
    needs_discussion = decision.decider.needs_discussion
    has_number = preamble.number is not None and (
        preamble.number not in policy.numbers.placeholders
    )
    return DecisionPath(
        decision=decision,
        type=preamble.type if preamble.type in _TYPES else "",
        is_open=preamble.status in OPEN,
        before=_before(preamble, context) if needs_discussion else (),
        delegates=_delegates(decision, preamble, context),
        sponsors=who_may_sponsor(preamble.topics, context),
        category=category(preamble),
        thread=thread,
        new_thread=discussion_thread(preamble.number, preamble)
        if needs_discussion and thread is None and has_number and preamble.number is not None
        else None,
        ask=_ask(decision, preamble, thread),
        is_prefilled=decision.council_issue is not None,
        body_that_cannot_delegate=body_that_cannot_delegate(preamble, policy, day),
        submitted=submitted(preamble.number, submissions, policy),
    )


_TYPES = frozenset({"Standards Track", "Informational", "Process"})


def _before(preamble: Preamble, context: Context) -> tuple[AskedBody, ...]:
    """Whom to ask first: those who recommend, then those who advise."""
    return tuple(
        AskedBody(body, prefilled(body, preamble) or body.source)
        for part in (BodyRole.RECOMMENDS, BodyRole.ADVISES)
        for body in bodies_for_pep(
            context.policy, part, preamble.topics, preamble.title or "", context.today
        )
    )


def _delegates(decision: Decision, preamble: Preamble, context: Context) -> tuple[Appointment, ...]:
    holders = standing_delegates(preamble, context.policy, context.today)
    if decision.decider is Decider.PACKAGING_DELEGATES:
        return holders
    if decision.decider is Decider.STANDING_DELEGATE:
        return tuple(one for one in holders if one.name == decision.delegate)
    return ()


def _ask(decision: Decision, preamble: Preamble, thread: str | None) -> str | None:
    """Where to ask: the filled-in form, otherwise the PEP's thread or its category."""
    if preamble.status not in OPEN or not decision.decider.needs_discussion:
        return None
    if decision.decider in AT_COUNCIL:
        return decision.council_issue
    if decision.decider is Decider.BODY and decision.body and decision.body.tracker:
        return prefilled(decision.body, preamble)
    return thread or (PACKAGING_CATEGORY if PACKAGING in preamble.topics else None)
