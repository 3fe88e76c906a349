"""Fixtures and options of all tests: real data, PostgreSQL, and what to do without them."""

import gc
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from bot.concurrency import give_back_memory
from tests.compiled_statements import share_compiled_statements
from tests.postgres import PostgresServer, server_programs

pytest_plugins = ["github_simulator.pytest"]

# Each run has different examples, so that many short runs find what a long one would.
settings.register_profile("short", max_examples=20, deadline=None, print_blob=True)
settings.register_profile("long", max_examples=1_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))

_MEMORY = Path("/dev/shm")
_ROOM = 1 << 30

# Nearly every test commits to stores of its own. Where Linux keeps files in memory, and has a
# gigabyte for them, no commit waits for a disk; that saves a fifth of the CPU and half of the time.
# What a killed process leaves behind is the same.
if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM and os.access(_MEMORY, os.W_OK):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    os.environ.setdefault("TMPDIR", str(_MEMORY))

# The allocator of Linux keeps memory that a test needed for a moment, for each thread that ever
# asked for some. A process reads this when it starts: here those that xdist starts for the tests.
os.environ.setdefault("MALLOC_ARENA_MAX", "2")
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "1000000")

share_compiled_statements()

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


_ANY_TEXT = (
    "from hypothesis import given, strategies; given(strategies.text())(lambda text: None)()"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make hypothesis' table of characters once per clone, in a process that then ends.

    It takes 200 MB and two seconds, and otherwise each test process makes it at the same time.
    """
    # While tests are collected, hardly anything becomes garbage: looking for it again and again
    # takes a fifth of the time.
    gc.set_threshold(10_000, 20, 1_000)
    is_worker = hasattr(config, "workerinput")
    if not (is_worker or (config.rootpath / ".hypothesis" / "unicode_data").is_dir()):
        subprocess.run([sys.executable, "-c", _ANY_TEXT], cwd=config.rootpath, check=True)


def pytest_collection_finish() -> None:
    """Let the garbage collector skip the thousands of modules and collected tests."""
    gc.collect()
    gc.freeze()
    give_back_memory()


@pytest.fixture(scope="module", autouse=True)
def _no_garbage_from_file_to_file() -> Iterator[None]:
    """Keep the memory of a test process from growing with each file of tests.

    What is alive by then is cached for other files, so the collector skips it: looking through it
    after each file took more time than many of the files.
    """
    yield
    gc.collect()
    gc.freeze()
    give_back_memory()


@pytest.fixture(scope="session", autouse=True)
def _cache_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep `check` from using the cache of the user who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def logs_as_they_were() -> Iterator[None]:
    """Restore logging afterwards: commands configure it for the process that all tests share."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; asking for it without the data is a failure, never a skip."""
    assert SHARED_DATA.is_dir(), f"the real data are missing: {SHARED_DATA}"
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL server of this test process; a test that stops it must start it again."""
    server = PostgresServer.made()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The `DATABASE_URL` of a new, empty database."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def postgres_store(postgres_server: PostgresServer) -> Iterator[str]:
    """The `DATABASE_URL` of a store on PostgreSQL that remembers nothing."""
    with postgres_server.store() as url:
        yield url


def _data_may_be_absent() -> bool:
    """Whether real data may be missing: in CI only if a variable says so, lest a loss go unseen."""
    if SHARED_DATA.is_dir():
        return False
    return not os.environ.get("CI") or os.environ.get("PEP_BOT_REAL_DATA") == "absent"


def _postgres_may_be_absent() -> bool:
    """Whether PostgreSQL may be missing: never in CI, where the tests fail without it."""
    return server_programs() is None and not os.environ.get("CI")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests whose data or database may be missing and is; otherwise they fail.

    Long tests come first, lest one begun last be waited for by everybody.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for marker, may_be_absent in (
        ("real_data", _data_may_be_absent()),
        ("postgres", _postgres_may_be_absent()),
    ):
        marked = [item for item in items if item.get_closest_marker(marker)]
        if marked and may_be_absent:
            config.hook.pytest_deselected(items=marked)
            items[:] = [item for item in items if item not in marked]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line on what was deselected, since the xdist workers have no terminal."""
    if _data_may_be_absent():
        terminalreporter.write_line("Tests of real data were deselected: the data are absent.")
    if _postgres_may_be_absent():
        terminalreporter.write_line(
            "Tests of PostgreSQL were deselected: there is no server on this machine."
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Use 1.5 workers per core, since many tests wait for a process, a database or a clock.

    With fewer workers, each process grows above 300 MB.
    """
    return (3 * (os.cpu_count() or 1) + 1) // 2
