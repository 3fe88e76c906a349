"""The text on the queue: whose turn it is and why, follow-ups, and the queue's issue."""

import re
from datetime import timedelta

from bot.peps.dates import format_pep_date
from bot.peps.people import LOGIN, Login
from bot.policy.model import Policy
from bot.review.decision.status_change import Awaiting
from bot.review.queue.follow_up import FollowUp
from bot.review.queue.queue import Queue, open_points
from bot.review.queue.sources import ChangedSource
from bot.review.render import markdown as link_to
from bot.review.render.markdown import escape, line, page, target, within_limit
from bot.review.stage import (
    ChangesRequested,
    ConsentAwaited,
    FixesNeeded,
    NothingLeft,
    SetByPerson,
    Stage,
    StageChoice,
    StatusMoves,
    Turn,
)
from bot.review.subject import Subject
from bot.rules.document.canonical_doc import directive_for
from bot.rules.edits.ownership import AwaitedAnswer
from bot.rules.engine.finding import join_names, safe_code

QUEUE_MARKER = "<!-- pep-bot:queue -->"
"""Identifies the issue, together with its author."""

QUEUE_TITLE = "Pull requests by whose turn it is"

_MOST = 100
"""How many entries a section lists; the rest is only counted."""

_TURNS = {
    Stage.EDITOR: "Editors",
    Stage.DECISION: "Those who decide",
    Stage.SPONSOR: "Sponsors",
    Stage.AUTHOR: "Authors",
}


def queue_issue(queue: Queue) -> str:
    """The issue's text: with days, not durations, so that it changes only when something does."""
    sections = [(_TURNS[turn], waiting) for turn, waiting in queue.turns.items()]
    sections += [("Drafts", queue.drafts), ("Touches no PEP", queue.others)]
    text = page(
        "queue",
        queue=queue,
        awaited=open_points,
        sections=sections,
        news=named_news(queue),
        awaiting=[(one, awaiting_fact(one)) for one in queue.awaiting],
        due=[(one, follow_up_fact(one)) for one in queue.due],
        sources=[(one.source, source_fact(one)) for one in queue.sources],
        most=_MOST,
    )
    return within_limit(text, "(Shortened to GitHub's limit.)")


TURN_HEADINGS = {
    Stage.EDITOR: "Editors' turn",
    Stage.DECISION: "Awaiting a decision",
    Stage.SPONSOR: "Sponsors' turn",
    Stage.AUTHOR: "Authors' turn",
}
"""The headings of the queue's parts where there is more room than in the issue."""


def named_news(queue: Queue) -> list[tuple[str, tuple[int, ...]]]:
    """What happened within the last week, and to which pull requests."""
    news = queue.news
    named = [
        ("opened", news.opened),
        ("changed hands", news.moved),
        ("merged", news.merged),
        ("closed", news.closed),
    ]
    return [(what, numbers) for what, numbers in named if numbers]


def in_days(duration: timedelta) -> str:
    """`less than a day`, `1 day`, `12 days`."""
    days = duration.days
    return "less than a day" if days == 0 else f"{days} day{'' if days == 1 else 's'}"


def render_turn(turn: Turn) -> str:
    """The reason for the stage, as it follows "because": names and rules, no whole sentence."""
    match turn.reason:
        case SetByPerson():
            return _who_set_stage(turn.choice)
        case ChangesRequested(who):
            return f"{join_names(tuple(safe_code(f'@{login}') for login in who))} requested changes"
        case FixesNeeded(draft, rules):
            reasons = ["it is a draft"] if draft else []
            if rules:
                to_fix = join_names(tuple(map(safe_code, rules)))
                reasons.append(f"there is something to fix ({to_fix})")
            return " and ".join(reasons)
        case ConsentAwaited(sponsors):
            return f"{escape(' '.join(sponsors))} has not agreed here"
        case AwaitedAnswer(names, _, until):
            has = "has" if turn.stage is Stage.AUTHOR else "had"
            return f"{escape(join_names(names))} {has} until {until:%d-%b-%Y} to answer"
        case StatusMoves():
            return "the status of a PEP changes"
        case NothingLeft():
            return "everything that I can check is in order"


def _who_set_stage(word: StageChoice | None) -> str:
    who = safe_code(f"@{word.by}") if word is not None and word.by else "somebody"
    if word is None or not word.url:
        return f"{who} set the label"
    return f"{who} [said so]({target(word.url)})"


REMINDER = "reminder"
"""How the markers of reminders begin."""

_CUT = "(Shortened to GitHub's limit.)"
_ACCOUNT = re.compile(LOGIN)
_NOT_IN_MARKS = re.compile(r"[^A-Za-z0-9_.-]")


def follow_up_fact(one: FollowUp) -> str:
    """What a follow-up is about: a plain sentence without a full stop, headers in backticks."""
    return line("follow_up", one=one, directive=directive_for(one.pep.preamble))


def awaiting_fact(one: Awaiting) -> str:
    """Why a PEP awaits a decision, in the same form."""
    return line("awaiting", one=one)


def source_fact(one: ChangedSource) -> str:
    """What is known of a source of the policy's data, in the same form."""
    as_of = f"the policy is as of {format_pep_date(one.source.as_of)}"
    if one.changed_at is None:
        return f"I cannot read it; {as_of}"
    return f"changed on {format_pep_date(one.changed_at.date())}; {as_of}"


def reminder_mark(one: FollowUp) -> str:
    """The marker that identifies a reminder's comment, without the HTML around it.

    A kind of follow-up may have several steps with a reminder each, so the marker names the step.
    """
    cause = _NOT_IN_MARKS.sub("-", one.cause)[:80]
    return f"{REMINDER} {one.kind.value}:{one.pep.number}:{cause}"


def reminder_comment(
    one: FollowUp, subject: Subject, branch: str, policy: Policy, author: Login
) -> str:
    """The reminder to the author of a merged pull request."""
    pep = one.pep
    url = link_to.published(policy.links, subject.number, pep.number) or ""
    body = page(
        "reminder",
        mark=reminder_mark(one),
        author=author if _ACCOUNT.fullmatch(author) else "",
        one=one,
        fact=follow_up_fact(one),
        published=url,
        thread=link_to.discussion_thread(pep.number, pep.preamble, url),
        category=link_to.category(pep.preamble),
        edit=link_to.edit_pep(subject.repository.full_name, branch, pep.number),
        directive=directive_for(pep.preamble),
    )
    return within_limit(body, _CUT)
