"""`python -m benchmarks`: runs benchmarks and prints their figures."""

import asyncio
import sys
from pathlib import Path

import click
import structlog
from rich.console import Console

from benchmarks.cores import leave_the_servers_core
from benchmarks.figure import Broken, Figure, Scale
from benchmarks.registry import BENCHMARKS
from benchmarks.report import as_json, as_markdown, as_table, machine, write_into


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)), metavar="[NAME]...")
@click.option("--smoke", is_flag=True, help="Tiny sizes: says that it works, not how fast.")
@click.option("--markdown", is_flag=True, help="Print the table that the documentation has.")
@click.option(
    "--into",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Put that table between the marks of a page.",
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path))
def main(
    names: tuple[str, ...],
    *,
    smoke: bool,
    markdown: bool,
    into: Path | None,
    json_file: Path | None,
) -> None:
    """Measure the bot: all benchmarks, or those named.

    Ends with 1 if the bot gave a wrong answer or lost something, never because it was slow.
    """
    leave_the_servers_core()
    # Benchmarks that run the bot in this process would hide the figures among its log lines.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    # If the output is no terminal, a table is as wide as it needs to be.
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(machine(), highlight=False)
    report: dict[str, list[Figure]] = {}
    try:
        for name in names or tuple(BENCHMARKS):
            with console.status(f"measuring {name}"):
                report[name] = list(asyncio.run(BENCHMARKS[name](Scale(smoke))))
            console.print(as_table(name, report[name]))
        if into is not None:
            write_into(into, report)
    except (Broken, AssertionError) as fault:
        raise click.ClickException(f"{name}: {fault}") from fault
    if markdown:
        click.echo(as_markdown(report))
    if json_file is not None:
        json_file.write_text(as_json(report) + "\n", "utf-8")


if __name__ == "__main__":
    main()
