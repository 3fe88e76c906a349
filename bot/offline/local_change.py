"""What is checked offline: a change, and what is known of its repository."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.offline.files import Files, Folder, find_codeowners, policy_or_defaults, published_numbers
from bot.offline.request import Selection
from bot.peps.change import Change, FileChange, FileStatus, Unreadable
from bot.peps.dates import NO_CALENDAR, Calendar
from bot.peps.number import Claim, NumberLedger, PepNumber, is_pep_path, number_in_path, pep_path
from bot.peps.people import CoreTeam, Login
from bot.peps.preamble import Preamble, parse_preamble
from bot.policy.in_office import editors_to_mention
from bot.policy.load import POLICY_PATH
from bot.policy.model import Policy, RuleSetting
from bot.review.number_inputs import StoredNumbers, ledger_of
from bot.review.snapshot import PullRequestState, Snapshot
from bot.review.subject import Repository, Subject
from bot.rules.edits.relations import related_numbers
from bot.rules.engine.context import Context
from bot.rules.engine.registry import rule_ids


@dataclass(frozen=True, slots=True)
class PullRequestInfo:
    """What only a pull request has, and no repository: title and author."""

    title: str = ""
    author: Login | None = None


@dataclass(frozen=True, slots=True)
class LocalChange:
    """One change and its repository.

    Attributes:
        change: What is checked.
        policy: The repository's policy.
        published: The numbers of its PEPs without the change.
        notes: Messages for people on what could not be read.
        related_headers: The headers of PEPs outside the change that it names as related.
        generates_schedules: Whether a program writes the release schedules there.
        calendar: The releases of Python, if the change needs them.
        auxiliary: The other files among the PEPs, such as images, with those that the change adds;
            None if they are unknown.
    """

    change: Change
    policy: Policy
    published: frozenset[PepNumber]
    notes: tuple[str, ...] = ()
    related_headers: Mapping[PepNumber, Preamble] = field(default_factory=dict)
    generates_schedules: bool = False
    calendar: Calendar = field(default_factory=lambda: NO_CALENDAR)
    auxiliary: frozenset[str] | None = None


def number_ledger(
    published: frozenset[PepNumber], policy: Policy, claimed: Collection[PepNumber] | None
) -> NumberLedger:
    """What is known about numbers without a server.

    Args:
        published: The numbers of PEP files.
        policy: The repository's policy.
        claimed: The numbers that open pull requests claim; None if unknown.
    """
    # The pull request that claims a number is unknown here; 0 means "an open pull request".
    claims = tuple(Claim(number, 0) for number in claimed or ())
    return ledger_of(policy, published, StoredNumbers(claims, claimed is not None))


def snapshot_of(
    local_change: LocalChange,
    *,
    today: date,
    core_team: CoreTeam | None,
    claimed: Collection[PepNumber] | None,
    rules: Collection[str] | None = None,
) -> Snapshot:
    """The change as a pull request that was just opened, as far as that is known offline.

    Teams cannot be read, so editors are those in the policy.

    Args:
        local_change: What is checked.
        today: The day on which it is checked.
        core_team: The core team's list; None if it is not available.
        claimed: The numbers that open pull requests claim; None if unknown.
        rules: The ids of the rules to run; None for all that the policy has.
    """
    policy = local_change.policy
    numbers = number_ledger(local_change.published, policy, claimed)
    if rules is not None:
        off = dict.fromkeys(rule_ids() - set(rules), RuleSetting.OFF)
        policy = policy.model_copy(update={"rules": {**policy.rules, **off}})
    return Snapshot(
        subject=_NO_SUBJECT,
        state=PullRequestState.OPEN,
        head_sha="",
        labels=frozenset(),
        change=local_change.change,
        context=Context(
            today=today,
            policy=policy,
            numbers=numbers,
            core_team=core_team,
            editors=policy.editors.logins or None,
            editor_mentions=editors_to_mention(policy, local_change.change.codeowners_before),
            related_headers=local_change.related_headers,
            generates_schedules=local_change.generates_schedules,
            calendar=local_change.calendar,
            auxiliary=local_change.auxiliary,
        ),
    )


_NO_SUBJECT = Subject(Repository("local/clone", 0), 0)


NO_BASE_NOTE = (
    "The files are checked as they are; only those with a placeholder number count as new PEPs. "
    "Use `--base` to check what other new PEPs need (sponsor, number, CODEOWNERS line)."
)
"""A note for people who expected more to be checked."""

_EMPTY_FILE = ""


def change_from_folder(
    folder: Folder, selection: Selection, pull_request: PullRequestInfo
) -> LocalChange:
    """The selected files of a folder as they are.

    Raises:
        CannotRun: A file may not be read.
    """
    policy, policy_notes = policy_or_defaults(folder)
    owners_path = find_codeowners(folder)
    owners = folder.text(owners_path) if owners_path is not None else None
    owners_text = None if isinstance(owners, Unreadable) else owners
    judges_owners = owners_path is not None and selection.includes(owners_path)
    files = tuple(
        _file_change(folder, path, policy.numbers.placeholders)
        for path in sorted(folder.paths)
        if (is_pep_path(path) or path in (owners_path, POLICY_PATH)) and selection.includes(path)
    )
    change = Change(
        files=files,
        codeowners_path=owners_path,
        codeowners_before=_EMPTY_FILE if judges_owners and owners_text else owners_text,
        codeowners_after=owners_text,
        title=pull_request.title,
        author=pull_request.author,
        files_complete=False,
    )
    return LocalChange(
        change=change,
        policy=policy,
        published=published_numbers(folder),
        notes=(NO_BASE_NOTE, *policy_notes),
        related_headers=related_headers(change, folder),
        # A folder with nothing but PEPs is probably an extract of a repository.
        auxiliary=folder.auxiliary or None,
    )


def _file_change(folder: Folder, path: str, placeholders: frozenset[PepNumber]) -> FileChange:
    text = folder.text(path)
    number = number_in_path(path)
    is_new = is_pep_path(path) and (number is None or number in placeholders)
    return FileChange(
        path=path,
        status=FileStatus.ADDED if is_new else FileStatus.MODIFIED,
        before=None if is_new else _EMPTY_FILE,
        after=None if isinstance(text, Unreadable) else text,
        unreadable=text if isinstance(text, Unreadable) else None,
    )


def related_headers(change: Change, files: Files) -> dict[PepNumber, Preamble]:
    """Read the headers of related PEPs; one that does not exist, or is no text, is left out."""
    found: dict[PepNumber, Preamble] = {}
    for number in related_numbers(change):
        path = pep_path(number)
        text = files.text(path) if path in files.paths else None
        if isinstance(text, str):
            found[number] = parse_preamble(text)
    return found
