"""Finds who should own a new PEP's file, and checks the PEP's line in CODEOWNERS.

PEP 1 § PEP Editor Responsibilities: the PEP's line names every author and sponsor with write
access. The bot cannot see everybody's access, so its line is only a proposal: a line with more
people, or with people whose access cannot be seen from outside, is accepted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.peps.change import Change, touched_owner_lines
from bot.peps.changed_pep import ChangedPep, NewPep
from bot.peps.codeowners import (
    CODEOWNERS_PATHS,
    CodeOwners,
    OwnersLine,
    format_line,
    owners_as_logins,
    parse_codeowners,
)
from bot.peps.people import Login
from bot.peps.preamble import Person, Preamble
from bot.rules.engine.assessment import CodeownersAssessment, OwnersState
from bot.rules.engine.context import Context, OwnersError
from bot.rules.engine.eligibility import (
    changed_people,
    core_developer,
    find_account,
    has_write_access,
)
from bot.rules.engine.finding import Finding, Need, Severity, join_names, safe_code


def expected_owners(pep: NewPep, context: Context) -> tuple[Login, ...]:
    """The accounts that should own a PEP: authors in order, then sponsors, if they have access."""
    return _accounts_with_access(_people(pep.preamble), context)


def new_owners(edit: ChangedPep, context: Context) -> tuple[Login, ...]:
    """The accounts that should own a published PEP because the change adds an author or sponsor."""
    before = _people(edit.header_before)
    _, new = changed_people(before, _people(edit.header_after), context)
    known = {login.casefold() for login in _accounts_with_access(before, context)}
    return tuple(
        login for login in _accounts_with_access(new, context) if login.casefold() not in known
    )


def missing_owners(line: OwnersLine, expected: Iterable[Login]) -> tuple[Login, ...]:
    """The expected accounts that a line lacks; the case of logins does not matter."""
    assessment = {login.casefold() for login in owners_as_logins(line)}
    return tuple(login for login in expected if login.casefold() not in assessment)


def completed_line(path: str, line: OwnersLine | None, expected: Iterable[Login]) -> str:
    """The line as it should be: the owners that are there, then the missing ones."""
    present = tuple(Login(owner.removeprefix("@")) for owner in line.owners) if line else ()
    missing = missing_owners(line, expected) if line else tuple(expected)
    return format_line(path, (*present, *missing))


def is_covered(codeowners: CodeOwners, path: str, expected: Iterable[Login]) -> bool:
    """Whether a broader pattern already gives the file to all expected owners."""
    line = codeowners.owners_of(path)
    if line is None or line.pattern is None or line.pattern == "*":
        return False
    return not missing_owners(line, expected)


def _people(preamble: Preamble) -> tuple[Person, ...]:
    return (*preamble.authors, *preamble.sponsors)


def _accounts_with_access(people: Iterable[Person], context: Context) -> tuple[Login, ...]:
    owners: dict[str, Login] = {}
    for person in people:
        login = _account_with_access(person.name, context)
        if login is not None:
            owners.setdefault(login.casefold(), login)
    return tuple(owners.values())


def _account_with_access(name: str, context: Context) -> Login | None:
    member = core_developer(name, context)
    if member is not None:
        return member.login
    login = find_account(name, context)
    return login if login is not None and has_write_access(login, context) else None


DEFAULT_PATH = CODEOWNERS_PATHS[0]
"""Where python/peps keeps the file; only for messages, if no other path is known."""

_STATES_ABOUT_A_LINE = frozenset(
    {
        OwnersState.INCOMPLETE,
        OwnersState.MISPLACED,
        OwnersState.MALFORMED,
        OwnersState.UNKNOWN_OWNER,
        OwnersState.STALE_PATH,
    }
)


_REVIEWS = "GitHub then asks the owners to review later changes to the PEP."
"""Why a PEP needs a line."""

LINE_HELP = (
    "A line is a path, a space, and one or more accounts with write access, each starting with `@`."
)
"""The help text for a line that GitHub cannot read."""


def unknown_owner_message(owners: tuple[str, ...]) -> str:
    """The message about a line whose owners GitHub does not know; they are given as inline code."""
    return f"GitHub knows no owner with write access called {join_names(owners, 'or')}."


def is_unreadable(line: OwnersLine, context: Context) -> bool:
    """Whether a line has a syntax error, by our reading or by GitHub's own."""
    if line.error is not None:
        return True
    if not context.owners_errors:
        return False
    return any(not _names_unknown_owner(error) for error in _errors_at(line, context))


def faulty_lines(owners: CodeOwners, context: Context) -> Iterator[OwnersLine]:
    """The lines whose syntax or owners are wrong, by our reading or by GitHub's own."""
    lines_with_errors = {error.line for error in context.owners_errors or ()}
    return (
        line for line in owners.lines if line.error is not None or line.number in lines_with_errors
    )


