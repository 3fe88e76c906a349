"""Runs the program like the command line, but without the pauses between writes to GitHub.

Run as `python -m tests.end_to_end.unthrottled [serve [--no-worker]|work]`: the simulated GitHub
needs no pauses, and a test with a hundred writes would wait for a minute and a half.
"""

import sys


def main(arguments: list[str]) -> None:
    """Run it; imports are here, since its child processes import this file too."""
    import asyncio

    from aiolimiter import AsyncLimiter

    from bot.github.client.throttle import Limiter
    from bot.logs import configure_logs
    from bot.settings import read_settings, require_app

    def no_throttle() -> Limiter:
        return AsyncLimiter(1000, 1)

    settings = read_settings()
    require_app(settings)
    configure_logs(settings.log_format)
    if arguments == ["work"]:
        from bot.run_worker import work

        asyncio.run(work(settings, throttle=no_throttle))
    else:
        from bot.server import serve

        with_worker = "--no-worker" not in arguments
        asyncio.run(serve(settings, with_worker=with_worker, throttle=no_throttle))


if __name__ == "__main__":
    main(sys.argv[1:])
