"""Apps, their installations and tokens (https://docs.github.com/apps)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from bot.simulator.accounts import Account
from bot.simulator.wire import Refusal

if TYPE_CHECKING:
    from bot.simulator.repository import Repository

TOKEN_LIFE = timedelta(hours=1)
_LONGEST_JWT = 600
_LEVELS = {"read": 1, "write": 2, "admin": 3}


@dataclass(slots=True, eq=False)
class App:
    """A registered app; `permissions` and `events` are what installations get by default."""

    id: int
    slug: str
    owner: Account
    account: Account
    public_key: RSAPublicKey
    permissions: dict[str, str]
    events: list[str]
    created_at: datetime

    def __deepcopy__(self, memo: dict[int, object]) -> "App":
        # a replica of the data has no use for a second registration, and keys do not copy
        return self

    @property
    def client_id(self) -> str:
        """The other id by which a JWT may name the app."""
        return f"Iv23{self.id:016d}"

    def verify(self, token: str, now: datetime) -> None:
        """Check a JWT of the app by GitHub's rules.

        Source: https://docs.github.com/apps, "Generating a JSON Web Token (JWT) for a GitHub App".

        Raises:
            Refusal: 401, with GitHub's reason.
        """
        try:
            claims = jwt.decode(
                token,
                self.public_key,
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_iat": False, "require": ["exp", "iat"]},
            )
        except jwt.InvalidTokenError as error:
            raise Refusal(401, "A JSON web token could not be decoded") from error
        seconds = now.timestamp()
        issued, expires = claims["iat"], claims["exp"]
        if not isinstance(issued, int) or issued > seconds:
            raise Refusal(
                401, "'Issued at' claim ('iat') must be an Integer representing a past time"
            )
        if not isinstance(expires, int) or expires <= seconds:
            raise Refusal(
                401, "'Expiration time' claim ('exp') must be a numeric value in the future"
            )
        if expires > seconds + _LONGEST_JWT:
            raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")


@dataclass(slots=True, eq=False)
class Installation:
    """An app installed on an account, for some of its repositories."""

    id: int
    app: App
    account: Account
    repositories: "list[Repository]"
    permissions: dict[str, str]
    events: list[str]
    created_at: datetime
    updated_at: datetime
    suspended_at: datetime | None = None

    def require_active(self) -> None:
        """Let no request through while the installation is suspended.

        Raises:
            Refusal: 403.
        """
        if self.suspended_at is not None:
            raise Refusal(403, "This installation has been suspended")


@dataclass(frozen=True, slots=True)
class InstallationToken:
    """A token, perhaps narrowed to some repositories (by id) and permissions."""

    installation: int
    expires_at: datetime
    repositories: frozenset[int] | None
    permissions: Mapping[str, str]


@dataclass(slots=True)
class TokenOffice:
    """Issues and recognizes installation tokens."""

    _tokens: dict[str, InstallationToken] = field(default_factory=dict)

    def issue(self, token: InstallationToken) -> str:
        """The text of a new token."""
        text = "ghs_" + secrets.token_hex(18)
        self._tokens[text] = token
        return text

    def find(self, text: str, now: datetime) -> InstallationToken | None:
        """The token of that text, unless it has expired."""
        token = self._tokens.get(text)
        return token if token and token.expires_at > now else None

    def revoke(self, installation: int | None = None) -> None:
        """Let the tokens of an installation, or all, be unknown from now on."""
        self._tokens = {
            text: token
            for text, token in self._tokens.items()
            if installation is not None and token.installation != installation
        }


def narrowed(granted: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """The permissions in both, each at the lower level."""
    return {
        name: min(level, granted[name], key=lambda each: _LEVELS[each])
        for name, level in wanted.items()
        if name in granted and level in _LEVELS
    }


def suffices(granted: Mapping[str, str], name: str, level: str) -> bool:
    """Whether permissions include one at that level."""
    return _LEVELS.get(granted.get(name, ""), 0) >= _LEVELS[level]
