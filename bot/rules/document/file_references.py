"""Rule: the images and files that a PEP refers to exist."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from posixpath import basename, dirname, normpath

from bot.peps.body import LineKind
from bot.peps.change import Change, FileStatus
from bot.peps.changed_pep import ChangedPep, PepText, changed_peps
from bot.peps.number import is_among_peps
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.registry import rule

_ID = "file-references"
_DIRECTIVES = {
    "figure": "image",
    "image": "image",
    "include": "file",
    "literalinclude": "file",
}
_SUBSTITUTION = re.compile(r"\s*\.\.\s+\|[^|]{1,200}\|\s+image::\s+(\S{1,300})\s*")
_DOWNLOAD = re.compile(r":download:`(?:[^`<>]{1,200}<)?([^`<>]{1,300})>?`")
# A link to what may be a file of a PEP.
_OWN = r"(?:\./|/)?pep-[0-9]{1,4}[-_/][^\s`<>]{1,300}"
_LINK = re.compile(rf"<({_OWN})>`_")
_TARGET = re.compile(rf"\s*\.\.\s+_[^:]{{1,200}}:\s+({_OWN})\s*")
_NO_FILE = re.compile(
    r"[^/.]*|.*_"  # the name of a heading, or of another link
    r"|.*/(?:index\.html)?(?:#.*)?"  # the page of a PEP
)
_ANY_OWN = re.compile(r"pep-[0-9]{1,4}[-_/]")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# What docutils or Sphinx reads differently from the name of a file, or another place than `peps/`.
_UNCLEAR = frozenset('<>|*\\%{}" \t')
_LONGEST = 500
_MAX_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class FileReference:
    """A place where a PEP refers to a file in its repository.

    Attributes:
        what: "image" or "file".
        path: The path that it leads to, relative to the repository.
        line: The 1-based line.
        columns: The first and last 1-based column.
    """

    what: str
    path: str
    line: int
    columns: tuple[int, int]


@rule(
    id=_ID,
    title="Images and other files",
    severity=Severity.WARNING,
    source="PEP 12 § Images; PEP 1 § Auxiliary Files",
    link="https://peps.python.org/pep-0012/#images",
    doc=(
        "An image or file that a PEP shows, includes or links to is in the repository, or comes "
        "with the pull request. Paths are relative to `peps/`. Only lines that the pull request "
        "adds or edits are checked, and, in a PEP that it changes, those whose file it removes or "
        "renames; images on other sites are not looked at."
    ),
    bad=".. image:: pep-0791/no-such-diagram.svg",
    good=".. image:: pep-0791/diagram.svg",
    remedy="Add the file to the pull request, or correct its path.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look for files that do not exist after the change."""
    if context.auxiliary is None:
        return
    gone = {one.path for one in change.files if one.status is FileStatus.REMOVED}
    gone |= {one.previous_path for one in change.files if one.previous_path is not None}
    present = {one.path for one in change.files if one.status is not FileStatus.REMOVED}
    existing = (context.auxiliary - gone) | present
    existing |= {dirname(path) for path in existing}
    missing = (
        (pep, one)
        for pep in changed_peps(change)
        for one in file_references(pep.after)
        if one.path not in existing and (one.path in gone or pep.touches(one.line))
    )
    for pep, reference in islice(missing, _MAX_FINDINGS):
        yield _finding(pep, reference, existing, is_gone=reference.path in gone)


def file_references(text: PepText) -> Iterator[FileReference]:
    """The files among the PEPs that a text refers to, in no particular order."""
    for directive in text.body.directives:
        what = _DIRECTIVES.get(directive.name.lower())
        if what and (path := _path(directive.argument)) is not None:
            end = directive.column + len(directive.argument.rstrip()) - 1
            yield FileReference(what, path, directive.line, (directive.column, end))
    if not ("image::" in text.text or ":download:" in text.text or _ANY_OWN.search(text.text)):
        return
    for number, line in enumerate(text.lines, start=1):
        for what, one in _in_line(line, text.body.kind(number)):
            if (path := _path(one[1])) is not None:
                yield FileReference(what, path, number, (one.start(1) + 1, one.end(1)))


def _in_line(line: str, kind: LineKind) -> Iterator[tuple[str, re.Match[str]]]:
    """What a line refers to, and the match whose first group is the reference."""
    if kind is LineKind.TARGET:
        if (image := _SUBSTITUTION.fullmatch(line)) is not None:
            yield "image", image
        links = [one for one in [_TARGET.fullmatch(line)] if one is not None]
    elif kind is LineKind.TEXT:
        line = _without_literals(line)
        yield from (("file", one) for one in _DOWNLOAD.finditer(line))
        links = list(_LINK.finditer(line))
    else:
        return
    yield from (("file", one) for one in links if not _NO_FILE.fullmatch(one[1]))


def _without_literals(line: str) -> str:
    """The line with blanks for what it shows literally, so that each column stays."""
    parts = line.split("``")
    parts[1::2] = [" " * len(part) for part in parts[1::2]]
    return "``".join(parts)


def _path(written: str) -> str | None:
    """The path that a reference leads to; None if it leads elsewhere, or nobody knows where."""
    reference = written.strip().partition("#")[0]
    if not reference or len(reference) > _LONGEST or _UNCLEAR & set(reference):
        return None
    if _ELSEWHERE.match(reference):
        return None
    path = normpath(f"peps/{reference.removeprefix('/')}")
    return path if is_among_peps(path) else None


def _finding(
    pep: ChangedPep, reference: FileReference, existing: frozenset[str], *, is_gone: bool
) -> Finding:
    path = safe_code(reference.path)
    if is_gone:
        message = (
            f"This pull request removes or renames the {reference.what} {path}, to which the PEP "
            "still refers."
        )
    else:
        message = (
            f"The {reference.what} {path} is neither in the repository nor in this pull request."
        )
    return Finding(
        rule=_ID,
        severity=Severity.NOTICE if pep.is_resolved else Severity.WARNING,
        message=message,
        action=f"Add the {reference.what} or correct its path",
        help=_help(pep, reference.path, existing),
        path=pep.path,
        line=reference.line,
        pep=pep.number,
        columns=reference.columns,
    )


def _help(pep: ChangedPep, path: str, existing: frozenset[str]) -> str:
    folder = pep.path.removesuffix(".rst").removeprefix("peps/")
    name = basename(path).casefold()
    own = f"peps/{folder}"
    near = [one for one in existing if one.startswith(own) and basename(one).casefold() == name]
    if len(near) == 1:
        return f"There is {safe_code(near[0])}; write {safe_code(near[0].removeprefix('peps/'))}."
    return f"Paths are relative to `peps/`: a file in `{own}/` is called `{folder}/…` here."
