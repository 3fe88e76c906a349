"""`check --fix`: what it changes in the files, and what it leaves alone."""

import stat
from pathlib import Path

import pytest

from bot.offline.files import fix_files
from bot.rules.engine.finding import Finding, Fix, Severity, fixed_text
from tests.offline.builders import Repository, pep, run_check

TABBED = pep(700).replace("\n5\n", "\n\tfive\n")


def fixing(path: str, *fix: Fix) -> list[Finding]:
    return [Finding("tabs", Severity.WARNING, "A tab.", path=path, fix=one) for one in fix]


@pytest.mark.parametrize("arguments", [(), ("--base", "main")])
def test_a_mechanical_fault_is_fixed_and_then_nothing_is_left(
    repo: Repository, arguments: tuple[str, ...]
) -> None:
    file = repo.write("peps/pep-0700.rst", TABBED)
    first = run_check(repo, *arguments, "--rule", "tabs", "--fix")
    assert (first.exit_code, first.stdout) == (0, "")
    assert "Fixed peps/pep-0700.rst: tabs." in first.stderr
    assert file.read_text() == TABBED.replace("\tfive", "        five")
    again = run_check(repo, *arguments, "--rule", "tabs", "--fix")
    assert "Fixed" not in again.stderr


def test_nothing_is_written_unless_asked(repo: Repository) -> None:
    file = repo.write("peps/pep-0700.rst", TABBED)
    assert "tab" in run_check(repo, "--rule", "tabs").stdout
    assert file.read_text() == TABBED


def test_only_the_files_asked_for_are_fixed(repo: Repository) -> None:
    first = repo.write("peps/pep-0700.rst", TABBED)
    second = repo.write("peps/pep-0701.rst", TABBED)
    run_check(repo, "peps/pep-0701.rst", "--rule", "tabs", "--fix")
    assert "\t" in first.read_text()
    assert "\t" not in second.read_text()


def test_lines_that_were_not_touched_stay_as_they_are(repo: Repository) -> None:
    repo.write("peps/pep-0700.rst", TABBED)
    repo.commit()
    file = repo.write("peps/pep-0700.rst", TABBED.replace("\n9\n", "\n\tnine\n"))
    run_check(repo, "--base", "main", "--rule", "tabs", "--fix")
    assert "\tfive" in file.read_text()
    assert "\n        nine\n" in file.read_text()


def test_a_commit_is_never_fixed(repo: Repository) -> None:
    result = run_check(repo, "--base", "main", "--head", "main", "--fix")
    assert result.exit_code == 2
    assert "--head" in result.stderr


def test_line_ends_and_permissions_are_kept(repo: Repository) -> None:
    file = repo.write("peps/pep-0700.rst", TABBED.replace("\n", "\r\n").removesuffix("\r\n"))
    file.chmod(0o640)
    run_check(repo, "--rule", "tabs", "--fix")
    assert b"\r\n        five\r\n" in file.read_bytes()
    assert file.read_bytes().endswith(b"permissive.")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert sorted(one.name for one in file.parent.iterdir()) == ["pep-0700.rst", "pep-0701.rst"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new\n")
    assert fix_files(tmp_path, fixing("a", Fix(1, 1, ("mended",))), {"a": "judged\n"}) == ()
    assert (tmp_path / "a").read_text() == "new\n"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("text\n")
    (tmp_path / "a").symlink_to("target")
    assert fix_files(tmp_path, fixing("a", Fix(1, 1, ("mended",))), {"a": "text\n"}) == ()
    assert (tmp_path / "target").read_text() == "text\n"


def test_of_two_fixes_that_meet_only_the_first_is_applied(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n3\n4\n")
    found = fixing("a", Fix(2, 3, ("b",)), Fix(3, 4, ("c",)), Fix(1, 1, ("a",)))
    (done,) = fix_files(tmp_path, found, {"a": "1\n2\n3\n4\n"})
    assert (tmp_path / "a").read_text() == "a\nb\n4\n"
    assert done.rules == ("tabs", "tabs")


def test_lines_can_be_put_in_and_taken_out() -> None:
    assert fixed_text("1\n2\n", [Fix(2, 1, ("new",))]) == "1\nnew\n2\n"
    assert fixed_text("1\r\n2\r\n", [Fix(2, 1, ("new",))]) == "1\r\nnew\r\n2\r\n"
    assert fixed_text("1\n2\n3\n", [Fix(1, 1, ()), Fix(3, 3, ())]) == "2\n"
    assert fixed_text("1\n", [Fix(2, 1, ("end",))]) == "1\nend\n"
