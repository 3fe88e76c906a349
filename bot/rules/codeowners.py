"""Rule: a new PEP has a correct line in CODEOWNERS, and the change breaks no other line.

The line makes GitHub ask the PEP's authors and sponsor to review later changes. One in ten new PEPs
from 2023 to 2026 forgot it, and one bad line can silently disable it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.peps.change import Change, FileStatus, touched_owner_lines
from bot.peps.changed_pep import NewPep, edited_peps, new_peps, renumberings
from bot.peps.codeowners import CodeOwners, OwnersLine, parse_codeowners
from bot.peps.number import PepNumber, number_in_path, pep_path
from bot.peps.status import RESOLVED, Status
from bot.rules.engine.assessment import CodeownersAssessment, OwnersState, SponsorState
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Need, Severity
from bot.rules.engine.number_assessment import STATES_TO_RENUMBER, assess_number
from bot.rules.engine.owners import (
    DEFAULT_PATH,
    LINE_HELP,
    completed_line,
    expected_owners,
    faulty_lines,
    is_covered,
    is_unreadable,
    lacking_lines,
    missing_owners,
    new_owners,
    owners_finding,
    unknown_owner_message,
    unknown_owners,
)
from bot.rules.engine.registry import rule
from bot.rules.sponsor import assess_sponsor

MAX_BROKEN_LINES = 20
"""The rule reports at most this many broken lines: then somebody has to look at the whole file."""

_SETTLED = frozenset({OwnersState.PRESENT, OwnersState.INCOMPLETE, OwnersState.MISSING})
_HISTORICAL = RESOLVED - {Status.ACCEPTED}

_UNSETTLED_SPONSOR = frozenset(
    {
        SponsorState.MISSING,
        SponsorState.NOT_ELIGIBLE,
        SponsorState.UNCLEAR,
        SponsorState.UNKNOWN,
    }
)


def assess_codeowners(
    pep: NewPep, change: Change, context: Context, previous: PepNumber | None = None
) -> CodeownersAssessment:
    """Assess the CODEOWNERS line of a new or renumbered PEP.

    Args:
        pep: The PEP.
        change: The pull request's change, with CODEOWNERS before and after.
        context: The core team, the policy's people, and GitHub's errors about CODEOWNERS.
        previous: The number that a renumbered PEP had before.
    """
    # PEPs on elections have no line: they are owned collectively.
    if change.codeowners_after is None or pep.number in context.policy.numbers.elections:
        return CodeownersAssessment(OwnersState.NOT_NEEDED)
    owners = parse_codeowners(change.codeowners_after)
    touched = touched_owner_lines(change)
    line = owners.line_for(pep.path)
    if line is not None and line.number in touched:
        if is_unreadable(line, context):
            return _assessment(OwnersState.MALFORMED, pep, line, owners, context)
        if unknown_owners(line, context):
            return _assessment(OwnersState.UNKNOWN_OWNER, pep, line, owners, context)
    if (
        pep.number is None
        or pep.is_placeholder
        or assess_number(pep, change, context).state in STATES_TO_RENUMBER
    ):
        return CodeownersAssessment(OwnersState.WAITING)
    if line is None:
        stale = _stale_line(owners, touched, change, context, previous)
        if stale is not None:
            return _assessment(OwnersState.STALE_PATH, pep, stale, owners, context)
        if previous is not None:
            # It had no line when it was published, and this change does not have to add one.
            return CodeownersAssessment(OwnersState.NOT_NEEDED)
    if previous is None and assess_sponsor(pep, change, context).state in _UNSETTLED_SPONSOR:
        return CodeownersAssessment(OwnersState.WAITING)
    return _compare_line(pep, line, owners, touched, context)


@rule(
    id="codeowners",
    title="CODEOWNERS",
    severity=Severity.WARNING,
    source="PEP 1 § PEP Editor Responsibilities & Workflow; GitHub Docs, About code owners",
    link="https://peps.python.org/pep-0001/#pep-editor-responsibilities-workflow",
    doc=(
        "A new PEP needs a line in CODEOWNERS that names every author and sponsor with "
        "write access, so that GitHub asks them to review later changes. The owners can "
        "be in any order, and there can be more of them. Nothing is reported while there "
        "is nobody to name, or while the number has to change. If there is a line for "
        "the folder of its auxiliary files, it names the same people.\n\nIf a pull "
        "request adds an author or sponsor with write access to a published PEP, the "
        "PEP's lines should name them too.\n\nLines that the pull request touches are "
        "also checked for syntax errors, for owners that GitHub does not know, for their "
        "place in the order of PEP numbers, and for a file name left over from an "
        "earlier number. A Steering Council election needs no line."
    ),
    bad="A pull request adds `peps/pep-0791.rst` and no line for it.",
    good="peps/pep-0791.rst  @vstinner",
    remedy=(
        "Paste the line from the finding into `.github/CODEOWNERS`, in the order of PEP numbers."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Report lines that are missing or wrong; see the rule's doc."""
    placeholders = context.numbers.placeholders
    subjects: list[tuple[NewPep, PepNumber | None]] = [
        (pep, None) for pep in new_peps(change, placeholders)
    ]
    subjects += [(one.pep, one.previous) for one in renumberings(change, placeholders)]
    reported: set[int] = set()
    for pep, previous in subjects:
        if not pep.preamble.headers and previous is None:
            continue
        assessment = assess_codeowners(pep, change, context, previous)
        finding = owners_finding(
            pep, assessment, change, _line_at(assessment.line, change), context
        )
        if finding is not None:
            if assessment.line is not None:
                reported.add(assessment.line)
            yield finding
        if previous is None and assessment.state in _SETTLED:
            for lacking in lacking_lines(pep, assessment.expected, change, context):
                if not (lacking.paste or "").lstrip("/").startswith(f"{pep.path} "):
                    yield lacking
    for finding in _without_new_people(change, context):
        if finding.path == change.codeowners_path and finding.line is not None:
            reported.add(finding.line)
        yield finding
    yield from _broken_lines(change, context, reported)


