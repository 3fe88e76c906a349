"""The line a key of a TOML file stands on, which `tomllib` does not tell.

This finds keys written the usual way (tables in brackets, bare or quoted keys, dotted keys). What
is written otherwise, such as inline tables, gets the line of the nearest key around it or none.
"""

import re
from typing import TypeAlias

Location: TypeAlias = tuple[int | str, ...]
"""Where a value is: keys of tables, and 0-based places in arrays."""

_KEY_PART = r"(?:[A-Za-z0-9_-]{1,200}|\"[^\"\\\n]{0,200}\"|'[^'\n]{0,200}')"
_KEY = rf"{_KEY_PART}(?:[ \t]{{0,9}}\.[ \t]{{0,9}}{_KEY_PART}){{0,9}}"
_TABLE = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_KEY})[ \t]*\]")
_ASSIGNMENT = re.compile(rf"[ \t]*({_KEY})[ \t]*=")
_PART = re.compile(_KEY_PART)


def line_of(text: str, location: Location) -> int | None:
    """Find the line of a key, or of the nearest key around it.

    Args:
        text: The TOML file, which need not be valid.
        location: The key, its tables before it.

    Returns:
        The 1-based line; None if nothing of it can be found.
    """
    places: dict[Location, int] = {}
    table: Location = ()
    counts: dict[Location, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if heading := _TABLE.match(line):
            table = _inside(_parts(heading[2]), counts)
            if heading[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            _note(places, table, number)
        elif assignment := _ASSIGNMENT.match(line):
            _note(places, table + _parts(assignment[1]), number)
    for length in range(len(location), 0, -1):
        if (line_found := places.get(location[:length])) is not None:
            return line_found
    return None


def _note(places: dict[Location, int], location: Location, line: int) -> None:
    """Remember a key and, unless they stand elsewhere already, the tables around it."""
    for length in range(len(location), 0, -1):
        places.setdefault(location[:length], line)


def _inside(table: Location, counts: dict[Location, int]) -> Location:
    """Place a table below the last element of each array of tables on its way."""
    path: Location = ()
    for part in table[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    return path + table[-1:]


def _parts(key: str) -> Location:
    return tuple(part.strip("\"'") for part in _PART.findall(key))
