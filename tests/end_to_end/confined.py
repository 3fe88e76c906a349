"""Runs a program with little disk space, and without root's power to ignore file modes.

Run as `python -m tests.end_to_end.confined MODULE [ARGUMENT…]`. `MOST_BYTES` is the largest size of
a file, as if the disk were full beyond it; without it there is no limit.
"""

import ctypes
import os
import resource
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LIBC = ctypes.CDLL(None, use_errno=True)
_VERSION_3 = 0x20080522
_OVERRIDES = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capabilities(7))."""


def obey_file_modes() -> None:
    """Give up the capabilities by which root ignores file modes; other users have none."""
    _set_effective(_effective() & ~_OVERRIDES)


@contextmanager
def obeying_file_modes() -> Iterator[None]:
    """Obey file modes inside the block: this thread, and threads that it starts meanwhile."""
    before = _effective()
    _set_effective(before & ~_OVERRIDES)
    try:
        yield
    finally:
        _set_effective(before)


def _effective() -> int:
    return _capabilities()[1][0]


def _set_effective(bits: int) -> None:
    header, sets = _capabilities()
    sets[0] = bits
    if _LIBC.capset(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capabilities cannot be set")


def _capabilities() -> tuple[Any, Any]:
    """Version and process, and the sets of the calling thread."""
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # twice: effective, permitted, inheritable
    if _LIBC.capget(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capabilities cannot be read")
    header[0] = _VERSION_3
    return header, sets


if __name__ == "__main__":
    obey_file_modes()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if most := os.environ.get("MOST_BYTES"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), hard))
    # Bytecode files would be cut off too, and every later process would fail on them.
    sys.dont_write_bytecode = True
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
