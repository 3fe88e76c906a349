"""What `check` does: finds the files meant, runs the rules over them, and fixes if asked to."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.offline.change_from_git import Span, change_from_git, span
from bot.offline.files import LARGEST, FixedFile, as_text, fix_files, open_folder
from bot.offline.git import Git, open_repository
from bot.offline.git_files import is_in_commit
from bot.offline.local_change import Described, LocalChange, change_from_folder, context_of
from bot.offline.markup import MarkupCache, markups_of
from bot.offline.report import texts_of
from bot.offline.request import CannotRun, Selection, select
from bot.peps.number import PepNumber
from bot.peps.people import CoreTeam, CoreTeamUnreadable, parse_core_team
from bot.policy.model import Policy
from bot.rules.change import Context, Unreadable
from bot.rules.changed_peps import new_peps, pep_edits
from bot.rules.document.markup import (
    MARKUP_RULE,
    asks_docutils,
    texts_to_parse,
    with_markup,
)
from bot.rules.engine import RuleFailed, run_rules
from bot.rules.finding import Finding, code
from bot.sanitize import printable

_MOST_TURNS = 10
"""Mends may uncover others; so often it is looked again."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What somebody asked for on the command line.

    Attributes:
        repo: The repository, or a folder in it.
        paths: What the findings are restricted to, as typed.
        base: Where the change begins; None to judge the files as they stand.
        head: Where it ends; None for the working tree.
        described: Title and author of the pull request.
        rules: The ids of the rules to run; None for all.
        core_team: The core team's list; None if it is not at hand.
        claimed: The numbers open pull requests claim; None if nobody said.
        use_cache: Whether what docutils said of a text before is believed.
    """

    repo: Path
    paths: tuple[str, ...] = ()
    base: str | None = None
    head: str | None = None
    described: Described = field(default_factory=Described)
    rules: frozenset[str] | None = None
    core_team: CoreTeam | None = None
    claimed: Collection[PepNumber] | None = None
    use_cache: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of it.

    Attributes:
        root: The top of the repository.
        occasion: What was judged.
        findings: What the rules say about the files asked for.
        context: What the rules knew.
        selection: The files asked for.
        failures: The rules whose code failed, so that what they have to say is missing.
    """

    root: Path
    occasion: LocalChange
    findings: tuple[Finding, ...]
    context: Context
    selection: Selection
    failures: tuple[RuleFailed, ...] = ()


def judge(wanted: CheckRequest) -> Judged:
    """Run the rules.

    Raises:
        CannotRun: There is nothing to judge, or it cannot be read.
    """
    root, occasion, selection = _occasion(wanted)
    today = datetime.now(UTC).date()
    context = context_of(occasion, today=today, core_team=wanted.core_team, claimed=wanted.claimed)
    if _asks_docutils(wanted, context.policy):
        cache = MarkupCache.of_user() if wanted.use_cache else None
        texts = {
            path: text
            for path, text in texts_to_parse(occasion.change).items()
            if selection.includes(path)
        }
        change = with_markup(occasion.change, markups_of(texts, cache))
        occasion = replace(occasion, change=change)
    failures: list[RuleFailed] = []
    found = run_rules(occasion.change, context, wanted.rules, failures.append)
    findings = tuple(finding for finding in found if selection.includes(finding.path))
    return Judged(root, occasion, findings, context, selection, tuple(failures))


def judge_and_fix(wanted: CheckRequest) -> tuple[Judged, tuple[FixedFile, ...]]:
    """Run the rules, fix in the working folder what is mechanical, and look again.

    Returns:
        What is left to say, and what was fixed.

    Raises:
        CannotRun: There is nothing to judge, or it cannot be read or written.
    """
    everything: list[FixedFile] = []
    judged = judge(wanted)
    for _ in range(_MOST_TURNS):
        fixed = fix_files(judged.root, judged.findings, texts_of(judged.occasion.change))
        if not fixed:
            break
        everything += fixed
        judged = judge(wanted)
    return judged, tuple(everything)


def _asks_docutils(wanted: CheckRequest, policy: Policy) -> bool:
    return asks_docutils(policy) and (wanted.rules is None or MARKUP_RULE in wanted.rules)


def _occasion(wanted: CheckRequest) -> tuple[Path, LocalChange, Selection]:
    if wanted.base is None:
        folder = open_folder(wanted.repo)
        selection = select(wanted.paths, folder.root, lambda place: _is_there(folder.root, place))
        return folder.root, change_from_folder(folder, selection, wanted.described), selection
    git = open_repository(wanted.repo)
    where = span(git, wanted.base, wanted.head)
    selection = select(wanted.paths, git.folder, lambda place: _was_there(git, where, place))
    return git.folder, change_from_git(git, where, wanted.described), selection


def _is_there(root: Path, place: str) -> bool:
    return (root / place).exists() or (root / place).is_symlink()


def _was_there(git: Git, where: Span, place: str) -> bool:
    ends = [where.start] if where.head is None else [where.start, where.head]
    return _is_there(git.folder, place) or any(is_in_commit(git, end, place) for end in ends)


_MOST = 3


def render_deciders(judged: Judged) -> Iterator[str]:
    """The lines on each new PEP and each whose status moves; nothing where there is none."""
    yield from _new_told(judged)
    yield from _moves_told(judged)


def _new_told(judged: Judged) -> Iterator[str]:
    context = judged.context
    found = [
        pep
        for pep in new_peps(judged.occasion.change, context.numbers.placeholders)
        if judged.selection.includes(pep.path) and pep.preamble.headers
    ]
    if not found:
        return
    # Templates take a moment to load, which nearly every run of `check` can do without.
    from bot.review.decision.path import decision_path
    from bot.review.render.new_pep import path_in_text

    for pep in found[:_MOST]:
        yield f"{printable(pep.path)}:"
        yield from (
            f"  {printable(told)}" for told in path_in_text(decision_path(pep.preamble, context))
        )


def _moves_told(judged: Judged) -> Iterator[str]:
    change, context = judged.occasion.change, judged.context
    if not any(
        edit.changes_status and judged.selection.includes(edit.path) for edit in pep_edits(change)
    ):
        return
    from bot.review.decision.evidence import EvidenceSources
    from bot.review.decision.status_change import status_moves
    from bot.review.render.status import move_in_text

    found = [
        move
        for move in status_moves(EvidenceSources(change, context, judged.findings))
        if judged.selection.includes(move.path)
    ]
    for move in found[:_MOST]:
        yield from map(printable, move_in_text(move, context.today))
    if len(found) > _MOST:
        yield f"And {len(found) - _MOST} more PEPs whose status moves."


def read_core_team(path: Path) -> CoreTeam:
    """Read python/devguide's `core-team/core-team.csv`.

    Raises:
        CannotRun: The file is not there, or is no such list.
    """
    try:
        with path.open("rb") as file:
            text = as_text(file.read(LARGEST + 1))
    except OSError as error:
        raise CannotRun(f"{code(str(path))} cannot be read: {error.strerror}.") from error
    if isinstance(text, Unreadable):
        raise CannotRun(f"{code(str(path))} is {text.value}.")
    try:
        return parse_core_team(text)
    except CoreTeamUnreadable as unreadable:
        raise CannotRun(f"{code(str(path))} is no core team list: {unreadable}.") from unreadable
