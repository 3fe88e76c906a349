"""Requests to GitHub by kind of event, compared with the budget that a test enforces.

The floor is the number of different URLs read, since nothing should be read twice.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figure import Figure, Floor, Scale
from benchmarks.served import private_key
from tests.end_to_end.budget import BUDGET, Budgeted, review_writes
from tests.end_to_end.conftest import pep_harness


async def measure(scale: Scale) -> Sequence[Figure]:
    """Count reads and writes of each kind of event; they are the same at any scale."""
    pem = private_key()
    return [figure for event in BUDGET[: scale.of(None, 1)] for figure in await _used(event, pem)]


async def _used(event: Budgeted, pem: str) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="pep-bot-benchmark-") as folder:
        async with pep_harness(Path(folder), pem) as harness:
            await event.play(harness)
            reads, writes = harness.reads(), len(review_writes(harness))
    different = Floor(len(set(reads)), "different URLs")
    return [
        Figure(f"Reads for {event.name}", len(reads), "", event.reads, different),
        Figure(f"Writes for {event.name}", writes, "", event.writes),
    ]
