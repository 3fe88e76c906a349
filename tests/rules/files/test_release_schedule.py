import pytest

from bot.peps.change import Change, FileChange, FileStatus
from bot.rules.engine.finding import Severity
from tests.rules.builders import change, context, finding, findings, longer, modified, pep_text


def schedule(day: str, below: str = "End.") -> str:
    marks = ".. release schedule: feature", "", f"- 3.20: {day}", "- 3.21: June", ""
    return longer(pep_text(695), "", *marks, ".. release schedule: ends", "", below)


def edit(after: str, *files: FileChange, complete: bool = True) -> Change:
    return change(modified(schedule("May"), after), *files, files_complete=complete)


def test_a_line_between_the_marks_edited_by_hand_is_a_warning() -> None:
    after = schedule("July")
    found = finding("release-schedule", edit(after))
    assert found.severity is Severity.WARNING
    assert found.line == after.split("\n").index("- 3.20: July") + 1


def test_a_line_taken_out_is_noticed_too() -> None:
    assert finding("release-schedule", edit(schedule("May").replace("- 3.20: May\n", "")))


def test_nothing_follows_from_an_incomplete_list_of_files() -> None:
    assert findings("release-schedule", edit(schedule("July"), complete=False)) == []


@pytest.mark.parametrize("name", ["python-releases.toml", "update_peps.py"])
def test_a_change_of_the_source_explains_it(name: str) -> None:
    source = FileChange(f"release_management/{name}", FileStatus.MODIFIED)
    assert findings("release-schedule", edit(schedule("July"), source)) == []


def test_text_outside_the_marks_is_written_by_hand() -> None:
    assert findings("release-schedule", edit(schedule("May", "The end."))) == []


def test_where_no_program_writes_schedules_they_are_edited_by_hand() -> None:
    by_hand = context(generates_schedules=False)
    assert findings("release-schedule", edit(schedule("July")), by_hand) == []
