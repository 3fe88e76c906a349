"""Fixtures for the tests of any GitHub App; enable them in a `conftest.py`.

    pytest_plugins = ["github_simulator.pytest"]

They need pytest and pytest-asyncio. Installing the package does not enable them.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from github_simulator.github import GitHubSimulator

PERMISSIONS = {
    "checks": "write",
    "contents": "read",
    "issues": "write",
    "members": "read",
    "pull_requests": "write",
}
"""The permissions of the app of `github_app`."""

EVENTS = (
    "check_run",
    "check_suite",
    "issue_comment",
    "issues",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "repository",
)
"""The events that the app of `github_app` receives."""


@dataclass(frozen=True, slots=True)
class RegisteredApp:
    """What an app knows about itself.

    Attributes:
        id: The app's id, which it signs with.
        slug: Its account is `slug[bot]`.
        private_key: Its key, PEM.
        secret: The webhook's secret.
    """

    id: int
    slug: str
    private_key: str
    secret: str


@pytest.fixture(scope="session")
def github_app_key() -> str:
    """A private key, PEM; made once, as making one takes a while."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest_asyncio.fixture
async def github() -> AsyncIterator[GitHubSimulator]:
    """A simulated GitHub for one test, being served and still empty."""
    simulator = GitHubSimulator()
    async with simulator.serve():
        yield simulator


@pytest.fixture
def github_app(github: GitHubSimulator, github_app_key: str) -> RegisteredApp:
    """An app registered on `github`, installed nowhere; its webhooks go to `webhook_url`."""
    app = RegisteredApp(1, "example", github_app_key, "the webhook's secret")
    github.register_app(
        app.id,
        app.slug,
        secret=app.secret,
        private_key_pem=app.private_key,
        permissions=PERMISSIONS,
        events=EVENTS,
    )
    return app
