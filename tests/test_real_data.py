"""Without the real data, their tests are deselected visibly, and never by accident."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
TESTS = """\
import pytest

@pytest.mark.real_data
def test_of_real_data(shared_data):
    assert (shared_data / "README.md").is_file()

def test_of_none():
    pass
"""


def outcome(folder: Path, *, present: bool = False, **variables: str) -> tuple[int, str]:
    """What pytest reports in a checkout with or without the data beside it."""
    checkout = folder / "checkout"
    (checkout / "tests").mkdir(parents=True)
    # No test there uses hypothesis, whose table of characters takes two seconds.
    (checkout / ".hypothesis" / "unicode_data").mkdir(parents=True)
    shutil.copy(CONFTEST, checkout / "tests")
    (checkout / "tests" / "test_some.py").write_text(TESTS)
    (checkout / "pytest.ini").write_text("[pytest]\nmarkers = real_data: needs the real data\n")
    if present:
        data = folder / "shared" / "data"
        data.mkdir(parents=True)
        (data / "README.md").touch()
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("CI", "PEP_BOT_REAL_DATA") and not name.startswith("PYTEST_")
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"],
        cwd=checkout,
        # The tests there need no plugin, and loading them takes a third of a second.
        env=kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "variables",
    [{}, {"CI": "true", "PEP_BOT_REAL_DATA": "absent"}],
    ids=["on somebody's machine", "in CI, said expressly"],
)
def test_absent_data_leave_their_tests_out_and_one_line_says_so(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    code, said = outcome(tmp_path, **variables)
    assert code == 0, said
    assert "1 passed, 1 deselected" in said
    assert said.count("Tests of real data were deselected: the data are absent.") == 1


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"CI": "true"}, id="unsaid"),
        pytest.param(
            {"CI": "true", "PEP_BOT_REAL_DATA": "yes"},
            id="said otherwise",
            marks=pytest.mark.exhaustive,
        ),
    ],
)
def test_in_ci_data_that_are_missing_fail_loudly(tmp_path: Path, variables: dict[str, str]) -> None:
    code, said = outcome(tmp_path, **variables)
    assert code == 1, said
    assert "the real data are missing" in said
    assert "1 passed, 1 error" in said


def test_data_that_are_there_are_used_whatever_is_said(tmp_path: Path) -> None:
    code, said = outcome(tmp_path, present=True, CI="true", PEP_BOT_REAL_DATA="absent")
    assert code == 0, said
    assert "2 passed" in said
    assert "deselected" not in said
