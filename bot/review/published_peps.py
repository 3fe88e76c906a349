"""The register of published PEPs: what the bot keeps about each of them.

Each version of a text is read once. What it says is stored with the SHA of its blob, and with the
times at which the bot saw it change. What happened before the bot first looked is never guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.peps.changed_pep import PepText
from bot.peps.dates import (
    Calendar,
    FeatureRelease,
    calendar_of,
    parse_pep_date,
    scheduled_releases,
)
from bot.peps.headers import Person
from bot.peps.links import is_discussion, is_thread, parse_post_history_entry
from bot.peps.number import PepNumber
from bot.peps.preamble import Header, Preamble
from bot.policy.in_office import Delegation
from bot.review.decision.submission import Submission
from bot.review.queue.sources import ChangedSource
from bot.review.snapshot import Memory, PullRequestState
from bot.review.stage import Stage
from bot.rules.document.canonical_doc import CANONICAL_DIRECTIVES

RELEASE = "Release"
"""The `Topic` of release schedules."""

_STORED_HEADERS = (
    "PEP",
    "Title",
    "Discussions-To",
    "Status",
    "Type",
    "Topic",
    "Created",
    "Python-Version",
    "Post-History",
    "Resolution",
    "Superseded-By",
)
_PEOPLE_HEADERS = ("Author", "Sponsor", "PEP-Delegate")
_LONGEST_VALUE = 2_000
"""Characters of a header's value that are kept."""


ADDED = "added"
"""What a push did that added a PEP."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A push that added or decided a PEP, as long as no merged pull request is known for it.

    Attributes:
        at: When it was pushed.
        what: `ADDED`, or the status that it set.
        commit: The last commit of the push.
        url: That commit's page.
        branch: The branch.
        missing: What the PEP lacks that a review would have asked for, such as "sponsor".
    """

    at: datetime
    what: str
    commit: str
    url: str
    branch: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """A PEP at the tip of the base branch.

    Attributes:
        number: The number in its file's name.
        blob: The SHA of its text.
        preamble: The headers that are used later; people by name, without addresses.
        is_linked: Whether it has a directive of any topic that links its documentation.
        releases: The releases it schedules, if it is a release schedule.
        read_at: When the bot first read it.
        changed_at: When the bot last saw its text change; None if it never did.
        status_since: When the bot last saw its status change; None if it never did.
        pushed: The push that added or decided it without a pull request; None if none is known.
    """

    number: PepNumber
    blob: str
    preamble: Preamble
    is_linked: bool
    releases: tuple[FeatureRelease, ...]
    read_at: datetime
    changed_at: datetime | None = None
    status_since: datetime | None = None
    pushed: Pushed | None = None

    @property
    def title(self) -> str:
        """The title; empty if it has none."""
        return self.preamble.title or ""

    @property
    def created(self) -> date | None:
        """The day of `Created`."""
        return parse_pep_date(self.preamble.value("Created") or "")

    @property
    def has_thread(self) -> bool:
        """Whether `Discussions-To` names a thread or a list."""
        return is_discussion(self.preamble.value("Discussions-To") or "")

    @property
    def posted_thread(self) -> str:
        """The last thread that `Post-History` links; empty if it links none."""
        posts = map(
            parse_post_history_entry, (self.preamble.value("Post-History") or "").split(",")
        )
        threads = [post.url for post in posts if post is not None and is_thread(post.url)]
        return threads[-1] if threads else ""

    @property
    def python_versions(self) -> tuple[str, ...]:
        """The entries of `Python-Version`."""
        return self.preamble.python_versions


Register = Mapping[PepNumber, Published]
"""The published PEPs of a repository, by number."""


def calendar_in(register: Register) -> Calendar:
    """The releases of Python that the release schedules among these PEPs list."""
    return calendar_of(
        release for number in sorted(register) for release in register[number].releases
    )


