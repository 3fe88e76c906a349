"""Fixtures of the tests of what is read from GitHub and written to it."""

from collections.abc import AsyncIterator

import pytest

from bot.github.client.http_client import GitHubClient
from tests.github.scripted_github import REPOSITORY, ScriptedGitHub, scripted_github
from tests.github.writing_desk import Desk, writing_desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with writing_desk() as ready:
        yield ready


@pytest.fixture
async def github() -> AsyncIterator[ScriptedGitHub]:
    async with scripted_github() as running:
        yield running


@pytest.fixture
async def client(github: ScriptedGitHub) -> GitHubClient:
    return await github.clients.for_repository(REPOSITORY, 12)