def _without_new_people(change: Change, context: Context) -> Iterator[Finding]:
    """Report lines that lack an author or sponsor whom the change adds to a published PEP."""
    for edit in edited_peps(change):
        new = new_owners(edit, context) if edit.status_after not in _HISTORICAL else ()
        if not new or edit.number is None or change.codeowners_after is None:
            continue
        owners, touched = parse_codeowners(change.codeowners_after), touched_owner_lines(change)
        pep = NewPep(edit.path, edit.number, False, edit.header_after, edit.after.text)
        found = [*lacking_lines(pep, new, change, context)]
        if owners.line_for(edit.path) is None:
            assessment = _compare_line(pep, None, owners, touched, context)
            missing = owners_finding(pep, assessment, change, None, context)
            found += [missing] if missing is not None else []
        header = edit.header_after.header("Author")
        for finding in found:
            if finding.path == edit.path and header is not None:
                finding = replace(finding, line=header.line)
            yield replace(finding, need=None)


def _compare_line(
    pep: NewPep,
    line: OwnersLine | None,
    owners: CodeOwners,
    touched: frozenset[int],
    context: Context,
) -> CodeownersAssessment:
    expected = expected_owners(pep, context)
    if line is None:
        commented = owners.commented_line_for(pep.path)
        deliberate = commented is not None and commented.number in touched
        if not expected or deliberate or is_covered(owners, pep.path, expected):
            return CodeownersAssessment(OwnersState.NOT_NEEDED, expected)
        return _assessment(OwnersState.MISSING, pep, None, owners, context)
    if missing_owners(line, expected):
        return _assessment(OwnersState.INCOMPLETE, pep, line, owners, context)
    if line.number in touched and not owners.is_in_place(line):
        return _assessment(OwnersState.MISPLACED, pep, line, owners, context)
    for other in faulty_lines(owners, context):
        if other.number in touched and is_unreadable(other, context):
            return CodeownersAssessment(
                OwnersState.FILE_BROKEN, expected, actual=line.owners, line=other.number
            )
    return CodeownersAssessment(OwnersState.PRESENT, expected, actual=line.owners, line=line.number)


def _stale_line(
    owners: CodeOwners,
    touched: frozenset[int],
    change: Change,
    context: Context,
    previous: PepNumber | None,
) -> OwnersLine | None:
    """The line that still names the PEP's old file after a renumbering.

    It is either the line of the number that the PEP had when published, or one that the change
    itself adds for a file that does not exist: the author renamed the file and forgot the line.
    """
    if previous is not None:
        return owners.line_for(pep_path(previous))
    changed = {file.path for file in change.files if file.status is not FileStatus.REMOVED}
    for line in owners.lines:
        if line.number not in touched or line.pattern is None:
            continue
        path = line.pattern.removeprefix("/")
        number = number_in_path(path)
        if number is None or number in context.numbers.published or path in changed:
            continue
        return line
    return None


def _assessment(
    state: OwnersState,
    pep: NewPep,
    line: OwnersLine | None,
    owners: CodeOwners,
    context: Context,
) -> CodeownersAssessment:
    expected = expected_owners(pep, context)
    present_line = line if state in (OwnersState.INCOMPLETE, OwnersState.STALE_PATH) else None
    if state is OwnersState.MISPLACED and line is not None:
        paste: str | None = line.text.rstrip("\r\n")
    elif expected or present_line is not None:
        paste = completed_line(pep.path, present_line, expected)
    else:
        paste = None
    return CodeownersAssessment(
        state,
        expected,
        line_to_paste=paste,
        after=owners.position_for(pep.number).description if pep.number is not None else "",
        actual=line.owners if line is not None else (),
        line=line.number if line is not None else None,
    )


def _broken_lines(change: Change, context: Context, reported: set[int]) -> Iterable[Finding]:
    """Report other touched lines that GitHub cannot read or whose owner it does not know."""
    touched = touched_owner_lines(change)
    if change.codeowners_after is None or not touched:
        return
    count = 0
    for line in faulty_lines(parse_codeowners(change.codeowners_after), context):
        if line.number not in touched or line.number in reported:
            continue
        if count == MAX_BROKEN_LINES:
            return
        number = number_in_path((line.pattern or "").removeprefix("/"))
        unknown = unknown_owners(line, context)
        if is_unreadable(line, context):
            message = "GitHub cannot read this line; one such line can disable the whole file."
        elif unknown:
            message = unknown_owner_message(unknown[:1])
        else:
            continue
        count += 1
        yield Finding(
            rule="codeowners",
            severity=Severity.WARNING,
            message=message,
            action="Fix the line in CODEOWNERS",
            help=LINE_HELP,
            path=change.codeowners_path or DEFAULT_PATH,
            line=line.number,
            pep=number,
            need=Need.CODEOWNERS if number is not None else None,
        )


def _line_at(number: int | None, change: Change) -> OwnersLine | None:
    return (
        None
        if number is None
        else parse_codeowners(change.codeowners_after or "").lines[number - 1]
    )
