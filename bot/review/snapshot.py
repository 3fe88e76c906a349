"""A pull request as it was when it was read, and what the bot remembers about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.peps.change import Change
from bot.peps.names import fold_name
from bot.peps.number import PepNumber
from bot.peps.people import NO_ACCOUNTS, Accounts, Login
from bot.review.decision.submission import Submission
from bot.review.overrides import NO_OVERRIDES, ManualLabel, Overrides
from bot.review.subject import CheckResult, Subject
from bot.rules.engine.context import Act, ActKind, Context, Mention
from bot.rules.engine.finding import Finding


class PullRequestState(StrEnum):
    """Whether a pull request is open, closed or merged."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A comment that has our marker, such as `summary` or `merged`, and was written by this app.

    `body` is its whole text as GitHub has it; empty for a reply to a command.
    """

    id: int
    marker: str
    body: str


@dataclass(frozen=True, slots=True)
class Approval:
    """An approving review that is in force: whose, its page, and the head it was made for."""

    login: Login
    url: str
    head_sha: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said on a pull request, by people and by the bot.

    Attributes:
        acts: Reviews, consent lines and other comments, oldest first.
        own_comments: The bot's comments, oldest first.
        changes_requested: Accounts whose latest review asks for changes, each with the head it
            was made for.
        approvals: Approving reviews of accounts that have not reviewed otherwise since, oldest
            first.
        previews: The hosts of previews that programs such as Read the Docs' app linked, each by
            the id of its comment.
        mentions: Whom the description and comments mention, oldest first; None if nobody looked.
    """

    acts: tuple[Act, ...] = ()
    own_comments: tuple[OwnComment, ...] = ()
    changes_requested: Mapping[Login, str] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()
    previews: Mapping[int, str] = field(default_factory=dict)
    mentions: tuple[Mention, ...] | None = None


@dataclass(frozen=True, slots=True)
class CheckRunMemory:
    """The bot's latest check run: its id, the head it is on, and the digest of what it says."""

    id: int
    head_sha: str
    digest: str


@dataclass(frozen=True, slots=True)
class CommentMemory:
    """A comment of the bot: its id and the digest of the body that was last written."""

    id: int
    digest: str


