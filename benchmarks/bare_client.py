"""A bare aiohttp client that repeats the bot's requests: the floor for the bot's CPU time.

Run as `python -m benchmarks.bare_client URL TOKEN`: it reads a JSON list of `[method, path, body]`
from stdin, sends them one after another, and prints its CPU seconds from the first to the last.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import aiohttp

from github_simulator.api.server import Request


async def cpu_seconds_of(requests: Sequence[Request], api_url: str, token: str) -> float:
    """CPU seconds that a process of its own needs for these requests."""
    rows = json.dumps([[one.method, one.path, one.body] for one in requests])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.bare_client",
        api_url,
        token,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(rows.encode())
    return float(out)


async def _send(api_url: str, token: str, rows: Sequence[tuple[str, str, Any]]) -> float:
    headers = {"Authorization": f"Bearer {token}", "User-Agent": "floor"}
    async with aiohttp.ClientSession(headers=headers) as session:
        begun = time.process_time()
        for method, path, body in rows:
            async with session.request(method, api_url + path, json=body) as answer:
                await answer.read()
        return time.process_time() - begun


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(_send(sys.argv[1], sys.argv[2], json.load(sys.stdin)))))
