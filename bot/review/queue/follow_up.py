"""Follow-ups: what people forgot to do after a merge, such as to add a thread or a link.

They are computed anew each time from what is known, so a follow-up ends when its cause ends, and
only another cause brings it back. Where the bot cannot know, because it was not installed yet, it
reports nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.peps.dates import Calendar, FeatureRelease, feature_version
from bot.peps.number import PepNumber
from bot.peps.status import Status
from bot.policy.fields import NotificationMode
from bot.policy.model import Policy
from bot.review.decision.decider import decision_on
from bot.review.published_peps import ADDED, RELEASE, Added, KnownPeps, Published, calendar_in

GRACE = timedelta(days=7)
"""How long people have to do it without a reminder: of the threads that were linked after the merge
at all, half were linked on the same day, and 90 % within 11 days."""

UNTIL_HEARD = timedelta(days=1)
"""How long after a push the merge of its pull request may become known: by then a sweep has found
what no event told."""

_STANDARDS = "Standards Track"
_PENDING = frozenset({Status.DRAFT, Status.PROVISIONAL})
"""The statuses in which a PEP without a thread still needs one."""


class FollowUpKind(StrEnum):
    """The kind of thing that is left to do."""

    THREAD_MISSING = "thread-missing"
    """`Discussions-To` is missing or `Pending`."""

    NOT_FINAL = "not-final"
    """The PEP is Accepted, and its version of Python is in beta or released; or no release schedule
    has such a version, as for packaging, and nobody changes it."""

    PROVISIONAL = "provisional"
    """The PEP is Provisional, and its version is released; or there is none, and nobody changes
    it."""

    NO_CANONICAL_LINK = "no-canonical-link"
    """The PEP became Final without a link to its documentation."""

    DECISION_UNRECORDED = "decision-unrecorded"
    """Its issue in the tracker of those who decide was closed, but the PEP records no decision."""

    QUIET = "quiet"
    """The PEP is a draft that nobody works on."""

    DEFERRED = "deferred"
    """The PEP is Deferred, and nobody takes it up."""

    PUSHED = "pushed"
    """A push added or decided the PEP, and no pull request was merged with it."""


_FOR_A_RELEASE = {
    Status.ACCEPTED.value: FollowUpKind.NOT_FINAL,
    Status.PROVISIONAL.value: FollowUpKind.PROVISIONAL,
}
"""What is followed up by status when a version of Python is released."""

_IF_UNCHANGED = {
    Status.DRAFT.value: FollowUpKind.QUIET,
    Status.DEFERRED.value: FollowUpKind.DEFERRED,
}
"""What is followed up by status when nobody has changed the PEP for long."""


class FollowUpKey(NamedTuple):
    """Identifies a follow-up, so that people are reminded of it only once."""

    kind: str
    pep: PepNumber
    cause: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something left to do.

    Attributes:
        kind: What has to be done.
        pep: The PEP.
        cause: Why, in a short stable form that changes when the next step is reached.
        since: When it became due.
        detail: What its text needs besides the PEP: a version of Python, an issue.
        url: Where the cause can be read; empty if that is the PEP itself.
        place: The same, relative to the page of an issue or a pull request: GitHub would show a
            full link there as a reference.
        added: The pull request that added the PEP, if known.
    """

    kind: FollowUpKind
    pep: Published
    cause: str
    since: datetime
    detail: str = ""
    url: str = ""
    place: str = ""
    added: Added | None = None

    @property
    def key(self) -> FollowUpKey:
        """The follow-up's identity."""
        return FollowUpKey(self.kind.value, self.pep.number, self.cause)


def follow_ups(known: KnownPeps, now: datetime, policy: Policy) -> tuple[FollowUp, ...]:
    """The follow-ups that are due, by PEP, without those that an editor or the policy set aside."""
    due = _FollowUpFinder(known, now, policy, calendar_in(known.register))
    return tuple(
        one
        for number in sorted(known.register)
        for one in due.of(known.register[number])
        if one.since <= now
        and policy.reminders.notification_mode(one.kind.value) is not NotificationMode.OFF
        and not _is_set_aside(one, known)
    )


def _is_set_aside(one: FollowUp, known: KnownPeps) -> bool:
    postponed_at = known.not_yet.get(one.pep.number)
    return postponed_at is not None and one.since <= postponed_at


