"""A pull request as it stood when it was read, and what the bot remembers about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from bot.peps.change import Change
from bot.peps.names import fold_name
from bot.peps.people import NO_ACCOUNTS, Accounts, Login
from bot.review.decision.submission import Submission
from bot.review.overrides import NO_OVERRIDES, Overrides
from bot.review.subject import Subject
from bot.rules.engine.context import Act, ActKind, Context
from bot.rules.engine.finding import Finding


class PullRequestState(StrEnum):
    """Where a pull request is in its life."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A comment that carries our marker and was written by this app.

    Attributes:
        id: GitHub's id of the comment.
        marker: Which of our comments it is, such as `summary` or `merged`.
        body: Its whole text as GitHub has it; empty for a reply to a command.
    """

    id: int
    marker: str
    body: str


@dataclass(frozen=True, slots=True)
class Approval:
    """An approving review that stands: whose, its page, and the head it was made for."""

    login: Login
    url: str
    head_sha: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said on a pull request: people's acts, and our own comments.

    Attributes:
        acts: Reviews, consent lines and other comments, oldest first.
        own_comments: Ours, oldest first.
        changes_requested: Accounts whose latest review asks for changes, each with the head it
            was made for.
        approvals: Reviews that approve, of accounts whose latest word that is, oldest first.
    """

    acts: tuple[Act, ...] = ()
    own_comments: tuple[OwnComment, ...] = ()
    changes_requested: Mapping[Login, str] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRunMemory:
    """The check run the bot made last: its id, the head it is on, the digest of what it says."""

    id: int
    head_sha: str
    digest: str


@dataclass(frozen=True, slots=True)
class CommentMemory:
    """A comment the bot made: its id and the digest of the body it wrote last."""

    id: int
    digest: str


NOBODY = Login("")
"""Where it is not known who did something."""


@dataclass(frozen=True, slots=True)
class ManualLabel:
    """A label that a person set against what the bot worked out (`overridden`), when, and who."""

    overridden: str
    at: datetime
    by: Login = NOBODY


@dataclass(frozen=True, slots=True)
class Since:
    """Since when something stands, and by which event, such as `pull_request synchronize`."""

    at: datetime
    event: str


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """What the queue tells of a pull request, as the last review saw it.

    Attributes:
        title: Its title as a stranger wrote it.
        opener: Who opened it.
        opened: The day it was opened; None if GitHub did not say.
        draft: Whether it is a draft.
        kind: The kind of change.
        turn: Whose turn it is, by the stage's name; empty where nobody's is told; once it is not
            open any more, its state.
        since: Since when that is so.
        active_at: When a person did something on it last.
    """

    title: str
    opener: Login
    opened: date | None
    draft: bool
    kind: str
    turn: str
    since: datetime
    active_at: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """What the bot remembers about one pull request between reviews; empty the first time.

    Attributes:
        state: The state seen last, None before the first review.
        head_sha: The head seen last.
        updated_at: The pull request's `updated_at` seen last.
        check_run: The check run made last.
        comments: Our comments by marker.
        labels: Labels that stand by our hand, each with the cause it was set for.
        declined: Labels a person removed, with the cause each had; they stay away until it changes.
        conversation: What was said, as read last; None if it has to be read again.
        conversation_as_of: The pull request's `updated_at` before it was read; None if that is not
            known.
        numbers: The PEP numbers it sets, 0 for a PEP that has a placeholder yet.
        number_inputs: What the last review (one that waits to be made included) goes by beside the
            pull request itself; see `bot.review.number_inputs`.
        base: The branch it is to be merged into.
        is_new_pep: Whether the last verdict saw a new PEP.
        by_hand: Labels that people set and that hold against what the bot worked out.
        since: Since when each label of ours and each finding stands.
        touches: The PEPs whose files it changes.
        adds: The PEPs among them whose files it adds; none if it was over long before it was seen.
        comment_count: How many comments it had when it was looked at last; None if nobody did.
        queue_entry: What the queue tells of it; None before the first review.
        last_findings: What the rules said when they ran last; see `bot.review.verdict`.
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


NO_MEMORY = Memory()
"""What is remembered about a pull request nobody looked at yet."""


@dataclass(frozen=True, slots=True)
class Base:
    """The branch a pull request is to be merged into, and CODEOWNERS at its tip.

    `is_pep_repository` is false where the repository has neither PEPs nor a policy: it is
    somebody's tracker, or nobody's business.
    """

    branch: str = ""
    codeowners: str | None = None
    is_pep_repository: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a review decides on, read at one moment.

    Attributes:
        subject: Which pull request.
        state: Open, closed or merged.
        head_sha: The commit at its head.
        labels: The names of its labels.
        instructions: Labels that instruct the bot (`skip …`, `bot: paused`) and were set by an
            editor; the others of that kind count for nothing.
        set_by_people: The labels, in lower case, of which a person is known to have set them, and
            who.
        set_at: The labels, in lower case, that were set by the events of this review, and when.
        change: What it changes.
        context: What the rules may know.
        conversation: What was said; empty where nothing of interest is touched.
        conversation_as_of: The pull request's `updated_at` before that was read.
        updated_at: GitHub's `updated_at`.
        comment_count: How many comments it has, those on lines left out; None if unknown.
        submissions: The issues known to submit PEPs that it touches.
        degraded: What could not be read and what follows from it, in words for people.
        base: The branch it is to be merged into.
        overrides: What people ordered by commands.
        accounts: Which account is meant by which login; who is named here is called by that.
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


def apply_overrides(snapshot: Snapshot, overrides: Overrides) -> Snapshot:
    """The snapshot as the rules are to see it, with what people ordered.

    An accepted sponsor counts as one who agreed: whoever accepted them vouches for the post that
    is linked. Their own later word goes before it. Accepted is an account by the name that the
    header had; another name in its place is another person.
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
