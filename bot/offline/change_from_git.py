"""Builds the change that a pull request would have: what differs from where it branched off."""

from dataclasses import dataclass

from bot.offline.files import (
    Files,
    Folder,
    Text,
    find_codeowners,
    policy_or_defaults,
    published_numbers,
)
from bot.offline.git import Git
from bot.offline.git_files import (
    CommitFiles,
    DiffEntry,
    between_commits,
    read_blobs,
    with_working_tree,
)
from bot.offline.local_change import LocalChange, PullRequestInfo, related_headers
from bot.offline.request import CannotRun
from bot.peps.change import Change, FileChange, FileStatus, Unreadable
from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.dates import NO_CALENDAR, Calendar, calendar_of, scheduled_releases
from bot.peps.number import is_pep_path
from bot.peps.preamble import parse_preamble
from bot.policy.load import POLICY_PATH, RELEASE_DATA_PATH
from bot.review.published_peps import RELEASE
from bot.rules.edits.status_transition import needs_calendar
from bot.rules.engine.finding import safe_code


@dataclass(frozen=True, slots=True)
class CommitRange:
    """The commits between which a change lies.

    Attributes:
        tip: The commit that the base revision names; the policy is read from it.
        start: The merge base, where the change begins.
        head: The commit it ends with; None for the working tree.
    """

    tip: str
    start: str
    head: str | None


def commit_range(git: Git, base: str, head: str | None) -> CommitRange:
    """The range from the merge base of two revisions to the head, or to the working tree.

    A branch without commits has nothing in common with the base, so its working tree is compared
    with the base itself.

    Raises:
        CannotRun: A revision is unknown, or there is no working tree or nothing in common.
    """
    tip = git.commit(base)
    if head is not None:
        end = git.commit(head)
        return CommitRange(tip, git.merge_base(tip, end), end)
    if git.is_bare:
        raise CannotRun("A bare repository has no working tree; choose a commit with --head.")
    if not git.has_commits():
        return CommitRange(tip, tip, None)
    return CommitRange(tip, git.merge_base(tip, git.commit("HEAD")), None)


def change_from_git(git: Git, commits: CommitRange, pull_request: PullRequestInfo) -> LocalChange:
    """What changed between two commits, and what is known of the repository before the change.

    Published PEPs are those at the merge base and those that the base has gained since: a number
    that was taken there in the meantime is taken.

    Raises:
        CannotRun: Something cannot be read.
    """
    before, tip = CommitFiles(git, commits.start), CommitFiles(git, commits.tip)
    after: Files
    if commits.head is not None:
        entries = between_commits(git, commits.start, commits.head)
        after = CommitFiles(git, commits.head)
    else:
        entries = with_working_tree(git, commits.start)
        after = Folder(git.folder)
    files, notes = _with_texts(git, entries, None if commits.head is not None else after)
    place = find_codeowners(after)
    place_before = find_codeowners(before)
    change = Change(
        files=files,
        codeowners_path=place or place_before,
        codeowners_before=_read_text(before, place_before, notes),
        codeowners_after=_read_text(after, place, notes),
        title=pull_request.title,
        author=pull_request.author,
    )
    policy, policy_notes = policy_or_defaults(tip)
    return LocalChange(
        change=change,
        policy=policy,
        published=published_numbers(before) | published_numbers(tip),
        notes=tuple(dict.fromkeys((*notes, *policy_notes))),
        related_headers=related_headers(change, tip),
        generates_schedules=RELEASE_DATA_PATH in tip.paths,
        calendar=_calendar(tip) if needs_calendar(change) else NO_CALENDAR,
        auxiliary=after.auxiliary | tip.auxiliary,
    )


def _calendar(tip: CommitFiles) -> Calendar:
    """The releases of Python that the release schedules in a commit list."""
    texts = tip.texts(path for path in sorted(tip.paths) if is_pep_path(path))
    peps = [(parse_preamble(text), text) for text in texts.values() if isinstance(text, str)]
    return calendar_of(
        release
        for preamble, text in peps
        if RELEASE in preamble.topics
        for release in scheduled_releases(preamble.title or "", text)
    )


def _with_texts(
    git: Git, entries: tuple[DiffEntry, ...], working_tree: Files | None
) -> tuple[tuple[FileChange, ...], list[str]]:
    """The changed files with the texts of PEPs and CODEOWNERS, and notes on unreadable ones."""
    read = [entry for entry in entries if _is_read(entry)]
    blobs = [entry.before for entry in read if entry.before is not None]
    if working_tree is None:
        blobs += [entry.after for entry in read if entry.after is not None]
    texts = read_blobs(git, blobs)
    changes: list[FileChange] = []
    notes: list[str] = []
    for entry in entries:
        before: Text | None = None
        after: Text | None = None
        if _is_read(entry):
            before = texts[entry.before] if entry.before is not None else None
            if working_tree is not None and entry.status is not FileStatus.REMOVED:
                after = working_tree.text(entry.path)
            elif entry.after is not None:
                after = texts[entry.after]
        if isinstance(before, Unreadable) and entry.status is not FileStatus.REMOVED:
            notes.append(
                f"The old version of {safe_code(entry.path)} cannot be read "
                f"({before.value}); all of it "
                "counts as new."
            )
        changes.append(_file_change(entry, before, after))
    return tuple(changes), notes


def _file_change(entry: DiffEntry, before: Text | None, after: Text | None) -> FileChange:
    current = before if entry.status is FileStatus.REMOVED else after
    return FileChange(
        path=entry.path,
        status=entry.status,
        previous_path=entry.previous_path,
        before=None if isinstance(before, Unreadable) else before,
        after=None if isinstance(after, Unreadable) else after,
        unreadable=current if isinstance(current, Unreadable) else None,
    )


def _is_read(entry: DiffEntry) -> bool:
    return any(
        is_pep_path(path) or path in CODEOWNERS_PATHS or path == POLICY_PATH
        for path in (entry.path, entry.previous_path)
        if path is not None
    )


def _read_text(files: Files, path: str | None, notes: list[str]) -> str | None:
    if path is None:
        return None
    text = files.text(path)
    if isinstance(text, Unreadable):
        notes.append(f"{safe_code(path)} is {text.value}, so its lines were not checked.")
        return None
    return text
