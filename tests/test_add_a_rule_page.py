"""docs/add-a-rule.md, followed to the letter in a copy of the project."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

pytestmark = pytest.mark.exhaustive

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "add-a-rule.md"
_NAMED_FILE = re.compile(r"Write `([^`]+\.py)`")


@dataclass(frozen=True)
class Page:
    """What the page tells its reader to write and run.

    Attributes:
        files: The files it shows, by path.
        commands: The commands it shows, each without the `.uv/bin/uv run` before it.
    """

    files: dict[str, str]
    commands: tuple[list[str], ...]


def read_page() -> Page:
    """Parse the page: a Python block belongs to the file named before it; shell has commands."""
    files: dict[str, str] = {}
    commands: list[list[str]] = []
    named = ""
    for token in MarkdownIt().parse(PAGE.read_text(encoding="utf-8")):
        if token.type == "inline" and (found := _NAMED_FILE.search(token.content)):
            named = found[1]
        elif token.type == "fence" and token.info == "python":
            files[named] = token.content
        elif token.type == "fence" and token.info == "sh":
            commands += [
                shlex.split(line.removeprefix(".uv/bin/uv run "))
                for line in token.content.splitlines()
            ]
    return Page(files, tuple(commands))


class Newcomer:
    """A checkout of the project in which somebody follows the page."""

    def __init__(self, root: Path) -> None:
        self.root = root
        unwanted = shutil.ignore_patterns("__pycache__")
        for folder in ("bot", "docs", "tests"):
            shutil.copytree(PROJECT / folder, root / folder, ignore=unwanted)
        for file in ("pyproject.toml", "README.md"):
            shutil.copy(PROJECT / file, root)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        # The project may have the page's files already; other files of that name are in the way.
        if file.exists():
            assert file.read_text(encoding="utf-8") == text, f"choose another example than {path}"
        file.write_text(text, encoding="utf-8")

    def run(self, *command: str) -> tuple[int, str]:
        """Run a Python tool in the checkout; returns its exit code and all its output."""
        python = command if command[0] != "python" else command[1:]
        module = ["-m", *python] if python[0] != "-m" else python
        done = subprocess.run(
            [sys.executable, *module],
            cwd=self.root,
            # The real data are not beside the copy, on purpose.
            env={name: value for name, value in os.environ.items() if name[:6] != "PYTEST"}
            | {"PEP_BOT_REAL_DATA": "absent"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path / "checkout")


def command(words: str) -> list[str]:
    """The page's only command with these words in it."""
    (found,) = [one for one in read_page().commands if words in " ".join(one)]
    return found


@pytest.mark.long
def test_its_files_are_all_that_a_new_rule_needs(newcomer: Newcomer) -> None:
    page = read_page()
    assert len(page.files) == 2
    for path, text in page.files.items():
        newcomer.write(path, text)
    for tool in (("ruff", "format", "--check"), ("ruff", "check")):
        code, said = newcomer.run(*tool, *page.files)
        assert code == 0, said
    code, said = newcomer.run(*command("tests/rules/test_plain_title.py"))
    assert code == 0, said
    code, said = newcomer.run(*command("tests.rules.reference"))
    assert code == 0, said
    code, said = newcomer.run("pytest", "-n0", "-q", "tests/rules", "-k", "not two_megabytes")
    assert code == 0, said
    assert "\n### plain-title\n" in (newcomer.root / "docs" / "rules.md").read_text()


def test_its_proposal_gets_the_finding_it_promises(newcomer: Newcomer, tmp_path: Path) -> None:
    page = read_page()
    for path, text in page.files.items():
        newcomer.write(path, text)
    _, text, _, place = command("printf")
    proposal = tmp_path / "proposal"
    file = proposal / Path(place).relative_to("/tmp/proposal")
    file.parent.mkdir(parents=True)
    file.write_text(text.replace("\\n", "\n"))
    check = [word.replace("/tmp/proposal", str(proposal)) for word in command("bot check")]
    code, said = newcomer.run(*check)
    assert code == 0, said
    assert "The title `PEP 9999: Calm` repeats the number." in said
    (promised,) = re.findall(r"It says `([^`]+)`", PAGE.read_text(encoding="utf-8"))
    assert promised in said


def test_its_commands_run_tests_that_exist() -> None:
    page = read_page()
    named = {word for one in page.commands if one[0] == "pytest" for word in one[1:]}
    tests = {word for word in named if not word.startswith("-")}
    assert tests
    assert [one for one in tests if one not in page.files and not (PROJECT / one).is_dir()] == []
