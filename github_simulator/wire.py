"""Small parts of every answer: timestamps, node ids, refusals.

GitHub gives times in whole seconds of UTC; a bot that compares two of them must cope with that, so
the simulator rounds down as well.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

JsonObject = dict[str, Any]
"""A JSON object as it is sent; the simulator keeps nothing in this form."""


def now_utc() -> datetime:
    """The present moment (UTC)."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """`2025-05-12T09:00:00Z`, as GitHub writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def optional_timestamp(moment: datetime | None) -> str | None:
    """As `timestamp`, or null."""
    return None if moment is None else timestamp(moment)


def node_id(kind: str, number: int) -> str:
    """An opaque id, unique over kinds, in the shape of GitHub's older ones."""
    return base64.b64encode(f"{len(kind):03}:{kind}{number}".encode()).decode()


@dataclass(frozen=True, slots=True)
class FieldError:
    """One reason of a 422 (https://docs.github.com/rest: "Validation failed")."""

    resource: str
    code: str
    field: str
    message: str | None = None

    def as_json(self) -> JsonObject:
        """The reason as GitHub writes it."""
        error: JsonObject = {"resource": self.resource, "code": self.code, "field": self.field}
        if self.message is not None:
            error["message"] = self.message
        return error


@dataclass
class Refusal(Exception):
    """An error answer, raised where the reason is found; GitHub gives some reasons as a text."""

    status: int
    message: str
    errors: Sequence[FieldError] | str = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> JsonObject:
        """The answer's body."""
        body: JsonObject = {
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": str(self.status),
        }
        if isinstance(self.errors, str):
            body["errors"] = self.errors
        elif self.errors:
            body["errors"] = [error.as_json() for error in self.errors]
        return body


def not_found() -> Refusal:
    """404: absent, or not for this caller to see."""
    return Refusal(404, "Not Found")


def invalid(resource: str, field_name: str, code: str = "invalid", message: str = "") -> Refusal:
    """422 with one reason."""
    reason = FieldError(resource, code, field_name, message or None)
    return Refusal(422, "Validation Failed", (reason,))
