"""Rule: a new PEP or draft has a core developer among its authors, or an eligible sponsor.

All of the last 150 new PEPs before August 2026 met this, including those on elections and release
schedules, so none of them is exempt.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, NewPep, edited_peps, new_peps
from bot.peps.headers import nearest_header
from bot.peps.preamble import Person, Preamble
from bot.peps.status import Status
from bot.rules.engine.assessment import ConsentState, SponsorAssessment, SponsorState
from bot.rules.engine.context import Context
from bot.rules.engine.eligibility import (
    Eligibility,
    MaySponsor,
    changed_people,
    consent,
    core_developer,
    may_sponsor,
    unclear_core_developers,
    who_may_sponsor,
)
from bot.rules.engine.finding import Finding, Need, Severity, join_names, safe_name
from bot.rules.engine.registry import rule

_UNDECIDED = frozenset({Status.DRAFT, Status.DEFERRED})
_NO_LIST = "I could not read the core team list, so I cannot tell whether the PEP needs a sponsor."
_LEFT_OUT = "PEP 1 asks to leave `Sponsor` out if an author is a core developer."
_FIND_A_SPONSOR = (
    "PEP 1 asks for {who} who guides you. Good people to ask are those who liked the idea in the "
    "discussion. When one agrees, add `Sponsor: Name <email>` below `Author`."
)


def assess_sponsor(pep: NewPep, change: Change, context: Context) -> SponsorAssessment:
    """Assess the sponsor of a new PEP: who it is, and whether they agreed.

    Of several sponsors, one who has already agreed counts; else the first eligible one.

    Args:
        pep: The new PEP.
        change: The pull request's change, for its author and description.
        context: The core team, the policy's people, the editors, and people's acts here.
    """
    return _assess(pep.preamble, pep.preamble.sponsors, change, context)


@dataclass(frozen=True, slots=True)
class SponsorChange:
    """What a change of `Author` or `Sponsor` means for the sponsor of a published draft.

    Attributes:
        pep: The PEP.
        before: Whether it had an eligible sponsor or core developer before.
        assessment: The assessment of its new sponsors; without a new one, of its sponsors.
        is_sponsor_changed: Whether the change adds or removes a sponsor.
        is_new: Whether it adds one.
    """

    pep: ChangedPep
    before: SponsorState
    assessment: SponsorAssessment
    is_sponsor_changed: bool
    is_new: bool


def sponsor_changes(change: Change, context: Context) -> Iterator[SponsorChange]:
    """Assess the sponsor of each published draft whose authors or sponsors change."""
    for pep in edited_peps(change):
        before, after = pep.header_before, pep.header_after
        if pep.status_after not in _UNDECIDED or not (before.authors and after.authors):
            continue
        lost, new = changed_people(before.sponsors, after.sponsors, context)
        if lost and any(nearest_header(header.name) == "Sponsor" for header in after.headers):
            continue  # It is only misspelt, which `header-names` reports.
        if lost or new or before.authors != after.authors:
            yield SponsorChange(
                pep,
                _assess(before, before.sponsors, change, context).state,
                _assess(after, new or after.sponsors, change, context),
                is_sponsor_changed=bool(lost or new),
                is_new=bool(new),
            )


def _assess(
    preamble: Preamble, sponsors: tuple[Person, ...], change: Change, context: Context
) -> SponsorAssessment:
    line = _line(preamble)
    first = safe_name(sponsors[0].name) if sponsors else ""
    if context.core_team is None:
        return SponsorAssessment(SponsorState.UNKNOWN, ConsentState.NOT_NEEDED, first, line=line)
    if any(core_developer(author.name, context) for author in preamble.authors):
        state = SponsorState.AUTHOR_IS_CORE
        return SponsorAssessment(state, ConsentState.NOT_NEEDED, first, line=line)
    if not sponsors:
        return _without_sponsor(preamble, line, context)
    return _named_sponsor(sponsors, preamble, line, change, context)


@rule(
    id="sponsor",
    title="Sponsor",
    severity=Severity.ERROR,
    source="PEP 1 § Submitting a PEP",
    link="https://peps.python.org/pep-0001/#submitting-a-pep",
    doc=(
        "A new PEP needs a sponsor unless one of its authors is a core developer. A "
        "sponsor is a core developer, a PEP editor, a Typing Council member, for "
        "packaging PEPs a standing packaging delegate, or somebody whom an editor "
        "accepted for this PEP.\n\nA published draft needs one until it is decided. The "
        "rule warns if a pull request removes the sponsor or the last core developer, or "
        'names a sponsor who may not be one. PEP 1 says that "this field should be left '
        'out" if an author is a core developer: a pull request that adds a sponsor '
        "there gets a notice.\n\nNames are compared with the core team list as of today. "
        "A name that may mean several people gets a notice, never an error. If the list "
        "cannot be read, the rule says so once."
    ),
    bad="No author is a core developer, and there is no `Sponsor` line.",
    good="Sponsor: Victor Stinner <vstinner@python.org>",
    remedy=(
        "Find a core developer, PEP editor or Typing Council member who will guide you, "
        "and name them in `Sponsor`."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check every new PEP that has a header, and changes of drafts; see the rule's doc."""
    for new in new_peps(change, context.numbers.placeholders):
        if not new.preamble.headers:
            continue  # The rule `readable` reports the missing header first.
        assessment = assess_sponsor(new, change, context)
        if assessment.state is SponsorState.UNKNOWN:
            yield _notice(new, assessment.line, _NO_LIST)
            return
        if (finding := _finding(new, new.preamble, assessment, context)) is not None:
            yield finding
    for one in sponsor_changes(change, context):
        if one.assessment.state is SponsorState.UNKNOWN and one.is_sponsor_changed:
            yield _notice(one.pep, one.assessment.line, _NO_LIST)
            return
        if (finding := _changed_finding(one, context)) is not None:
            yield finding


