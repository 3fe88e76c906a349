"""What the comment on a new PEP tells of it: its number, its sponsor, and who decides."""

from bot.peps.number import NumberLedger, PepNumber, frontier
from bot.peps.people import match_name
from bot.policy.in_office import PACKAGING
from bot.review.decider import PACKAGING_CATEGORY
from bot.review.snapshot import Snapshot
from bot.review.verdict import PepStanding, Verdict
from bot.review.wording import line
from bot.rules.consent import linked_post
from bot.rules.post_told import day_and_writer, may_be_by
from bot.rules.standing import NumberStanding, NumberState, SponsorState

_MOST_NOTICES = 4
"""Remarks beyond these would bury the facts; the check run has every one."""


def facts_told(snapshot: Snapshot, verdict: Verdict) -> list[str]:
    """The lines on number, sponsor and decision of each new PEP, then the notices."""
    facts: list[str] = []
    for standing in verdict.peps:
        if len(verdict.peps) > 1:
            facts += ["", f"`{standing.pep.path.replace('`', '')}`", ""]
        told = (
            number_line(snapshot.context.numbers, standing.number),
            _sponsor_line(snapshot, standing),
            _decision_line(standing),
        )
        # Before somebody may stand for the PEP, who decides on it is no news its author can use.
        facts += [f"- {fact}" for fact in (told[:2] if seeks_sponsor(standing) else told) if fact]
    notices = [one for one in verdict.notices if one.rule not in ("number", "sponsor")]
    facts += ["- " + line("step", finding=one, place="") for one in notices[:_MOST_NOTICES]]
    if len(notices) > _MOST_NOTICES:
        facts.append(f"- And {len(notices) - _MOST_NOTICES} more remarks, listed in the check run.")
    return facts


def number_line(ledger: NumberLedger, number: NumberStanding) -> str:
    """The line on a PEP's number; empty where a finding speaks of it already."""
    top, claimed = frontier(ledger), number.number
    told_free: PepNumber | None = None
    if claimed is not None and claimed > top and number.state is not NumberState.SPECIAL:
        if number.state is NumberState.FAR_AHEAD:
            told_free = number.suggestion
        elif number.lower_free:
            told_free = number.lower_free[0]
    return line(
        "number",
        number=number,
        told_free=told_free,
        below_frontier=claimed is not None and claimed < top,
    )


def _sponsor_line(snapshot: Snapshot, standing: PepStanding) -> str:
    authors = standing.pep.preamble.authors
    core_team, policy = snapshot.context.core_team, snapshot.context.policy
    members = core_team.on(snapshot.context.today) if core_team else ()
    linked = linked_post(snapshot.change.body)
    post = snapshot.context.forum.post(linked) if linked else None
    return line(
        "sponsor",
        sponsor=standing.sponsor,
        is_named=bool(standing.pep.preamble.sponsors),
        authors=len(authors),
        all_core=all(
            match_name(author.name, members, policy.people.aliases).member for author in authors
        ),
        linked=standing.sponsor.consent_url == linked,
        post="" if post is None else day_and_writer(post),
        is_theirs=post is not None and may_be_by(post, standing.sponsor),
        vouched=any(one.link == standing.sponsor.consent_url for one in snapshot.orders.accepted),
    )


def _decision_line(standing: PepStanding) -> str:
    return line(
        "decision",
        decision=standing.decision,
        pending=standing.pep.preamble.value("Discussions-To") == "Pending",
        packaging=PACKAGING in standing.pep.preamble.topics,
        packaging_category=PACKAGING_CATEGORY,
    )


def seeks_sponsor(standing: PepStanding) -> bool:
    """Whether nobody may stand for the PEP yet."""
    return standing.sponsor.state in (SponsorState.MISSING, SponsorState.NOT_ELIGIBLE)
