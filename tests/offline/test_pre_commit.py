"""The hook for authors' clones: its manifest, and what it runs."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result

from bot.cli import main
from tests.offline.builders import Repository, pep

PROJECT = Path(__file__).resolve().parents[2]
MANIFEST = PROJECT / ".pre-commit-hooks.yaml"


def hook() -> dict[str, Any]:
    (only,) = yaml.safe_load(MANIFEST.read_text())
    assert isinstance(only, dict)
    return only


def committing(repo: Repository, monkeypatch: Any, *staged: str) -> Result:
    """What the hook runs, where it runs it: in the clone, with the staged files behind."""
    monkeypatch.chdir(repo.root)
    words = [*shlex.split(hook()["entry"]), *hook()["args"], *staged]
    assert words[0] == "pep-bot"
    return CliRunner().invoke(main, words[1:])


def test_pre_commit_accepts_the_manifest() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_commit_with_a_fault_is_held_up(repo: Repository, monkeypatch: Any) -> None:
    repo.write("peps/pep-0702.rst", pep(799))
    repo.git("add", "-A")
    result = committing(repo, monkeypatch, "peps/pep-0702.rst")
    assert result.exit_code == 1
    assert "PEP: 799" in result.stdout


def test_what_stood_there_before_holds_up_nobody(repo: Repository, monkeypatch: Any) -> None:
    repo.write("peps/pep-0700.rst", pep(799))
    repo.commit()
    repo.write("peps/pep-0701.rst", pep(701, "Vera Core").replace("\n5\n", "\n5 more\n"))
    repo.git("add", "-A")
    result = committing(repo, monkeypatch, "peps/pep-0701.rst")
    assert (result.exit_code, result.stdout) == (0, "")
