"""One answer of GitHub, and what a refusal among them means.

The only place that turns a status into a `bot.github.failure`, so that readers and the writer see
five kinds of failure and never a status code. What GitHub explains is kept (it names the missing
permission or the wrong field); headers and request bodies, which may carry secrets, are not.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.github.failure import (
    GitHubFailure,
    Gone,
    NotAllowed,
    Refused,
    Suspended,
    TryLater,
)

_EXPLANATION_LENGTH = 300

LONGEST_PAGE = 50_000_000
"""Bytes of a good answer that are read: a hundred comments of 65,536 characters, each of them
escaped to six bytes, must not keep a pull request from being reviewed."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the API, as it is sent again and again until it is answered.

    Attributes:
        method: Upper case.
        url: Absolute, with its template filled in.
        accept: The media type asked for.
        body: What is sent, JSON; None for nothing.
        cap: The most bytes a good answer may have.
        repeatable: True if sending it twice does no more than sending it once, so that it may be
            repeated when the answer was lost (RFC 9110 § 9.2.2: not POST and not PATCH).
    """

    method: str
    url: str
    accept: str
    body: bytes | None = field(default=None, repr=False)
    cap: int = LONGEST_PAGE
    repeatable: bool = True

    def __str__(self) -> str:
        """The method and the path, without the query, which is nobody's business in a log."""
        return f"{self.method} {urlsplit(self.url).path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer; the names of its headers are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def failure_of(answer: Answer, request: Request) -> GitHubFailure | None:
    """What an answer that is neither a success nor a rate limit means; None for a success.

    Source: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
    """
    status = answer.status
    if 200 <= status < 300:
        return None
    told = f"{request}: {status}{explanation(answer)}"
    if status in {404, 410}:
        return Gone(told)
    if status == 403 and "installation has been suspended" in told.lower():
        return Suspended(told)
    if status in {401, 403, 451}:
        needed = answer.headers.get("x-accepted-github-permissions")
        return NotAllowed(f"{told} (needs {needed[:100]})" if needed else told)
    if status >= 500 or status == 408:
        return TryLater(told)
    return Refused(told)


def explanation(answer: Answer) -> str:
    """GitHub's own words for a refusal, short and on one line; empty if it gave none."""
    try:
        document = json.loads(answer.body)
    except ValueError:
        return ""
    if not isinstance(document, dict):
        return ""
    words = [str(document.get("message", ""))]
    errors = document.get("errors")
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict):
            words += [str(error[key]) for key in ("field", "code", "message") if key in error]
        else:
            words.append(str(error))
    line = " ".join(" ".join(words).split())
    printable = "".join(character for character in line if character.isprintable())
    return f" {printable[:_EXPLANATION_LENGTH]}" if printable else ""
