"""The command line (contract): arguments in, one call into the room that does the work.

Rooms are imported inside the commands, so that each starts as fast as what it needs.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from bot.offline.commands import add_offline_commands
from bot.store_commands import add_store_commands

if TYPE_CHECKING:
    from bot.inbox.delivery import DeliveryRecord
    from bot.inbox.protocol import Inbox
    from bot.settings import Settings

T = TypeVar("T")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pep-bot")
def main() -> None:
    """The PEP editor bot."""


add_offline_commands(main)
add_store_commands(main)


@main.command()
@click.option("--no-worker", is_flag=True, help="Serve only; the work is done elsewhere.")
def serve(*, no_worker: bool) -> None:
    """Run the web server, and a worker unless told otherwise."""
    if no_worker:
        _require_postgresql("--no-worker", "one process is server and worker")
    settings = _settings(works=not no_worker)
    from bot.server import serve as run

    _run(run(settings, with_worker=not no_worker))


@main.command()
def work() -> None:
    """Run a worker alone (PostgreSQL only)."""
    _require_postgresql("A worker alone", "`serve` is server and worker")
    settings = _settings(hears=False)
    from bot.lone_worker import work as run

    _run(run(settings))


@main.command()
@click.option("--once", is_flag=True, help="End with the story instead of staying up for a look.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where the bot listens.")
def demo(*, once: bool, port: int) -> None:
    """Play a new PEP's life on a simulated GitHub: from opened to merged."""
    import structlog

    from bot.demo.run import run_demo
    from bot.settings import SettingsInvalid

    # The story is the output; warnings and errors would still be shown.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    try:
        good = asyncio.run(run_demo(once=once, port=port))
    except KeyboardInterrupt:
        return
    except SettingsInvalid as error:
        _fail(str(error))
    sys.exit(0 if good else 1)


@main.command()
def doctor() -> None:
    """Check settings, key, permissions, events, store and team access; say what to fix."""
    from rich.console import Console

    from bot.doctor import examine
    from bot.logs import show_errors_only

    # The diagnoses are the output, and tell what came of requests that had to be repeated.
    show_errors_only()
    console = Console(highlight=False)
    good = True
    for diagnosis in asyncio.run(examine()):
        good = good and not diagnosis.is_fault
        mark = {True: "[red]✗[/]", False: "[green]✓[/]"}[diagnosis.is_fault]
        if diagnosis.is_remark:
            mark = "[yellow]![/]"
        console.print(mark, end=" ")
        console.print(f"{diagnosis.subject}: {diagnosis.words}", markup=False, soft_wrap=True)
    sys.exit(0 if good else 1)


@main.group()
def deliveries() -> None:
    """Look into the inbox."""


@deliveries.command("list")
@click.option("--state", type=click.Choice(["queued", "running", "done", "dead"]))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_deliveries(state: str | None, limit: int) -> None:
    """List the latest deliveries, newest first."""
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.table import Table

    from bot.inbox.delivery import DeliveryState
    from bot.inbox.describe import delivery_lines

    async def read(inbox: "Inbox") -> "Sequence[DeliveryRecord]":
        return await inbox.records(DeliveryState(state) if state else None, limit)

    table = Table()
    # What is shown of an id has to be enough for `show` and `replay`.
    table.add_column("delivery", overflow="fold")
    for column in ("event", "concerns", "state", "attempts", "came", "error"):
        table.add_column(column)
    for line in delivery_lines(_with_inbox(read), datetime.now(UTC)):
        table.add_row(
            line.id, line.event, line.key, line.state, str(line.attempts), line.when, line.error
        )
    console = Console(
        highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 200
    )
    console.print(table)


@deliveries.command("show")
@click.argument("delivery_id", metavar="ID")
def show_delivery(delivery_id: str) -> None:
    """Show one delivery with its payload and its last error."""
    from bot.inbox.describe import show_delivery as described

    record = _with_inbox(lambda inbox: inbox.record(delivery_id))
    if record is None:
        _fail(f"There is no delivery {delivery_id}.", code=1)
    click.echo(described(record))


