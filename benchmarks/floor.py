"""The floor for the server: aiohttp that checks the HMAC, answers 202, and does nothing else.

Run as `python -m benchmarks.floor`; it prints its port on stderr, as the bot does.
"""

import asyncio
import hmac
import json
import os
import signal
import sys

from aiohttp import web


async def _serve(secret: bytes) -> None:
    async def webhook(request: web.Request) -> web.Response:
        body = await request.read()
        signature = f"sha256={hmac.digest(secret, body, 'sha256').hex()}"
        given = request.headers.get("X-Hub-Signature-256", "")
        good = hmac.compare_digest(signature.encode(), given.encode())
        return web.json_response({"status": "accepted"}, status=202 if good else 401)

    app = web.Application(client_max_size=25 * 1024 * 1024)
    app.router.add_post("/webhook", webhook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    sys.stderr.write(json.dumps({"event": "listening", "port": port}) + "\n")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(os.environ["GH_SECRET"].encode()))
