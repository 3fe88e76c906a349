from collections.abc import AsyncIterator

import pytest

from tests.github_simulator import builders


@pytest.fixture
async def scene() -> AsyncIterator[builders.Scene]:
    async with builders.scene() as found:
        yield found
