"""Rule: notice an edit of a PEP by somebody who is known to be neither its author nor its owner."""

from collections.abc import Iterable

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, edited_peps
from bot.peps.codeowners import CodeOwners, owners_as_logins, parse_codeowners
from bot.peps.people import Login, same_login
from bot.rules.engine.context import ActKind, Context
from bot.rules.engine.eligibility import find_account, has_write_access
from bot.rules.engine.finding import Finding, Severity, join_names, safe_name
from bot.rules.engine.kind import BULK, ChangeKind, kind_of
from bot.rules.engine.registry import rule

_ID = "others-pep"
_SILENT = frozenset({ChangeKind.BULK, ChangeKind.EDITORIAL, ChangeKind.RELEASE_SCHEDULE})
_MOST_NAMES = 5


@rule(
    id=_ID,
    title="Edits of other people's PEPs",
    severity=Severity.NOTICE,
    source="PEP 1 § Changing Existing PEPs",
    link="https://peps.python.org/pep-0001/#changing-existing-peps",
    doc=(
        "A PEP belongs to its authors. If somebody else changes it, an editor will want "
        "an author, its sponsor or an owner of its file to agree. This is reported only "
        "if the accounts of all authors are known, and never for core developers, "
        "editors, small fixes to decided PEPs, release schedules, or clean-ups of many "
        "PEPs."
    ),
    bad="Somebody else's pull request rewords a draft, and no author has approved it.",
    good="The same pull request, approved by one of the authors.",
    remedy="Ask an author, or an owner of the file, to approve the pull request.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Report each edited PEP that the pull request's author does not own."""
    author = change.author
    if author is None or context.core_team is None or has_write_access(author, context):
        return
    if kind_of(change, context.numbers.placeholders) in _SILENT:
        return
    edits = [edit for edit in edited_peps(change) if not edit.is_release_schedule]
    if len(edits) >= BULK:
        return
    owners = parse_codeowners(change.codeowners_before or "")
    approvers = [act.login for act in context.acts if act.kind is ActKind.CONSENT]
    for edit in edits:
        responsible = _responsible_accounts(edit, owners, context)
        if responsible and not any(_among(login, responsible) for login in (author, *approvers)):
            names = [safe_name(person.name) for person in edit.header_before.authors[:_MOST_NAMES]]
            pep = f"PEP {edit.number}" if edit.number is not None else "the PEP"
            yield Finding(
                rule=_ID,
                severity=Severity.NOTICE,
                message=(
                    f"Neither an author of {pep} ({join_names(tuple(names))}) nor an "
                    "owner of its file opened or approved this pull request."
                ),
                pep=edit.number,
            )


def _responsible_accounts(
    edit: ChangedPep, owners: CodeOwners, context: Context
) -> tuple[Login, ...]:
    """The accounts that speak for a PEP; empty unless those of all its authors are known."""
    authors = {person.name: None for person in edit.header_before.authors[:BULK]}
    accounts = [find_account(author, context) for author in authors]
    if len(edit.header_before.authors) > BULK:
        return ()
    known = [login for login in accounts if login is not None]
    if not known or len(known) < len(accounts):
        return ()
    header = edit.header_before
    others = (
        find_account(person.name, context) for person in (*header.sponsors, *header.delegates)
    )
    line = owners.owners_of(edit.path)
    owning = owners_as_logins(line) if line is not None else ()
    return (*known, *(login for login in others if login is not None), *owning)


def _among(login: Login, logins: Iterable[Login]) -> bool:
    return any(same_login(login, other) for other in logins)
