"""The server imports little before it listens, so that few webhooks come before it can answer."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.empty_store import put_empty_store

CHECKOUT = Path(__file__).resolve().parents[1]
EVERYWHERE = (
    "alembic",
    "cryptography",
    "docutils",
    "jinja2",
    "jwt",
    "markdown_it",
    "multiprocessing.spawn",
    "pydantic.networks",
    "rich",
    "tarfile",
)
ELSEWHERE = {
    "sqlite": (*EVERYWHERE, "procrastinate", "psycopg", "sqlalchemy.dialects.postgresql"),
    "postgres": (*EVERYWHERE, "bot.inbox.sqlite", "sqlalchemy.dialects.sqlite", "sqlite3"),
}
"""What an idle server never uses, or another process uses for it, by what its store is in."""

LATER = ("bot.run_worker", "bot.github", "bot.rules", "bot.store.store", "jinja2")


def test_what_listens_loads_nothing_of_github_rules_and_store_until_it_works(
    tmp_path: Path,
) -> None:
    store = tmp_path / "bot.sqlite3"
    put_empty_store(store)
    script = (
        "import asyncio, sys\n"
        "from bot.server import running\n"
        "from bot.settings import Settings\n"
        "async def serve():\n"
        f"    url = 'sqlite:///{store}'\n"
        "    settings = Settings(database_url=url, host='127.0.0.1', port=0, gh_secret='secret')\n"
        "    async with running(settings, with_worker=False) as server:\n"
        "        assert server.work is None and server.store is None\n"
        "asyncio.run(serve())\n"
        f"print(*[name for name in {LATER!r} if name in sys.modules], sep=', ', file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == ""


@pytest.mark.parametrize("database", ELSEWHERE)
def test_a_server_that_works_loads_nothing_it_does_not_use(database: str) -> None:
    script = (
        "import sys, bot.cli.serve, bot.run_worker\n"
        f"import bot.inbox.{database}, bot.store.{database}\n"
        f"print([name for name in {ELSEWHERE[database]!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
