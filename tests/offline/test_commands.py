"""Exit codes and options: what makes `check` and `numbers` refuse to run, and how they say it."""

from pathlib import Path

import pytest

from bot.rules.engine.registry import all_rules
from tests.offline.builders import Repository, pep, run_check, run_numbers
from tests.rules.faulty import TRAP, failing_rules


def test_exit_codes_follow_the_severity(repo: Repository) -> None:
    assert run_check(repo, "--base", "main").exit_code == 0
    repo.write("peps/pep-9999.rst", pep(9999))
    assert run_check(repo, "--base", "main", "--rule", "number").exit_code == 0
    repo.write("peps/pep-0702.rst", pep(799))
    assert run_check(repo, "--base", "main", "--rule", "number").exit_code == 1


@pytest.mark.parametrize("options", [(), ("--format", "json"), ("--format", "github"), ("--fix",)])
def test_a_rule_that_fails_costs_a_line_and_its_findings(
    repo: Repository, options: tuple[str, ...]
) -> None:
    trapped = pep(700).replace("Abstract\n=", f"Abstract\n========\n\n{TRAP}\n\nMore\n=", 1)
    repo.write("peps/pep-0701.rst", pep(701).replace("An idea", "Another"))
    repo.write("peps/pep-0700.rst", trapped)
    sound = run_check(repo, "--base", "main", *options)
    assert sound.exit_code == 0
    with failing_rules("tabs", "sponsor"):
        result = run_check(repo, "--base", "main", *options)
        assert result.exit_code == 2, "nobody can tell that there is no error"
        assert result.stdout == sound.stdout
        lines = [line for line in result.stderr.splitlines() if line.startswith("The rule ")]
        assert [line.split()[2] for line in lines] == ["sponsor", "tabs"]
        for line in lines:
            assert (
                " failed on peps/pep-0700.rst. This is a bug of the bot, not a mistake of yours,"
                in line
            )
            assert (
                "report this line: LookupError: no such thing [bot.rules.engine.registry, line"
                in line
            )
        assert "Traceback" not in result.stderr
        assert run_check(repo, "--base", "main", "--rule", "number").exit_code == 0
        repo.write("peps/pep-0702.rst", pep(799))
        result = run_check(repo, "--base", "main", *options)
        assert result.exit_code == 1, "there is an error"
        assert "799" in result.stdout


def test_findings_go_to_stdout_and_the_rest_to_stderr(repo: Repository) -> None:
    result = run_check(repo, "--base", "main")
    assert result.stdout == ""
    assert "0 errors" in result.stderr


def test_a_delegate_whose_appointment_nothing_shows_is_told_offline_too(repo: Repository) -> None:
    legacy = pep(702).replace("Status:", "BDFL-Delegate: Ada Merritt\nStatus:", 1)
    place = repo.write("peps/pep-0702.rst", legacy)
    result = run_check(repo, "--base", "main", "--rule", "delegate")
    assert result.exit_code == 0
    assert "Nothing here shows the appointment of Ada Merritt as PEP-Delegate." in result.stdout
    assert "`BDFL-Delegate` is the old name of `PEP-Delegate`." in result.stdout
    run_check(repo, "--base", "main", "--rule", "delegate", "--fix")
    assert "\nPEP-Delegate: Ada Merritt\nStatus:" in place.read_text()


def test_of_a_new_pep_who_decides_is_reported_beside_the_report(repo: Repository) -> None:
    repo.write("peps/pep-9999.rst", pep(9999))
    result = run_check(repo, "--base", "main")
    assert "peps/pep-9999.rst:\n  Who decides: the Steering Council." in result.stderr
    assert "Who decides" not in result.stdout


@pytest.mark.parametrize(
    "options", [("--format", "json"), ("--format", "github"), ("--rule", "number"), ("peps/x.rst",)]
)
def test_who_decides_is_told_to_people_who_look_at_everything_alone(
    repo: Repository, options: tuple[str, ...]
) -> None:
    repo.write("peps/pep-9999.rst", pep(9999))
    repo.write("peps/x.rst", "x")
    assert "Who decides" not in run_check(repo, "--base", "main", *options).stderr


def test_of_a_status_that_moves_who_had_to_decide_is_reported_with_what_the_header_shows(
    repo: Repository,
) -> None:
    post = "Resolution: `12-May-2025 <https://discuss.python.org/t/66453/63>`__"
    moved = pep(700).replace("Status: Draft", "Status: Accepted")
    repo.write("peps/pep-0700.rst", moved.replace("\n\nAbstract", f"\n{post}\n\nAbstract", 1))
    outcome = run_check(repo, "--base", "main")
    assert "PEP 700: acceptance (Draft to Accepted)\n  Who decides: the Steering" in outcome.stderr
    assert (
        "  Found: `Resolution` links a post <https://discuss.python.org/t/66453/63>"
        in outcome.stderr
    )
    assert "approved" not in outcome.stderr
    assert "Who decides:" not in outcome.stdout
    for options in (("--format", "json"), ("--rule", "number"), ("peps/pep-0701.rst",)):
        assert "Who decides:" not in run_check(repo, "--base", "main", *options).stderr


