from pathlib import Path

import pytest

from tests.peps.builders import PepTree, pep_tree


@pytest.fixture(scope="package")
def tree(shared_data: Path) -> PepTree:
    return pep_tree(shared_data)
