"""Rule: `PEP-Delegate` names a person who may be one and whose appointment can be seen."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, PepText, touched_peps
from bot.peps.headers import Person, parse_people
from bot.peps.names import LONGEST_NAME
from bot.peps.number import PepNumber
from bot.peps.people import MatchKind, fold_name, match_name, same_login
from bot.peps.preamble import Header, Preamble
from bot.peps.status import Status
from bot.policy.bodies import Appointment, Body
from bot.policy.in_office import PACKAGING, Delegation, final_authority, named_body, office_holders
from bot.policy.model import Policy
from bot.rules.engine.context import Context
from bot.rules.engine.eligibility import find_account
from bot.rules.engine.finding import Finding, Fix, Severity, join_names, safe_name
from bot.rules.engine.pull_request_text import (
    MAX_DESCRIPTION_LENGTH,
    linked_issue,
    without_comments,
)
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
        "Once a PEP is decided, its delegate is no longer `TBD` or empty; in a draft "
        "that is fine. A delegate is a person who is not an author of the PEP. The "
        "Steering Council appoints them, or has given them a standing delegation. PEP "
        "757 once named the C API Working Group, and its acceptance had to be undone the "
        "same day; the Steering Council then asked for the group's recommendation, and "
        "for a delegate without a conflict of interest.\n\nA council that decides on the "
        "PEP's topic according to the policy may be named too: the Packaging Council "
        "(PEP 772), from the day the policy says.\n\n“The PEP-Delegate field is used to "
        "record the individual appointed by the Steering Council to make the final "
        "decision”: a pull request that adds a name gets a notice if no standing "
        "delegation, linked council issue or `/pep delegate` shows the appointment. "
        "`BDFL-Delegate` is “a deprecated alias for PEP-Delegate”: a new PEP that has it "
        "gets a notice too, which `check --fix` fixes."
    ),
    bad="PEP-Delegate: C API Working Group",
    good="PEP-Delegate: Petr Viktorin <encukou@gmail.com>",
    remedy="Name the person who was appointed, or remove the line.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check whom `PEP-Delegate` names, where the change adds it or decides the PEP."""
    yield from introduced_findings("delegate", change, partial(_bodies, context))
    yield from introduced_findings("delegate", change, partial(_authors, context))
    yield from status_change_findings("delegate", change, partial(_decided, context))
    for pep in touched_peps(change):
        yield from _legacy_name(pep)
        yield from _appointment(pep, change, context)


def is_placeholder(value: str) -> bool:
    """Whether a delegate is a placeholder for a name that comes later."""
    return len(value) <= _LONGEST and _PLACEHOLDER.fullmatch(value) is not None


def names_body(value: str) -> bool:
    """Whether a delegate is a council or group rather than a person."""
    return not is_placeholder(value) and _BODY.search(value[:_MAX_VALUE_LENGTH]) is not None


def named_delegates(
    preamble: Preamble, policy: Policy, day: date, earlier_authors: tuple[Person, ...] = ()
) -> tuple[Person, ...]:
    """The people whom a header names as delegates and who may decide: authors may not."""
    authors = _authors_who_may_not(preamble, policy, day)
    authors += earlier_authors if authors else ()
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


def body_as_delegate(preamble: Preamble, policy: Policy, day: date) -> Body | None:
    """A body that the header names as the delegate and that may be one by the policy."""
    bodies = (named_body(policy, one.name[:_MAX_VALUE_LENGTH], day) for one in preamble.delegates)
    return next((one for one in bodies if one and one.may_be_delegate(preamble.topics, day)), None)


def body_that_cannot_delegate(preamble: Preamble, policy: Policy, day: date) -> Body | None:
    """The first body that the header names as the delegate, if it cannot be one."""
    for one in preamble.delegates:
        body = named_body(policy, one.name[:_MAX_VALUE_LENGTH], day)
        if body is not None and names_body(one.name):
            return None if body.may_be_delegate(preamble.topics, day) else body
    return None


def recorded_delegations(preamble: Preamble, context: Context) -> tuple[Delegation, ...]:
    """The PEP's standing delegations on record, and offers; those of its authors do not count.

    A delegate may become an author later, but then decides no more.
    """
    return tuple(
        one
        for one in context.standing_delegations(preamble.number)
        if not any(_is_theirs(one, author.name, context) for author in preamble.authors[:_MOST])
    )


def unrecorded_delegates(
    preamble: Preamble, number: PepNumber | None, context: Context
) -> tuple[str, ...]:
    """The delegates that a header names without a standing delegation, a record or an offer."""
    recorded = context.standing_delegations(number)
    return tuple(
        one.name
        for one in named_delegates(preamble, context.policy, context.today)
        if not is_placeholder(one.name)
        and not any(_is_theirs(each, one.name, context) for each in recorded)
        and not _is_standing(one.name, preamble, context)
    )


