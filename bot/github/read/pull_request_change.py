"""Builds the `Change` of a pull request from what was read, and asks GitHub about its owners."""

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from bot.github.client.client import (
    Client,
    Gone,
    NotAllowed,
    Refused,
    TooLarge,
    items_at,
    number_at,
    text_at,
    variables,
)
from bot.github.read.base_branch import BaseBranch
from bot.github.read.changed_texts import ChangedTexts, without_texts
from bot.github.read.pull_request import PullRequest
from bot.github.read.pull_request_files import FileList, ListedFile, after_text
from bot.peps.change import Change, FileChange, FileStatus, Markup
from bot.peps.codeowners import CODEOWNERS_PATHS, parse_codeowners
from bot.peps.owners_line import parse_line
from bot.peps.people import CoreTeam, Login
from bot.policy.model import Policy
from bot.review.subject import Repository
from bot.rules.document.markup import is_markup_rule_enabled, texts_to_parse, with_markup
from bot.rules.engine.context import OwnersError

MOST_TEXTS = 20
"""If more PEPs are changed, docutils reads none: a program made such a change."""

MOST_CHARACTERS = 2_000_000
"""If they have more characters in all, docutils reads none; it takes about 3 s for these."""


class MarkupSource(Protocol):
    """Parses reStructuredText; see `bot.markup.reader`."""

    async def read(self, text: str) -> Markup:
        """What docutils reports on a text, or why it did not finish."""
        ...


async def parse_change(change: Change, policy: Policy, source: MarkupSource) -> Change:
    """Add what docutils reports on the changed PEPs.

    Parsing stops at the first text that does not finish, so a pull request can waste the time of
    one text at most.
    """
    if not is_markup_rule_enabled(policy):
        return change
    texts = texts_to_parse(change)
    if len(texts) > MOST_TEXTS or sum(map(len, texts.values())) > MOST_CHARACTERS:
        return change
    results: dict[str, Markup] = {}
    for path, text in texts.items():
        results[path] = await source.read(text)
        if results[path].incomplete_reason:
            break
    return with_markup(change, results)


def irrelevant_files(listed: FileList, base_branch: BaseBranch) -> ChangedTexts | None:
    """The files of a pull request that touches no PEP and no CODEOWNERS line of one; else None.

    A change to other lines of CODEOWNERS is recognized from its patch, without another request.
    """
    changes: list[FileChange] = []
    for file in listed.files:
        if file.touches_peps or file.is_policy:
            return None
        change = without_texts(file)
        if file.is_codeowners:
            patched = _patched_codeowners(file, base_branch)
            if patched is None:
                return None
            change = patched
        changes.append(change)
    return ChangedTexts(tuple(changes))


def _patched_codeowners(file: ListedFile, base_branch: BaseBranch) -> FileChange | None:
    if (
        file.path != base_branch.codeowners_path
        or base_branch.codeowners is None
        or file.patch is None
    ):
        return None
    after = after_text(base_branch.codeowners, file.patch)
    if after is None:
        return None
    return FileChange(file.path, file.status, before=base_branch.codeowners, after=after)


def change_of(
    pull: PullRequest, base_branch: BaseBranch, texts: ChangedTexts, *, files_complete: bool
) -> Change:
    """What a pull request changes, in the form that rules take.

    `files_complete` is False if GitHub may have left files out of its list.
    """
    path, before, after = _codeowners(base_branch, texts.files)
    return Change(
        files=texts.files,
        codeowners_path=path,
        codeowners_before=before,
        codeowners_after=after,
        title=pull.title,
        author=pull.author,
        body=pull.body,
        draft=pull.draft,
        opened=pull.created_at.date() if pull.created_at is not None else None,
        files_complete=files_complete,
    )


def _codeowners(
    base_branch: BaseBranch, files: tuple[FileChange, ...]
) -> tuple[str | None, str | None, str | None]:
    """The path of CODEOWNERS after the change, and its text before and after.

    GitHub uses only the first of three possible places, so a change may move it.
    """
    paths = {base_branch.codeowners_path} if base_branch.codeowners_path else set()
    changed: dict[str, FileChange] = {}
    for file in files:
        if file.status is FileStatus.REMOVED:
            paths.discard(file.path)
        else:
            paths.add(file.path)
            changed[file.path] = file
        if file.previous_path is not None:
            paths.discard(file.previous_path)
    path = next((place for place in CODEOWNERS_PATHS if place in paths), None)
    if path is None:
        return base_branch.codeowners_path, base_branch.codeowners, None
    file_change = changed.get(path)
    if file_change is None:
        return path, base_branch.codeowners, base_branch.codeowners
    before = base_branch.codeowners if file_change.before is None else file_change.before
    return path, before, file_change.after


MOST_ERRORS = 200


@dataclass(frozen=True, slots=True)
class OwnersErrors:
    """GitHub's errors; None if it was not asked or did not answer. `notes` are shown to people."""

    errors: tuple[OwnersError, ...] | None = None
    notes: tuple[str, ...] = ()


def names_unknown_owner(
    change: Change, core_team: CoreTeam | None, policy: Policy, editors: frozenset[Login] | None
) -> bool:
    """Whether an added or edited line of CODEOWNERS names an owner that we do not know."""
    after, before = change.codeowners_after, change.codeowners_before or ""
    if not after or after == before:
        return False
    old = Counter(before.split("\n"))
    unknown: set[str] = set()
    for number, text in enumerate(after.split("\n"), start=1):
        if old[text]:
            old[text] -= 1
        else:
            unknown.update(owner.casefold() for owner in parse_line(number, text).owners)
    for login in (*policy.people.write_access, *(editors or ())):
        unknown.discard(f"@{login}".casefold())
    team = {} if core_team is None else core_team.by_login
    unknown = {owner for owner in unknown if owner.removeprefix("@") not in team}
    if unknown:
        lines = parse_codeowners(before).lines
        unknown.difference_update(owner.casefold() for line in lines for owner in line.owners)
    return bool(unknown)


async def read_owners_errors(client: Client, repository: Repository, head_sha: str) -> OwnersErrors:
    """Read GitHub's errors in CODEOWNERS at a head; unknown if it answers 403 or 404.

    They are unknown, too, if the response is too long: it quotes the file for each error.

    Raises:
        TryLater: GitHub is unreachable.
    """
    try:
        answer = await client.get(
            "/repos/{owner}/{repo}/codeowners/errors{?ref}", variables(repository, ref=head_sha)
        )
    except (Gone, NotAllowed, Refused, TooLarge):
        return OwnersErrors(
            notes=("GitHub did not say whether all owners in CODEOWNERS exist.",),
        )
    return OwnersErrors(
        tuple(
            OwnersError(line, text_at(error, "kind") or "", text_at(error, "message") or "")
            for error in items_at(answer, "errors")[:MOST_ERRORS]
            if (line := number_at(error, "line")) is not None
        )
    )
