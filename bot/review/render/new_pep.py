"""The text on a new PEP: its number, its sponsor, who decides, where it was submitted."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from bot.peps.dates import format_pep_date, parse_pep_date
from bot.peps.document import SectionChange, thread_url
from bot.peps.links import is_discussion_link, parse_post_history_entry
from bot.peps.preamble import Preamble
from bot.policy.bodies import BodyRole
from bot.policy.in_office import PACKAGING, bodies_for_pep, tracker_of
from bot.policy.model import Policy
from bot.review.decision.path import PACKAGING_CATEGORY, DecisionPath
from bot.review.decision.readiness import ItemStatus, Readiness
from bot.review.decision.submission import Submission, Submitted, submitted
from bot.review.render import markdown as link_to
from bot.review.render.markdown import MARKDOWN, PLAIN_TEXT, line, lines, page
from bot.review.snapshot import Snapshot
from bot.review.verdict import PepAssessment, Verdict
from bot.rules.engine.assessment import NumberAssessment, NumberState, SponsorState
from bot.rules.engine.eligibility import core_developer
from bot.rules.engine.finding import safe_name
from bot.rules.engine.forum_links import describe_post, may_be_written_by
from bot.rules.engine.pull_request_text import linked_post

_MOST_NOTICES = 4
"""More notices than these would hide the facts; the check run has all of them."""


def render_facts(snapshot: Snapshot, verdict: Verdict) -> list[str]:
    """The lines on number, sponsor and decision of each new PEP, then the notices."""
    facts: list[str] = []
    for assessment in verdict.peps:
        if len(verdict.peps) > 1:
            facts += ["", f"`{assessment.pep.path.replace('`', '')}`", ""]
        rendered = (
            number_line(assessment.number),
            _sponsor_line(snapshot, assessment),
            _decision_line(assessment),
        )
        # Until there is a sponsor, it does not help the author to know who decides.
        facts += [
            f"- {fact}"
            for fact in (rendered[:2] if seeks_sponsor(assessment) else rendered)
            if fact
        ]
    notices = [one for one in verdict.notices if one.rule not in ("number", "sponsor")]
    facts += ["- " + line("step", finding=one, place="") for one in notices[:_MOST_NOTICES]]
    if len(notices) > _MOST_NOTICES:
        facts.append(f"- And {len(notices) - _MOST_NOTICES} more notices, listed in the check run.")
    return facts


def number_line(number: NumberAssessment) -> str:
    """The line on a PEP's number; empty if a finding is about it already."""
    is_far_ahead = number.state is NumberState.FAR_AHEAD
    would_be_next = number.suggestion if is_far_ahead else number.lower_free_number
    return line("number", number=number, would_be_next=would_be_next)


def _sponsor_line(snapshot: Snapshot, assessment: PepAssessment) -> str:
    authors = assessment.pep.preamble.authors
    linked = linked_post(snapshot.change.body)
    post = snapshot.context.forum.post(linked) if linked else None
    return line(
        "sponsor",
        sponsor=assessment.sponsor,
        is_named=bool(assessment.pep.preamble.sponsors),
        authors=len(authors),
        all_core=all(core_developer(author.name, snapshot.context) for author in authors),
        linked=assessment.sponsor.consent_url == linked,
        post="" if post is None else describe_post(post),
        is_theirs=post is not None and may_be_written_by(post, assessment.sponsor),
        vouched=any(
            one.link == assessment.sponsor.consent_url for one in snapshot.overrides.accepted
        ),
    )


def _decision_line(assessment: PepAssessment) -> str:
    return line(
        "decision",
        decision=assessment.decision,
        pending=assessment.pep.preamble.value("Discussions-To") == "Pending",
        packaging=PACKAGING in assessment.pep.preamble.topics,
        packaging_category=PACKAGING_CATEGORY,
    )


def seeks_sponsor(assessment: PepAssessment) -> bool:
    """Whether the PEP needs a sponsor and has none who may sponsor it."""
    return assessment.sponsor.state in (SponsorState.MISSING, SponsorState.NOT_ELIGIBLE)