def published_from_text(
    number: PepNumber, blob: str, text: str, now: datetime, before: Published | None = None
) -> Published:
    """The register's entry for a text.

    Args:
        number: The number in the file's name.
        blob: The SHA of the text.
        text: The text; empty if it cannot be read, so that it is not fetched again and again.
        now: The current time.
        before: The entry for the previous text, if there was one.
    """
    pep = PepText(text)
    preamble = stored_headers(pep.preamble)
    status_changed = (
        before is not None
        # A text that could not be read had an unknown status, so nothing is known to have changed.
        and None not in (before.preamble.status, preamble.status)
        and before.preamble.status != preamble.status
    )
    is_changed = before is not None and before.blob != blob
    return Published(
        number=number,
        blob=blob,
        preamble=preamble,
        is_linked=any(one.name in CANONICAL_DIRECTIVES for one in pep.body.directives),
        releases=(
            scheduled_releases(preamble.title or "", text) if RELEASE in preamble.topics else ()
        ),
        read_at=now if before is None else before.read_at,
        changed_at=now if is_changed else None if before is None else before.changed_at,
        status_since=now if status_changed else None if before is None else before.status_since,
        pushed=None if before is None else before.pushed,
    )


def stored_headers(preamble: Preamble) -> Preamble:
    """The headers that are used later, with people's names only."""
    headers = [
        (name, value[:_LONGEST_VALUE])
        for name in _STORED_HEADERS
        if (value := preamble.value(name)) is not None
    ]
    people = (preamble.authors, preamble.sponsors, preamble.delegates)
    headers += [(name, _names(named)) for name, named in zip(_PEOPLE_HEADERS, people, strict=True)]
    return preamble_of(dict(headers))


def preamble_of(headers: Mapping[str, str]) -> Preamble:
    """A preamble made of names and values."""
    return Preamble(tuple(Header(name, value, 0, 0) for name, value in headers.items() if value), 0)


def _names(people: tuple[Person, ...]) -> str:
    return ",\n".join(person.name for person in people)[:_LONGEST_VALUE]


@dataclass(frozen=True, slots=True)
class Added:
    """The merged pull request that added a PEP.

    Attributes:
        pull_request: Its number.
        at: When the bot saw it merged.
    """

    pull_request: int
    at: datetime


@dataclass(frozen=True, slots=True)
class KnownPeps:
    """What is known about a repository's PEPs.

    Attributes:
        register: The published ones.
        added: The pull request that added each PEP, if the bot saw it.
        touched: The open pull requests that touch each PEP.
        deciding: The open pull requests that wait for a decision, by PEP.
        submissions: Issues that submit a PEP to those who decide.
        not_yet: When an editor last said "not yet" to a PEP's follow-ups or, under None, to changes
            of the policy's sources.
        delegations: Who was recorded as the delegate of a PEP, or offered to be.
        sources: The sources of the policy's data that changed.
    """

    register: Register
    added: Mapping[PepNumber, Added] = field(default_factory=dict)
    touched: Mapping[PepNumber, tuple[int, ...]] = field(default_factory=dict)
    deciding: Mapping[PepNumber, tuple[int, ...]] = field(default_factory=dict)
    submissions: Sequence[Submission] = ()
    not_yet: Mapping[PepNumber | None, datetime] = field(default_factory=dict)
    delegations: Sequence[Delegation] = ()
    sources: tuple[ChangedSource, ...] = ()


def collect_known_peps(
    register: Register,
    remembered: Mapping[int, Memory],
    submissions: Sequence[Submission] = (),
    not_yet: Mapping[PepNumber | None, datetime] | None = None,
    delegations: Sequence[Delegation] = (),
) -> KnownPeps:
    """Combine the register with what is remembered about pull requests.

    Args:
        register: The published PEPs.
        remembered: The memory of each pull request, by its number.
        submissions: Issues that submit a PEP.
        not_yet: When an editor last said "not yet"; see `KnownPeps`.
        delegations: Who was recorded as the delegate of a PEP, or offered to be.
    """
    added: dict[PepNumber, Added] = {}
    touched: dict[PepNumber, tuple[int, ...]] = {}
    deciding: dict[PepNumber, tuple[int, ...]] = {}
    for number, memory in sorted(remembered.items()):
        queue_entry = memory.queue_entry
        if memory.state is PullRequestState.OPEN:
            decides = queue_entry is not None and queue_entry.turn == Stage.DECISION
            # Whoever adds a PEP of the same number as a published one is about another PEP.
            for pep in map(PepNumber, memory.touches - (memory.adds & register.keys())):
                touched[pep] = (*touched.get(pep, ()), number)
                if decides:
                    deciding[pep] = (*deciding.get(pep, ()), number)
        elif memory.state is PullRequestState.MERGED and queue_entry is not None:
            # If two added the same number (one was renumbered later), the later one has it now.
            added |= {PepNumber(pep): Added(number, queue_entry.since) for pep in memory.adds}
    return KnownPeps(register, added, touched, deciding, submissions, not_yet or {}, delegations)
