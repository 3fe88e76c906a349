"""The PEP tree of 31-Dec-2025: nothing to accuse, and the numbers worked out by hand."""

import json
from pathlib import Path

import pytest

from tests.offline.builders import Repository, checked, pep, run_check, run_numbers
from tests.pep_tree import unpack_tree
from tests.replay.parsed import CACHE_HOME

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def tree(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    root = tmp_path_factory.mktemp("tree")
    unpack_tree(shared_data, root)
    real = Repository(root)
    real.git("init", "-q", "-b", "main")
    real.commit("31-Dec-2025")
    return real


def test_some_of_the_tree_deserves_no_error(tree: Repository, shared_data: Path) -> None:
    some = [f"peps/pep-{number:04}.rst" for number in (745, 791, 815)]
    result = run_check(tree, "--core-team", str(shared_data / "core-team-2025-12-31.csv"), *some)
    assert result.exit_code == 0, result.stdout
    assert "3 files checked" in result.stderr


@pytest.mark.exhaustive
@pytest.mark.timeout(600)
def test_the_tree_deserves_no_error(
    tree: Repository, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What docutils said of the same texts to other tests.
    monkeypatch.setenv("XDG_CACHE_HOME", str(CACHE_HOME))
    team = str(shared_data / "core-team-2025-12-31.csv")
    result = run_check(tree, "--core-team", team)
    assert result.exit_code == 0, result.stdout
    assert "709 files checked" in result.stderr
    assert run_check(tree).exit_code == 0
    assert checked(tree, "--base", "HEAD", "--core-team", team) == []


def test_the_numbers_of_the_tree(tree: Repository) -> None:
    # 816 is the last of the run (666, 754 and 801 are special, 777 and 789 were taken ahead); of
    # the 40 below it 786, 795 to 797, 805, 812 and 813 have no file.
    for arguments in ((), ("--rev", "HEAD")):
        result = run_numbers(tree, *arguments, "--format", "json")
        assert json.loads(result.stdout) == {
            "next": 817,
            "frontier": 816,
            "free": [786, 795, 796, 797, 805, 812, 813],
            "reserved": [801],
            "claimed": [],
        }
    claimed = json.loads(run_numbers(tree, "--claimed", "817,818,812", "--format", "json").stdout)
    assert (claimed["next"], claimed["claimed"]) == (819, [812, 817, 818])
    assert 812 not in claimed["free"]


@pytest.mark.exhaustive
def test_a_change_of_every_pep_is_judged(tree: Repository) -> None:
    for file in (tree.root / "peps").glob("*.rst"):
        file.write_bytes(file.read_bytes() + b"\nOne line more.\n")
    tree.write("peps/pep-0817.rst", pep(799))
    result = run_check(tree, "--base", "main", "--rule", "number", "--format", "json")
    tree.git("checkout", "-q", ".")
    tree.git("clean", "-q", "-f")
    assert [json.loads(line)["path"] for line in result.stdout.splitlines()] == [
        "peps/pep-0817.rst"
    ]
    assert "709 files checked" in result.stderr
