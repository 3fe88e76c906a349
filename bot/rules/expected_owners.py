"""Who should own a new PEP's file, and which line of CODEOWNERS says so.

PEP 1 § PEP Editor Responsibilities: every author and sponsor with write access is to stand on the
PEP's line. Who has access is known by account only, so the line is a proposal: a larger one, or one
for people whose access nobody can see from outside, is left alone.
"""

from collections.abc import Iterable

from bot.peps.codeowners import CodeOwners, OwnersLine, format_line, owners_as_logins
from bot.peps.people import Login
from bot.rules.context import Context
from bot.rules.eligibility import account, core_developer, has_write_access
from bot.rules.standing import NewPep


def expected_owners(pep: NewPep, context: Context) -> tuple[Login, ...]:
    """The accounts that should own a PEP: authors in order, then sponsors, if they have access."""
    owners: dict[str, Login] = {}
    for person in (*pep.preamble.authors, *pep.preamble.sponsors):
        login = _account_with_access(person.name, context)
        if login is not None:
            owners.setdefault(login.casefold(), login)
    return tuple(owners.values())


def missing_owners(line: OwnersLine, expected: Iterable[Login]) -> tuple[Login, ...]:
    """Those of the expected accounts that a line lacks; logins compare without case."""
    standing = {login.casefold() for login in owners_as_logins(line)}
    return tuple(login for login in expected if login.casefold() not in standing)


def completed_line(path: str, line: OwnersLine | None, expected: Iterable[Login]) -> str:
    """The line as it should be: owners that stand there stay, the missing ones follow."""
    present = tuple(Login(owner.removeprefix("@")) for owner in line.owners) if line else ()
    missing = missing_owners(line, expected) if line else tuple(expected)
    return format_line(path, (*present, *missing))


def covers(codeowners: CodeOwners, path: str, expected: Iterable[Login]) -> bool:
    """Whether a broader pattern than the file's own already brings it to all expected owners."""
    line = codeowners.owners_of(path)
    if line is None or line.pattern is None or line.pattern == "*":
        return False
    return not missing_owners(line, expected)


def _account_with_access(name: str, context: Context) -> Login | None:
    member = core_developer(name, context)
    if member is not None:
        return member.login
    login = account(name, context)
    return login if login is not None and has_write_access(login, context) else None
