"""What the project promises besides its code: one list of checks, safe workflows, a changelog."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import main
from tests.package_graph import mermaid, packages

PROJECT = Path(__file__).resolve().parents[1]
CI, RELEASE = (PROJECT / ".github" / "workflows" / name for name in ("ci.yml", "release.yml"))
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.y*ml"))

_ACTION = re.compile(r"(actions|astral-sh)/[a-z-]+@v[0-9]+(\.[0-9]+\.[0-9]+)?")
"""Actions by GitHub or the makers of uv, pinned to a release's tag: a tag that was looked up is
better than a commit that was not."""

_STRANGERS_WORDS = re.compile(r"\$\{\{[^}]*\b(github\.event\.|github\.head_ref|inputs\.)")


def read(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def workflow(path: Path) -> dict[Any, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def jobs(path: Path) -> list[dict[str, Any]]:
    return list(workflow(path)["jobs"].values())


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(path) for step in job["steps"]]


def test_a_commit_and_ci_make_the_same_checks() -> None:
    config = yaml.safe_load(read(".pre-commit-config.yaml"))
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    at_commit = {hook["entry"].removeprefix(".uv/bin/uv run --frozen --quiet ") for hook in hooks}
    _, _, linting = read(".ci/run").partition('step "lock file, linters, types, rooms"\n')
    in_ci = {
        line.removeprefix('run_in "$oldest" ')
        for line in linting.partition("\nstep ")[0].splitlines()
        if line
    }
    assert at_commit == in_ci
    assert len(hooks) == len(at_commit)


def test_the_readmes_two_commands_need_nothing_but_a_systems_python() -> None:
    commands = re.findall(r"^    (python3 .+)$", read("README.md"), re.MULTILINE)
    install = "python3 -m venv .uv && .uv/bin/pip install uv && .uv/bin/uv run"
    assert commands == [f"{install} python -m bot demo", f"{install} pytest"]
    assert commands[1] in read("CONTRIBUTING.md")
    # CI runs exactly these lines; each is found by its end.
    endings = re.findall(r"^readme '([^']+)'", read(".ci/run"), re.MULTILINE)
    assert [line for end in endings for line in commands if line.endswith(end)] == commands


def test_no_page_needs_the_path_to_be_changed() -> None:
    """Commands have the README's form; prose may name `uv run` for people who have uv."""
    pages = [PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    shown = {
        page.name: re.findall(r"^ *(?:uv|pip|pytest) .*$", page.read_text("utf-8"), re.MULTILINE)
        for page in (*pages, *(PROJECT / "docs").rglob("*.md"))
    }
    assert {page: lines for page, lines in shown.items() if lines} == {}


def test_there_is_a_workflow_and_it_runs_what_everybody_runs() -> None:
    assert [step["run"] for step in steps(CI) if "run" in step] == ["bash .ci/run"]


def test_what_runs_for_strangers_may_read_and_nothing_else() -> None:
    assert workflow(CI)["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in jobs(CI))


def test_a_release_is_made_of_a_tag_alone_and_each_job_has_what_it_needs() -> None:
    assert workflow(RELEASE)[True] == {"push": {"tags": ["v[0-9]*"]}}
    assert workflow(RELEASE)["permissions"] == {}
    rights = {name: job["permissions"] for name, job in workflow(RELEASE)["jobs"].items()}
    assert rights == {
        "wheel": {"contents": "write"},
        "image": {"contents": "read", "packages": "write"},
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_workflow_reads_a_secret(path: Path) -> None:
    assert "secrets." not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_never_started_with_the_rights_of_the_base(path: Path) -> None:
    # YAML 1.1 reads the key `on` as true.
    assert set(workflow(path)[True]) <= {"push", "pull_request"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_come_from_known_owners_by_release_tag(path: Path) -> None:
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert [one for one in used if not _ACTION.fullmatch(one)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_a_stranger_wrote_gets_into_a_script(path: Path) -> None:
    scripts = [step["run"] for step in steps(path) if "run" in step]
    assert [one for one in scripts if _STRANGERS_WORDS.search(one)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_ends_and_leaves_no_token_behind(path: Path) -> None:
    assert all(job["timeout-minutes"] <= 60 for job in jobs(path))
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_the_changelog_has_a_place_for_this_version_and_for_what_comes() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    headings = re.findall(r"^## \[?([^\]\s]+)\]?", read("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    released = headings[1:]
    assert not released or released[0] == version, "the newest section is not this version's"
    assert len(set(headings)) == len(headings)


def test_the_oldest_python_of_the_workflow_is_the_oldest_supported() -> None:
    requires = tomllib.loads(read("pyproject.toml"))["project"]["requires-python"]
    versions = [
        shlex.split(step["with"]["python-version"])
        for path in WORKFLOWS
        for step in steps(path)
        if step.get("uses", "").startswith("actions/setup-python@")
    ]
    assert [one[0] for one in versions] == [requires.removeprefix(">=")]


def test_the_procfile_names_a_server_and_workers_that_there_are() -> None:
    processes = dict(line.split(": ", 1) for line in read("Procfile").splitlines())
    assert processes == {"web": "python -m bot serve --no-worker", "worker": "python -m bot work"}
    for command in processes.values():
        _, *arguments = shlex.split(command.removeprefix("python -m "))
        shown = CliRunner().invoke(main, [*arguments, "--help"])
        assert shown.exit_code == 0, shown.output


def test_the_maps_name_files_that_are_there() -> None:
    glossary = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    places = re.findall(r"\| `([\w./]+)` \|$", glossary, re.MULTILINE)
    mermaid = (PROJECT / "docs" / "contributor.md").read_text(encoding="utf-8")
    mermaid = mermaid[mermaid.index("```mermaid") : mermaid.index("```\n\n")]
    places += re.findall(r"[a-z_]+/[\w/.]*", mermaid.replace("<br>", " "))
    assert len(places) > 35
    assert [place for place in places if not (PROJECT / "bot" / place).exists()] == []


def test_the_picture_of_the_rooms_is_what_they_import() -> None:
    page = (PROJECT / "docs" / "contributor.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{mermaid(packages())}\n```" in page, (
        "`python -m tests.package_graph` prints it"
    )
