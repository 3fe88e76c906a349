"""Rule: files of PEPs are in the right place and have the right name."""

import re
from collections.abc import Collection, Iterable

from bot.peps.change import Change, FileStatus
from bot.peps.number import (
    PepNumber,
    is_document,
    is_misfiled_pep,
    is_pep_path,
    is_picture,
    is_stray_file,
    number_in_path,
    pep_path,
)
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.registry import rule

_ID = "file-name"
_DIGITS = re.compile(r"[0-9]{1,4}")
_AUXILIARY = re.compile(r"peps/pep-([0-9]{1,4})([-_/])(.{1,500})")
_SERIAL = re.compile(r"[0-9]{1,4}(\.[A-Za-z0-9]{1,8}){1,2}")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._/-]{1,200}")
_MAX_FINDINGS = 20


@rule(
    id=_ID,
    title="File names and places",
    severity=Severity.ERROR,
    source="PEP 1 § Submitting a PEP, Auxiliary Files",
    link="https://peps.python.org/pep-0001/#auxiliary-files",
    doc=(
        "A PEP is the file `peps/pep-NNNN.rst`, with four digits; in another place, or "
        "with another ending, it is never built. Its auxiliary files are in `peps/pep-NNNN/`, "
        "with any name, or are called `peps/pep-NNNN-1.png` and so on; other names get a notice. "
        "A file among the PEPs that belongs to none, such as `peps/diagram.png`, gets a warning; "
        "infrastructure such as `peps/conf.py` does not, nor does a new program or data file in a "
        "pull request without PEPs. "
        "Only files that the pull request adds or renames are checked."
    ),
    bad="A pull request that adds `peps/pep-0845.md`.",
    good="A pull request that adds `peps/pep-0845.rst`.",
    remedy="Rename the file with `git mv` to the path in the finding.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the path of every file that the change adds or renames."""
    known = context.numbers.published | {
        number for file in change.files if (number := number_in_path(file.path)) is not None
    }
    peps = {file.path for file in change.files if is_pep_path(file.path)}
    folder = next(iter(peps)).removesuffix(".rst") if len(peps) == 1 else None
    taken = (context.auxiliary or frozenset()) | {file.path for file in change.files}
    reported = 0
    for file in change.files:
        if file.status not in (FileStatus.ADDED, FileStatus.RENAMED):
            continue
        if not is_stray_file(file.path):
            found = _of_path(file.path, known)
        elif is_document(file.path):
            found = _document(file.path)
        elif peps or is_picture(file.path):
            found = _stray(file.path, folder, taken)
        else:
            continue  # it may be new infrastructure
        if found is not None:
            reported += 1
            yield found
        if reported == _MAX_FINDINGS:
            return


def _of_path(path: str, known: frozenset[PepNumber]) -> Finding | None:
    return _misfiled(path) if is_misfiled_pep(path) else _auxiliary(path, known)


def _document(path: str) -> Finding:
    return Finding(
        rule=_ID,
        severity=Severity.WARNING,
        message="This file is among the PEPs, but is not named like one.",
        action="Name the file like a PEP, or remove it",
        help=(
            "A PEP is `peps/pep-NNNN.rst` with its number; its auxiliary files are in "
            "`peps/pep-NNNN/`. It is best to discuss an idea on discuss.python.org first."
        ),
        path=path,
    )


def _stray(path: str, folder: str | None, taken: Collection[str]) -> Finding:
    """The finding on a file that is neither a PEP nor an auxiliary file of one.

    Args:
        path: The file.
        folder: The folder for the files of the only PEP in the pull request.
        taken: The paths of other files.
    """
    target, move = f"{folder}/{path.rpartition('/')[2]}", None
    if folder and target not in taken and _PLAIN_PATH.fullmatch(path):
        move = f"git mv {path} {target}"
        if not any(one.startswith(f"{folder}/") for one in taken):
            move = f"mkdir -p {folder}\n{move}"  # git makes no folder
    return Finding(
        rule=_ID,
        severity=Severity.WARNING,
        message="This file is among the PEPs, but belongs to none of them.",
        action="Move the file into the folder of its PEP",
        help=(
            f"A PEP's images and other files are in `{folder or 'peps/pep-NNNN'}/`, with any name "
            "(PEP 1)."
        ),
        path=path,
        paste=move,
    )


def _misfiled(path: str) -> Finding:
    digits = _DIGITS.search(path)
    target = pep_path(PepNumber(int(digits[0]))) if digits and int(digits[0]) else None
    where = f"`{target}`" if target else "`peps/pep-NNNN.rst` with its number"
    return Finding(
        rule=_ID,
        severity=Severity.ERROR,
        message=f"A PEP in {safe_code(path)} is never built; its place is {where}.",
        action="Move the file",
        help="The name is `pep-`, four digits with leading zeros, and `.rst`, in `peps/`.",
        path=path,
        line=1,
        # Only a path that needs no quoting is offered for pasting into a shell.
        paste=f"git mv {path} {target}" if target and _PLAIN_PATH.fullmatch(path) else None,
    )


def _auxiliary(path: str, known: frozenset[PepNumber]) -> Finding | None:
    found = _AUXILIARY.fullmatch(path)
    if found is None or number_in_path(path) is not None:
        return None
    number = PepNumber(int(found[1]))
    is_in_folder, name = found[2] == "/", found[3]
    is_called_right = is_in_folder or (found[2] == "-" and _SERIAL.fullmatch(name) is not None)
    if len(found[1]) < 4 or not is_called_right:
        prefix = f"peps/pep-{number:04}"
        message = (
            f"{safe_code(path)} is not named as PEP 1 says: a PEP's images and other files are in "
            f"`{prefix}/`, with any name, or are called `{prefix}-1.png` and so on."
        )
    elif known and number not in known:
        message = f"This file belongs to PEP {number}, which does not exist yet."
    else:
        return None
    return Finding(
        rule=_ID,
        severity=Severity.NOTICE,
        message=message,
        path=path,
        line=1,
        pep=number,
    )
