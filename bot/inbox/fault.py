"""A fault in words that may be stored and logged: what it was, where it arose, and no secret."""

import re
import traceback
from itertools import pairwise

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