def is_named(delegation: Delegation | None, preamble: Preamble, context: Context) -> bool:
    """Whether the header names the delegate of a recorded delegation."""
    return delegation is not None and any(
        _is_theirs(delegation, one.name, context) for one in preamble.delegates[:_MOST]
    )


def person_of(delegation: Delegation) -> str:
    """A delegate's name, sanitized, or without one their account as code."""
    return safe_name(delegation.name) if delegation.name else f"`@{delegation.login}`"


def _is_theirs(delegation: Delegation, name: str, context: Context) -> bool:
    """Whether a recorded delegation is that of the person whom a header names so."""
    account = find_account(name, context)
    if account is not None:
        return same_login(account, delegation.login)
    is_real = bool(delegation.name) and len(name) <= LONGEST_NAME
    return is_real and fold_name(name) == fold_name(delegation.name)


def _authors_who_may_not(preamble: Preamble, policy: Policy, day: date) -> tuple[Person, ...]:
    """The authors, since the Steering Council appoints: a sponsor becomes author or delegate.

    Before, authors did decide on their own PEPs, such as PEP 440 and PEP 503.
    """
    final = final_authority(policy, day)
    return preamble.authors if final is not None and final[0] == _STEERING_COUNCIL else ()


def _is_among(
    name: str, people: tuple[Person, ...] | tuple[Appointment, ...], policy: Policy
) -> bool:
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
                action="Name another person, or remove the line",
                help="The Steering Council appoints a PEP-Delegate, or decides itself.",
                whole=True,  # so that it is told where the author is what is new
            )


def _legacy_name(pep: ChangedPep) -> Iterator[Finding]:
    header, current = pep.header_after.header("BDFL-Delegate"), pep.header_after.header(NAMES[0])
    if not pep.is_new or header is None:
        return
    line = f"{NAMES[0]}:{pep.after.lines[header.line - 1].partition(':')[2]}"
    yield Finding(
        rule="delegate",
        severity=Severity.NOTICE,
        message="`BDFL-Delegate` is the old name of `PEP-Delegate`.",
        action="Use `PEP-Delegate`",
        path=pep.path,
        line=header.line,
        pep=pep.number,
        fix=None if current is not None else Fix(header.line, header.line, (line,)),
    )


def _appointment(pep: ChangedPep, change: Change, context: Context) -> Iterator[Finding]:
    """Whoever the change names anew without any sign that the council appointed them."""
    policy, day = context.policy, context.today
    final = final_authority(policy, day)
    # Where whole files are checked, nothing tells what is new.
    is_edit = pep.is_new or pep.before is not None
    if not is_edit or pep.is_resolved or final is None or final[0] != _STEERING_COUNCIL:
        return
    if linked_issue(final[1], without_comments(change.body[:MAX_DESCRIPTION_LENGTH])):
        return
    before = {fold_name(one.name) for one in pep.header_before.delegates[:_MOST]}
    unseen = unrecorded_delegates(pep.header_after, pep.number, context)
    names = tuple(name for name in unseen if fold_name(name) not in before)
    headers = _headers(pep.header_after)
    if names and headers:
        yield Finding(
            rule="delegate",
            severity=Severity.NOTICE,
            message=(
                f"Nothing here shows the appointment of {join_names(tuple(map(safe_name, names)))} "
                "as PEP-Delegate."
            ),
            help=(
                "A core developer can offer to decide with `/pep delegate`. Once the "
                "Steering Council has approved, link its issue in the description, or "
                "ask an editor to record it with `/pep delegate @login because LINK`."
            ),
            path=pep.path,
            line=headers[0].line,
            pep=pep.number,
        )


def _is_standing(name: str, preamble: Preamble, context: Context) -> bool:
    """Whether a standing delegation covers the PEP and this person."""
    holders = standing_delegates(preamble, context.policy, context.today)
    return PACKAGING in preamble.topics and _is_among(name, holders, context.policy)


def _bodies(context: Context, pep: PepText) -> Iterator[TextFinding]:
    for header in _headers(pep.preamble):
        if names_body(header.value):
            yield from _about_body(header, pep.preamble, context)


def _about_body(header: Header, preamble: Preamble, context: Context) -> Iterator[TextFinding]:
    body = named_body(context.policy, header.value[:_MAX_VALUE_LENGTH], context.today)
    if body is not None and body.may_be_delegate(preamble.topics, context.today):
        return
    explanation = f"The {body.name} is not a person. {body.reason} " if body is not None else ""
    yield TextFinding(
        line=header.line,
        last_line=header.last_line,
        message="A delegate is a person; a council or working group cannot be one.",
        action="Name a person, or remove the line",
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
