"""Backlog: how long thousands of waiting deliveries take, as after an outage of GitHub's API.

Waiting reviews of one pull request are merged, so each pull request costs a review or two, not one
for each delivery. The floor is the time plain SQL needs to read and settle the same rows.
"""

import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing

from benchmarks.figure import Figure, Floor, Scale, require
from benchmarks.served import drained, logged, private_key, serving, temporary_store
from benchmarks.simulated_repository import open_mixed, simulated_repository
from benchmarks.stored import fill, seconds_of_raw_commits
from benchmarks.webhook import about_pull_requests, repeated
from tests.end_to_end.harness import REPOSITORY
from tests.end_to_end.process import until


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure how long it takes until everything is handled."""
    pem = private_key()
    waiting, pulls = scale.of((5000, 200), (100, 10))
    async with simulated_repository(pem) as simulator, temporary_store() as store:
        opened = await open_mixed(simulator, pulls)
        await simulator.settle()
        await fill(store, repeated(about_pull_requests(simulator, opened), waiting), finished=False)
        copy = store.with_name("floor.sqlite3")
        shutil.copy(store, copy)
        floor = seconds_of_raw_commits(copy)
        simulator.clear_requests()
        async with serving(pem, store, simulator.api_url) as bot:
            simulator.webhook_url = bot.url("/webhook")
            await until(lambda: logged(bot, "working"), "it never got to work")
            begun = time.perf_counter()
            await drained(simulator, bot)
            took = time.perf_counter() - begun
            batches = logged(bot, "handled")
        with closing(sqlite3.connect(store)) as connection:
            states = dict(connection.execute("SELECT state, count(*) FROM delivery GROUP BY state"))
        require(set(states) == {"done"}, f"not all was done: {states}")
        require(states["done"] >= waiting, "deliveries were lost")
        for number in opened:
            pull = simulator.pull_request(REPOSITORY, number)
            require(len(pull.comments) <= 1, f"#{number} has {len(pull.comments)} comments")
    commits = Floor(floor, "plain SQL that reads and settles the same rows")
    return [
        Figure(
            f"Backlog of {waiting:,} over {pulls} pull requests, drained in",
            took,
            "s",
            None,
            commits,
        ),
        Figure(
            "Deliveries drained a second",
            waiting / took,
            "/s",
            None,
            Floor(waiting / floor, commits.what),
        ),
        Figure("Attempts it took, merged reviews counted once", batches, ""),
    ]
