"""Rule: the files that the bot checks can be read; otherwise the other rules are silent."""

from collections.abc import Iterable

from bot.peps.change import Change, FileChange, FileStatus, Unreadable
from bot.peps.changed_pep import new_peps
from bot.peps.number import is_pep_path, number_in_path
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule


@rule(
    id="readable",
    title="Readable files",
    severity=Severity.ERROR,
    source="PEP 12; PEP 1 § PEP Header Preamble; GitHub Docs, About code owners",
    link="https://peps.python.org/pep-0012/#how-to-use-this-template",
    doc=(
        "A PEP and CODEOWNERS have to be UTF-8 text of at most 2 MB, and a new PEP "
        "starts with its header. GitHub itself ignores a CODEOWNERS file of more than 3 "
        "MB. A file that GitHub no longer has, because the fork was deleted, gets a "
        "notice that it could not be checked."
    ),
    bad="A new `peps/pep-0791.rst` whose first line is a heading.",
    good="A new `peps/pep-0791.rst` whose first line is `PEP: 791`.",
    remedy=("Save the file as UTF-8 text of at most 2 MB that starts with the PEP's header."),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Report files that cannot be read, and new PEPs without a header."""
    for file in change.files:
        watched = is_pep_path(file.path) or file.path == change.codeowners_path
        if watched and file.unreadable is not None and file.status is not FileStatus.REMOVED:
            yield _unreadable(file, file.unreadable)
    unread = {file.path for file in change.files if file.unreadable is not None}
    for pep in new_peps(change, context.numbers.placeholders):
        if pep.path not in unread and not pep.preamble.headers:
            yield Finding(
                rule="readable",
                severity=Severity.ERROR,
                message="This file has no PEP header.",
                action="Add the header",
                help=(
                    "Start the first line with `PEP:`, followed by `Title:`, `Author:`, "
                    "`Status:`, `Type:` and `Created:` as in the template "
                    "`peps/pep-0012/pep-NNNN.rst`."
                ),
                path=pep.path,
                line=1,
                pep=pep.number,
            )


def _unreadable(file: FileChange, why: Unreadable) -> Finding:
    number = number_in_path(file.path)
    match why:
        case Unreadable.TOO_LARGE:
            message = "This file is larger than 2 MB, so I have not read it."
            action, help_text = (
                "Make the file smaller",
                "Move data and images into files of their own.",
            )
        case Unreadable.NOT_TEXT:
            message = "This file is not UTF-8 text, so I cannot read it."
            action, help_text = "Save the file as UTF-8", ""
        case Unreadable.DELETED:
            return Finding(
                rule="readable",
                severity=Severity.NOTICE,
                message="GitHub no longer has this file, so I could not check it.",
                path=file.path,
                pep=number,
            )
    return Finding(
        rule="readable",
        severity=Severity.ERROR,
        message=message,
        action=action,
        help=help_text,
        path=file.path,
        line=1,
        pep=number,
    )
