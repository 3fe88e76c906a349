"""What a policy means, in short: two texts that mean the same have the same fingerprint.

A repository is looked through again when its policy changes, and a mended comment or another order
of the keys changes nothing.
"""

from hashlib import sha256

from bot.policy.model import Policy


def fingerprint(policy: Policy) -> str:
    """A short text that differs when any setting does, and is the same in every process."""
    return sha256(_canonical(policy.model_dump()).encode()).hexdigest()[:32]


def _canonical(value: object) -> str:
    """A value as a text that does not hang on the order of sets and keys."""
    match value:
        case dict():
            items = sorted((_canonical(key), _canonical(item)) for key, item in value.items())
            return "{" + ",".join(f"{key}:{item}" for key, item in items) + "}"
        case set() | frozenset():
            return "{" + ",".join(sorted(_canonical(item) for item in value)) + "}"
        case list() | tuple():
            return "[" + ",".join(_canonical(item) for item in value) + "]"
    return repr(value)
