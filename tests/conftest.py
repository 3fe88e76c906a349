"""What all tests share: where the real data are, and what happens where they are not."""

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; asking for it without the data is a failure, never a skip."""
    assert SHARED_DATA.is_dir(), f"the real data are missing: {SHARED_DATA}"
    return SHARED_DATA


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests of real data where the data are absent, except in CI, where they must run."""
    if SHARED_DATA.is_dir() or os.environ.get("CI"):
        return
    real = [item for item in items if item.get_closest_marker("real_data")]
    if real:
        config.hook.pytest_deselected(items=real)
        items[:] = [item for item in items if item not in real]
        config.stash[_DESELECTED] = len(real)


_DESELECTED = pytest.StashKey[int]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say in one line what was left out."""
    if count := config.stash.get(_DESELECTED, 0):
        terminalreporter.write_line(f"{count} tests of real data deselected: the data are absent.")
