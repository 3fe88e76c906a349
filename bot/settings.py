"""Settings, read from environment variables: everything an operator can set."""

import os
import re
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

_SECRET = ("GH_PRIVATE_KEY", "GH_SECRET", "DATABASE_URL")

_NEAR = 0.85
"""How much a variable's name resembles a setting's if it is likely misspelt: 1 is the same."""

_ADDRESS = re.compile(r"https?://[A-Za-z0-9._\[\]:-]{1,253}(?:/[A-Za-z0-9._~/-]{0,200})?")


class SettingsInvalid(Exception):
    """A setting cannot be used; the message names each variable and what to do."""


def valid_address(value: str) -> str:
    """The address of a server, without a slash at its end.

    Raises:
        ValueError: It is none; the message goes on after the setting's name.
    """
    if not _ADDRESS.fullmatch(value):
        raise ValueError("is not a URL such as https://your.host")
    return value.rstrip("/")


# Not pydantic's type of a URL, which loads more code and knows nothing that is needed here.
_Address = Annotated[str, AfterValidator(valid_address)]


class LogFormat(StrEnum):
    """How log lines look."""

    CONSOLE = "console"
    JSON = "json"


class Settings(BaseModel):
    """The settings, each named like its environment variable, in lower case.

    Secrets are `SecretStr`s, so that no representation of the settings shows them. The descriptions
    are those of docs/operator.md and of deploy/pep-bot.env.example, which are made of them.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    gh_app_id: Annotated[str, Field(description="the app's id or client id")] = ""
    gh_private_key: Annotated[
        SecretStr | None,
        Field(description="the app's key as PEM text, with real or `\\n` line ends"),
    ] = None
    gh_private_key_file: Annotated[
        Path | None, Field(description="a file that has the key; set this or `GH_PRIVATE_KEY`")
    ] = None
    gh_secret: Annotated[
        tuple[SecretStr, ...],
        Field(
            description="the webhook's secret; several, separated by commas, while you rotate it"
        ),
    ] = ()
    gh_api_url: Annotated[
        _Address, Field(description="GitHub's API; for GitHub Enterprise `https://host/api/v3`")
    ] = "https://api.github.com"
    discourse_url: Annotated[
        _Address,
        Field(
            description="where to read posts of `https://discuss.python.org` if a policy [switches "
            "that on](#posts-on-the-forum); set it to use a proxy"
        ),
    ] = "https://discuss.python.org"
    database_url: Annotated[
        str,
        Field(
            description="a file, `sqlite:///relative/path` or `sqlite:////absolute/path`, or "
            "`postgresql://user:password@host:5432/database`"
        ),
    ] = "sqlite:///pep-bot.sqlite3"
    # A server in a container is reached from outside.
    host: Annotated[str, Field(description="the address to listen on")] = "0.0.0.0"  # noqa: S104
    port: Annotated[int, Field(ge=0, le=65535, description="the port to listen on")] = 8080
    worker_port: Annotated[
        int | None,
        Field(
            ge=0,
            le=65535,
            description="where `work` serves health and metrics; by default nowhere",
        ),
    ] = None
    public_url: Annotated[
        str,
        Field(
            description="the server's own address, such as `https://your.host`; the details of "
            "each check run then link to [the page](#pages) of its pull request"
        ),
    ] = ""
    log_format: Annotated[LogFormat, Field(description="`console` or `json`")] = LogFormat.CONSOLE
    dry_run: Annotated[
        bool,
        Field(
            description="`1`: compute and record everything, write nothing to GitHub. Once you "
            "switch it off, the bot writes what it recorded when something next happens on the "
            "pull request"
        ),
    ] = False

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return valid_address(value) if value else ""

    @field_validator("gh_secret", mode="before")
    @classmethod
    def _split_secrets(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",")) if value.strip() else ()
        return value

    @field_validator("gh_secret")
    @classmethod
    def _no_empty_secret(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(part.get_secret_value() for part in value):
            raise ValueError("has an empty part; separate secrets by single commas")
        return value

    @model_validator(mode="after")
    def _one_key(self) -> "Settings":
        if self.gh_private_key is not None and self.gh_private_key_file is not None:
            raise ValueError("set GH_PRIVATE_KEY or GH_PRIVATE_KEY_FILE, not both")
        return self

    def private_key(self) -> str:
        """The app's private key as PEM text, with real line breaks.

        Raises:
            SettingsInvalid: There is none, or its file cannot be read.
        """
        if self.gh_private_key_file is not None:
            try:
                return self.gh_private_key_file.read_text(encoding="ascii")
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsInvalid(
                    f"GH_PRIVATE_KEY_FILE: {self.gh_private_key_file} cannot be read: "
                    f"{getattr(error, 'strerror', None) or 'it is not a PEM file'}"
                ) from None
        if self.gh_private_key is None or not self.gh_private_key.get_secret_value():
            raise SettingsInvalid(
                "GH_PRIVATE_KEY: not set; set it to the app's private key (PEM text), or "
                "GH_PRIVATE_KEY_FILE to a file that has it"
            )
        return self.gh_private_key.get_secret_value().replace("\\n", "\n")


def read_settings() -> Settings:
    """Read the environment. A variable that is set to nothing counts as not set.

    Raises:
        SettingsInvalid: A variable has a value that cannot be used.
    """
    variables = {name.lower(): value for name, value in os.environ.items() if value}
    try:
        return Settings.model_validate(variables)
    except ValidationError as error:
        problems = [
            ": ".join(part for part in (_variable(e["loc"]), _message(e["loc"], e["msg"])) if part)
            for e in error.errors(include_input=False)
        ]
        raise SettingsInvalid("\n".join(problems)) from None


def remove_secrets_from_environment() -> None:
    """Remove secrets from the environment, once they have been read.

    Child processes inherit the environment, and the one in which docutils reads strangers' texts
    needs no secret.
    """
    for variable in _SECRET:
        os.environ.pop(variable, None)


def _variable(location: tuple[int | str, ...]) -> str:
    return str(location[0]).upper() if location else ""


_WORDS = {
    "gh_api_url": "must be a URL such as https://api.github.com",
    "discourse_url": "must be a URL such as https://discuss.python.org",
    "port": "must be a number from 0 to 65535",
    "worker_port": "must be a number from 0 to 65535",
    "log_format": "must be console or json",
    "dry_run": "must be 1 or 0",
}
"""What a variable must be, if its value is of no use."""


def _message(location: tuple[int | str, ...], message: str) -> str:
    known = _WORDS.get(str(location[0])) if location else None
    return known or message.removeprefix("Value error, ")


def misspelt_variables() -> list[str]:
    """Variables of the environment that look like settings but are none, and what they may mean."""
    known = [name.upper() for name in Settings.model_fields]
    return [
        f"{name}: is not a setting; did you mean {near[0]}?"
        for name in sorted(os.environ)
        if name.upper() not in known and (near := get_close_matches(name.upper(), known, 1, _NEAR))
    ]


def require_app(
    settings: Settings, *, receives_webhooks: bool = True, calls_github: bool = True
) -> None:
    """Check that everything a process needs is set.

    Args:
        settings: The operator's settings.
        receives_webhooks: Whether the process receives webhooks.
        calls_github: Whether the process sends requests to GitHub.

    Raises:
        SettingsInvalid: Names each variable that is missing.
    """
    missing = []
    if calls_github and not settings.gh_app_id:
        missing.append("GH_APP_ID: not set; the app's settings page on GitHub has its App ID")
    if receives_webhooks and not settings.gh_secret:
        missing.append(
            "GH_SECRET: not set; set it to the webhook secret of the app's settings page"
        )
    if calls_github:
        try:
            settings.private_key()
        except SettingsInvalid as error:
            missing.append(str(error))
    if missing:
        raise SettingsInvalid("\n".join(missing))
