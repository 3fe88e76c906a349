"""What `check` does: finds the files to check, runs the rules on them, and fixes if asked to."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.offline.change_from_git import CommitRange, change_from_git, commit_range
from bot.offline.files import LARGEST, FixedFile, decode_text, fix_files, open_folder
from bot.offline.git import Git, open_repository
from bot.offline.git_files import is_in_commit
from bot.offline.local_change import LocalChange, PullRequestInfo, change_from_folder, snapshot_of
from bot.offline.markup import MarkupCache, markups_of
from bot.offline.report import texts_of
from bot.offline.request import CannotRun, Selection, select
from bot.peps.change import Unreadable
from bot.peps.number import PepNumber
from bot.peps.people import CoreTeam, CoreTeamUnreadable, parse_core_team
from bot.policy.model import Policy
from bot.review.decision.path import decision_path
from bot.review.render.markdown import PLAIN_TEXT
from bot.review.render.new_pep import path_in_text
from bot.review.render.status import move_in_text, render_discussed
from bot.review.review import review
from bot.review.snapshot import NO_MEMORY, Since, Snapshot
from bot.review.verdict import Verdict
from bot.rules.document.markup import (
    MARKUP_RULE,
    is_markup_rule_enabled,
    texts_to_parse,
    with_markup,
)
from bot.rules.edits.substance import discussed_drafts
from bot.rules.engine.finding import Finding, safe_code
from bot.sanitize import for_terminal

_MOST_ROUNDS = 10
"""How often to look again after fixing, since a fix may uncover another finding."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """The options and arguments of the command, parsed.

    Attributes:
        repo: The repository, or a folder in it.
        paths: What the findings are restricted to, as typed.
        base: Where the change begins; None to judge the files as they stand.
        head: Where it ends; None for the working tree.
        pull_request: Title and author of the pull request.
        rules: The ids of the rules to run; None for all.
        core_team: The core team's list; None if it is not available.
        claimed: The numbers that open pull requests claim; None if unknown.
        use_cache: Whether to use cached results of docutils.
    """

    repo: Path
    paths: tuple[str, ...] = ()
    base: str | None = None
    head: str | None = None
    pull_request: PullRequestInfo = field(default_factory=PullRequestInfo)
    rules: frozenset[str] | None = None
    core_team: CoreTeam | None = None
    claimed: Collection[PepNumber] | None = None
    use_cache: bool = True


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a run of the rules found.

    Attributes:
        root: The top folder of the repository.
        local_change: What was checked.
        findings: The findings in the selected files.
        snapshot: The change as a pull request.
        verdict: The verdict on it, with the findings in all files.
        selection: The files that were asked for.
    """

    root: Path
    local_change: LocalChange
    findings: tuple[Finding, ...]
    snapshot: Snapshot
    verdict: Verdict
    selection: Selection


def perform_check(request: CheckRequest) -> CheckResult:
    """Run the rules.

    Raises:
        CannotRun: There is nothing to check, or it cannot be read.
    """
    root, local_change, selection = _read_change(request)
    if _asks_docutils(request, local_change.policy):
        cache = MarkupCache.of_user() if request.use_cache else None
        texts = {
            path: text
            for path, text in texts_to_parse(local_change.change).items()
            if selection.includes(path)
        }
        change = with_markup(local_change.change, markups_of(texts, cache))
        local_change = replace(local_change, change=change)
    now = datetime.now(UTC)
    snapshot = snapshot_of(
        local_change,
        today=now.date(),
        core_team=request.core_team,
        claimed=request.claimed,
        rules=request.rules,
    )
    verdict = review(snapshot, NO_MEMORY, Since(now, "check")).verdict
    failed = {failure.rule for failure in verdict.failures}
    findings = tuple(
        finding
        for finding in verdict.findings
        if finding.rule not in failed and selection.includes(finding.path)
    )
    return CheckResult(root, local_change, findings, snapshot, verdict, selection)


