"""What `check --base` judges: the change since branching off, whatever state the clone is in."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.offline.builders import (
    OWNERS,
    Repository,
    checked,
    findings,
    pep,
    places_of,
    repository,
    run_check,
)


def test_a_new_pep_on_a_branch_needs_a_sponsor(repo: Repository, core_team: str) -> None:
    repo.git("checkout", "-q", "-b", "idea")
    repo.write("peps/pep-0702.rst", pep(702))
    repo.commit()
    found = checked(repo, "--base", "main", "--head", "idea", "--core-team", core_team)
    assert places_of(found) == {("sponsor", "error", "peps/pep-0702.rst")}
    assert found[0]["line"] == 3
    assert found[0]["pep"] == 702


def test_without_a_core_team_list_the_sponsor_rule_gives_one_notice(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(702))
    repo.write("peps/pep-0703.rst", pep(703))
    result = run_check(repo, "--base", "main", "--rule", "sponsor", "--format", "json")
    assert result.exit_code == 0
    assert places_of(findings(result)) == {("sponsor", "notice", "peps/pep-0702.rst")}


def test_the_codeowners_line_comes_ready_to_paste(repo: Repository, core_team: str) -> None:
    repo.write("peps/pep-0702.rst", pep(702, Sponsor="Wim Core <wim at example.org>"))
    (found,) = checked(repo, "--base", "main", "--core-team", core_team)
    assert found["rule"] == "codeowners"
    assert found["help"].endswith("\npeps/pep-0702.rst  @wim")


def test_a_line_in_codeowners_of_the_working_tree_counts(repo: Repository, core_team: str) -> None:
    repo.write("peps/pep-0702.rst", pep(702, Sponsor="Wim Core <wim at example.org>"))
    repo.write(".github/CODEOWNERS", OWNERS + "peps/pep-0702.rst  @wim\n")
    assert checked(repo, "--base", "main", "--core-team", core_team) == []


@pytest.mark.parametrize("state", ["untracked", "staged", "intended", "committed"])
def test_the_working_tree_is_judged_in_every_state(repo: Repository, state: str) -> None:
    repo.write("peps/pep-0702.rst", pep(799))
    if state == "staged":
        repo.git("add", "-A")
    elif state == "intended":
        repo.git("add", "-N", "peps/pep-0702.rst")
    elif state == "committed":
        repo.git("checkout", "-q", "-b", "idea")
        repo.commit()
    found = checked(repo, "--base", "main", "--rule", "number")
    assert places_of(found) == {("number", "error", "peps/pep-0702.rst")}


def test_a_file_that_git_ignores_is_not_judged(repo: Repository) -> None:
    repo.write(".gitignore", "pep-0702.rst\n")
    repo.write("peps/pep-0702.rst", pep(799))
    assert checked(repo, "--base", "main") == []


def test_what_the_base_did_since_branching_off_is_not_judged(repo: Repository) -> None:
    repo.git("checkout", "-q", "-b", "idea")
    repo.write("peps/pep-0701.rst", pep(701, "Vera Core").replace("\n5\n", "\n5 more\n"))
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("peps/pep-0700.rst", pep(799))
    repo.commit()
    result = run_check(repo, "--base", "main", "--head", "idea", "--format", "json")
    assert findings(result) == []
    assert "1 file checked" in result.stderr


def test_a_number_that_the_base_gained_meanwhile_is_taken(repo: Repository) -> None:
    repo.git("checkout", "-q", "-b", "idea")
    repo.write("peps/pep-0702.rst", pep(702, "Vera Core"))
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("peps/pep-0702.rst", pep(702, "Wim Core"))
    repo.commit()
    (found,) = checked(repo, "--base", "main", "--head", "idea", "--rule", "number")
    assert found["message"].startswith("PEP 702 is already published.")


def test_a_claimed_number_is_an_error_only_where_it_is_named(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(702))
    assert checked(repo, "--base", "main", "--rule", "number") == []
    (found,) = checked(repo, "--base", "main", "--rule", "number", "--claimed", "702,703")
    assert found["severity"] == "error"
    assert "704" in found["message"]


@pytest.mark.parametrize("added", [True, False])
def test_a_renamed_pep_is_a_renumbering_and_not_new(
    repo: Repository, core_team: str, added: bool
) -> None:
    (repo.root / "peps/pep-0701.rst").rename(repo.root / "peps/pep-0702.rst")
    repo.write("peps/pep-0702.rst", pep(702, "Olga Outsider"))
    if added:
        repo.git("add", "-A")
    found = checked(repo, "--base", "main", "--core-team", core_team)
    assert places_of(found) == {
        ("codeowners", "warning", "peps/pep-0702.rst"),
        ("removed-pep", "notice", "peps/pep-0702.rst"),
        # It loses its core author. In a new PEP this would be an error.
        ("sponsor", "warning", "peps/pep-0702.rst"),
    }
    (owners,) = (one for one in found if one["rule"] == "codeowners")
    assert "old name" in owners["message"]


def test_an_image_exists_if_the_base_has_it_or_it_lies_in_the_working_tree(
    repo: Repository,
) -> None:
    repo.write("peps/pep-0702/a.svg", "")
    repo.commit()
    images = ".. image:: pep-0702/a.svg\n\n.. image:: pep-0702/b.svg\n"
    repo.write("peps/pep-0702.rst", pep(702).replace("29\n", images))
    (found,) = checked(repo, "--base", "main", "--rule", "file-references")
    assert "`peps/pep-0702/b.svg` is neither" in found["message"]
    repo.write("peps/pep-0702/b.svg", "")
    assert checked(repo, "--base", "main", "--rule", "file-references") == []
    repo.git("checkout", "-q", "-b", "idea")
    repo.git("add", "peps/pep-0702.rst")
    repo.git("rm", "-q", "--cached", "peps/pep-0702/a.svg")
    repo.git("commit", "-q", "-m", "change")
    found, other = checked(repo, "--base", "main", "--head", "idea", "--rule", "file-references")
    assert "removes or renames the image `peps/pep-0702/a.svg`" in found["message"]
    assert "`peps/pep-0702/b.svg` is neither" in other["message"]


def test_the_title_is_compared_with_the_pep(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(702))
    (found,) = checked(repo, "--base", "main", "--rule", "number", "--title", "PEP 703: An idea")
    assert "title names PEP 703" in found["message"]


def test_paths_restrict_the_findings(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(798))
    repo.write("peps/pep-0703.rst", pep(799))
    found = checked(repo, "--base", "main", "--rule", "number", "peps/pep-0703.rst")
    assert {one["path"] for one in found} == {"peps/pep-0703.rst"}


def test_the_policy_comes_from_the_base_and_not_from_the_change(repo: Repository) -> None:
    repo.write(".github/pep-bot.toml", "[numbers.reserved]\n702 = 'Kept.'\n")
    repo.commit()
    repo.git("checkout", "-q", "-b", "idea")
    repo.write(".github/pep-bot.toml", "[numbers]\nfar_ahead = 1\n")
    repo.write("peps/pep-0702.rst", pep(702))
    repo.commit()
    (found,) = checked(repo, "--base", "main", "--rule", "number")
    assert "reserved" in found["message"]


def test_an_invalid_policy_at_the_base_is_reported_and_can_be_fixed(repo: Repository) -> None:
    repo.write(".github/pep-bot.toml", "[labels]\nnew_pip = 'x'\n")
    repo.commit()
    repo.git("checkout", "-q", "-b", "mend")
    repo.write(".github/pep-bot.toml", "[labels]\nnew_pop = 'x'\n")
    result = run_check(repo, "--base", "main", "--rule", "policy")
    assert result.exit_code == 1, "the mend is no mend yet"
    assert "did you mean `new_pep`" in result.stdout
    assert "The defaults apply instead." in result.stderr
    repo.write(".github/pep-bot.toml", "[labels]\nnew_pep = 'x'\n")
    result = run_check(repo, "--base", "main")
    assert result.exit_code == 0
    assert "new_pep" in result.stderr
    assert result.stdout == ""


def test_unreadable_files_are_errors(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", b"PEP: 702\nTitle: \xff\n")
    repo.write("peps/pep-0703.rst", b"x" * 10_000_000)
    repo.write("peps/pep-0704.rst", b"PEP: 704\n" + b"y" * 1_900_000)
    repo.git("checkout", "-q", "-b", "idea")
    repo.commit()
    for arguments in (["--base", "main"], ["--base", "main", "--head", "idea"]):
        found = checked(repo, *arguments, "--rule", "readable")
        assert {(one["path"], one["message"].split(",")[0]) for one in found} == {
            ("peps/pep-0702.rst", "This file is not UTF-8 text"),
            ("peps/pep-0703.rst", "This file is larger than 2 MB"),
        }


def test_an_unreadable_codeowners_is_an_error_and_ends_nothing(repo: Repository) -> None:
    repo.write(".github/CODEOWNERS", b"\xff\xfe")
    found = checked(repo, "--base", "main")
    assert places_of(found) == {("readable", "error", ".github/CODEOWNERS")}


def test_odd_file_names_are_passed_over(repo: Repository) -> None:
    for name in ("a b\n.rst", "“q”.rst", "-n.rst", '"', "pep-0702.rst\x1b[31m"):
        repo.write(f"peps/{name}", "odd")
    (repo.root / os.fsdecode(b"peps/\xff.rst")).write_text("odd")
    repo.write("peps/pep-0702.rst", pep(799))
    assert places_of(checked(repo, "--base", "main", "--rule", "number")) == {
        ("number", "error", "peps/pep-0702.rst")
    }
    repo.git("checkout", "-q", "-b", "idea")
    repo.commit()
    assert len(checked(repo, "--base", "main", "--head", "idea", "--rule", "number")) == 1


def test_a_symbolic_link_is_its_target_and_not_followed(repo: Repository, tmp_path: Path) -> None:
    secret = tmp_path / "secret.rst"
    secret.write_text(pep(799))
    (repo.root / "peps/pep-0702.rst").symlink_to(secret)
    found = checked(repo, "--base", "main")
    assert places_of(found) == {("readable", "error", "peps/pep-0702.rst")}


def test_a_removed_pep_is_reported_as_such_and_nothing_else(repo: Repository) -> None:
    (repo.root / "peps/pep-0701.rst").unlink()
    found = checked(repo, "--base", "main")
    assert places_of(found) == {("removed-pep", "warning", "peps/pep-0701.rst")}


def test_files_in_conflict_are_judged_as_they_lie_there(repo: Repository) -> None:
    repo.git("checkout", "-q", "-b", "idea")
    repo.write("peps/pep-0701.rst", pep(798, "Vera Core"))
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("peps/pep-0701.rst", pep("0701", "Vera Core"))
    repo.commit()
    repo.git("checkout", "-q", "idea")
    with pytest.raises(subprocess.CalledProcessError):
        repo.git("merge", "-q", "main")
    repo.write("peps/pep-0701.rst", pep(799, "Wim Core"))
    found = checked(repo, "--base", "main")
    assert places_of(found) == {("number", "error", "peps/pep-0701.rst")}


def test_on_a_branch_without_commits_the_base_itself_is_compared(repo: Repository) -> None:
    repo.git("checkout", "-q", "--orphan", "fresh")
    repo.git("rm", "-q", "-r", "--cached", ".")
    repo.write("peps/pep-0702.rst", pep(799))
    found = checked(repo, "--base", "main", "--rule", "number")
    assert places_of(found) == {("number", "error", "peps/pep-0702.rst")}


def test_a_clone_too_shallow_to_judge_says_which_command_helps(
    repo: Repository, tmp_path: Path
) -> None:
    repo.git("checkout", "-q", "-b", "idea")
    repo.commit("on the branch")
    repo.git("checkout", "-q", "main")
    repo.commit("on main")
    repo.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo.root}", "../shallow")
    shallow = Repository(tmp_path / "shallow")
    judged = ("--base", "origin/main", "--head", "origin/idea")
    result = run_check(shallow, *judged)
    assert result.exit_code == 2
    assert "fetch-depth: 0" in result.stderr
    assert hinted_commands(result.stderr) == [
        "git fetch --deepen=200 origin",
        "git fetch --unshallow origin",
    ]
    shallow.git(*hinted_commands(result.stderr)[0].split()[1:])
    assert run_check(shallow, *judged).exit_code == 0


def test_a_branch_that_was_never_fetched_comes_with_the_command_that_fetches_it(
    repo: Repository, tmp_path: Path
) -> None:
    repo.git("checkout", "-q", "-b", "idea")
    repo.commit("on the branch")
    repo.git("clone", "-q", "--single-branch", "-b", "idea", f"file://{repo.root}", "../single")
    single = Repository(tmp_path / "single")
    result = run_check(single, "--base", "origin/main")
    assert result.exit_code == 2
    (command,) = hinted_commands(result.stderr)
    assert command == "git fetch origin main:refs/remotes/origin/main"
    single.git(*command.split()[1:])
    assert run_check(single, "--base", "origin/main").exit_code == 0


def test_only_plain_names_of_branches_get_into_a_command(repo: Repository) -> None:
    repo.git("remote", "add", "origin", ".")
    for strange in ("origin/a;b", "origin/--upload-pack=x", "origin/$(x)", "origin/", "other/main"):
        result = run_check(repo, "--base", strange)
        assert result.exit_code == 2
        assert hinted_commands(result.stderr) == []


def hinted_commands(words: str) -> list[str]:
    return re.findall(r"`(git fetch [^`]+)`", words)


def test_a_bare_repository_is_judged_between_commits(repo: Repository, tmp_path: Path) -> None:
    repo.git("checkout", "-q", "-b", "idea")
    repo.write("peps/pep-0702.rst", pep(799))
    repo.commit()
    repo.git("clone", "-q", "--bare", ".", "../bare.git")
    bare = tmp_path / "bare.git"
    assert len(checked(bare, "--base", "main", "--head", "idea", "--rule", "number")) == 1
    result = run_check(bare, "--base", "main")
    assert result.exit_code == 2
    assert "--head" in result.stderr


def test_a_linked_working_tree_has_an_index_of_its_own(repo: Repository, tmp_path: Path) -> None:
    repo.git("worktree", "add", "-q", "-b", "idea", "../linked")
    linked = Repository(tmp_path / "linked")
    linked.write("peps/pep-0702.rst", pep(799))
    assert len(checked(linked, "--base", "main", "--rule", "number")) == 1


def test_a_detached_head_is_judged_like_a_branch(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(799))
    repo.commit()
    repo.git("checkout", "-q", "--detach")
    found = checked(repo, "--base", "main~1", "--rule", "number")
    assert [one["path"] for one in found] == ["peps/pep-0702.rst"]
    repo.write("peps/pep-0703.rst", pep(799))
    assert len(checked(repo, "--base", "main~1", "--rule", "number")) == 2


def test_submodules_are_not_entered_and_are_no_peps(repo: Repository, tmp_path: Path) -> None:
    inner = repository(tmp_path / "inner")
    inner.write("peps/pep-0702.rst", pep(799))
    inner.commit()
    for place in ("library", "peps/pep-0703.rst"):
        add = ("submodule", "--quiet", "add", str(inner.root), place)
        repo.git("-c", "protocol.file.allow=always", *add)
    assert checked(repo, "--base", "main") == []
    repo.commit()
    assert checked(repo, "--base", "main~1") == []
    repo.write("library/peps/pep-0704.rst", pep(799))
    assert checked(repo, "--base", "main~1") == []
    assert checked(repo) == []
    assert [one["path"] for one in checked(repo.root / "library", "--rule", "number")] == [
        "peps/pep-0702.rst",
        "peps/pep-0704.rst",
    ]


def test_a_folder_inside_a_clone_means_the_clone(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(799))
    found = checked(repo.root / "peps", "--base", "main", "--rule", "number")
    assert [one["path"] for one in found] == ["peps/pep-0702.rst"]


def test_the_environment_cannot_point_git_elsewhere(
    repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repository(tmp_path / "other")
    for name, value in {
        "GIT_DIR": str(other.root / ".git"),
        "GIT_WORK_TREE": str(other.root),
        "GIT_INDEX_FILE": "/nonexistent/index",
        "GIT_EXTERNAL_DIFF": "false",
        "GIT_PAGER": "false",
        "LC_ALL": "de_DE.UTF-8",
    }.items():
        monkeypatch.setenv(name, value)
    repo.write("peps/pep-0702.rst", pep(799))
    assert len(checked(repo, "--base", "main", "--rule", "number")) == 1


def test_programs_named_in_the_configuration_do_not_run(repo: Repository, tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho ran >> '{proof}'\ncat\n")
    program.chmod(0o755)
    repo.write(".gitattributes", "*.rst diff=odd\n")
    repo.commit()
    for key in ("core.fsmonitor", "diff.external", "diff.odd.textconv", "diff.odd.command"):
        repo.git("config", key, str(program))
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "post-index-change").symlink_to(program)
    repo.git("config", "core.hooksPath", str(hooks))
    repo.git("config", "core.pager", str(program))
    proof.unlink(missing_ok=True)
    repo.write("peps/pep-0701.rst", pep(799))
    repo.write("peps/pep-0702.rst", pep(799))
    assert len(checked(repo, "--base", "main", "--rule", "number")) == 2
    assert not proof.exists()


def test_nothing_is_written_to_the_repository(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(702))
    repo.write("peps/pep-0701.rst", pep(701) + "More.\n")
    before = repo.state()
    run_check(repo, "--base", "main")
    assert repo.state() == before
