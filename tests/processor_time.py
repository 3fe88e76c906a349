"""Limits processor time, not elapsed time, since the machine may be busy with something else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def processor_seconds_below(limit: float) -> Iterator[None]:
    """Fail if the block takes this process as many seconds of processor time."""
    begun = time.process_time()
    yield
    spent = time.process_time() - begun
    assert spent < limit, f"{spent:.2f} s of processor time, not below {limit:g} s"
