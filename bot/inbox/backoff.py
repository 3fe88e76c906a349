"""When to try again, and when to give up: plain functions of the fault and what went before.

A fault of our own (anything not foreseen) is tried again after about 2, 4, 8 … seconds, at most a
quarter of an hour apart, and given up after 13 attempts, a little more than an hour. What GitHub
asks us to wait for, and an outage (of GitHub or of our own disk) that a delivery has not yet lived
through for a day, is no reason to give up: such attempts do not count.
"""

import re
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.github.client.client import Gone, NotAllowed, Suspended, TryLater
from bot.inbox.protocol import Batch, InboxUnavailable
from bot.store.version import StoreUnavailable

_FRAMES = 12
_LINE = 500
_LENGTH = 6_000

# Token shapes from GitHub's "About authentication"; JWTs and keys begin as their standards say.
# Each pattern is a fixed prefix and one bounded or negated run, so matching stays linear.
_SECRETS = (
    re.compile(r"\bgh[opsur]_[A-Za-z0-9_]+"),
    re.compile(r"\bgithub_pat_[A-Za-z0-9_]+"),
    re.compile(r"\beyJ[A-Za-z0-9_.-]+"),
    re.compile(r"(?i)\b(?:bearer|token|basic) +[A-Za-z0-9._~+/=-]{16,}"),
    re.compile(r"-----BEGIN [^-]*-----[^-]*"),
    re.compile(r"(?<=://)[^/\s@]{1,200}@"),
)


def describe_fault(fault: BaseException) -> str:
    """The fault's own line first, then the end of its traceback; at most some 6,000 characters."""
    own = _bounded("".join(traceback.format_exception_only(fault)).strip())
    frames = traceback.format_tb(fault.__traceback__)[-_FRAMES:]
    lines = [own, *("".join(frames).splitlines())]
    for outer, cause in pairwise(_chain(fault)):
        said = "because of" if outer.__cause__ is cause else "after"
        lines.append(_bounded(f"{said} {''.join(traceback.format_exception_only(cause)).strip()}"))
    return without_secrets("\n".join(lines))[:_LENGTH]


def without_secrets(text: str) -> str:
    """The text with everything that looks like a credential replaced."""
    for pattern in _SECRETS:
        text = pattern.sub("[secret]", text)
    return text


def _chain(fault: BaseException) -> list[BaseException]:
    chain = [fault]
    while len(chain) < 5:
        last = chain[-1]
        follower = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if follower is None or follower in chain:
            break
        chain.append(follower)
    return chain


def _bounded(text: str) -> str:
    # Redacted before it is cut, so that no half of a secret survives at the cut.
    text = without_secrets(text[: 20 * _LENGTH])
    return text if len(text) <= _LINE else text[:_LINE] + " […]"


FIRST_DELAY = timedelta(seconds=2)
LARGEST_BACKOFF = timedelta(minutes=15)

GIVE_UP_AFTER = 13
"""Attempts that ended in a fault of our own, before a delivery is dead."""

OUTAGE = timedelta(days=1)
"""How long after its arrival a delivery puts up with an unreachable GitHub without counting."""

LONGEST_DELAY = timedelta(minutes=75)
"""No retry waits longer: GitHub's rate limits are reset hourly, the rest is room for spreading.

A retry that seems farther away than this was set by a clock that has been turned back since.
"""

_SPREAD_AT_NAMED_TIME = timedelta(seconds=15)
_DOUBLINGS = 20


@dataclass(frozen=True, slots=True)
class Finish:
    """There is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again at a moment; `counted` says whether the attempt counts towards giving up."""

    at: datetime
    counted: bool


@dataclass(frozen=True, slots=True)
class Bury:
    """Give up until somebody replays it."""


def backoff(nth: int, spread: float) -> timedelta:
    """How long to wait after the `nth` fault (from 1).

    Args:
        nth: How many faults there were, this one included.
        spread: From 0 to 1, at random: moves the result by a tenth either way, so that what
            failed together does not come back together.
    """
    doubled = FIRST_DELAY * (1 << min(max(nth, 1) - 1, _DOUBLINGS))
    return min(doubled, LARGEST_BACKOFF) * (0.9 + 0.2 * spread)


def after_fault(
    fault: Exception, batch: Batch, now: datetime, spread: float
) -> Finish | Retry | Bury:
    """What becomes of a batch whose handling ended in a fault.

    What is gone needs no handling any more, nor what is suspended: all is swept when it ends. What
    is not allowed stays so until somebody grants the permission and replays. `spread` is from 0 to
    1, at random.
    """
    if isinstance(fault, Gone | Suspended):
        return Finish()
    if isinstance(fault, NotAllowed):
        return Bury()
    if isinstance(fault, TryLater) and fault.at is not None:
        wait = max(fault.at - now, timedelta()) + _SPREAD_AT_NAMED_TIME * spread
        return Retry(now + min(max(wait, FIRST_DELAY), LONGEST_DELAY), counted=False)
    if isinstance(fault, TryLater | InboxUnavailable | StoreUnavailable):
        oldest = min(delivery.received_at for delivery in batch.deliveries)
        if now - oldest < OUTAGE:
            return Retry(now + backoff(batch.attempt, spread), counted=False)
    failures = batch.failures + 1
    if failures >= GIVE_UP_AFTER:
        return Bury()
    return Retry(now + backoff(failures, spread), counted=True)
