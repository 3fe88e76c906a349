"""`demo`: a new PEP's life on a simulated GitHub."""

import asyncio
import sys

import click
import structlog

from bot.cli import fail
from bot.demo.run import run_demo
from bot.settings import SettingsInvalid


@click.command()
@click.option("--once", is_flag=True, help="End with the story instead of staying up for a look.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where the bot listens.")
def demo(*, once: bool, port: int) -> None:
    """Play a new PEP's life on a simulated GitHub: from opened to merged."""
    # The story is the output; warnings and errors are still shown.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    try:
        is_ok = asyncio.run(run_demo(once=once, port=port))
    except KeyboardInterrupt:
        return
    except SettingsInvalid as error:
        fail(error)
    sys.exit(0 if is_ok else 1)
