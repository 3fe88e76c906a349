"""Rule: the number of a new or renumbered PEP is free, and the same everywhere."""

from collections.abc import Iterable

from bot.peps.change import Change, FileStatus
from bot.peps.changed_pep import NewPep, new_peps, renumberings
from bot.peps.document import title_numbers
from bot.peps.number import PepNumber, number_in_path, own_files_prefix, pep_path
from bot.peps.preamble import parse_preamble
from bot.rules.engine.assessment import NumberAssessment, NumberState
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Need, Severity, join_names, safe_code
from bot.rules.engine.number_assessment import (
    assess_number,
    header_disagrees,
    is_misnamed,
    number_in_file_name,
    title_disagrees,
)
from bot.rules.engine.registry import rule

__all__ = ["assess_number", "check"]

_WITHOUT_NUMBER = frozenset({NumberState.PLACEHOLDER, NumberState.FOR_META_PEPS})
"""In these states no other place has to agree with the file name."""


@rule(
    id="number",
    title="Number",
    severity=Severity.ERROR,
    source="PEP 1 § Submitting a PEP; PEP 12 (file name)",
    link="https://peps.python.org/pep-0001/#submitting-a-pep",
    doc=(
        "A new PEP takes the next number that no published PEP and no earlier pull "
        "request has. A number that is published, reserved, or claimed by an older open "
        "pull request is an error. The older pull request is the one with the lower "
        "number; only the later one gets the error. A placeholder such as 9999 gets a "
        "warning with the number to use.\n\nFile name, `PEP:` header and title have to "
        "give the same number. A free number is never refused, even if another would be "
        "next in order. A number far ahead of the next one, or outside the ordinary "
        "range, gets a notice for the editors. Only a new Standards Track PEP with a number "
        "below 100, where meta-PEPs are (PEP 1), gets a warning, unless an editor assigned "
        "it."
    ),
    bad="`peps/pep-9999.rst` with `PEP: 9999`",
    good="`peps/pep-0791.rst` with `PEP: 791`",
    remedy=(
        "Rename the file to the number in the finding, and use the same number in the "
        "header and the title."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check every PEP whose number the change sets; see the rule's doc."""
    placeholders = context.numbers.placeholders
    checked_paths: set[str] = set()
    subjects = [
        *new_peps(change, placeholders),
        *(one.pep for one in renumberings(change, placeholders)),
    ]
    numbers = {pep.number for pep in subjects}
    for pep in subjects:
        checked_paths.add(pep.path)
        assessment = assess_number(pep, change, context)
        yield from _about_number(pep, assessment, change, context)
        if assessment.state not in _WITHOUT_NUMBER and not is_misnamed(pep):
            yield from _about_header(pep)
            # A title that names one of several new PEPs is good enough for all of them.
            if title_disagrees(pep, change) and not numbers & set(title_numbers(change.title)):
                yield _about_title(pep, change)
    yield from _edited_headers(change, checked_paths)
    if not subjects:
        yield from _title_of_other_pep(change)


def _about_number(
    pep: NewPep, assessment: NumberAssessment, change: Change, context: Context
) -> Iterable[Finding]:
    if is_misnamed(pep):
        yield _misnamed(pep)
        return
    take = f"Use number {assessment.suggestion}"
    rename = _rename(pep, assessment, change)
    match assessment.state:
        case NumberState.PLACEHOLDER:
            if assessment.is_assigned:
                free = _next(assessment)
            elif assessment.ledger_complete:
                free = f"{assessment.suggestion} is free."
            else:
                free = (
                    f"{assessment.suggestion} may be free; not every open pull request "
                    "has been read yet."
                )
            word = number_in_file_name(pep)
            safe_word = word if word.isdigit() else safe_code(word)
            message = f"{safe_word} is a placeholder. {free}"
            yield _finding(pep, Severity.WARNING, message, take, rename, line=1)
        case NumberState.PUBLISHED:
            message = f"PEP {pep.number} is already published. {_next(assessment)}"
            yield _finding(pep, Severity.ERROR, message, take, rename)
        case NumberState.RESERVED:
            reason = safe_code(assessment.reserved_for)
            message = f"{pep.number} is reserved ({reason}). {_next(assessment)}"
            yield _finding(pep, Severity.ERROR, message, take, rename)
        case NumberState.CLAIMED:
            by = f"#{assessment.claimed_by}" if assessment.claimed_by else "an open pull request"
            message = f"PEP {pep.number} is already claimed by {by}. {_next(assessment)}"
            yield _finding(pep, Severity.ERROR, message, take, rename)
        case NumberState.FOR_META_PEPS:
            first = context.policy.numbers.ordinary_run[0]
            message = (
                f"Numbers below {first} are for meta-PEPs, and this is a Standards Track PEP. "
                f"{_next(assessment)}"
            )
            yield _finding(pep, Severity.WARNING, message, take, rename)
        case NumberState.SPECIAL:
            message = f"{pep.number} is outside the ordinary range; an editor assigns such numbers."
            yield _finding(pep, Severity.NOTICE, message)
        case NumberState.FAR_AHEAD:
            next_one = (
                _next(assessment).removesuffix(".")
                if assessment.is_assigned
                else f"{assessment.suggestion} would be next"
            )
            message = f"{pep.number} is free, but far ahead; {next_one}. An editor may ask why."
            yield _finding(pep, Severity.NOTICE, message)


def _next(assessment: NumberAssessment) -> str:
    if assessment.is_assigned:
        return f"{assessment.suggestion} is reserved for this pull request."
    return f"The next free number is {assessment.suggestion}."


def _rename(pep: NewPep, assessment: NumberAssessment, change: Change) -> str:
    if assessment.suggestion is None:
        return ""
    path, prefix = pep_path(assessment.suggestion), pep.path.removesuffix(".rst")
    new_prefix, files = path.removesuffix(".rst"), ""
    own = [file.path for file in change.files if own_files_prefix(file.path) == prefix]
    if any(one.startswith(f"{prefix}/") for one in own):
        files = f", its folder to `{new_prefix}/`,"
    elif own:
        files = f", its other files to `{new_prefix}-…`,"
    return (
        f"Rename the file to `{path}`{files} and set `PEP: {assessment.suggestion}` and the "
        "title to match. "
        "It is easier now than during review."
    )


def _misnamed(pep: NewPep) -> Finding:
    digits = number_in_file_name(pep).lstrip("0")[:6] or "0"
    if len(digits) > 4:
        advice = "A PEP's file name has four digits."
    else:
        advice = f"Rename it to `{pep_path(PepNumber(int(digits)))}`."
    return _finding(
        pep,
        Severity.ERROR,
        f"The name of this file needs four digits; otherwise the PEP is never built. {advice}",
        "Rename the file",
        "The name is `pep-`, four digits with leading zeros, and `.rst`.",
        line=1,
    )


def _about_header(pep: NewPep) -> Iterable[Finding]:
    if header_disagrees(pep):
        yield _header_finding(pep.path, pep.preamble.value("PEP") or "", pep.number, _line(pep))


def _header_finding(path: str, value: str, number: int | None, line: int) -> Finding:
    return Finding(
        rule="number",
        severity=Severity.ERROR,
        message=f"The header says {safe_code('PEP: ' + value)}, but the file name says {number}.",
        action="Make header and file name agree",
        help=f"Set the header to `PEP: {number}`, or rename the file.",
        path=path,
        line=line,
        pep=number,
        need=Need.NUMBER,
    )


def _about_title(pep: NewPep, change: Change) -> Finding:
    named = join_names(tuple(str(number) for number in title_numbers(change.title)))
    return Finding(
        rule="number",
        severity=Severity.WARNING,
        message=(
            f"The pull request's title names PEP {named}, but the file name says {pep.number}."
        ),
        action="Correct the pull request's title",
        help=f"Start it with `PEP {pep.number}: `; it becomes the title of the commit.",
        path=pep.path,
        line=_line(pep),
        pep=pep.number,
    )


def _edited_headers(change: Change, checked_paths: set[str]) -> Iterable[Finding]:
    """Report published PEPs whose `PEP:` header the change makes differ from the file name."""
    for file in change.files:
        number = number_in_path(file.path)
        if number is None or file.after is None or file.path in checked_paths:
            continue
        if file.status is FileStatus.REMOVED or file.before is None:
            continue
        before, after = parse_preamble(file.before), parse_preamble(file.after)
        header = after.header("PEP")
        if header is None or after.number == number or before.value("PEP") == after.value("PEP"):
            continue
        yield _header_finding(file.path, header.value, number, header.line)


def _title_of_other_pep(change: Change) -> Iterable[Finding]:
    """Report a title that names only PEPs that the change does not touch: it would mislead."""
    named = set(title_numbers(change.title))
    edited = [file.path for file in change.files if number_in_path(file.path) is not None]
    if not named or not edited:
        return
    paths = " ".join(
        path for file in change.files for path in (file.path, file.previous_path) if path
    )
    if any(f"pep-{number:04}" in paths or f"pep-{number}" in paths for number in named):
        return
    touched = join_names(tuple(f"{number_in_path(path)}" for path in edited[:5]))
    yield Finding(
        rule="number",
        severity=Severity.NOTICE,
        message=(
            "The pull request's title names PEP "
            f"{join_names(tuple(map(str, sorted(named))))}, but it changes PEP {touched}."
        ),
        action="Correct the pull request's title",
        help="It becomes the title of the commit.",
        path=edited[0],
        line=1,
        pep=number_in_path(edited[0]),
    )


def _finding(
    pep: NewPep,
    severity: Severity,
    message: str,
    action: str = "",
    help_text: str = "",
    line: int | None = None,
) -> Finding:
    return Finding(
        rule="number",
        severity=severity,
        message=message,
        action=action,
        help=help_text,
        path=pep.path,
        line=line if line is not None else _line(pep),
        pep=pep.number,
        need=Need.NUMBER if severity is not Severity.NOTICE else None,
    )


def _line(pep: NewPep) -> int:
    header = pep.preamble.header("PEP")
    return header.line if header is not None else 1