@dataclass(frozen=True, slots=True)
class _FollowUpFinder:
    """Finds the follow-ups of one PEP after another."""

    known: KnownPeps
    now: datetime
    policy: Policy
    calendar: Calendar

    def of(self, pep: Published) -> Iterator[FollowUp]:
        yield from self._thread_missing(pep)
        yield from self._not_final(pep)
        yield from self._no_link(pep)
        yield from self._unrecorded(pep)
        yield from self._pushed(pep)
        if not self.known.touched.get(pep.number):
            yield from self._unchanged(pep)

    def _thread_missing(self, pep: Published) -> Iterator[FollowUp]:
        if pep.preamble.status not in _PENDING or pep.has_thread:
            return
        if not decision_on(pep.preamble, self.policy, self.now.date()).decider.needs_discussion:
            return
        yield self._follow_up(
            FollowUpKind.THREAD_MISSING, pep, "missing", self._merged(pep) + GRACE
        )

    def _merged(self, pep: Published) -> datetime:
        """When the PEP was merged, or the best estimate."""
        added = self.known.added.get(pep.number)
        if added is not None:
            return added.at
        created = pep.created
        if created is None or created > pep.read_at.date():
            return pep.read_at
        return _midnight(created)

    def _not_final(self, pep: Published) -> Iterator[FollowUp]:
        kind = _FOR_A_RELEASE.get(pep.preamble.status or "")
        release = self._release(pep)
        if kind is None or release is None:
            return
        steps = [("released", release.final)]
        if kind is FollowUpKind.NOT_FINAL:
            steps.append(("in beta", release.beta))
        for step, day in steps:
            if day is not None and day <= self.now.date():
                cause = f"{release.version}-{step.replace(' ', '-')}"
                detail = f"{release.version} is {step}"
                yield self._follow_up(kind, pep, cause, _midnight(day), detail)
                return

    def _release(self, pep: Published) -> FeatureRelease | None:
        """The release that completes the PEP: that of the last version it names."""
        if pep.preamble.type != _STANDARDS or not pep.python_versions:
            return None
        return self.calendar.get(feature_version(pep.python_versions[-1]))

    def _no_link(self, pep: Published) -> Iterator[FollowUp]:
        header = pep.preamble
        if header.status != Status.FINAL or header.type != _STANDARDS or pep.is_linked:
            return
        if RELEASE in header.topics or pep.status_since is None:
            return  # A PEP that was Final before the bot saw it may lack the link for good reason.
        yield self._follow_up(
            FollowUpKind.NO_CANONICAL_LINK, pep, "final", pep.status_since + GRACE
        )

    def _unrecorded(self, pep: Published) -> Iterator[FollowUp]:
        if pep.preamble.status != Status.DRAFT or self.known.deciding.get(pep.number):
            return
        about = [one for one in self.known.submissions if one.pep == pep.number]
        if not about or any(one.is_open for one in about):
            return
        last = max(about, key=lambda one: (one.closed_at or one.opened_at, one.number))
        if last.closed_at is None:
            return
        cause = f"{last.tracker.casefold()}-{last.number}-{last.closed_at:%Y%m%d}"
        yield self._follow_up(
            FollowUpKind.DECISION_UNRECORDED,
            pep,
            cause.replace("/", "-"),
            last.closed_at + GRACE,
            f"{last.tracker}#{last.number}",
            last.url,
            f"../../../{last.tracker}/issues/{last.number}",
        )

    def _pushed(self, pep: Published) -> Iterator[FollowUp]:
        pushed = pep.pushed
        if pushed is None or (pushed.what == ADDED and not pushed.missing):
            return
        how = "pushed directly" if pushed.what == ADDED else f"marked as {pushed.what} by a push"
        missing = ", ".join(f"no {one}" for one in pushed.missing)
        yield self._follow_up(
            FollowUpKind.PUSHED,
            pep,
            pushed.commit,
            pushed.at + UNTIL_HEARD,
            f"{how}, without a pull request" + (f": {missing}" if missing else ""),
            pushed.url,
            f"../commit/{pushed.commit}",
        )

    def _unchanged(self, pep: Published) -> Iterator[FollowUp]:
        status = pep.preamble.status or ""
        kind = _IF_UNCHANGED.get(status)
        if kind is None and self._release(pep) is None:
            kind = _FOR_A_RELEASE.get(status)
        if kind is None:
            return
        if any(one.pep == pep.number and one.is_open for one in self.known.submissions):
            return
        days = timedelta(days=self.policy.reminders.quiet_days)
        unchanged_since = pep.changed_at or pep.read_at
        yield self._follow_up(kind, pep, f"{unchanged_since:%Y%m%d}", unchanged_since + days)

    def _follow_up(
        self,
        kind: FollowUpKind,
        pep: Published,
        cause: str,
        since: datetime,
        detail: str = "",
        url: str = "",
        place: str = "",
    ) -> FollowUp:
        added = self.known.added.get(pep.number)
        return FollowUp(kind, pep, cause, since, detail, url, place, added)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
