"""A sample of real history: what the bot says of it today stands in the committed pages.

`test_report.py` and `test_moves.py` look at all of it.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.rules.engine.finding import Finding, Severity
from tests.replay import moves, report
from tests.replay.explained_findings import Unexplained, explained, explained_findings
from tests.replay.explanations import Truth
from tests.replay.history import load
from tests.replay.numbers_taken import numbers_taken
from tests.replay.owners_merged import owners_merged
from tests.replay.reviewed import Reviewed, replay

pytestmark = pytest.mark.real_data

GOLDEN = (
    *(4082, 4179, 4301, 4302, 4304, 4422, 4432, 4448, 4485, 4551, 4731),
    *(3609, 3782, 4140, 4141, 4218, 4281, 4585),
)
"""New PEPs, decisions and edits that the end-to-end tests know, and some that are told of."""
EVERY = 50


@pytest.fixture(scope="module")
def sample(shared_data: Path) -> dict[int, Reviewed]:
    """The golden pull requests and every 50th other one, by their rows."""
    history = load(shared_data)
    numbered = [row for row in range(len(history)) if history.number(row) is not None]
    rows = {*map(history.row_of, GOLDEN), *numbered[::EVERY]}
    replayed = replay(shared_data)
    return {row: replayed.reviewed(row) for row in sorted(rows)}


def lines_about(page: Path, section: str, sample: Iterable[Reviewed]) -> list[str]:
    """The lines of a section's tables that begin with one of the pull requests."""
    text = page.read_text("utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    begins = tuple(f"| #{one.merged.pull_request} |" for one in sample)
    return sorted(line for line in text.splitlines() if line.startswith(begins))


def rows_of(table: str) -> list[str]:
    return sorted(table.splitlines()[2:])


def test_every_finding_is_in_the_committed_report(
    sample: dict[int, Reviewed], shared_data: Path
) -> None:
    reviews = tuple(sample.values())
    said = explained_findings(reviews, load(shared_data))
    written = lines_about(report.REPORT, "Findings", reviews)
    assert written == rows_of(report.findings_table(said)), f"Wanted? Run `{report.COMMAND}`."
    assert len(written) > 5
    alarms = [one for one in said if one.explanation.truth is Truth.FALSE_ALARM]
    assert not [one for one in alarms if one.finding.severity is Severity.ERROR]


@pytest.mark.parametrize("which", report.SHOWN)
def test_the_comments_of_the_report_are_written_today(
    sample: dict[int, Reviewed], which: tuple[int, int]
) -> None:
    shown = report.shown_comment(tuple(sample.values()), *which)
    assert f"\n{shown['text']}\n" in report.REPORT.read_text("utf-8")


def test_every_move_of_a_status_is_on_its_page(sample: dict[int, Reviewed]) -> None:
    reviews = tuple(sample.values())
    written = lines_about(moves.PAGE, "All of them", reviews)
    table = moves.moves_table(moves.moved_peps(reviews))
    assert written == rows_of(table), f"Wanted? Run `{moves.COMMAND}`."
    assert len(written) > 5


def test_numbers_and_owners_of_new_peps_are_those_people_took_or_explained(
    sample: dict[int, Reviewed], shared_data: Path
) -> None:
    taken = numbers_taken(replay(shared_data), sample)
    assert len(taken) > 5
    assert {one.number for one in taken} >= {769, 779, 791, 794}
    assert owners_merged(tuple(sample.values())).equal > 3


def with_findings(one: Reviewed, findings: tuple[Finding, ...]) -> Reviewed:
    verdict = replace(one.verdict, findings=findings)
    return replace(one, before=replace(one.before, verdict=verdict))


def test_a_finding_that_nobody_explained_is_no_report(
    sample: dict[int, Reviewed], shared_data: Path
) -> None:
    history = load(shared_data)
    wrong, right = sample[history.row_of(4301)], sample[history.row_of(4304)]
    unheard_of = with_findings(right, wrong.verdict.findings)
    with pytest.raises(Unexplained, match="4304"):
        explained_findings([wrong, unheard_of], history)


def test_an_explanation_of_what_is_no_longer_said_is_no_report(
    sample: dict[int, Reviewed], shared_data: Path
) -> None:
    wrong = sample[load(shared_data).row_of(4301)]
    without_rule = with_findings(wrong, ())
    with pytest.raises(Unexplained, match="4301"):
        explained_findings([without_rule], load(shared_data))


def test_a_forgotten_line_counts_as_such_only_if_it_was_added_later(
    sample: dict[int, Reviewed], shared_data: Path
) -> None:
    history = load(shared_data)
    forgotten = sample[history.row_of(4448)]
    (told,) = (
        one for one in explained_findings([forgotten], history) if one.finding.rule == "codeowners"
    )
    assert told.fixed_when == "by #4458, 5 days later"
    with pytest.raises(Unexplained, match="4448 was fixed: never"):
        explained(told.reviewed, told.finding, told.explanation, iter(()))
