"""What is secret stays with the process that needs it, as an operator's system sees it."""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.conftest import AUTHOR, CORE_TEAM, pep
from tests.end_to_end.desk import REPOSITORY, SECRET
from tests.end_to_end.process import BotProcess, calm, environment, github


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """New files may be read by everybody unless whoever makes them says otherwise."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Who may do what with the store's files, by what their names end in."""
    files = folder.glob("bot.sqlite3*")
    return {file.name.removeprefix("bot.sqlite3"): file.stat().st_mode & 0o777 for file in files}


async def test_nobody_else_may_read_the_store_and_docutils_gets_no_secret(
    pem: str, tmp_path: Path, open_to_all: None
) -> None:
    async with github(pem, {"README.rst": "PEPs\n"}, CORE_TEAM) as simulated:
        bot = BotProcess(environment(pem, simulated.api_url, tmp_path / "bot.sqlite3"))
        try:
            await bot.start()
            simulated.webhook_url = bot.url("/webhook")
            await simulated.install_app([REPOSITORY])
            await simulated.open_pull_request(
                REPOSITORY, by=AUTHOR, title="PEP 842", files={"peps/pep-0842.rst": pep(842)}
            )
            await calm(simulated, bot)
            assert bot.process is not None
            children = psutil.Process(bot.process.pid).children(recursive=True)
            told = "\n".join(
                f"{name}={value}" for child in children for name, value in child.environ().items()
            )
            assert children
            assert "GH_API_URL" in told  # so that this looks at the right place
            for secret in (SECRET, "PRIVATE KEY", "GH_PRIVATE_KEY", "DATABASE_URL"):
                assert secret not in told
            assert modes(tmp_path) == dict.fromkeys(("", "-wal", "-shm", ".lock"), 0o600)
        finally:
            await bot.close()