@deliveries.command()
@click.argument("delivery_ids", metavar="ID...", nargs=-1, required=True)
def replay(delivery_ids: tuple[str, ...]) -> None:
    """Handle finished or dead deliveries again; a running server notices within a second."""

    async def queue(inbox: "Inbox") -> list[str]:
        return [given for given in delivery_ids if not await inbox.replay(given)]

    missing = _with_inbox(queue)
    click.echo(f"Queued again: {len(delivery_ids) - len(missing)}")
    if missing:
        _fail(f"Neither done nor dead, or not there: {', '.join(missing)}", code=1)


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def digest(form: str) -> None:
    """List what editors should see once, among themselves."""
    from bot.digest import digest_json, digest_text, read_digest
    from bot.logs import show_errors_only
    from bot.settings import SettingsInvalid, read_settings
    from bot.store.failure import StoreUnavailable, StoreUnusable

    show_errors_only()
    try:
        items = asyncio.run(read_digest(read_settings().database_url))
    except (SettingsInvalid, StoreUnusable, StoreUnavailable) as error:
        _fail(str(error))
    click.echo(digest_json(items) if form == "json" else digest_text(items))


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def queue(form: str) -> None:
    """List open pull requests by whose turn it is, and for how long."""
    from bot.logs import show_errors_only
    from bot.queue import queue_json, queue_text, read_queues
    from bot.settings import SettingsInvalid, read_settings
    from bot.store.failure import StoreUnavailable, StoreUnusable

    show_errors_only()
    try:
        queues = asyncio.run(read_queues(read_settings().database_url))
    except (SettingsInvalid, StoreUnusable, StoreUnavailable) as error:
        _fail(str(error))
    click.echo(queue_json(queues) if form == "json" else queue_text(queues))


def _with_inbox(use: "Callable[[Inbox], Awaitable[T]]") -> T:
    """Do something with the inbox beside a server that may be running."""
    from bot.inbox.open import open_inbox
    from bot.inbox.protocol import InboxUnavailable
    from bot.logs import show_errors_only
    from bot.settings import SettingsInvalid, read_settings
    from bot.store.failure import StoreUnusable

    show_errors_only()

    async def opened() -> T:
        inbox = await open_inbox(read_settings().database_url, serving=False)
        try:
            return await use(inbox)
        finally:
            await inbox.close()

    try:
        return asyncio.run(opened())
    except (SettingsInvalid, StoreUnusable, InboxUnavailable) as error:
        _fail(str(error))


def _require_postgresql(what: str, instead: str) -> None:
    """End with what is wrong unless the store is one that several processes can use."""
    from bot.settings import SettingsInvalid, read_settings
    from bot.store.failure import StoreUnusable
    from bot.store.location import SqliteFile, located

    try:
        location = located(read_settings().database_url)
    except (SettingsInvalid, StoreUnusable) as error:
        _fail(str(error))
    if isinstance(location, SqliteFile):
        _fail(
            f"{what} needs PostgreSQL: with SQLite, {instead}. "
            "Set DATABASE_URL to postgresql://…, or run `serve`."
        )


def _settings(*, hears: bool = True, works: bool = True) -> "Settings":
    from bot.logs import configure_logs
    from bot.settings import SettingsInvalid, keep_from_children, read_settings, require_app

    try:
        settings = read_settings()
        require_app(settings, hears=hears, works=works)
    except SettingsInvalid as error:
        _fail(str(error))
    keep_from_children()
    configure_logs(settings.log_format)
    return settings


def _run(process: Coroutine[Any, Any, None]) -> None:
    import structlog

    from bot.settings import SettingsInvalid
    from bot.store.failure import StoreUnusable

    try:
        asyncio.run(process)
    except (SettingsInvalid, StoreUnusable) as error:
        _fail(str(error))
    except Exception:
        # A bug. It is a log line like any other, since whoever collects logs reads lines.
        structlog.get_logger().exception("the process ended by a fault of its own")
        sys.exit(1)


def _fail(words: str, code: int = 2) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(code)
