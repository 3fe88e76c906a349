"""Evidence that somebody decided: the linked post, an issue in a tracker, a recommendation."""

import re
from datetime import date, timedelta

from bot.peps.changed_pep import ChangedPep
from bot.peps.dates import parse_pep_date
from bot.peps.links import (
    RecordLink,
    decision_link,
    parse_post_history_entry,
    record_link,
    thread_of,
)
from bot.peps.preamble import Preamble
from bot.peps.status import MoveKind
from bot.policy.bodies import Body
from bot.review.decision.decider import AT_COUNCIL, Decider, Decision
from bot.review.decision.evidence import About, Evidence, EvidenceSources, EvidenceStatus
from bot.review.decision.evidence_from_people import delegate_by
from bot.rules.engine.finding import safe_name
from bot.rules.engine.pull_request_text import (
    MAX_DESCRIPTION_LENGTH,
    linked_issue,
    without_comments,
)
from bot.rules.preamble.delegate import names_body, person_of
from bot.rules.preamble.resolution import DATED_SINCE

ASKS_FOR_RESOLUTION = frozenset(
    {
        MoveKind.ACCEPTANCE,
        MoveKind.PROVISIONAL_ACCEPTANCE,
        MoveKind.REJECTION,
        MoveKind.OUTRIGHT_FINALISATION,
    }
)
"""Status changes that somebody decides on, so that there is a post to link."""

RESOLUTION_USUAL_SINCE = date(2021, 1, 1)
"""PEPs created before this day often have no `Resolution` (measured: those without one that became
Final since 2023 were created from 2007 to 2020)."""

_MAY_HAVE_RESOLUTION = frozenset(
    {*ASKS_FOR_RESOLUTION, MoveKind.FINALISATION, MoveKind.WITHDRAWAL, MoveKind.ACTIVATION}
)
_OLDEST_DECISION = timedelta(days=365)
_RESOLUTION = "Resolution"


def resolution_evidence(
    kind: MoveKind, decision: Decision, pep: ChangedPep, sources: EvidenceSources
) -> Evidence | None:
    """What `Resolution` shows; None if there is none and PEP 1 does not ask for one."""
    header = pep.after.preamble
    value = header.value(_RESOLUTION)
    if value is None:
        return _without_resolution(kind, header, pep, sources)
    before = pep.before.preamble.value(_RESOLUTION) if pep.before else None
    link = decision_link(value)
    if link is None:
        found = sources.after_rules(EvidenceStatus.PARTLY, pep.path, ("resolution",))
        return Evidence(About.RESOLUTION, found, is_new=before != value)
    what = record_link(link.url)
    day = parse_pep_date(link.day) if link.day else None
    found = EvidenceStatus.THERE
    if not _is_direct(what, link.url, header) or (
        day is None and _needs_day(before, value, sources)
    ):
        found = EvidenceStatus.PARTLY
    # Whoever started a thread did not necessarily decide.
    post = sources.context.forum.post(link.url) if what is RecordLink.POST else None
    return Evidence(
        About.RESOLUTION,
        sources.after_rules(found, pep.path, ("resolution",)),
        url="" if what is RecordLink.ELSEWHERE else link.short,
        link=what,
        day=day,
        is_new=before != value,
        post=post,
        delegate_by="" if post is None else delegate_by(post, decision, header, sources.context),
    )


def _without_resolution(
    kind: MoveKind, header: Preamble, pep: ChangedPep, sources: EvidenceSources
) -> Evidence | None:
    if kind not in _MAY_HAVE_RESOLUTION:
        return None
    found = EvidenceStatus.UNSEEN
    if kind in ASKS_FOR_RESOLUTION:
        found = sources.after_rules(EvidenceStatus.MISSING, pep.path, ("resolution",))
    elif kind is MoveKind.FINALISATION and header.type == "Standards Track":
        created = parse_pep_date(header.value("Created") or "")
        is_old = created is not None and created < RESOLUTION_USUAL_SINCE
        found = EvidenceStatus.UNSEEN if is_old else EvidenceStatus.MISSING
    return Evidence(About.RESOLUTION, found)


def _is_direct(what: RecordLink, url: str, header: Preamble) -> bool:
    """Whether the link leads to the decision: to one post, or to a thread that starts with it."""
    if what is not RecordLink.THREAD:
        return what.is_direct
    entries = (header.value("Post-History") or "")[:MAX_DESCRIPTION_LENGTH].split(",")
    posts = (parse_post_history_entry(entry) for entry in entries)
    discussed = [header.value("Discussions-To") or "", *(post.url for post in posts if post)]
    return thread_of(url) not in [thread_of(thread) for thread in discussed]


