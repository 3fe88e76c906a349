from collections.abc import AsyncIterator

import pytest

from tests.github_simulator import builders


@pytest.fixture
async def sandbox() -> AsyncIterator[builders.Sandbox]:
    async with builders.sandbox() as found:
        yield found
