"""Writes `docs/rules.md` from the registry: `python -m tests.rules.reference`."""

import re
import textwrap
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bot.rules.engine.finding import Severity
from bot.rules.engine.registry import Rule, all_rules
from tests.rules.examples import IN_WORDS, findings_for_example

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "rules.md"
HISTORY = DOCS / "history.md"

_OPENING = """\
# The rules

Generated from the code by `.uv/bin/uv run python -m tests.rules.reference`; change it there.

Each rule has an id, which the check run shows with its findings. A PEP editor skips a rule on one
pull request with `/pep skip ID because …` or the label `skip ID`: see [for editors](editor.md).

How often each rule has findings was counted on the pull requests of [the history](history.md)."""

_MOST = {
    Severity.ERROR: "an error at most",
    Severity.WARNING: "a warning at most",
    Severity.NOTICE: "a notice at most",
}

_GROUPS = {
    "": "People, numbers and code owners",
    "preamble": "The header",
    "document": "The text",
    "files": "Files and names",
    "edits": "Changes to published PEPs",
}
"""The headings for the folders of rules, in the page's order; other folders come last."""


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """How often a rule had findings in the history, as its table says.

    Attributes:
        applies_to: The pull requests to which it applies.
        speaks_on: Those of them in which it has findings.
    """

    applies_to: str
    speaks_on: str


def reference(history: str | None = None) -> str:
    """The whole page.

    Args:
        history: The text of the history page; by default the one in the documentation.
    """
    figures = measured(HISTORY.read_text(encoding="utf-8") if history is None else history)
    folders = sorted(all_rules(), key=lambda one: (_place(_folder(one)), one.id))
    groups = [(name, list(rules)) for name, rules in groupby(folders, _folder)]
    parts = [_OPENING, "\n".join(_contents(name, rules) for name, rules in groups)]
    for name, rules in groups:
        parts.append(f"## {_heading(name)}")
        parts += [_section(one, figures.get(one.id)) for one in rules]
    return "\n\n".join(parts) + "\n"


def measured(history: str) -> dict[str, RuleFigures]:
    """The figures in the table "Findings", by rule id."""
    _, _, rest = history.partition("\n## Findings\n")
    rows = [line.strip("|").split("|") for line in rest.split("\n## ")[0].split("\n")]
    cells = [[cell.strip() for cell in row] for row in rows]
    heading = next((row for row in cells if row[0] == "rule"), [])
    if not {"applies to", "speaks on"} <= set(heading):
        return {}
    applies, speaks = heading.index("applies to"), heading.index("speaks on")
    return {
        row[0].strip("`"): RuleFigures(row[applies], row[speaks])
        for row in cells
        if len(row) == len(heading) and re.fullmatch(r"`[a-z-]+`", row[0])
    }


def _folder(one: Rule) -> str:
    """The rule's folder below `bot/rules/`; empty for that folder itself."""
    return one.check.__module__.removeprefix("bot.rules.").rpartition(".")[0]


def _place(folder: str) -> tuple[int, str]:
    order = list(_GROUPS)
    return (order.index(folder) if folder in order else len(order), folder)


def _heading(folder: str) -> str:
    return _GROUPS.get(folder, folder.capitalize())


def _contents(folder: str, rules: list[Rule]) -> str:
    links = ", ".join(f"[{one.id}](#{one.id})" for one in rules)
    return textwrap.fill(
        f"- {_heading(folder)}: {links}",
        100,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _section(one: Rule, figures: RuleFigures | None) -> str:
    about = f"**{one.title}**: {_MOST[one.severity]}. Source: [{one.source}]({one.link})."
    return "\n\n".join(
        [
            f"### {one.id}",
            *map(_filled, [about, *one.doc.split("\n\n")]),
            "It reports",
            _block(one.bad),
            "and accepts",
            _block(one.good),
            _filled(f"How to fix it: {one.remedy}{_fix_note(one)}"),
            _filled(_history_line(figures)),
        ]
    )


def _fix_note(one: Rule) -> str:
    """A note if `check --fix` fixes it, as tried on the bad example."""
    if one.id in IN_WORDS or not any(found.fix for found in findings_for_example(one, one.bad)):
        return ""
    return " `check --fix` does it for you."


def _history_line(figures: RuleFigures | None) -> str:
    if figures is None:
        return "In the history: never measured."
    return f"In the history: findings on {figures.speaks_on} of {figures.applies_to} pull requests."


def _block(example: str) -> str:
    """The example in a code block whose fence is longer than any in the example."""
    longest = max((len(run) for run in re.findall(r"`{3,}", example)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{example}\n{fence}"


def _filled(paragraph: str) -> str:
    return textwrap.fill(paragraph, 100, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