_SPONSORS = "**Who may sponsor:"
"""How a line begins that is left out of readiness: the sponsor was found long before."""


def render_readiness(found: Readiness, status: str) -> str:
    """The text on a PEP's readiness: missing, in order, for people to judge, and where to ask."""
    return page(
        "readiness",
        number=found.number,
        path=found.path,
        status=status,
        is_asked=bool(found.items),
        missing=found.with_status(ItemStatus.NO),
        people=found.with_status(ItemStatus.PEOPLE),
        in_order=found.with_status(ItemStatus.YES),
        form=found.form,
        is_published=found.is_published,
        council=found.council,
        handed=[submitted_in_markdown(one, awaits_decision=True) for one in found.handed],
        rendered=[one for one in path_in_markdown(found.path) if not one.startswith(_SPONSORS)],
    ).strip()


def path_in_markdown(path: DecisionPath) -> list[str]:
    """Who decides, whom to ask first, who may sponsor, where to ask, and why; one string each."""
    return lines("decision_path", path=path, **MARKDOWN)


def path_in_text(path: DecisionPath) -> list[str]:
    """The same as plain text, with addresses in angle brackets after their words."""
    return lines("decision_path", path=path, **PLAIN_TEXT)


SUBMISSION = "submission"
"""The marker of the bot's comment on a submission."""

_MOST_POSTS = 5
_MOST_SECTIONS = 40
_AT_ONCE = timedelta(days=1)


def submitted_in_markdown(one: Submitted, *, awaits_decision: bool) -> str:
    """Where a PEP was submitted, and since when; closing an issue is not a decision.

    Args:
        one: The submission.
        awaits_decision: Whether the PEP's status says that no decision is recorded yet.
    """
    form = {**MARKDOWN, "strong": str}
    return line("submitted", one=one, awaits_decision=awaits_decision, **form)


def submission_line(
    submission: Submission,
    preamble: Preamble,
    changes: Sequence[SectionChange] | None,
    policy: Policy,
    today: date,
    others: Sequence[Submission],
) -> str:
    """The bot's comment on a submission.

    Args:
        submission: The submission.
        preamble: The PEP's current header.
        changes: What changed in the PEP since; None if its text at that time is unknown.
        policy: The policy of the repository with the PEPs.
        today: The current day.
        others: The submissions of this PEP in all trackers.
    """
    bodies = bodies_for_pep(
        policy, BodyRole.RECOMMENDS, preamble.topics, preamble.title or "", today
    )
    elsewhere = submitted(submission.pep, others, policy)
    asked = [
        (body, [one for one in elsewhere if one.body == body])
        for body in bodies
        if tracker_of(body) is not None
    ]
    return page(
        "submission",
        marker=f"<!-- pep-bot:{SUBMISSION} -->",
        number=submission.pep,
        title=safe_name(preamble.title) if preamble.title else "",
        url=link_to.published(policy.links, 0, submission.pep),
        status=safe_name(preamble.status or "without a status"),
        thread=thread_url(preamble.value("Discussions-To") or ""),
        posts=_posts(preamble),
        asked=asked,
        since=_since(submission),
        changes=None if changes is None else changes[:_MOST_SECTIONS],
        more=max(0, len(changes or ()) - _MOST_SECTIONS),
        section=safe_name,
    )


def _posts(preamble: Preamble) -> list[tuple[str, str]]:
    """The newest posts in `Post-History`: the day and the address of each."""
    entries = map(parse_post_history_entry, (preamble.value("Post-History") or "").split(","))
    found = [
        (post.day, post.url)
        for post in entries
        if post is not None and parse_pep_date(post.day) and is_discussion_link(post.url)
    ]
    return found[-_MOST_POSTS:]


def _since(submission: Submission) -> str:
    """Since when changes are counted: the bot may have found the submission late."""
    at: datetime | None = submission.blob_at
    if at is None or at - submission.opened_at <= _AT_ONCE:
        return "since it was submitted"
    return f"since {format_pep_date(at.astimezone(UTC).date())}"
