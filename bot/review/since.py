"""Since when each label of ours and each finding stands, and which event brought it."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from bot.review.snapshot import Since
from bot.rules.finding import Finding


def label_key(label: str) -> str:
    """Under what a label is remembered."""
    return f"label:{label}"


def finding_key(finding: Finding) -> str:
    """Under what a finding is remembered: its line may move, its words make it another."""
    words = f"{finding.path}\n{finding.message}"
    return f"finding:{finding.rule}:{sha256(words.encode()).hexdigest()[:12]}"


def brought_up_to_date(
    known: Mapping[str, Since], labels: Iterable[str], findings: Iterable[Finding], now: Since
) -> dict[str, Since]:
    """What stands now, each with the time it is known for; what is gone is forgotten."""
    keys = [*map(label_key, labels), *map(finding_key, findings)]
    return {key: known.get(key, now) for key in keys}
