"""Writes `docs/rules.md` from the registry: `python -m tests.rules.reference`."""

import textwrap
from pathlib import Path

from bot.rules.finding import Severity
from bot.rules.registry import Rule, all_rules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"

_OPENING = """\
# The rules

Generated from the code by `uv run python -m tests.rules.reference`; change it there.

Each rule has an id, which stands behind its findings in the check run. An editor sets a rule's
findings aside on one pull request with the label `skip ID`, as [for editors](editor.md) says."""

_MOST = {
    Severity.ERROR: "errors at most",
    Severity.WARNING: "warnings at most",
    Severity.NOTICE: "notices at most",
}


def reference() -> str:
    """The whole page."""
    return "\n\n".join([_OPENING, *(_section(one) for one in all_rules())]) + "\n"


def _section(one: Rule) -> str:
    about = f"**{one.title}**: raises {_MOST[one.severity]}. Source: {one.source}."
    return "\n\n".join([f"## {one.id}", *map(_filled, [about, *one.doc.split("\n\n")])])


def _filled(paragraph: str) -> str:
    return textwrap.fill(paragraph, 100, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
