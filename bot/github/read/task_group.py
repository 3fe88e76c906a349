"""Several reads at once, failing as one would: with the first failure itself, not a group of them.

Those who ask GitHub tell `Gone` from `TryLater` by type; an exception group would hide it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose first failure is raised bare, the other tasks being cancelled.

    Raises:
        Exception: Whatever the first task to fail raised.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
