"""The `Resolution` header: which post decided on the PEP, and on which day."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from bot.peps.dates import parse_pep_date
from bot.peps.decision_link import DecisionLink, decision_link
from bot.peps.status import Status
from bot.rules.change import Change
from bot.rules.context import Context
from bot.rules.finding import Finding, Severity
from bot.rules.registry import rule
from bot.rules.remark import Remark, at_status_change, introduced
from bot.rules.touched_pep import PepText, TouchedPep
from bot.rules.wording import code

DECIDED = frozenset({Status.ACCEPTED, Status.PROVISIONAL, Status.REJECTED})
"""Statuses that somebody decides on, so that there is a post to link (62 of 62 since 2023)."""

DATED_SINCE = date(2024, 11, 1)
"""From when on a `Resolution` gives its day (python/peps #4061, October 2024)."""

_FORM = "DD-Mmm-YYYY <link to the post>"


@rule(
    id="resolution",
    title="Resolution",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "A PEP that becomes Accepted, Provisional or Rejected links the post that says so in "
        "`Resolution`, with the day of the decision. That it is missing is an error, that the day "
        "is missing a warning; the day is never guessed, since the bot does not read the post.\n\n"
        "A value that is no link is an error at any time, as check-peps.py has it."
    ),
    bad="Resolution: Pending",
    good="Resolution: `15-Mar-2025 <https://discuss.python.org/t/66453/63>`__",
    remedy="Link the post that tells the decision, and put its day before it.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look at the form of every touched `Resolution`, and at what decisions need."""
    yield from introduced("resolution", change, _form, in_resolved=None)
    yield from at_status_change("resolution", change, partial(_decided, context.today))


def _form(pep: PepText) -> Iterator[Remark]:
    header = pep.preamble.header("Resolution")
    if header is None:
        return
    link = decision_link(header.value)
    if link is None:
        message = "`Resolution` should link the post that tells the decision."
        if not header.value:
            message = "`Resolution` is empty."
        help_text = f"Write {code(_FORM)}, or leave the line out while there is no decision."
    elif not link.is_spaced:
        message = "A blank is missing between the day and the link, so this is not a link."
        help_text = ""
    elif link.day and parse_pep_date(link.day) is None:
        message = f"{code(link.day)} is no day in the form `DD-Mmm-YYYY`."
        help_text = "Months are written `Jan`, `Feb`, `Mar` and so on."
    else:
        return
    yield Remark(
        line=header.line,
        last_line=header.last_line,
        message=message,
        severity=Severity.ERROR,
        action="Mend the `Resolution`",
        help=help_text,
        columns=pep.value_columns(header),
        paste=_mended(link),
    )


def _mended(link: DecisionLink | None) -> str | None:
    if link is None or parse_pep_date(link.day) is None:
        return None
    return f"Resolution: `{link.day} <{link.url}>`__"


def _decided(today: date, pep: TouchedPep) -> Iterator[Remark]:
    preamble = pep.after.preamble
    status = preamble.header("Status")
    if status is None or status.value not in DECIDED:
        return
    header = preamble.header("Resolution")
    if header is None:
        yield Remark(
            severity=Severity.ERROR,
            message=f"A PEP that becomes {status.value} needs a `Resolution`.",
            action="Link the decision",
            help=(
                "Add a line `Resolution:` at the end of the header that links the post in which "
                f"the decision was told, as {code(_FORM)}."
            ),
            line=status.line,
        )
        return
    link = decision_link(header.value)
    if link is not None and not link.day and today >= DATED_SINCE:
        yield Remark(
            severity=Severity.WARNING,
            message=(
                "Please add the day of the decision: "
                f"{code(f'DD-Mmm-YYYY <{link.short}>')}, as a link."
            ),
            action="Give the `Resolution` its day",
            paste=f"Resolution: `DD-Mmm-YYYY <{link.short}>`__",
            line=header.line,
        )
