"""Paths on the command line: where they are looked for, and what is refused."""

from pathlib import Path

import pytest

from tests.offline.builders import Repository, checked, pep, run_check


@pytest.fixture
def faulty(repo: Repository) -> Repository:
    repo.write("peps/pep-0702.rst", pep(798))
    repo.write("peps/pep-0703.rst", pep(799))
    return repo


@pytest.mark.parametrize("base", [(), ("--base", "main")])
@pytest.mark.parametrize(
    ("folder", "argument"),
    [
        (".", "peps/pep-0703.rst"),
        ("peps", "pep-0703.rst"),
        ("peps", "peps/pep-0703.rst"),
        ("peps", "./../peps/pep-0703.rst"),
        ("..", "peps/pep-0703.rst"),
        ("..", "repo/peps/pep-0703.rst"),
    ],
)
def test_paths_are_found_from_here_or_from_the_top(
    faulty: Repository,
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    argument: str,
    base: tuple[str, ...],
) -> None:
    monkeypatch.chdir(faulty.root / folder)
    found = checked(faulty, *base, "--rule", "number", argument)
    assert {one["path"] for one in found} == {"peps/pep-0703.rst"}


def test_a_folder_stands_for_what_is_in_it(
    faulty: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(checked(faulty, "peps/")) == 2
    assert len(checked(faulty, str(faulty.root))) == 2
    monkeypatch.chdir(faulty.root / "peps")
    assert len(checked(faulty, ".")) == 2


@pytest.mark.parametrize("argument", ["/etc/passwd", "../core-team.csv", "peps/../../x"])
@pytest.mark.parametrize("base", [(), ("--base", "main")])
def test_a_path_outside_of_the_repository_is_refused(
    faulty: Repository, monkeypatch: pytest.MonkeyPatch, argument: str, base: tuple[str, ...]
) -> None:
    monkeypatch.chdir(faulty.root)
    result = run_check(faulty, *base, argument)
    assert result.exit_code == 2
    assert "outside the repository" in result.stderr


@pytest.mark.parametrize("base", [(), ("--base", "main")])
def test_a_path_where_nothing_is_is_refused(faulty: Repository, base: tuple[str, ...]) -> None:
    result = run_check(faulty, *base, "peps/pep-0799.rst")
    assert result.exit_code == 2
    assert "There is no file `peps/pep-0799.rst`" in result.stderr


def test_a_path_that_the_change_removes_is_known(faulty: Repository) -> None:
    (faulty.root / "peps/pep-0701.rst").unlink()
    assert checked(faulty, "--base", "main", "peps/pep-0701.rst") == []


def test_a_path_through_a_link_to_the_repository_is_inside(
    faulty: Repository, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(faulty.root)
    assert len(checked(faulty, str(tmp_path / "link/peps/pep-0703.rst"))) == 1
    assert len(checked(tmp_path / "link", "peps/pep-0703.rst")) == 1
