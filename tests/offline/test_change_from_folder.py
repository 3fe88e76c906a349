"""What `check` judges without `--base`: files as they stand, where nothing published is new."""

import json
from pathlib import Path

from tests.offline.builders import (
    OWNERS,
    Repository,
    checked,
    pep,
    places_of,
    repository,
    run_check,
)


def test_published_peps_are_not_new(repo: Repository, core_team: str) -> None:
    repo.write("peps/pep-0702.rst", pep(702))
    assert checked(repo, "--core-team", core_team) == []


def test_a_header_that_gives_another_number_is_an_error(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(799))
    result = run_check(repo)
    assert result.exit_code == 1
    assert places_of(checked(repo)) == {("number", "error", "peps/pep-0702.rst")}


def test_a_placeholder_cannot_have_been_published_and_is_new(
    repo: Repository, core_team: str
) -> None:
    repo.write("peps/pep-9999.rst", pep(9999))
    found = checked(repo, "--core-team", core_team)
    assert places_of(found) == {
        ("number", "warning", "peps/pep-9999.rst"),
        ("sponsor", "error", "peps/pep-9999.rst"),
    }


def test_an_image_is_missed_unless_the_folder_has_nothing_but_peps(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(702).replace("29\n", ".. image:: pep-0702/a.svg\n"))
    assert checked(repo, "--rule", "file-references") == []
    image = repo.write("peps/pep-0702/b.svg", "")
    (found,) = checked(repo, "--rule", "file-references")
    assert (found["severity"], found["path"]) == ("warning", "peps/pep-0702.rst")
    image.rename(image.with_name("a.svg"))
    assert checked(repo, "--rule", "file-references") == []


def test_a_name_without_four_digits_is_an_error(repo: Repository) -> None:
    repo.write("peps/pep-702.rst", pep(702))
    assert places_of(checked(repo, "--rule", "number")) == {("number", "error", "peps/pep-702.rst")}


def test_every_line_of_codeowners_is_looked_at(repo: Repository) -> None:
    repo.write(".github/CODEOWNERS", OWNERS + "peps/pep-0702.rst  vera\n")
    (found,) = checked(repo)
    assert (found["rule"], found["severity"], found["line"]) == ("codeowners", "warning", 5)
    assert checked(repo, "peps") == []


def test_files_that_cannot_be_read_are_errors(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", b"\xff")
    repo.write("peps/pep-0703.rst", b"x" * 10_000_000)
    assert places_of(checked(repo)) == {
        ("readable", "error", "peps/pep-0702.rst"),
        ("readable", "error", "peps/pep-0703.rst"),
    }


def test_links_and_folders_are_no_peps(repo: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside.rst"
    outside.write_text(pep(799))
    (repo.root / "peps/pep-0702.rst").symlink_to(outside)
    (repo.root / "peps/pep-0703.rst").mkdir()
    assert checked(repo) == []


def test_a_plain_folder_will_do(tmp_path: Path) -> None:
    plain = repository(tmp_path / "plain", with_git=False)
    plain.write("peps/pep-0702.rst", pep(799))
    assert len(checked(plain)) == 1
    assert len(checked(plain.root / "peps")) == 1


def test_paths_choose_what_is_judged(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(798))
    repo.write("peps/pep-0703.rst", pep(799))
    result = run_check(repo, "peps/pep-0703.rst")
    assert "pep-0702" not in result.stdout
    assert "pep-0703" in result.stdout
    assert "1 file checked" in result.stderr


def test_the_policy_of_the_folder_holds(repo: Repository) -> None:
    repo.write(".github/pep-bot.toml", "[numbers]\nplaceholders = [9998]\n")
    repo.write("peps/pep-9998.rst", pep(9998))
    assert places_of(checked(repo, "--rule", "number")) == {
        ("number", "warning", "peps/pep-9998.rst")
    }


def test_a_broken_policy_is_a_finding_and_the_files_are_judged_by_the_defaults(
    repo: Repository,
) -> None:
    repo.write(".github/pep-bot.toml", "[numbers\n")
    repo.write("peps/pep-9999.rst", pep(9999))
    result = run_check(repo, "--rule", "policy", "--rule", "number", "--format", "json")
    assert result.exit_code == 1
    assert places_of([json.loads(line) for line in result.stdout.splitlines()]) == {
        ("policy", "error", ".github/pep-bot.toml"),
        ("number", "warning", "peps/pep-9999.rst"),
    }
    assert "line 1" in result.stderr
    assert "The defaults apply instead." in result.stderr


def test_it_says_that_new_peps_need_a_base(repo: Repository) -> None:
    assert "--base" in run_check(repo).stderr
