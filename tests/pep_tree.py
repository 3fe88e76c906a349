"""Unpacks the real tree of PEPs, for tests that need a checkout of it."""

import tarfile
from pathlib import Path


def unpack_tree(data: Path, folder: Path) -> None:
    """Unpack the tree of the real data into a folder.

    An extraction filter is set if Python has them: 3.11.2, the version of Debian 12, does not
    (Python docs, "Extraction filters").
    """
    with tarfile.open(data / "peps-2025-12-31.tar.xz") as tree:
        tree.extraction_filter = getattr(tarfile, "data_filter", None)
        tree.extractall(folder)