def check_and_fix(request: CheckRequest) -> tuple[CheckResult, tuple[FixedFile, ...]]:
    """Run the rules, apply mechanical fixes in the working folder, and run the rules again.

    Returns:
        The result after the fixes, and what was fixed.

    Raises:
        CannotRun: There is nothing to check, or it cannot be read or written.
    """
    fixed_files: list[FixedFile] = []
    result = perform_check(request)
    for _ in range(_MOST_ROUNDS):
        fixed = fix_files(result.root, result.findings, texts_of(result.local_change.change))
        if not fixed:
            break
        fixed_files += fixed
        result = perform_check(request)
    return result, tuple(fixed_files)


def _asks_docutils(request: CheckRequest, policy: Policy) -> bool:
    return is_markup_rule_enabled(policy) and (
        request.rules is None or MARKUP_RULE in request.rules
    )


def _read_change(request: CheckRequest) -> tuple[Path, LocalChange, Selection]:
    if request.base is None:
        folder = open_folder(request.repo)
        selection = select(request.paths, folder.root, lambda place: _is_there(folder.root, place))
        return folder.root, change_from_folder(folder, selection, request.pull_request), selection
    git = open_repository(request.repo)
    commits = commit_range(git, request.base, request.head)
    selection = select(
        request.paths, git.folder, lambda place: _is_in_either_commit(git, commits, place)
    )
    return git.folder, change_from_git(git, commits, request.pull_request), selection


def _is_there(root: Path, place: str) -> bool:
    return (root / place).exists() or (root / place).is_symlink()


def _is_in_either_commit(git: Git, commits: CommitRange, place: str) -> bool:
    ends = [commits.start] if commits.head is None else [commits.start, commits.head]
    return _is_there(git.folder, place) or any(is_in_commit(git, end, place) for end in ends)


_MOST_PEPS = 3


def render_deciders(result: CheckResult) -> Iterator[str]:
    """The lines on who decides, for each new PEP and each status change, and on large drafts."""
    yield from _new_pep_lines(result)
    yield from _status_change_lines(result)
    change, context = result.snapshot.change, result.snapshot.context
    drafts = [
        one for one in discussed_drafts(change, context) if result.selection.includes(one.pep.path)
    ]
    yield from map(for_terminal, render_discussed(drafts[:_MOST_PEPS], PLAIN_TEXT))


def _new_pep_lines(result: CheckResult) -> Iterator[str]:
    found = [
        assessment.pep
        for assessment in result.verdict.peps
        if result.selection.includes(assessment.pep.path) and assessment.pep.preamble.headers
    ]
    for pep in found[:_MOST_PEPS]:
        yield f"{for_terminal(pep.path)}:"
        path = decision_path(pep.preamble, result.snapshot.context)
        yield from (f"  {for_terminal(line)}" for line in path_in_text(path))


def _status_change_lines(result: CheckResult) -> Iterator[str]:
    found = [move for move in result.verdict.moves if result.selection.includes(move.path)]
    for move in found[:_MOST_PEPS]:
        yield from map(for_terminal, move_in_text(move, result.snapshot.context.today))
    if len(found) > _MOST_PEPS:
        yield f"And {len(found) - _MOST_PEPS} more PEPs whose status changes."


def read_core_team(path: Path) -> CoreTeam:
    """Read python/devguide's `core-team/core-team.csv`.

    Raises:
        CannotRun: The file is missing, or is no such list.
    """
    try:
        with path.open("rb") as file:
            text = decode_text(file.read(LARGEST + 1))
    except OSError as error:
        raise CannotRun(f"{safe_code(str(path))} cannot be read: {error.strerror}.") from error
    if isinstance(text, Unreadable):
        raise CannotRun(f"{safe_code(str(path))} is {text.value}.")
    try:
        return parse_core_team(text)
    except CoreTeamUnreadable as unreadable:
        raise CannotRun(
            f"{safe_code(str(path))} is not a core team list: {unreadable}."
        ) from unreadable
