"""`store`: commands for the operator about the store as a whole (contract)."""

import sys

import click


def add_store_commands(main: click.Group) -> None:
    """Add the group to the command line."""
    main.add_command(store)


@click.group()
def store() -> None:
    """Look after the store."""


@store.command()
@click.argument("from_url", metavar="FROM")
@click.argument("to_url", metavar="TO")
def copy(from_url: str, to_url: str) -> None:
    """Copy everything from one store to another, such as from SQLite to PostgreSQL.

    FROM and TO are written like DATABASE_URL. Stop every `serve` and `work` before. FROM stays as
    it is; the copy can be run again.
    """
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

    from bot.logs import show_errors_only
    from bot.moving import copy_store
    from bot.store.failure import StoreUnusable

    show_errors_only()
    progress = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty())
    task = progress.add_task("copying", total=None)
    try:
        with progress:
            moved = copy_store(
                from_url,
                to_url,
                lambda total: progress.update(task, total=total),
                lambda count: progress.advance(task, count),
            )
    except StoreUnusable as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    table = Table("copied", "rows")
    table.columns[1].justify = "right"
    for name, count in moved.rows.items():
        table.add_row(name.replace("_", " "), str(count))
    Console(highlight=False, markup=False, emoji=False).print(table)
    states = ", ".join(f"{state} {count}" for state, count in moved.deliveries.items())
    click.echo(f"{moved.source} -> {moved.target}; deliveries: {states}")
    click.echo("Set DATABASE_URL to the copy and start the bot; what waits is handled then.")
