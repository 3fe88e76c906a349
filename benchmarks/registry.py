"""The list of all benchmarks, in the order in which they run."""

from benchmarks import (
    acknowledgement,
    backlog,
    check_run,
    cold_start,
    cpu,
    growth,
    memory,
    offline,
    pages,
    requests,
    scale,
    stores,
)
from benchmarks.figure import Benchmark

BENCHMARKS: dict[str, Benchmark] = {
    "acknowledgement": acknowledgement.measure,
    "check-run": check_run.measure,
    "requests": requests.measure,
    "cpu": cpu.measure,
    "memory": memory.measure,
    "cold-start": cold_start.measure,
    "pages": pages.measure,
    "backlog": backlog.measure,
    "stores": stores.measure,
    "growth": growth.measure,
    "scale": scale.measure,
    "offline": offline.measure,
}
