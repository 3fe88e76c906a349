"""`demo`: a new PEP's life on a simulated GitHub."""

import asyncio
import signal
import sys

import click
import structlog

from bot.cli import fail
from bot.demo.run import run_demo
from bot.settings import SettingsInvalid


@click.command()
@click.option("--once", is_flag=True, help="Exit after the story instead of staying up.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where the bot listens.")
def demo(*, once: bool, port: int) -> None:
    """Play a new PEP's life on a simulated GitHub: from opened to merged."""
    # The story is the output; warnings and errors are still shown.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    try:
        is_ok = asyncio.run(_until_terminated(once=once, port=port))
    except (KeyboardInterrupt, asyncio.CancelledError):
        # With `--once` it was interrupted before it showed that everything went well.
        sys.exit(1 if once else 0)
    except SettingsInvalid as error:
        fail(error)
    sys.exit(0 if is_ok else 1)


async def _until_terminated(*, once: bool, port: int) -> bool:
    """Run the demo; SIGTERM ends it as Ctrl-C does, so that its folder is removed."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await run_demo(once=once, port=port)