@dataclass(frozen=True, slots=True)
class Since:
    """Since when something is so, and by which event, such as `pull_request synchronize`."""

    at: datetime
    event: str


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """What the queue says about a pull request, as of its last review.

    Attributes:
        title: Its title as its author wrote it (not sanitized).
        opener: Who opened it.
        kind: The kind of change.
        turn: Whose turn it is, by the stage's name, or empty if nobody's in particular; its state
            once it is no longer open.
        since: Since when `turn` is so.
        active_at: When a person last did something on it.
        opened: The day it was opened; None if GitHub did not say.
        draft: Whether it is a draft.
        awaits: The names of those whose answer is awaited, sanitized; empty if it is nobody's.
        editors_from: When it becomes the editors' turn, if they do not answer.
        obstacles: What keeps it from being merged once nothing is left to fix, sanitized.
    """

    title: str
    opener: Login
    kind: str
    turn: str
    since: datetime
    active_at: datetime
    opened: date | None = None
    draft: bool = False
    awaits: str = ""
    editors_from: datetime | None = None
    obstacles: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the bot remembers about one pull request between reviews; empty the first time.

    Attributes:
        state: The last state seen; None before the first review.
        head_sha: The last head seen.
        updated_at: The last `updated_at` seen.
        check_run: The latest check run.
        comments: The bot's comments, by marker.
        labels: Labels that are there because the bot wants them, each with its cause.
        declined: Labels that a person removed, each with the cause it had; the bot does not set
            them again until that cause changes.
        conversation: What was said, as last read; None if it has to be read again.
        conversation_as_of: The pull request's `updated_at` before the conversation was read; None
            if unknown.
        numbers: The PEP numbers it sets, 0 for a PEP that still has a placeholder.
        number_inputs: The digest of what the last review, or one that is already queued, depends
            on outside the pull request; see `bot.review.number_inputs`.
        base: The branch it is to be merged into.
        is_new_pep: Whether the last verdict saw a new PEP.
        by_hand: Labels that people set and that override what the bot computed.
        since: Since when each of our labels and each finding is there.
        touches: The PEPs whose files it changes.
        adds: Those of them whose files it adds; empty if it was merged or closed long before the
            bot saw it.
        comment_count: How many comments it had when they were last counted; None if they never
            were.
        queue_entry: What the queue says about it; None before the first review.
        last_findings: What the rules reported when they last ran; see `bot.review.verdict`.
        conflicting_head: The head of which GitHub last said that it conflicts with its base.
        merged_at: When it was merged.
    """

    state: PullRequestState | None = None
    head_sha: str | None = None
    updated_at: datetime | None = None
    check_run: CheckRunMemory | None = None
    comments: Mapping[str, CommentMemory] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    declined: Mapping[str, str] = field(default_factory=dict)
    conversation: Conversation | None = None
    numbers: frozenset[int] = frozenset()
    number_inputs: str = ""
    base: str = ""
    is_new_pep: bool = False
    by_hand: Mapping[str, ManualLabel] = field(default_factory=dict)
    since: Mapping[str, Since] = field(default_factory=dict)
    touches: frozenset[int] = frozenset()
    adds: frozenset[int] = frozenset()
    comment_count: int | None = None
    queue_entry: QueueEntry | None = None
    last_findings: tuple[Finding, ...] = ()
    conversation_as_of: datetime | None = None
    conflicting_head: str = ""
    merged_at: datetime | None = None


NO_MEMORY = Memory()
"""The memory of a pull request that was never reviewed."""


@dataclass(frozen=True, slots=True)
class Base:
    """The branch a pull request is to be merged into, and CODEOWNERS at its tip.

    `is_pep_repository` is false if the repository has neither PEPs nor a policy: it is only a
    tracker, or has nothing to do with PEPs. `is_default` is false if it is not the default branch.
    """

    branch: str = ""
    codeowners: str | None = None
    is_pep_repository: bool = True
    is_default: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a review is based on, read at one moment.

    Attributes:
        subject: Which pull request.
        state: Open, closed or merged.
        head_sha: The commit at its head.
        labels: The names of its labels.
        instructions: Labels that instruct the bot (`skip …`, `bot: paused`) and were set by an
            editor; such labels set by others are ignored.
        set_by_people: The labels, in lower case, that a person is known to have set, and who.
        set_at: The labels, in lower case, that the events behind this review set, and when.
        change: What it changes.
        context: What the rules may know.
        conversation: What was said; empty if the pull request touches nothing of interest.
        conversation_as_of: The pull request's `updated_at` before the conversation was read.
        updated_at: GitHub's `updated_at`.
        comment_count: How many comments it has, without those on lines; None if unknown.
        submissions: The known issues that submit PEPs it touches.
        degraded: What could not be read and what follows from it, in words for people.
        base: The branch it is to be merged into.
        overrides: What people decided by commands.
        accounts: Which account each login here belongs to.
        failed_checks: Of the checks that the policy names, those that failed on this head.
        conflicts: Whether it conflicts with its base, as far as GitHub last said.
        merged_at: When it was merged.
    """

    subject: Subject
    state: PullRequestState
    head_sha: str
    labels: frozenset[str]
    change: Change
    context: Context
    conversation: Conversation = Conversation()
    instructions: frozenset[str] = frozenset()
    updated_at: datetime | None = None
    degraded: tuple[str, ...] = ()
    base: Base = Base()
    overrides: Overrides = NO_OVERRIDES
    set_by_people: Mapping[str, Login] = field(default_factory=dict)
    set_at: Mapping[str, datetime] = field(default_factory=dict)
    comment_count: int | None = None
    submissions: tuple[Submission, ...] = ()
    conversation_as_of: datetime | None = None
    accounts: Accounts = NO_ACCOUNTS
    failed_checks: tuple[CheckResult, ...] = ()
    conflicts: bool = False
    merged_at: datetime | None = None

    @property
    def claimed_numbers(self) -> frozenset[PepNumber]:
        """The PEP numbers that the pull request claims by its files."""
        return frozenset(
            claim.number
            for claim in self.context.numbers.claims
            if claim.pull_request == self.subject.number
        )

    @property
    def size(self) -> int:
        """How many characters rules have to process; each file counts for 1,000 more."""
        change = self.change
        texts = [text for file in change.files for text in (file.before, file.after)]
        texts += (change.codeowners_before, change.codeowners_after)
        return 1_000 * len(change.files) + sum(map(len, filter(None, texts)))


def apply_overrides(snapshot: Snapshot, overrides: Overrides) -> Snapshot:
    """The snapshot as the rules should see it, with what people decided by commands.

    An accepted sponsor counts as one who agreed: whoever accepted them vouches for the linked
    post. What the sponsor says later overrides that. An account is accepted under the name that
    the header had at the time; if the header names somebody else, that is another person.
    """
    context = snapshot.context
    acts = [
        Act(one.login, ActKind.CONSENT, one.at, one.link) for one in overrides.accepted if one.link
    ]
    return replace(
        snapshot,
        overrides=overrides,
        context=replace(
            context,
            acts=tuple(sorted((*context.acts, *acts), key=lambda act: act.at)),
            accepted_sponsors=context.accepted_sponsors | {one.login for one in overrides.accepted},
            accepted_names={
                fold_name(one.name): one.login
                for one in sorted(overrides.accepted, key=lambda one: one.at)
                if one.name
            },
        ),
    )
