"""`numbers`: the next PEP number from a folder or a commit."""

import json
from pathlib import Path
from typing import Any

from tests.offline.builders import Repository, pep, repository, run_numbers


def answer(where: Repository | Path, *arguments: str) -> dict[str, Any]:
    result = run_numbers(where, *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    row: dict[str, Any] = json.loads(result.stdout)
    return row


def test_the_fields_are_those_of_the_contract(repo: Repository) -> None:
    free = [*range(661, 700)]
    free.remove(666)
    repo.write("peps/pep-0666.rst", pep(666))
    assert answer(repo, "--claimed", "704,702") == {
        "next": 703,
        "frontier": 701,
        "free": free,
        "reserved": [801],
        "claimed": [702, 704],
    }


def test_a_commit_is_asked_without_looking_at_the_folder(repo: Repository) -> None:
    repo.write("peps/pep-0702.rst", pep(702))
    assert answer(repo)["next"] == 703
    assert answer(repo, "--rev", "main")["next"] == 702


def test_numbers_taken_ahead_and_special_ones_do_not_count(repo: Repository) -> None:
    for number in (754, 777, 789, 801, 3000, 8100, 9999):
        repo.write(f"peps/pep-{number:04}.rst", pep(number))
    assert (answer(repo)["frontier"], answer(repo)["next"]) == (701, 702)


def test_the_policy_reserves_numbers(repo: Repository) -> None:
    repo.write(".github/pep-bot.toml", "[numbers.reserved]\n702 = 'Kept for a friend.'\n")
    repo.commit()
    assert answer(repo)["reserved"] == [702, 801]
    assert answer(repo, "--rev", "HEAD")["next"] == 703
    text = run_numbers(repo).stdout
    assert "702 is reserved: Kept for a friend." in text
    assert "Skipped: 702 (reserved)." in text


def test_an_invalid_policy_is_reported(repo: Repository) -> None:
    repo.write(".github/pep-bot.toml", "numbers = 1\n")
    result = run_numbers(repo)
    assert result.exit_code == 2
    assert "numbers" in result.stderr


def test_a_plain_folder_will_do(tmp_path: Path) -> None:
    plain = repository(tmp_path / "plain", with_git=False)
    assert answer(plain)["next"] == 702
    result = run_numbers(plain, "--rev", "main")
    assert result.exit_code == 2
    assert "not a readable git repository" in result.stderr


def test_the_text_says_why_and_what_is_not_known(repo: Repository) -> None:
    text = run_numbers(repo).stdout
    assert text.startswith("The next PEP number is 702.\n")
    assert "701 is the highest published number of the ordinary run." in text
    assert "--claimed" in text
    asked = run_numbers(repo, "--claimed", "702").stdout
    assert "Skipped: 702 (claimed)." in asked
    assert "--claimed" not in asked


def test_an_empty_list_of_claims_says_that_there_are_none(repo: Repository) -> None:
    assert "--claimed" not in run_numbers(repo, "--claimed", "").stdout


def test_a_shallow_clone_knows_as_much(repo: Repository, tmp_path: Path) -> None:
    repo.commit("another")
    repo.git("clone", "-q", "--depth=1", f"file://{repo.root}", "../shallow")
    shallow = tmp_path / "shallow"
    assert answer(shallow) == answer(repo)
    assert answer(shallow, "--rev", "HEAD") == answer(repo, "--rev", "HEAD")
    claimed = ("--claimed", "702")
    assert answer(shallow, "--rev", "origin/main", *claimed) == answer(repo, *claimed)
    assert answer(shallow, *claimed)["next"] == 703