def _needs_day(before: str | None, value: str, sources: EvidenceSources) -> bool:
    return before != value and sources.context.today >= DATED_SINCE


def decision_day(header: Preamble, today: date) -> date:
    """The day of the decision: that of `Resolution` if it is plausible, otherwise today.

    Who decides depends on the day. A day before the PEP was created, or more than a year ago, is
    ignored, so that nobody can backdate a decision to when others were in charge.
    """
    link = decision_link(header.value(_RESOLUTION) or "")
    day = parse_pep_date(link.day) if link is not None and link.day else None
    created = parse_pep_date(header.value("Created") or "")
    if day is None or not today - _OLDEST_DECISION <= day <= today:
        return today
    return today if created is not None and day < created else day


def council_issue_evidence(
    decision: Decision, pep: ChangedPep, sources: EvidenceSources
) -> Evidence | None:
    """An issue in the tracker of those who decide; None if they have no tracker.

    If a delegate decides, none is expected, but a linked one is reported: it may be about the
    delegate's appointment.
    """
    body = decision.body
    if body is None or body.tracker is None:
        return None
    issue = _issue(About.COUNCIL_ISSUE, body, _text_with_links(pep, sources), sources)
    is_there = issue is not None and issue.found is EvidenceStatus.THERE
    return issue if is_there or decision.decider in AT_COUNCIL | {Decider.BODY} else None


def recommendation_evidence(
    decision: Decision, pep: ChangedPep, sources: EvidenceSources
) -> Evidence | None:
    """The recommendation that comes before the decision; None if nobody has to recommend."""
    body = decision.recommends
    if body is None:
        return None
    return _issue(About.RECOMMENDATION, body, _all_text(pep, sources), sources)


def approval_evidence(
    decision: Decision, pep: ChangedPep, sources: EvidenceSources
) -> Evidence | None:
    """The approval of a body besides those who decide; None if nobody has to approve the PEP."""
    body = decision.approves
    if body is None:
        return None
    text = _all_text(pep, sources)
    link = body.records and re.search(rf"{re.escape(body.records)}{_REST}", text, re.IGNORECASE)
    if not link:
        return Evidence(About.APPROVAL, EvidenceStatus.UNSEEN, body=body.name)
    return Evidence(About.APPROVAL, EvidenceStatus.THERE, url=link[0], body=body.name)


_REST = r"[A-Za-z0-9/_~#-]{1,300}"
"""The rest of an address: no full stop, which may end the sentence it is in."""


def _text_with_links(pep: ChangedPep, sources: EvidenceSources) -> str:
    """Where somebody would link an issue: the description and the `Resolution` header."""
    body = without_comments(sources.change.body[:MAX_DESCRIPTION_LENGTH])
    return f"{body}\n{pep.after.preamble.value(_RESOLUTION) or ''}"


def _all_text(pep: ChangedPep, sources: EvidenceSources) -> str:
    """Where somebody would link a body's record: as above, or anywhere in the PEP."""
    return f"{_text_with_links(pep, sources)}\n{pep.after.text}"


def _issue(about: About, body: Body, text: str, sources: EvidenceSources) -> Evidence | None:
    url = linked_issue(body, text)
    if url is None:
        # Offline there is no description that could link it.
        return (
            None
            if sources.statements is None
            else Evidence(about, EvidenceStatus.UNSEEN, body=body.name)
        )
    return Evidence(about, EvidenceStatus.THERE, url=url, body=body.name)


def appointment_evidence(decision: Decision, pep: ChangedPep) -> Evidence | None:
    """The delegate's appointment, if it is on record or the header names them only since now."""
    if (record := decision.appointed) is not None:
        who = (person_of(record),)
        return Evidence(About.APPOINTMENT, EvidenceStatus.THERE, url=record.link, who=who)
    if decision.decider is not Decider.NAMED_DELEGATE or pep.before is None:
        return None
    before = {one.name.casefold() for one in pep.before.preamble.delegates}
    new = tuple(
        safe_name(one.name)
        for one in pep.after.preamble.delegates[:_MOST_DELEGATES]
        if one.name.casefold() not in before and not names_body(one.name)
    )
    return Evidence(About.APPOINTMENT, EvidenceStatus.UNSEEN, who=new, is_new=True) if new else None


_MOST_DELEGATES = 5
