"""`serve`: runs the web server and, by default, a worker. Also what `serve` and `work` share."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import click

from bot.cli import fail
from bot.logs import configure_logs, get_logger
from bot.server import serve as run
from bot.settings import (
    Settings,
    SettingsInvalid,
    read_settings,
    remove_secrets_from_environment,
    require_app,
)
from bot.store.location import SqliteFile, StoreUnusable, located


@click.command()
@click.option("--no-worker", is_flag=True, help="Run only the server; `work` runs the workers.")
def serve(*, no_worker: bool) -> None:
    """Run the web server and a worker."""
    if no_worker:
        require_postgresql("--no-worker", "one process is server and worker")
    settings = app_settings(calls_github=not no_worker)
    run_process(run(settings, with_worker=not no_worker))


def require_postgresql(what: str, instead: str) -> None:
    """End the command unless several processes can use the store."""
    try:
        location = located(read_settings().database_url)
    except (SettingsInvalid, StoreUnusable) as error:
        fail(error)
    if isinstance(location, SqliteFile):
        fail(
            f"{what} needs PostgreSQL: with SQLite, {instead}. "
            "Set DATABASE_URL to postgresql://…, or run `serve`."
        )


def app_settings(*, receives_webhooks: bool = True, calls_github: bool = True) -> Settings:
    """Read the settings, check that nothing is missing, and configure logs; else end."""
    try:
        settings = read_settings()
        require_app(settings, receives_webhooks=receives_webhooks, calls_github=calls_github)
    except SettingsInvalid as error:
        fail(error)
    remove_secrets_from_environment()
    configure_logs(settings.log_format)
    return settings


def run_process(process: Coroutine[Any, Any, None]) -> None:
    """Run a process of the bot to its end; a bug in it is logged and gives exit code 1."""
    try:
        asyncio.run(process)
    except (SettingsInvalid, StoreUnusable) as error:
        fail(error)
    except Exception:
        # A bug. It is logged as one line like any other, since log collectors read lines.
        get_logger().exception("the process crashed")
        sys.exit(1)
