"""`work`: runs a worker alone, for deliveries that other processes accept into the database."""

import click

from bot.cli.serve import app_settings, require_postgresql, run_process


@click.command()
def work() -> None:
    """Run only a worker (PostgreSQL only)."""
    require_postgresql("`work`", "`serve` is server and worker")
    settings = app_settings(receives_webhooks=False)
    from bot.run_worker import work as run

    run_process(run(settings))