def _notice(pep: NewPep | ChangedPep, line: int | None, message: str) -> Finding:
    return Finding(
        rule="sponsor",
        severity=Severity.NOTICE,
        message=message,
        path=pep.path,
        line=line,
        pep=pep.number,
    )


def _changed_finding(one: SponsorChange, context: Context) -> Finding | None:
    """The finding about a published draft, which gets no label; None if there is none."""
    pep, state = one.pep, one.assessment.state
    if state is SponsorState.AUTHOR_IS_CORE and one.is_new:
        return _notice(pep, one.assessment.line, _LEFT_OUT)
    if state is SponsorState.MISSING:
        # python/peps' template: "Core dev/PEP editor listed as Author or Sponsor".
        is_lost = one.before is not SponsorState.MISSING and not any(
            may_sponsor(author.name, pep.header_after.topics, context).status is MaySponsor.ELIGIBLE
            for author in pep.header_after.authors
        )
    else:
        is_lost = one.is_new or one.before is SponsorState.AUTHOR_IS_CORE
    finding = _finding(pep, pep.header_after, one.assessment, context)
    if finding is None or not is_lost:
        return None
    message = finding.message
    if state is SponsorState.MISSING:
        named = "The PEP" if pep.number is None else f"PEP {pep.number}"
        message = f"{named} needs a sponsor until it is decided: no author is a core developer."
    severity = finding.severity.at_most(Severity.WARNING)
    return replace(finding, severity=severity, message=message, need=None)


def _finding(
    pep: NewPep | ChangedPep, preamble: Preamble, assessment: SponsorAssessment, context: Context
) -> Finding | None:
    who = who_may_sponsor(preamble.topics, context)
    match assessment.state:
        case SponsorState.MISSING:
            return Finding(
                rule="sponsor",
                severity=Severity.ERROR,
                message=("No author is on the core team list, so the PEP needs a `Sponsor` line."),
                action="Find a sponsor",
                help=_FIND_A_SPONSOR.format(who=who),
                path=pep.path,
                line=assessment.line,
                pep=pep.number,
                need=Need.SPONSOR,
            )
        case SponsorState.NOT_ELIGIBLE:
            return Finding(
                rule="sponsor",
                severity=Severity.ERROR,
                message=f"I cannot find {assessment.name} among the people who may sponsor: {who}.",
                action="Name an eligible sponsor",
                help=(
                    f"Name {who} in the `Sponsor` line. If the name is only spelled "
                    "differently, or the Steering Council approved this sponsor, say so "
                    "here and a PEP editor will accept them."
                ),
                path=pep.path,
                line=assessment.line,
                pep=pep.number,
                need=Need.SPONSOR,
            )
        case SponsorState.UNCLEAR:
            return _notice(pep, assessment.line, _unclear(assessment))
    return None


def _unclear(assessment: SponsorAssessment) -> str:
    if not assessment.candidates:
        return (
            f"{assessment.name} may be a PEP editor, but I cannot tell who the editors "
            "are; one of them will check."
        )
    candidates = join_names(assessment.candidates, "or")
    return f"{assessment.name} may be {candidates} on the core team list; a PEP editor will check."


def _without_sponsor(preamble: Preamble, line: int, context: Context) -> SponsorAssessment:
    for author in preamble.authors:
        if candidates := unclear_core_developers(author.name, context):
            return SponsorAssessment(
                SponsorState.UNCLEAR,
                ConsentState.NOT_NEEDED,
                safe_name(author.name),
                line=line,
                candidates=_safe_names(candidates),
            )
    return SponsorAssessment(SponsorState.MISSING, ConsentState.NOT_NEEDED, line=line)


def _named_sponsor(
    sponsors: tuple[Person, ...], preamble: Preamble, line: int, change: Change, context: Context
) -> SponsorAssessment:
    eligibilities = [
        (person, may_sponsor(person.name, preamble.topics, context)) for person in sponsors
    ]
    eligible = [pair for pair in eligibilities if pair[1].status is MaySponsor.ELIGIBLE]
    if eligible:
        assessments = [_eligible(*pair, line, change, context) for pair in eligible]
        agreed = (one for one in assessments if one.consent is ConsentState.GIVEN)
        return next(agreed, assessments[0])
    for person, eligibility in eligibilities:
        if eligibility.status is MaySponsor.UNCLEAR:
            return SponsorAssessment(
                SponsorState.UNCLEAR,
                ConsentState.NOT_NEEDED,
                safe_name(person.name),
                line=line,
                candidates=_safe_names(eligibility.candidates),
            )
    person, eligibility = eligibilities[0]
    return SponsorAssessment(
        SponsorState.NOT_ELIGIBLE,
        ConsentState.NOT_NEEDED,
        safe_name(person.name),
        eligibility.login,
        line=line,
    )


def _eligible(
    person: Person, eligibility: Eligibility, line: int, change: Change, context: Context
) -> SponsorAssessment:
    state, url = consent(eligibility.login, change, context)
    return SponsorAssessment(
        SponsorState.ELIGIBLE,
        state,
        safe_name(person.name),
        eligibility.login,
        eligibility.role,
        url,
        line,
    )


def _safe_names(candidates: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(safe_name(candidate) for candidate in candidates)


def _line(preamble: Preamble) -> int:
    for header_name in ("Sponsor", "Author"):
        header = preamble.header(header_name)
        if header is not None:
            return header.line
    return 1
