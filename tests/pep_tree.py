"""The real tree of PEPs, unpacked for tests that read it as a checkout."""

import tarfile
from pathlib import Path


def unpack_tree(data: Path, folder: Path) -> None:
    """Unpack the tree of the real data into a folder.

    A filter is set where Python knows them: 3.11.2, which Debian 12 has, does not (Python docs,
    "Extraction filters").
    """
    with tarfile.open(data / "peps-2025-12-31.tar.xz") as tree:
        tree.extraction_filter = getattr(tarfile, "data_filter", None)
        tree.extractall(folder)
