"""Rule: `PEP-Delegate` names a person who may be one: no placeholder, no body, no author."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, PepText
from bot.peps.headers import Person, parse_people
from bot.peps.people import MatchKind, match_name
from bot.peps.preamble import Header, Preamble
from bot.peps.status import Status
from bot.policy.in_office import final_authority, named_body, office_holders
from bot.policy.model import Appointment, Policy
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings, status_change_findings

NAMES = ("PEP-Delegate", "BDFL-Delegate")
"""The header, and its name until 2018."""

_STEERING_COUNCIL = "steering-council"
_DECIDED = frozenset({Status.ACCEPTED, Status.PROVISIONAL, Status.REJECTED, Status.FINAL})
_PLACEHOLDER = re.compile(r"(?:tb[dac]|todo|n/?a|none|unknown|pending|\?+|-+)?\.?", re.IGNORECASE)
_LONGEST = 40
_MOST = 10
_MAX_VALUE_LENGTH = 1_000
_BODY = re.compile(r"\b(?:(?i:work(?:ing)?[ -]group|council|committee|board|team)|WG|SIG)\b")


@rule(
    id="delegate",
    title="PEP-Delegate",
    severity=Severity.WARNING,
    source="PEP 1 § PEP Review & Resolution",
    link="https://peps.python.org/pep-0001/#pep-review-resolution",
    doc=(
        "A PEP that is decided does not keep `TBD` or an empty line for its delegate; in a draft "
        "that is fine. A delegate is a person, and no author of the PEP: the Steering Council "
        "appoints one, or has given a standing delegation to one. PEP 757 once named the C API "
        "Working Group and had to be taken back from Accepted the same day; the Steering Council "
        "then said that it wants the group's recommendation, and no delegate with an interest of "
        "its own.\n\n"
        "A council that decides on the PEP's topic by the policy may be named; the Packaging "
        "Council (PEP 772) is one from the day the policy gives it."
    ),
    bad="PEP-Delegate: C API Working Group",
    good="PEP-Delegate: Petr Viktorin <encukou@gmail.com>",
    remedy="Name the person who was appointed, or take the line out.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the delegates of PEPs that are decided, and delegates that are not people."""
    yield from introduced_findings("delegate", change, partial(_bodies, context))
    yield from introduced_findings("delegate", change, partial(_authors, context))
    yield from status_change_findings("delegate", change, partial(_decided, context))


def is_placeholder(value: str) -> bool:
    """Whether a delegate is a placeholder for a name that comes later."""
    return len(value) <= _LONGEST and _PLACEHOLDER.fullmatch(value) is not None


def names_body(value: str) -> bool:
    """Whether a delegate is a council or group rather than a person."""
    return not is_placeholder(value) and _BODY.search(value[:_MAX_VALUE_LENGTH]) is not None


def named_delegates(preamble: Preamble, policy: Policy, day: date) -> tuple[Person, ...]:
    """The people whom a header names as delegates and who may decide: authors may not."""
    authors = _authors_who_may_not(preamble, policy, day)
    return tuple(
        one
        for one in preamble.delegates[:_MOST]
        if not names_body(one.name) and not _is_among(one.name, authors, policy)
    )


def standing_delegates(preamble: Preamble, policy: Policy, day: date) -> tuple[Appointment, ...]:
    """The standing delegates for packaging who may decide on a PEP: its authors may not."""
    holders = office_holders(policy, day).packaging_delegates
    authors = _authors_who_may_not(preamble, policy, day)
    return tuple(one for one in holders if not _is_among(one.name, authors, policy))


def _authors_who_may_not(preamble: Preamble, policy: Policy, day: date) -> tuple[Person, ...]:
    """The authors, since the Steering Council appoints: a sponsor becomes author or delegate.

    Before, authors did decide on their own PEPs, such as PEP 440 and PEP 503.
    """
    final = final_authority(policy, day)
    return preamble.authors if final is not None and final[0] == _STEERING_COUNCIL else ()


def _is_among(name: str, people: tuple[Person, ...], policy: Policy) -> bool:
    return match_name(name, people, policy.people.aliases).kind is not MatchKind.NONE


def _authors(context: Context, pep: PepText) -> Iterator[TextFinding]:
    policy, day = context.policy, context.today
    authors = _authors_who_may_not(pep.preamble, policy, day)
    for header in _headers(pep.preamble):
        if any(_is_among(one.name, authors, policy) for one in parse_people(header.value)[:_MOST]):
            yield TextFinding(
                line=header.line,
                last_line=header.last_line,
                message="An author of a PEP cannot be its PEP-Delegate.",
                action="Name another person, or take the line out",
                help="The Steering Council appoints a PEP-Delegate, or decides itself.",
                whole=True,  # so that it is told where the author is what is new
            )


def _bodies(context: Context, pep: PepText) -> Iterator[TextFinding]:
    for header in _headers(pep.preamble):
        if names_body(header.value):
            yield from _about_body(header, pep.preamble, context)


def _about_body(header: Header, preamble: Preamble, context: Context) -> Iterator[TextFinding]:
    body = named_body(context.policy, header.value[:_MAX_VALUE_LENGTH], context.today)
    if body is not None and body.may_be_delegate(preamble.topics, context.today):
        return
    explanation = f"The {body.name} is none: {body.reason} " if body is not None else ""
    yield TextFinding(
        line=header.line,
        last_line=header.last_line,
        message="A delegate is a person; a council or working group cannot be one.",
        action="Name a person, or take the line out",
        help=f"{explanation}The Steering Council appoints a PEP-Delegate, or decides itself.",
    )


def _decided(context: Context, pep: ChangedPep) -> Iterator[TextFinding]:
    preamble = pep.after.preamble
    if preamble.status not in _DECIDED:
        return
    for header in _headers(preamble):
        if is_placeholder(header.value):
            yield TextFinding(
                severity=Severity.WARNING,
                message=(
                    "A decided PEP should not keep a placeholder. Remove the line if nobody was "
                    "appointed."
                ),
                line=header.line,
                fix=Fix(header.line, header.last_line, ()),
            )
        # What the change itself adds is reported anyway; PEP 757 had the line from its first day.
        elif names_body(header.value) and not pep.touches(header.line, header.last_line):
            yield from _about_body(header, preamble, context)


def _headers(preamble: Preamble) -> tuple[Header, ...]:
    found = (preamble.header(name) for name in NAMES)
    return tuple(header for header in found if header is not None)
