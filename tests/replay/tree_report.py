"""What `check` says of every PEP, `docs/tree.md`: `python -m tests.replay.tree_report`."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from bot.offline.files import open_folder
from bot.offline.local_change import PullRequestInfo, change_from_folder, snapshot_of
from bot.offline.request import Selection
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import all_rules, run_rules
from tests.conftest import SHARED_DATA
from tests.pep_tree import unpack_tree
from tests.replay.parsed import parsed_change
from tests.replay.tables import table
from tests.replay.tree_explanations import FINDINGS

COMMAND = "python -m tests.replay.tree_report"
REPORT = Path(__file__).resolve().parents[2] / "docs" / "tree.md"
DAY = date(2025, 12, 31)
"""The day of the tree."""


class TreeUnexplained(Exception):
    """A class of findings without an explanation, or an explanation without findings."""


def tree_findings(data: Path, every: int = 1) -> tuple[Finding, ...]:
    """The findings in the PEP tree of the data, each file judged as it stands.

    Args:
        data: The folder of real data.
        every: Of how many files one is judged.
    """
    with tempfile.TemporaryDirectory() as folder:
        unpack_tree(data, Path(folder))
        local_change = change_from_folder(open_folder(Path(folder)), Selection(), PullRequestInfo())
    seen = snapshot_of(local_change, today=DAY, core_team=None, claimed=None)
    judged = replace(local_change.change, files=local_change.change.files[::every])
    return run_rules(parsed_change(judged), seen.context)


def tree_report(found: Sequence[Finding]) -> str:
    """The summary of these findings.

    Raises:
        TreeUnexplained: The explanations do not fit them.
    """
    counts = Counter((finding.rule, finding.severity) for finding in found)
    if wrong := sorted(map(str, counts.keys() ^ FINDINGS.keys())):
        raise TreeUnexplained(f"not explained, or explained in vain: {', '.join(wrong)}")
    silent = [f"`{rule.id}`" for rule in all_rules() if not any(rule.id in key for key in counts)]
    rows = [
        (
            f"{severity.value} `{rule}`",
            count,
            len({one.path for one in found if (one.rule, one.severity) == (rule, severity)}),
            FINDINGS[rule, severity],
        )
        for (rule, severity), count in sorted(
            counts.items(), key=lambda item: (item[0][1].rank, item[0][0])
        )
    ]
    errors = sum(severity is Severity.ERROR for _, severity in counts.elements())
    return "\n".join(
        [
            "# What the rules find in every published PEP",
            "",
            f"Written by `{COMMAND}`; a test compares it with what the rules say today.",
            "",
            f"The PEP tree of {DAY}, checked by `python -m bot check` as if every line had just",
            "been written. On a pull request the bot reports only what the change touches, so",
            f"almost nobody ever sees any of this. Errors: {errors or 'none'}. In resolved PEPs",
            "nearly everything is a notice, since nobody should improve them.",
            "",
            table(("rule", "findings", "PEPs", "what they are"), rows),
            "",
            f"Without findings in the whole tree: {', '.join(silent)}. (The tree has no images, so",
            "`file-references` has nothing to compare with.)",
            "",
        ]
    )


@click.command()
def main() -> None:
    """Write the summary anew."""
    REPORT.write_text(tree_report(tree_findings(SHARED_DATA)), "utf-8")
    click.echo(f"{REPORT} is written.")


if __name__ == "__main__":
    main()
