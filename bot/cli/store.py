"""`store copy`: copies everything from one store to another, in one transaction, or nothing."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import Connection, case, func, select, update
from sqlalchemy.exc import DBAPIError

from bot.cli import fail
from bot.inbox.delivery import DeliveryState
from bot.inbox.rows import PROCESS_ENDED
from bot.inbox.sqlite import SoleOwner
from bot.logs import show_errors_only
from bot.store.copying import copy_rows, count_rows, grown_apart, hold, whole_store
from bot.store.location import SqliteFile, StoreLocation, StoreUnusable, located
from bot.store.migrate import driver_of, migrate_store, require_current, require_known
from bot.store.schema import delivery


@dataclass(frozen=True, slots=True)
class CopyResult:
    """What was copied.

    Attributes:
        source: The source, as messages call it.
        target: The target, as messages call it.
        rows: How many rows of each table were copied.
        deliveries: How many deliveries are in each state.
    """

    source: str
    target: str
    rows: Mapping[str, int]
    deliveries: Mapping[DeliveryState, int]


def copy_store(
    from_url: str,
    to_url: str,
    on_begin: Callable[[int], None] = lambda _: None,
    on_rows: Callable[[int], None] = lambda _: None,
) -> CopyResult:
    """Copy a store. The source stays as it is; running this again leads to the same result.

    Args:
        from_url: The `DATABASE_URL` of the source.
        to_url: The `DATABASE_URL` of the target, which is created or migrated as needed.
        on_begin: Called with the number of rows.
        on_rows: Called with the number of rows that were copied since the last call.

    Raises:
        StoreUnusable: One of them cannot be used or is being served, or a bot has worked on the
            target. The target was not changed, and no new file was left behind.
    """
    source, target = located(from_url), located(to_url)
    if source == target:
        raise StoreUnusable("FROM and TO are the same store")
    require_current(source)
    with _locked(source):
        require_known(target)
        with _locked(target), _reporting_database_errors(source, target):
            migrate_store(target)
            return _copy(source, target, on_begin, on_rows)


def _copy(
    source: StoreLocation,
    target: StoreLocation,
    on_begin: Callable[[int], None],
    on_rows: Callable[[int], None],
) -> CopyResult:
    with whole_store(target, to_change=True) as to, whole_store(source) as source_connection:
        hold(to)
        if own := grown_apart(source_connection, to):
            raise StoreUnusable(
                f"a bot has worked on {target}: it has {' and '.join(own)} that {source} does not "
                "have. It was not changed. Choose an empty database for TO, or delete this one "
                "first if you need nothing in it"
            )
        on_begin(count_rows(source_connection))
        rows = copy_rows(source_connection, to, on_rows)
        _queue_again(to)
        # The job engine of PostgreSQL does not know these deliveries yet: a worker makes a job for
        # each that waits.
        return CopyResult(str(source), str(target), rows, _by_state(to))


def _queue_again(connection: Connection) -> None:
    """Queue deliveries that were being handled again, since no server runs on the store."""
    attempts = delivery.c.attempts
    connection.execute(
        update(delivery)
        .where(delivery.c.state == DeliveryState.RUNNING)
        .values(
            state=DeliveryState.QUEUED.value,
            not_before=None,
            attempts=case((attempts > 0, attempts - 1), else_=0),
            error=PROCESS_ENDED,
        )
    )


def _by_state(connection: Connection) -> Mapping[DeliveryState, int]:
    query = select(delivery.c.state, func.count()).group_by(delivery.c.state)
    counts = {DeliveryState(state): count for state, count in connection.execute(query)}
    return dict.fromkeys(DeliveryState, 0) | counts


@contextmanager
def _locked(location: StoreLocation) -> Iterator[None]:
    """Lock a SQLite file, so that no server opens it; after a failure leave no new file behind."""
    if not isinstance(location, SqliteFile):
        yield
        return
    path = location.path
    owner, was_there = SoleOwner(path), path.exists()
    try:
        yield
    except BaseException:
        if not was_there:
            for suffix in ("", "-wal", "-shm", "-journal"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        owner.discard()
        raise
    owner.release()


@contextmanager
def _reporting_database_errors(source: StoreLocation, target: StoreLocation) -> Iterator[None]:
    try:
        yield
    except DBAPIError as fault:
        for driver in map(driver_of, (source, target)):
            if isinstance(fault.orig, driver.error) and driver.is_trouble(fault.orig):
                raise StoreUnusable(
                    f"copying from {source} to {target} failed, and nothing was changed: "
                    f"{driver.explain(fault.orig)}"
                ) from fault.orig
        raise


@click.group()
def store() -> None:
    """Copy the store."""


@store.command()
@click.argument("from_url", metavar="FROM")
@click.argument("to_url", metavar="TO")
def copy(from_url: str, to_url: str) -> None:
    """Copy everything from one store to another, such as from SQLite to PostgreSQL.

    FROM and TO have the form of DATABASE_URL. Stop every `serve` and `work` first. FROM does not
    change, and you can run the copy again.
    """
    show_errors_only()
    progress = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty())
    task = progress.add_task("copying", total=None)
    try:
        with progress:
            result = copy_store(
                from_url,
                to_url,
                lambda total: progress.update(task, total=total),
                lambda count: progress.advance(task, count),
            )
    except StoreUnusable as error:
        fail(error)
    table = Table("copied", "rows")
    table.columns[1].justify = "right"
    for name, count in result.rows.items():
        table.add_row(name.replace("_", " "), str(count))
    Console(highlight=False, markup=False, emoji=False).print(table)
    states = ", ".join(f"{state} {count}" for state, count in result.deliveries.items())
    click.echo(f"{result.source} -> {result.target}; deliveries: {states}")
    click.echo("Set DATABASE_URL to the copy and start the bot; it handles what waits.")
