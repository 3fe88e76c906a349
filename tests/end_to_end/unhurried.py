"""The program as the command line runs it, but without the pauses between writes that spare GitHub.

Run as `python -m tests.end_to_end.unhurried [serve [--no-worker]|work]`: the simulated GitHub needs
no sparing, and a test that makes a hundred writes would wait for a minute and a half.
"""

import asyncio
import sys

from aiolimiter import AsyncLimiter

from bot.github.pace import Limiter
from bot.logs import configure_logs
from bot.settings import read_settings, require_app


def _unhurried() -> Limiter:
    return AsyncLimiter(1000, 1)


if __name__ == "__main__":
    settings = read_settings()
    require_app(settings)
    configure_logs(settings.log_format)
    if sys.argv[1:] == ["work"]:
        from bot.lone_worker import work

        asyncio.run(work(settings, pace=_unhurried))
    else:
        from bot.server import serve

        asyncio.run(serve(settings, with_worker="--no-worker" not in sys.argv, pace=_unhurried))
