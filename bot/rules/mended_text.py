"""Putting mends into a text: whole lines replaced, those that meet left for the next look."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from bot.rules.finding import Fix

RuleAndFix: TypeAlias = tuple[str, Fix]
"""The id of a rule, and what mends its finding."""


def mended_text(text: str, fixes: Sequence[Fix]) -> str:
    """A text with lines replaced, by mends that stand apart and in order.

    A new line ends as the one it replaces, or else as the line before it.

    Args:
        text: The text as judged.
        fixes: The mends, sorted by line.
    """
    lines = text.split("\n")
    ended = lines[-1] == ""
    if ended:
        lines.pop()
    for fix in reversed(fixes):
        old = lines[fix.first_line - 1 : fix.last_line]
        model = old or lines[max(fix.first_line - 2, 0) : fix.first_line - 1] or lines[:1]
        end = "\r" if model and model[0].endswith("\r") else ""
        lines[fix.first_line - 1 : fix.last_line] = [f"{line}{end}" for line in fix.lines]
    return "\n".join([*lines, ""] if ended and lines else lines)


def apart(wanted: Iterable[RuleAndFix]) -> list[RuleAndFix]:
    """Those whose mends do not meet, in order; of two that do, the first stays."""
    chosen: list[RuleAndFix] = []
    free_from = 1
    for rule, fix in sorted(wanted, key=lambda one: (one[1].first_line, one[1].last_line, one[0])):
        if fix.first_line >= free_from:
            chosen.append((rule, fix))
            free_from = max(fix.first_line, fix.last_line) + 1
    return chosen
