"""A program with little room, and without root's licence to write what file modes forbid.

Run as `python -m tests.end_to_end.confined MODULE [ARGUMENT…]`. `MOST_BYTES` says how long a file
may grow, as if the disk were full after that; without it there is room enough.
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
    """Give up what lets root ignore them; whoever is not root has nothing to give up."""
    _set_effective(_effective() & ~_OVERRIDES)


@contextmanager
def obeying_file_modes() -> Iterator[None]:
    """Obey them for a while: this thread, and those it starts meanwhile."""
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
    # What it compiled would be cut off, too, and every later process would stumble over that.
    sys.dont_write_bytecode = True
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