def unknown_owners(line: OwnersLine, context: Context) -> tuple[str, ...]:
    """The owners on a line whom GitHub reports as unknown, as inline code.

    GitHub's message is only searched for the owners on the line, never repeated.
    """
    found: list[str] = []
    for error in _errors_at(line, context):
        if _names_unknown_owner(error):
            # Below its first line the message repeats the whole line, including the other owners.
            words = error.message.partition("\n")[0].casefold().split()
            named = [
                owner
                for owner in line.owners
                if any(word.strip(".,:;'\"`") == owner.casefold() for word in words)
            ]
            found += named or line.owners
    return tuple(safe_code(owner) for owner in dict.fromkeys(found))


def owners_finding(
    pep: NewPep,
    assessment: CodeownersAssessment,
    change: Change,
    owners_line: OwnersLine | None,
    context: Context,
) -> Finding | None:
    """The finding about a PEP's CODEOWNERS line; None if there is nothing to report.

    Args:
        pep: The PEP.
        assessment: The assessment of its line.
        change: The pull request's change.
        owners_line: The line in question, if there is one.
        context: GitHub's errors about CODEOWNERS.
    """
    path = change.codeowners_path or DEFAULT_PATH
    unknown = unknown_owners(owners_line, context) if owners_line is not None else ()
    words = _texts(pep, assessment, path, unknown)
    if words is None:
        return None
    message, action, help_text = words
    touched = touched_owner_lines(change)
    # A line outside the diff cannot have an annotation: then the PEP's file gets it.
    at_line = assessment.state in _STATES_ABOUT_A_LINE and assessment.line in touched
    return Finding(
        rule="codeowners",
        severity=Severity.WARNING,
        message=message,
        action=action,
        help=help_text,
        path=path if at_line else pep.path,
        line=assessment.line if at_line else 1,
        pep=pep.number,
        need=Need.CODEOWNERS,
        paste=assessment.line_to_paste,
    )


def lacking_lines(
    pep: NewPep, expected: tuple[Login, ...], change: Change, context: Context
) -> Iterator[Finding]:
    """Report the lines for a PEP's file, and for its folder, that lack some of these owners.

    Args:
        pep: The PEP.
        expected: The accounts that should own it.
        change: The pull request's change.
        context: GitHub's errors about CODEOWNERS.
    """
    for line in parse_codeowners(change.codeowners_after or "").lines:
        if line.pattern is None or line.pep != pep.number or is_unreadable(line, context):
            continue
        if missing_owners(line, expected):
            lacking = CodeownersAssessment(
                OwnersState.INCOMPLETE,
                expected,
                completed_line(line.pattern, line, expected),
                actual=line.owners,
                line=line.number,
            )
            about = replace(pep, path=line.path or "")
            finding = owners_finding(about, lacking, change, None, context)
            if finding is not None:
                is_elsewhere = finding.path == about.path
                yield replace(finding, path=pep.path) if is_elsewhere else finding


def _texts(
    pep: NewPep, assessment: CodeownersAssessment, path: str, unknown: tuple[str, ...]
) -> tuple[str, str, str] | None:
    file = safe_code(path)
    belongs = f" It belongs {assessment.after}." if assessment.after else ""
    match assessment.state:
        case OwnersState.MISSING:
            return (
                f"Please add a line for this file to {file}.",
                "Add one line",
                f"{belongs} {_REVIEWS}".strip(),
            )
        case OwnersState.INCOMPLETE:
            return (
                f"The line for {safe_code(pep.path)} lacks {_missing_owners_text(assessment)}.",
                f"Complete the line in {file}",
                "Every author and sponsor with write access belongs on it, in any order.",
            )
        case OwnersState.MISPLACED:
            return (
                "This line is out of order: the lines are sorted by PEP number.",
                f"Move the line in {file}",
                belongs.strip(),
            )
        case OwnersState.MALFORMED:
            return (
                "GitHub cannot read this line, so it has no effect.",
                f"Fix the line in {file}",
                LINE_HELP,
            )
        case OwnersState.UNKNOWN_OWNER:
            return (
                unknown_owner_message(unknown),
                f"Fix the line in {file}",
                "Only accounts with write access can own a file.",
            )
        case OwnersState.STALE_PATH:
            return (
                f"CODEOWNERS still has the old name of {safe_code(pep.path)}.",
                f"Rename the file in {file} too",
                f"The line's place depends on the number.{belongs}",
            )
    return None


def _missing_owners_text(assessment: CodeownersAssessment) -> str:
    actual = {owner.removeprefix("@").casefold() for owner in assessment.actual}
    lacking = [login for login in assessment.expected if login.casefold() not in actual]
    who = "an author or sponsor" if len(lacking) == 1 else "authors or sponsors"
    return (
        f"{who} with write access: {join_names(tuple(safe_code(f'@{login}') for login in lacking))}"
    )


def _errors_at(line: OwnersLine, context: Context) -> list[OwnersError]:
    return [error for error in context.owners_errors or () if error.line == line.number]


def _names_unknown_owner(error: OwnersError) -> bool:
    return error.kind.casefold().startswith("unknown owner")
