"""Fixtures of the tests of what is written to GitHub."""

from collections.abc import AsyncIterator

import pytest

from tests.github.writing_desk import Desk, writing_desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with writing_desk() as ready:
        yield ready
