"""Rule: `Resolution` gives the post that decided on the PEP, and its date."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, PepText
from bot.peps.dates import format_pep_date, parse_pep_date
from bot.peps.forum import Forum
from bot.peps.links import DecisionLink, decision_link
from bot.peps.preamble import Header
from bot.peps.status import Status
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity, safe_code
from bot.rules.engine.forum_links import describe_post
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings, status_change_findings

DECIDED = frozenset({Status.ACCEPTED, Status.PROVISIONAL, Status.REJECTED})
"""Statuses that somebody decides on, so that there is a post to link to (62 of 62 since 2023)."""

DATED_SINCE = date(2024, 11, 1)
"""The date from which a `Resolution` has a date (python/peps #4061, October 2024)."""

# What a `Resolution` from before a change of status links, which is not what decided on the change.
_EARLIER_DECISIONS: Mapping[tuple[str, str], str] = {
    (Status.PROVISIONAL, Status.REJECTED): "the provisional acceptance",
    (Status.PROVISIONAL, Status.WITHDRAWN): "the provisional acceptance",
    (Status.ACCEPTED, Status.REJECTED): "the acceptance",
    (Status.ACCEPTED, Status.WITHDRAWN): "the acceptance",
    (Status.REJECTED, Status.ACCEPTED): "the rejection",
    (Status.REJECTED, Status.PROVISIONAL): "the rejection",
}

_FORM = "DD-Mmm-YYYY <link to the post>"


def earlier_decision(before: str, after: str) -> str | None:
    """The decision that a change of status overrules, in words; None if it overrules none.

    A `Resolution` from before links that decision, so it does not show what overruled it.
    """
    return _EARLIER_DECISIONS.get((before, after))


@rule(
    id="resolution",
    title="Resolution",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "A PEP that becomes Accepted, Provisional or Rejected links the post with the "
        "decision in `Resolution`, with the day of the decision. A missing `Resolution` "
        "is an error, a missing day a warning. The day is never guessed: only if the "
        "policy lets the bot read the post (`[discourse]`) does the finding give the "
        "post's day, and report a different one.\n\n\"When a PEP is Accepted, Rejected "
        "or Withdrawn, the PEP should be updated accordingly. In addition to updating "
        "the Status field, at the very least the Resolution header should be added with "
        'a direct link to the relevant post making a decision on the PEP": if a '
        "provisional or accepted PEP becomes Rejected or Withdrawn while `Resolution` "
        "links the same post as before, that is an error; so it is if a rejected PEP is "
        "accepted.\n\nA value that is not a link is always an error, as in check-peps.py."
    ),
    bad="Resolution: Pending",
    good="Resolution: `15-Mar-2025 <https://discuss.python.org/t/66453/63>`__",
    remedy="Link the post with the decision, and put its day before the link.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the form of every touched `Resolution`, and that decided PEPs have one."""
    forum = context.forum
    yield from introduced_findings(
        "resolution", change, partial(_form, forum), max_severity_if_resolved=None
    )
    yield from introduced_findings(
        "resolution", change, partial(_another_day, forum), max_severity_if_resolved=None
    )
    yield from status_change_findings("resolution", change, partial(_decided, context))


def _form(forum: Forum, pep: PepText) -> Iterator[TextFinding]:
    header = pep.preamble.header("Resolution")
    if header is None:
        return
    link = decision_link(header.value)
    if link is None:
        message = "`Resolution` should link the post with the decision."
        if not header.value:
            message = "`Resolution` is empty."
        help_text = f"Write {safe_code(_FORM)}, or leave the line out until there is a decision."
    elif not link.is_spaced:
        message = "A space is missing between the day and the link, so this is not a link."
        help_text = ""
    elif link.day and parse_pep_date(link.day) is None:
        message = f"{safe_code(link.day)} is not a day in the form `DD-Mmm-YYYY`."
        help_text = "Months are written `Jan`, `Feb`, `Mar` and so on."
    else:
        return
    yield TextFinding(
        line=header.line,
        last_line=header.last_line,
        message=message,
        severity=Severity.ERROR,
        action="Fix the `Resolution`",
        help=help_text,
        columns=pep.value_columns(header),
        paste=_fixed_line(link, forum),
    )


def _fixed_line(link: DecisionLink | None, forum: Forum) -> str | None:
    if link is None:
        return None
    if parse_pep_date(link.day) is not None:
        return f"Resolution: `{link.day} <{link.url}>`__"
    post = forum.post(link.url)
    return None if post is None else f"Resolution: `{format_pep_date(post.day)} <{link.short}>`__"


def _another_day(forum: Forum, pep: PepText) -> Iterator[TextFinding]:
    """Report a date that was not the post's date anywhere on Earth."""
    header = pep.preamble.header("Resolution")
    link = None if header is None else decision_link(header.value)
    if header is None or link is None:
        return
    day, post = parse_pep_date(link.day), forum.post(link.url)
    if day is None or post is None or post.could_be_written_on(day):
        return
    yield TextFinding(
        line=header.line,
        last_line=header.last_line,
        message=f"The linked post is {describe_post(post)}, not from {link.day}.",
        severity=Severity.NOTICE,
        columns=pep.value_columns(header),
    )


def _decided(context: Context, pep: ChangedPep) -> Iterator[TextFinding]:
    preamble = pep.after.preamble
    status = preamble.header("Status")
    if (stale := _stale(pep)) is not None:
        yield stale
        return
    if status is None or status.value not in DECIDED:
        return
    header = preamble.header("Resolution")
    if header is None:
        yield TextFinding(
            severity=Severity.ERROR,
            message=f"A PEP that becomes {status.value} needs a `Resolution`.",
            action="Link the decision",
            help=(
                "Add a line `Resolution:` at the end of the header that links the post "
                f"with the decision, as {safe_code(_FORM)}."
            ),
            line=status.line,
        )
        return
    link = decision_link(header.value)
    if link is not None and not link.day and context.today >= DATED_SINCE:
        yield _without_day(link, header, context)


def _without_day(link: DecisionLink, header: Header, context: Context) -> TextFinding:
    post = context.forum.post(link.url)
    day = "DD-Mmm-YYYY" if post is None else format_pep_date(post.day)
    paste = f"Resolution: `{day} <{link.short}>`__"
    if post is not None:
        help_text = f"The linked post is {describe_post(post)}."
    elif context.policy.discourse.host:
        help_text = "I could not read the post, so I cannot fill in the day."
    else:
        help_text = "I have not read the post, so I cannot fill in the day."
    return TextFinding(
        severity=Severity.WARNING,
        message=(
            f"Please add the day of the decision: {safe_code(f'{day} <{link.short}>')}, as a link."
        ),
        action="Add the day to `Resolution`",
        help=help_text,
        paste=paste,
        fix=None if post is None else Fix(header.line, header.last_line, (paste,)),
        line=header.line,
    )


def _stale(pep: ChangedPep) -> TextFinding | None:
    """A link to an earlier decision, which the change of status overrules; None without one."""
    earlier = earlier_decision(pep.status_before, pep.status_after)
    before, after = pep.header_before.header("Resolution"), pep.header_after.header("Resolution")
    if earlier is None or before is None or after is None or _linked(before) != _linked(after):
        return None
    return TextFinding(
        severity=Severity.ERROR,
        message=f"`Resolution` still links {earlier}.",
        action="Link the new decision",
        help=(
            f"A PEP that becomes {pep.status_after} links the post with that decision, as "
            f"{safe_code(_FORM)}."
        ),
        line=after.line,
        columns=pep.after.value_columns(after),
    )


def _linked(header: Header) -> str:
    """The post that a `Resolution` links: a day that is added does not make it another one."""
    link = decision_link(header.value)
    return " ".join(header.value.split()) if link is None else link.short
