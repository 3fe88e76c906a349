"""Apps as they are registered (https://docs.github.com/apps)."""

from dataclasses import dataclass
from datetime import datetime

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from github_simulator.model.accounts import Account
from github_simulator.wire import Refusal

_LONGEST_JWT = 600


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


@dataclass(frozen=True, slots=True)
class NewApp:
    """An app that was registered from a manifest, with what is told once."""

    app: App
    private_key_pem: str
    webhook_secret: str
    client_secret: str
    registered_at: datetime
