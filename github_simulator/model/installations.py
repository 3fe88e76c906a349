"""Installations of apps, and their tokens (https://docs.github.com/apps)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from github_simulator.model.accounts import Account
from github_simulator.model.apps import App
from github_simulator.model.repository import Repository
from github_simulator.wire import Refusal

TOKEN_LIFE = timedelta(hours=1)
_LEVELS = {"read": 1, "write": 2, "admin": 3}


@dataclass(slots=True, eq=False)
class Installation:
    """An app installed on an account, for some of its repositories."""

    id: int
    app: App
    account: Account
    repositories: list[Repository]
    permissions: dict[str, str]
    events: list[str]
    created_at: datetime
    updated_at: datetime
    suspended_at: datetime | None = None

    def require_active(self) -> None:
        """Refuse requests while the installation is suspended.

        Raises:
            Refusal: 403.
        """
        if self.suspended_at is not None:
            raise Refusal(403, "This installation has been suspended")


@dataclass(frozen=True, slots=True)
class InstallationToken:
    """A token, perhaps limited to some repositories (by id) and permissions."""

    installation: int
    expires_at: datetime
    repositories: frozenset[int] | None
    permissions: Mapping[str, str]


@dataclass(slots=True)
class InstallationTokens:
    """Issues and recognizes installation tokens."""

    _tokens: dict[str, InstallationToken] = field(default_factory=dict)

    def issue(self, token: InstallationToken) -> str:
        """Issue a new token; returns its text."""
        text = "ghs_" + secrets.token_hex(18)
        self._tokens[text] = token
        return text

    def find(self, text: str, now: datetime) -> InstallationToken | None:
        """The token of that text, unless it has expired."""
        token = self._tokens.get(text)
        return token if token and token.expires_at > now else None

    def revoke(self, installation: int | None = None) -> None:
        """Revoke the tokens of an installation, or all tokens."""
        self._tokens = {
            text: token
            for text, token in self._tokens.items()
            if installation is not None and token.installation != installation
        }


def narrowed(granted: Mapping[str, str], requested: Mapping[str, str]) -> dict[str, str]:
    """The permissions in both, each at the lower level."""
    return {
        name: min(level, granted[name], key=lambda each: _LEVELS[each])
        for name, level in requested.items()
        if name in granted and level in _LEVELS
    }


def suffices(granted: Mapping[str, str], name: str, level: str) -> bool:
    """Whether permissions include one at that level."""
    return _LEVELS.get(granted.get(name, ""), 0) >= _LEVELS[level]
