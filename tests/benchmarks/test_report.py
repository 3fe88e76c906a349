"""How figures are reported."""

import json
from pathlib import Path

import pytest

from benchmarks.figure import Broken, Figure, Floor
from benchmarks.load import Answer, require_outcome
from benchmarks.report import BEGIN, END, as_json, write_into
from benchmarks.webhook import signed

FAST = Figure("Answer, p99", 4.321, "ms", 25.0, Floor(2.0, "a bare server"))
SLOW = Figure("Start", 1.75, "s", 1.5)


def test_a_page_keeps_what_stands_outside_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\n\nold\n\n{END}\nafter\n", "utf-8")
    write_into(page, {"answers": [FAST], "start": [SLOW]})
    text = page.read_text("utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| Answer, p99 | 4.32 ms | ≤ 25 ms | 2 ms | a bare server |" in text
    assert "| Start | 1.75 s | ≤ 1.50 s |  |  |" in text
    assert "old" not in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("text\n", "utf-8")
    with pytest.raises(Broken):
        write_into(page, {"answers": [FAST]})
    assert page.read_text("utf-8") == "text\n"


def test_the_documentation_has_the_marks() -> None:
    text = (Path(__file__).parents[2] / "docs" / "performance.md").read_text("utf-8")
    assert text.count(BEGIN) == text.count(END) == 1


def test_programs_are_told_which_targets_were_missed() -> None:
    figures = json.loads(as_json({"all": [FAST, SLOW]}))["figures"]
    assert [figure["is_met"] for figure in figures] == [True, False]


def test_one_wrong_answer_breaks_a_benchmark() -> None:
    webhook = signed("pull_request", {"number": 1})
    good, lost = (Answer(webhook, 202, outcome, 0.1) for outcome in ("accepted", ""))
    require_outcome([good, good], "accepted")
    with pytest.raises(Broken):
        require_outcome([good, lost, good], "accepted")
