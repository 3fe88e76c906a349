"""The types of values in a policy, with their checks, and the search for a value's line."""

import re
from enum import StrEnum
from string import Formatter
from typing import Annotated, TypeAlias, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.peps.forum import FORUM
from bot.peps.number import PepNumber
from bot.peps.people import LOGIN, Login

Location: TypeAlias = tuple[int | str, ...]
"""The path to a value: keys of tables, and 0-based indices of arrays."""

_KEY_PART = r"(?:[A-Za-z0-9_-]{1,200}|\"[^\"\\\n]{0,200}\"|'[^'\n]{0,200}')"
_KEY = rf"{_KEY_PART}(?:[ \t]{{0,9}}\.[ \t]{{0,9}}{_KEY_PART}){{0,9}}"
_TABLE = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_KEY})[ \t]*\]")
_ASSIGNMENT = re.compile(rf"[ \t]*({_KEY})[ \t]*=")
_PART = re.compile(_KEY_PART)


def line_of(text: str, location: Location) -> int | None:
    """Find the line of a key, or of the nearest key around it.

    Args:
        text: The TOML file, which need not be valid.
        location: The path to the key.

    Returns:
        The 1-based line; None if no part of the path can be found.
    """
    places: dict[Location, int] = {}
    table: Location = ()
    counts: dict[Location, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if heading := _TABLE.match(line):
            table = _with_indices(_parts(heading[2]), counts)
            if heading[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            _remember_line(places, table, number)
        elif assignment := _ASSIGNMENT.match(line):
            _remember_line(places, table + _parts(assignment[1]), number)
    for length in range(len(location), 0, -1):
        if (line_found := places.get(location[:length])) is not None:
            return line_found
    return None


def _remember_line(places: dict[Location, int], location: Location, line: int) -> None:
    """Remember the line of a key and, unless already known, of the tables around it."""
    for length in range(len(location), 0, -1):
        places.setdefault(location[:length], line)


def _with_indices(table: Location, counts: dict[Location, int]) -> Location:
    """Insert the index of the last element of each array of tables into the path of a table."""
    path: Location = ()
    for part in table[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    return path + table[-1:]


def _parts(key: str) -> Location:
    return tuple(part.strip("\"'") for part in _PART.findall(key))


_FIELDS = frozenset({"number", "pr"})
_LONGEST = 500
# The characters of a URL, except those that would end a link in Markdown or HTML.
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?#@!$&*+,;=%{}-]*")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")


def check_url_template(template: str) -> str:
    """Validate a URL template.

    Args:
        template: An https URL that may contain `{number}` and `{pr}`, or an empty text.

    Returns:
        The template unchanged.

    Raises:
        ValueError: It is not https, or has another field or characters that a plain link cannot
            have. The message quotes nothing of it.
    """
    if not template:
        return template
    if not template.startswith("https://"):
        raise ValueError("a link has to start with `https://`")
    if len(template) > _LONGEST or not _PLAIN.fullmatch(template):
        raise ValueError("this is not a plain URL")
    try:
        fields = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
    except ValueError:
        raise ValueError("a brace is missing its partner") from None
    if any(field not in _FIELDS or spec or conversion for field, spec, conversion in fields):
        raise ValueError("only `{number}` and `{pr}` are allowed in braces")
    filled = template.format(number="0001", pr=1)
    try:
        host = urlsplit(filled).netloc
    except ValueError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError("the link has no valid host")
    return template


def _matching(pattern: str, description: str) -> AfterValidator:
    """A validator for strings that match a pattern; its error describes the pattern in words."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"this is not {description}")
        return value

    return AfterValidator(check)


_FILE_NAME = r"\.?[A-Za-z0-9_-][A-Za-z0-9_.-]{0,98}"

LabelName = Annotated[str, _matching(r"[^\x00-\x1f\x7f]{0,50}", "a label of at most 50 characters")]
"""A label's name, as GitHub allows it."""

CheckName = Annotated[str, _matching(r"[^\x00-\x1f\x7f]{1,100}", "the name of a check")]
"""The name of a check run, as its page shows it."""

Account = Annotated[Login, _matching(LOGIN, "an account on GitHub (without `@`)")]
"""An account on GitHub, without `@`."""

AccountId = Annotated[int, Field(strict=True, ge=1, lt=2**63)]
"""GitHub's id of an account, as `https://api.github.com/users/LOGIN` gives it."""

Team = Annotated[
    str, _matching(rf"{LOGIN}/[A-Za-z0-9_.-]{{1,100}}", "a team (`organisation/team`, without `@`)")
]
"""A team on GitHub as `organisation/team`, without `@`."""

PersonName = Annotated[
    str, _matching(r"[^<>@\x00-\x1f\x7f]{1,120}", "a person's name (without an address)")
]
"""A person's name as it is shown to people."""

Number = Annotated[PepNumber, Field(ge=0, le=9999)]
"""A PEP number; file names have four digits (PEP 12)."""

_SPAN = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")


def _parse_range(value: object) -> object:
    """Parse a range of numbers, written `"100-999"`, into its first and last number."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, tuple):
        return value
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError('this is not a range of numbers such as "100-999"')
    return int(found[1]), int(found[2])


_NUMBERS = 10_000
"""How many PEP numbers are possible."""


def _expand_ranges(value: object) -> object:
    """Expand a list of numbers and ranges into its numbers."""
    if not isinstance(value, list):
        return value
    numbers: list[object] = []
    for item in value:
        if isinstance(item, str):
            first, last = cast("tuple[int, int]", _parse_range(item))
            # Check before expanding: the whole range, repeated, would be millions of numbers.
            if len(numbers) + last + 1 - first > _NUMBERS:
                raise ValueError("the ranges overlap, or have more numbers than there are")
            numbers += range(first, last + 1)
        else:
            numbers.append(item)
    return numbers


NumberRange = Annotated[tuple[Number, Number], BeforeValidator(_parse_range)]
"""The first and the last number of a range."""

NumberSet = Annotated[frozenset[Number], BeforeValidator(_expand_ranges)]
"""PEP numbers, given one by one or as ranges."""

Repository = Annotated[str, _matching(rf"{LOGIN}/{_FILE_NAME}", "a repository (`owner/name`)")]
"""A repository on GitHub as `owner/name`."""

FilePath = Annotated[
    str, _matching(rf"(?:{_FILE_NAME}/){{0,9}}{_FILE_NAME}", "a file's path in a repository")
]
"""A file's path inside a repository; it cannot lead outside."""

UrlTemplate = Annotated[str, AfterValidator(check_url_template)]
"""An https URL that may contain `{number}` and `{pr}`; empty means off."""

HttpsUrl = Annotated[
    str,
    _matching(
        r"https://[a-z0-9.-]{1,100}(?:/[A-Za-z0-9._~:/?#&=%+,-]{0,300})?",
        "a plain https URL",
    ),
]
"""An https URL that is safe to show as a link."""


def _readable_forum(value: str) -> str:
    if value not in ("", FORUM):
        raise ValueError(f"only `{FORUM}` can be read; leave it empty to read none")
    return value


ForumHost = Annotated[str, AfterValidator(_readable_forum)]
"""The only forum that may be read, or empty. Whoever installs the app writes a policy, so a free
choice of host would let strangers send requests into the network of the bot's operator."""


class NotificationMode(StrEnum):
    """Where the bot reports a follow-up that is still to do."""

    OFF = "off"
    DIGEST = "digest"
    COMMENT = "comment"


class PolicyTable(BaseModel):
    """Base class of the policy's tables: unknown keys are refused, and values are read-only."""

    model_config = ConfigDict(extra="forbid", frozen=True)