def test_of_a_published_pep_nobody_is_told_who_decides(repo: Repository) -> None:
    assert "Who decides" not in run_check(repo).stderr


@pytest.mark.parametrize(
    "revision",
    ["nowhere", "", "--help", "-h", "^main", "main..main", "main\nmain", "x" * 300, "main:peps"],
)
def test_an_unknown_revision_cannot_be_judged(repo: Repository, revision: str) -> None:
    for result in (
        run_check(repo, f"--base={revision}"),
        run_check(repo, "--base=main", f"--head={revision}"),
        run_numbers(repo, f"--rev={revision}"),
    ):
        assert result.exit_code == 2
        assert "There is no revision" in result.stderr
        assert result.stdout == ""


def test_revisions_are_named_as_git_names_them(repo: Repository) -> None:
    repo.commit()
    for revision in ("main", "HEAD~1", "refs/heads/main", repo.git("rev-parse", "--short", "HEAD")):
        assert run_check(repo, "--base", revision).exit_code == 0


def test_a_base_needs_a_git_repository(tmp_path: Path) -> None:
    (tmp_path / "peps").mkdir()
    result = run_check(tmp_path, "--base", "main")
    assert result.exit_code == 2
    assert "not a readable git repository" in result.stderr


def test_a_base_in_a_repository_without_commits_is_unknown(tmp_path: Path) -> None:
    fresh = Repository(tmp_path)
    fresh.git("init", "-q", "-b", "main")
    assert run_check(fresh, "--base", "main").exit_code == 2
    assert run_check(fresh).exit_code == 0


def test_a_base_without_anything_in_common_is_reported(repo: Repository) -> None:
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit()
    result = run_check(repo, "--base", "main")
    assert result.exit_code == 2
    assert "no commit in common" in result.stderr


@pytest.mark.parametrize("arguments", [(), ("--base", "main")])
def test_a_folder_that_is_not_there_is_reported(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run_check(tmp_path / "nowhere", *arguments)
    assert result.exit_code == 2
    assert "There is no folder" in result.stderr


def test_a_folder_without_peps_is_no_repository(tmp_path: Path) -> None:
    result = run_check(tmp_path)
    assert result.exit_code == 2
    assert "no folder `peps`" in result.stderr


def test_without_git_only_what_needs_it_fails(
    repo: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run_check(repo).exit_code == 0
    result = run_check(repo, "--base", "main")
    assert result.exit_code == 2
    assert "not installed" in result.stderr


def test_a_head_needs_a_base(repo: Repository) -> None:
    result = run_check(repo, "--head", "main")
    assert result.exit_code == 2
    assert "--base" in result.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"", "nobody is on it"),
        (b"\xff", "not UTF-8"),
        (b"Vera Core,vera,yesterday,,\n", "line 1"),
    ],
)
def test_a_core_team_list_that_cannot_be_read_is_reported(
    repo: Repository, tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "team.csv"
    if content is not None:
        file.write_bytes(content)
    result = run_check(repo, "--core-team", str(file))
    assert result.exit_code == 2
    assert words in result.stderr


def test_an_unknown_rule_names_the_nearest(repo: Repository) -> None:
    result = run_check(repo, "--rule", "sponsors")
    assert result.exit_code == 2
    assert "did you mean sponsor?" in result.stderr
    strange = run_check(repo, "--rule", "\x1b[31mqqqqqq")
    assert strange.exit_code == 2
    assert "readable" in strange.stderr
    assert "\x1b" not in strange.stderr


def test_every_rule_can_be_asked_for_alone_and_together(repo: Repository) -> None:
    ids = [rule.id for rule in all_rules()]
    assert all(run_check(repo, "--rule", one).exit_code == 0 for one in ids)
    assert run_check(repo, "--rule", ",".join(ids)).exit_code == 0


@pytest.mark.parametrize("claimed", ["x", "702;703", "70200", "-1", "７０２"])
def test_claimed_numbers_have_to_be_numbers(repo: Repository, claimed: str) -> None:
    assert run_check(repo, "--claimed", claimed).exit_code == 2
    assert run_numbers(repo, "--claimed", claimed).exit_code == 2


def test_an_author_has_to_be_an_account(repo: Repository) -> None:
    assert run_check(repo, "--author", "@vera").exit_code == 0
    assert run_check(repo, "--author", "no such person").exit_code == 2
