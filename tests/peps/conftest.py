import gc
from pathlib import Path

import pytest

from tests.peps.builders import PepTree, added_peps, pep_tree


@pytest.fixture
def tree(shared_data: Path) -> PepTree:
    return pep_tree(shared_data)


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Free the tree after the last of these tests."""
    if nextitem is None or nextitem.path.parent != item.path.parent:
        pep_tree.cache_clear()
        added_peps.cache_clear()
        gc.unfreeze()
