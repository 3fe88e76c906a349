"""Rule: a new PEP has a core developer among its authors, or an eligible sponsor.

All of the last 150 new PEPs before August 2026 met this, including those on elections and release
schedules, so none of them is exempt.
"""

from collections.abc import Iterable

from bot.peps.change import Change
from bot.peps.changed_pep import NewPep, new_peps
from bot.peps.preamble import Person, Preamble
from bot.rules.engine.assessment import ConsentState, SponsorAssessment, SponsorState
from bot.rules.engine.context import Context
from bot.rules.engine.eligibility import (
    Eligibility,
    MaySponsor,
    consent,
    core_developer,
    may_sponsor,
    unclear_core_developers,
    who_may_sponsor,
)
from bot.rules.engine.finding import Finding, Need, Severity, join_names, safe_name
from bot.rules.engine.registry import rule

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
    preamble = pep.preamble
    line = _line(preamble)
    sponsors = preamble.sponsors
    first = safe_name(sponsors[0].name) if sponsors else ""
    if context.core_team is None:
        return SponsorAssessment(SponsorState.UNKNOWN, ConsentState.NOT_NEEDED, first, line=line)
    if any(core_developer(author.name, context) for author in preamble.authors):
        return SponsorAssessment(
            SponsorState.AUTHOR_IS_CORE,
            ConsentState.NOT_NEEDED,
            first,
            line=line,
        )
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
        "A new PEP needs a sponsor unless one of its authors is a core developer. A sponsor is a "
        "core developer, a PEP editor, a Typing Council member, for packaging PEPs a standing "
        "packaging delegate, or somebody an editor accepted for this PEP.\n\n"
        "Names are compared with the core team's list on the day. A name that may mean several "
        "people is a notice, never an error. Without the list the rule says so, once."
    ),
    bad="No author is a core developer, and there is no `Sponsor` line.",
    good="Sponsor: Victor Stinner <vstinner@python.org>",
    remedy=(
        "Find a core developer, PEP editor or Typing Council member who guides the PEP, and name "
        "them in `Sponsor`."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check every new PEP that has a header; see the rule's doc."""
    for pep in new_peps(change, context.numbers.placeholders):
        if not pep.preamble.headers:
            continue  # The rule `readable` reports the missing header first.
        assessment = assess_sponsor(pep, change, context)
        if assessment.state is SponsorState.UNKNOWN:
            yield Finding(
                rule="sponsor",
                severity=Severity.NOTICE,
                message=(
                    "The core team's list is not at hand, so I cannot tell whether the PEP needs a "
                    "sponsor."
                ),
                path=pep.path,
                line=assessment.line,
                pep=pep.number,
            )
            return
        if (finding := _finding(pep, assessment, context)) is not None:
            yield finding


def _finding(pep: NewPep, assessment: SponsorAssessment, context: Context) -> Finding | None:
    who = who_may_sponsor(pep.preamble.topics, context)
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
                message=f"I do not find {assessment.name} among those who may sponsor: {who}.",
                action="Name an eligible sponsor",
                help=(
                    f"Put {who} into the `Sponsor` line. If the name is only written differently "
                    "there, or the Steering Council approved this sponsor, say so here and a PEP "
                    "editor will accept it."
                ),
                path=pep.path,
                line=assessment.line,
                pep=pep.number,
                need=Need.SPONSOR,
            )
        case SponsorState.UNCLEAR:
            return Finding(
                rule="sponsor",
                severity=Severity.NOTICE,
                message=_unclear(assessment),
                path=pep.path,
                line=assessment.line,
                pep=pep.number,
            )
    return None


def _unclear(assessment: SponsorAssessment) -> str:
    if not assessment.candidates:
        return (
            f"{assessment.name} may be a PEP editor, and I cannot tell who the editors are; one of "
            "them will know."
        )
    candidates = join_names(assessment.candidates, "or")
    return f"{assessment.name} may be {candidates} on the core team list; a PEP editor will know."


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
