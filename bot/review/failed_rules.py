"""What stands of a rule whose code failed: what it said last, and that it failed.

A rule that failed found nothing out: nothing is called in order for it, and what it said before is
not taken back. See docs/decisions/0041.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from bot.review.snapshot import Memory, Snapshot
from bot.rules.change import Change
from bot.rules.finding import Finding, Severity
from bot.rules.registry import RuleFailed
from bot.rules.wording import code

_MOST = 200
"""Findings that are remembered of a pull request, the heaviest."""


def failure_finding(rule: str) -> Finding:
    """The finding that says that a rule failed, which only the bot's maintainers can fix."""
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message="This check failed through a fault of the bot, not of the pull request.",
        help=(
            "Whatever it said before still stands. An editor can set it aside with "
            f"{code(f'/pep skip {rule} because …')}."
        ),
        waits_for_person=True,
    )


def findings_instead(
    failures: Collection[RuleFailed], snapshot: Snapshot, memory: Memory
) -> Iterator[Finding]:
    """What stands instead of the findings that the failed rules could not make.

    Args:
        failures: The rules that failed.
        snapshot: How the pull request stands.
        memory: What is remembered of it.
    """
    failed = {failure.rule for failure in failures}
    yield from said_last(failed, snapshot, memory)
    yield from map(failure_finding, sorted(failed))


def said_last(rules: Collection[str], snapshot: Snapshot, memory: Memory) -> Iterator[Finding]:
    """What rules said when they ran last, as far as it is remembered and true of this head."""
    is_same = memory.head_sha == snapshot.head_sha
    for finding in memory.said:
        if finding.rule in rules:
            yield finding if is_same else _on_another_head(finding, snapshot.change)


def to_remember(
    findings: Collection[Finding], failures: Collection[RuleFailed]
) -> tuple[Finding, ...]:
    """What is remembered of the findings, in case that a rule fails next time.

    A mend is not among it, nor the columns: they are for the very text.
    """
    instead = [failure_finding(failure.rule) for failure in failures]
    said = (replace(finding, fix=None, columns=None) for finding in findings)
    return tuple(finding for finding in said if finding not in instead)[:_MOST]


def _on_another_head(finding: Finding, change: Change) -> Finding:
    """The finding without a place that may be another's by now."""
    paths = {change.codeowners_path, *(file.path for file in change.files)}
    return replace(finding, line=None, path=finding.path if finding.path in paths else None)
