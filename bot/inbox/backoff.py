"""When to retry a batch, and when to give up: plain functions of the fault and earlier attempts.

After a bug (any unexpected fault), the batch is retried after about 2, 4, 8 … seconds, at most a
quarter of an hour apart, and given up after 13 attempts, a little more than an hour. Some attempts
do not count: those that a handler put off until a time, and, for the first day after the delivery
came, those that it put off without one and those during an outage of our own disk.
"""

import re
import traceback
from datetime import datetime, timedelta
from itertools import pairwise

from bot.inbox.delivery import (
    AttemptResult,
    Batch,
    GivenUp,
    InboxUnavailable,
    PutOff,
    Settlement,
)
from bot.store.location import StoreUnavailable

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
    """The fault's message first, then the end of its traceback; at most some 6,000 characters.

    Where a handler put its work off or gave it up tells nobody anything, so of that only the
    message is told.
    """
    if isinstance(fault, PutOff | GivenUp):
        return _bounded(str(fault))
    own = _bounded("".join(traceback.format_exception_only(fault)).strip())
    frames = traceback.format_tb(fault.__traceback__)[-_FRAMES:]
    lines = [own, *("".join(frames).splitlines())]
    for outer, cause in pairwise(_chain(fault)):
        said = "because of" if outer.__cause__ is cause else "after"
        lines.append(_bounded(f"{said} {''.join(traceback.format_exception_only(cause)).strip()}"))
    return without_secrets("\n".join(lines))[:_LENGTH]


def without_secrets(text: str) -> str:
    """The text with everything replaced that looks like a credential."""
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
"""A delivery is dead after this many attempts that ended in a bug."""

OUTAGE = timedelta(days=1)
"""For this long after a delivery's arrival, attempts do not count if GitHub is unreachable."""

LONGEST_DELAY = timedelta(minutes=75)
"""No retry waits longer: GitHub's rate limits are reset hourly, and the rest allows for spreading.

A retry that seems farther away was set before the clock was turned back.
"""

_SPREAD_AT_NAMED_TIME = timedelta(seconds=15)
_DOUBLINGS = 20


def backoff(nth: int, spread: float) -> timedelta:
    """How long to wait after the `nth` fault (from 1).

    Args:
        nth: How many faults there were, this one included.
        spread: A random number from 0 to 1. It changes the result by up to a tenth, so that
            batches that failed together are not retried together.
    """
    doubled = FIRST_DELAY * (1 << min(max(nth, 1) - 1, _DOUBLINGS))
    return min(doubled, LARGEST_BACKOFF) * (0.9 + 0.2 * spread)


def after_fault(fault: Exception, batch: Batch, now: datetime, spread: float) -> Settlement:
    """Decide what to do with a batch whose handling failed.

    `spread` is a random number from 0 to 1.
    """
    if isinstance(fault, GivenUp):
        return Settlement(AttemptResult.BURIED)
    if isinstance(fault, PutOff) and fault.at is not None:
        wait = max(fault.at - now, timedelta()) + _SPREAD_AT_NAMED_TIME * spread
        return _retry(now + min(max(wait, FIRST_DELAY), LONGEST_DELAY), counted=False)
    if isinstance(fault, PutOff | InboxUnavailable | StoreUnavailable):
        oldest = min(delivery.received_at for delivery in batch.deliveries)
        if now - oldest < OUTAGE:
            return _retry(now + backoff(batch.attempt, spread), counted=False)
    failures = batch.failures + 1
    if failures >= GIVE_UP_AFTER:
        return Settlement(AttemptResult.BURIED)
    return _retry(now + backoff(failures, spread), counted=True)


def after_end(failures: int, now: datetime, spread: float) -> datetime | None:
    """When to handle again what was cut off by the end of its process; None if at once.

    Args:
        failures: How many attempts had failed before.
        now: The present time.
        spread: As for `backoff`. After the second end in a row, it takes apart what was cut off
            together, so that one that ends the process finds the others done.
    """
    return now + backoff(failures, spread) if failures else None


def _retry(at: datetime, *, counted: bool) -> Settlement:
    return Settlement(AttemptResult.RETRIED, at=at, counted=counted)
