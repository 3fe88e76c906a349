"""A folder as it stands, as a change the rules can judge.

The rules look at what a change touches. Here every line counts as touched, as if each file had been
empty before, but no PEP counts as new: of a published PEP a rule says only what it can say without
knowing its history. New is only what cannot have been published: a file whose name has a
placeholder or not four digits (PEP 1 calls for a number, PEP 12 for the name).
"""

from bot.offline.files import Folder, codeowners_place, policy_or_defaults, published_numbers
from bot.offline.local_change import Described, LocalChange
from bot.offline.related_peps import related_headers
from bot.offline.request import Selection
from bot.peps.number import PepNumber, is_pep_path, number_in_path
from bot.policy.load import POLICY_PATH
from bot.rules.change import Change, FileChange, FileStatus, Unreadable

AS_THEY_STAND = (
    "The files are judged as they stand, and only those with a placeholder for a number as new. "
    "What other new PEPs need (sponsor, number, CODEOWNERS line) is looked at with `--base`."
)
"""What somebody has to know who expected more."""

_NOTHING_BEFORE = ""


def change_from_folder(folder: Folder, selection: Selection, described: Described) -> LocalChange:
    """The selected files of a folder as they stand.

    Raises:
        CannotRun: A file may not be read.
    """
    policy, policy_notes = policy_or_defaults(folder)
    place = codeowners_place(folder)
    owners = folder.text(place) if place is not None else None
    owners_text = None if isinstance(owners, Unreadable) else owners
    judges_owners = place is not None and selection.includes(place)
    files = tuple(
        _as_it_stands(folder, path, policy.numbers.placeholders)
        for path in sorted(folder.paths)
        if (is_pep_path(path) or path in (place, POLICY_PATH)) and selection.includes(path)
    )
    change = Change(
        files=files,
        codeowners_path=place,
        codeowners_before=_NOTHING_BEFORE if judges_owners and owners_text else owners_text,
        codeowners_after=owners_text,
        title=described.title,
        author=described.author,
        files_complete=False,
    )
    return LocalChange(
        change=change,
        policy=policy,
        published=published_numbers(folder),
        notes=(AS_THEY_STAND, *policy_notes),
        others=related_headers(change, folder),
    )


def _as_it_stands(folder: Folder, path: str, placeholders: frozenset[PepNumber]) -> FileChange:
    text = folder.text(path)
    number = number_in_path(path)
    is_new = is_pep_path(path) and (number is None or number in placeholders)
    return FileChange(
        path=path,
        status=FileStatus.ADDED if is_new else FileStatus.MODIFIED,
        before=None if is_new else _NOTHING_BEFORE,
        after=None if isinstance(text, Unreadable) else text,
        unreadable=text if isinstance(text, Unreadable) else None,
    )
