"""What docs/author.md tells authors to copy works: the hook, the workflow, the options."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from bot.cli.check import check

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "author.md"


def snippets() -> tuple[str, str]:
    """The snippets for pre-commit's configuration and for the workflow."""
    tokens = MarkdownIt().parse(PAGE.read_text(encoding="utf-8"))
    first, second = (one.content for one in tokens if one.type == "fence" and one.info == "yaml")
    return first, second


def workflow() -> dict[str, Any]:
    loaded = yaml.safe_load(snippets()[1])
    assert isinstance(loaded, dict)
    return loaded


def test_the_hook_that_is_named_exists() -> None:
    (repository,) = yaml.safe_load(snippets()[0])["repos"]
    (offered,) = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in repository["hooks"]] == [offered["id"]]


def test_pre_commit_takes_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(snippets()[0])
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_no_fault_in_the_workflow(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "rules.yml").write_text(snippets()[1])
    zizmor = Path(sys.executable).with_name("zizmor")
    command = [zizmor, "--offline", "--pedantic", "--strict-collection", ".github"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_may_only_read_and_needs_all_history() -> None:
    (job,) = workflow()["jobs"].values()
    assert (workflow()["permissions"], job["permissions"]) == ({}, {"contents": "read"})
    checkouts = [step["with"] for step in job["steps"] if "uses" in step]
    assert all(one["persist-credentials"] is False for one in checkouts)
    assert checkouts[0]["fetch-depth"] == 0


def test_the_options_that_are_named_exist() -> None:
    options = {name for option in check.params for name in option.opts}
    (job,) = workflow()["jobs"].values()
    words = job["steps"][-1]["run"].split()
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= options
    assert {"--fix", "--base"} <= options
