"""What an idle server's memory is made of: what each package adds when it is imported."""

import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise

import psutil

from benchmarks.figure import Broken, Figure, require
from tests.end_to_end.process import CHECKOUT

PARTS = {
    "Python itself": (),
    "aiohttp": ("aiohttp.web",),
    "pydantic": ("pydantic.networks", "pydantic.type_adapter", "pydantic.main"),
    "click and structlog": ("click", "bot.logs"),
    "prometheus-client": ("prometheus_client",),
    "SQLAlchemy for SQLite": ("sqlalchemy.dialects.sqlite",),
    "the bot and the rest": ("bot.cli.serve", "bot.server", "bot.run_worker"),
}
"""What a server with SQLite loads, each without what comes before it."""

SPARED = {
    "what signs a JWT": ("jwt", "cryptography.hazmat.primitives.serialization"),
    "docutils": ("bot.markup.read",),
    "Jinja and markdown-it": ("jinja2", "markdown_it"),
    "rich": ("rich.console", "rich.traceback"),
    "Alembic": ("alembic.command",),
    "PostgreSQL": ("bot.inbox.postgres", "bot.store.postgres", "sqlalchemy.dialects.postgresql"),
}
"""What it does not load, or has another process load; `tests/test_server.py` holds it to that."""

_PROGRAM = """
import sys
for line in sys.stdin:
    for module in line.split():
        __import__(module)
    print(flush=True)
"""
_MEGABYTE = 1_000_000


def measure_imports() -> Sequence[Figure]:
    """Import everything in one child process, part after part."""
    _sizes()  # Once in vain: whatever was not compiled yet takes more the first time.
    names = [
        *(f"of an idle server: {name}" for name in PARTS),
        *(f"not in it: {name}" for name in SPARED),
    ]
    return [
        Figure(name, size / _MEGABYTE, "MB") for name, size in zip(names, _sizes(), strict=True)
    ]


def _sizes() -> list[int]:
    """Bytes by which each part makes a process larger."""
    sizes = [0]
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", _PROGRAM],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise Broken("the process has no pipes")
        for modules in (*PARTS.values(), *SPARED.values()):
            child.stdin.write(f"{' '.join(modules)}\n")
            require(child.stdout.readline(), f"of {modules} one cannot be imported")
            sizes.append(psutil.Process(child.pid).memory_info().rss)
    return [after - before for before, after in pairwise(sizes)]
