"""What the replay reads is large: each process reads it once, and lets go of it in the end."""

import gc

import pytest

from bot.peps.codeowners import parse_codeowners
from tests.peps.builders import added_peps, pep_tree
from tests.replay import follow_ups, history, reviewed, sample, tree

_READ = (
    pep_tree,
    added_peps,
    parse_codeowners,
    follow_ups.stories,
    history.load,
    reviewed.replay,
    sample.whole_sample,
    tree.tree_headers,
)


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Let go when the next test is none of these (a fixture of a folder lives to the end)."""
    if nextitem is None or nextitem.path.parent != item.path.parent:
        for read in _READ:
            read.cache_clear()
        # What was frozen with it (see `tests/conftest.py`) is garbage by now.
        gc.unfreeze()
