"""`serve` as the command line runs it, but without the pauses between writes that spare GitHub.

Run as `python -m tests.end_to_end.unhurried`: the simulated GitHub needs no sparing, and a test
that makes a hundred writes would wait for a minute and a half.
"""

import asyncio

from aiolimiter import AsyncLimiter

from bot.logs import configure_logs
from bot.server import serve
from bot.settings import read_settings, require_app

if __name__ == "__main__":
    settings = read_settings()
    require_app(settings)
    configure_logs(settings.log_format)
    asyncio.run(serve(settings, pace=lambda: AsyncLimiter(1000, 1)))
