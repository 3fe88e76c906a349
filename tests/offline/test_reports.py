"""How findings are written: for people, for programs, for a workflow run."""

import json
from dataclasses import replace

import click
import pytest

from bot.offline.report import json_line, text_report, workflow_command
from bot.peps.change import Change, FileChange, FileStatus
from bot.rules.engine.finding import Finding, Severity
from bot.sanitize import for_terminal
from tests.offline.builders import Repository, pep, run_check

FINDING = Finding(
    rule="codeowners",
    severity=Severity.WARNING,
    message="100 % of it, is: wrong.",
    action="Add one line",
    help="It helps.",
    path="peps/pep-0702.rst",
    line=3,
    pep=702,
    paste="peps/pep-0702.rst  @vera",
)


def test_json_has_exactly_the_fields_of_the_contract() -> None:
    assert json.loads(json_line(FINDING)) == {
        "rule": "codeowners",
        "severity": "warning",
        "path": "peps/pep-0702.rst",
        "line": 3,
        "pep": 702,
        "message": "100 % of it, is: wrong.",
        "help": "Add one line. It helps.\npeps/pep-0702.rst  @vera",
    }


def test_json_says_null_where_there_is_nothing() -> None:
    placeless = Finding(rule="number", severity=Severity.ERROR, message="Wrong.")
    row = json.loads(json_line(placeless))
    assert (row["path"], row["line"], row["pep"], row["help"]) == (None, None, None, "")


def test_annotations_are_escaped_as_workflow_commands_want_it() -> None:
    assert workflow_command(FINDING, "Lines: all, of %") == (
        "::warning file=peps/pep-0702.rst,line=3,title=Lines%3A all%2C of %25 (codeowners)::"
        "100 %25 of it, is: wrong.%0AAdd one line. It helps.%0Apeps/pep-0702.rst  @vera"
    )


def test_an_annotation_without_a_place_names_no_file() -> None:
    placeless = Finding(rule="number", severity=Severity.NOTICE, message="Told.")
    assert workflow_command(placeless, "Number") == "::notice title=Number (number)::Told."


def test_the_text_is_grouped_by_file_and_shows_the_line(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(798))
    repo.write("peps/pep-0703.rst", pep(799))
    result = run_check(repo, "--base", "main", "--rule", "number")
    assert result.stdout.splitlines()[:5] == [
        "peps/pep-0702.rst",
        "  1: error: The header says `PEP: 798`, but the file name says 702. [number]",
        "    | PEP: 798",
        "    Make header and file name agree. Set the header to `PEP: 702`, or rename the file.",
        "",
    ]
    assert result.stdout.count("peps/pep-0703.rst\n") == 1
    assert "2 errors" in result.stderr


def test_colour_is_for_terminals_only(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(799))
    assert "\x1b" not in run_check(repo, "--base", "main").stdout
    assert any("\x1b[" in line for line in text_report([FINDING], Change(())))


@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_what_strangers_wrote_reaches_neither_terminal_nor_runner(
    repo: Repository, form: str
) -> None:
    hostile = "PEP: 1\x1b[2J\x1b]0;owned\x07\u202e##[add-mask]x\r::error::y"
    repo.write("peps/pep-0702.rst", hostile + pep(702))
    result = run_check(repo, "--base", "main", "--format", form)
    assert result.exit_code == 1
    assert not set("\x1b\x07\u202e\r") & set(result.stdout)
    if form != "json":
        assert "##[" not in result.stdout
        assert result.stdout.count("\n::error::y") == 0


def test_for_terminal_keeps_letters_and_drops_invisible_characters() -> None:
    assert for_terminal("Łukasz\u200b \x1b[1mLanga\x00") == "Łukasz [1mLanga"


def test_an_annotation_knows_its_columns() -> None:
    command = workflow_command(replace(FINDING, columns=(5, 9)), "T")
    assert command.startswith(
        "::warning file=peps/pep-0702.rst,line=3,endLine=3,col=5,endColumn=9,"
    )


def test_the_place_is_underlined_and_links_come_once_at_the_end() -> None:
    change = Change((FileChange("peps/pep-0702.rst", FileStatus.ADDED, after="a\nb\nTitle: x\n"),))
    found = [replace(FINDING, columns=(8, 8), severity=Severity.ERROR)] * 2
    rendered = [
        click.unstyle(line) for line in text_report(found, change, links={"codeowners": "L"})
    ]
    assert rendered[1:6] == [
        "  3: error: 100 % of it, is: wrong. [codeowners]",
        "    | Title: x",
        "    |        ^",
        "    Add one line. It helps.",
        "        peps/pep-0702.rst  @vera",
    ]
    assert [line for line in rendered if line.endswith("L")] == ["codeowners: L"]


def test_a_narrow_terminal_gets_narrow_lines() -> None:
    wordy = replace(FINDING, message="word " * 60, help="more " * 60, paste=None)
    change = Change((FileChange("peps/pep-0702.rst", FileStatus.ADDED, after="\n\n" + "x" * 500),))
    rendered = [click.unstyle(line) for line in text_report([wordy], change, width=60)]
    assert max(map(len, rendered)) <= 60
    assert len(rendered) > 12


def test_what_can_be_pasted_keeps_its_empty_lines() -> None:
    found = replace(FINDING, paste="Heading\n=======\n\nWords.")
    rendered = [click.unstyle(line) for line in text_report([found], Change(()))]
    assert rendered[-5:-1] == ["        Heading", "        =======", "", "        Words."]


def test_a_draft_that_changes_much_is_led_to_its_thread(repo: Repository) -> None:
    thread = "https://discuss.python.org/t/92548"
    before = pep(700, "Vera Core", **{"Discussions-To": thread})
    before += "\n\nSpecification\n=============\n\n"
    repo.write("peps/pep-0700.rst", before)
    base = repo.commit()
    repo.write("peps/pep-0700.rst", before + "".join(f"Line {number}.\n" for number in range(200)))
    assert (
        "PEP 700: 200 lines of the Specification change. PEP 1 suggests discussing substantive "
        f"changes in the thread <{thread}> first."
    ) in run_check(repo, "--base", base).output
