"""Turns what is remembered into JSON and back, by the fields of its dataclass.

What is remembered only saves work: all of it can be read from GitHub again. So reading is lenient.
A part that is missing or invalid is left out, a field that is left out has its default, what lacks
a field without a default is invalid itself, and fields of a later version are ignored.
"""

import json
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

T = TypeVar("T")


class JsonText(Generic[T]):
    """How one type is stored as JSON."""

    def __init__(
        self,
        kind: type[T],
        *,
        names: Mapping[str, str] | None = None,
        exclude: Mapping[str, Any] | None = None,
        whole: Mapping[str, Collection[str]] | None = None,
        version: int | None = None,
    ) -> None:
        """Nothing is built before it is used: pydantic takes its time.

        Args:
            kind: The dataclass.
            names: What fields are called in the text, where that is not what they are called now.
            exclude: What is not stored (pydantic, "Field exclusion").
            whole: The fields whose value is of no use unless these parts of it are there.
            version: Stored along; changes only when a field changes its meaning, and then what
                another version stored is invalid.
        """
        self._kind = kind
        self._names = names or {}
        self._exclude = dict(exclude or {})
        self._whole = {
            self._names.get(name, name): frozenset(parts) for name, parts in (whole or {}).items()
        }
        self._version = version

    @cached_property
    def _adapter(self) -> TypeAdapter[T | None]:
        config = ConfigDict(alias_generator=lambda name: self._names.get(name, name))
        # Dataclasses have no configuration of their own, and take that of what they are part of.
        return TypeAdapter(self._kind | None, config=config)  # type: ignore[arg-type]

    def dump(self, value: T, only: Collection[str] | None = None) -> str:
        """Encode a value, or only some fields of it."""
        found = self._adapter.dump_python(
            value,
            mode="json",
            by_alias=True,
            include=None if only is None else set(only),
            exclude=self._exclude,
            fallback=dict,
        )
        if self._version is not None:
            found = {"version": self._version, **found}
        # By Python, since text may contain halves of characters, which pydantic refuses.
        return json.dumps(found, separators=(",", ":"))

    def load(self, text: str, only: Collection[str] | None = None, **others: object) -> T | None:
        """Decode a text; None if it is invalid.

        Args:
            text: What `dump` made, now or in an earlier version.
            only: The fields that are wanted; the others have their defaults. That is several times
                as quick.
            others: Fields that are stored elsewhere.
        """
        try:
            found = json.loads(text)
            if not isinstance(found, dict) or found.get("version") != self._version:
                return None
            if only is not None:
                names = {self._names.get(name, name) for name in only}
                found = {name: found[name] for name in names & found.keys()}
                text = json.dumps(found)
            if self._add_and_check(found, others):
                text = json.dumps(found)
            while True:
                try:
                    return self._validated(text, found)
                except ValidationError as error:
                    if not self._drop_invalid(found, error):
                        return None
                    text = json.dumps(found)
        except (ValueError, RecursionError):
            return None

    def _add_and_check(self, found: dict[str, Any], others: Mapping[str, object]) -> bool:
        """Add the other fields, leave out what is not whole; returns whether anything changed."""
        broken = [
            name
            for name, parts in self._whole.items()
            if isinstance(found.get(name), dict) and not parts <= found[name].keys()
        ]
        for name in broken:
            del found[name]
        found |= others
        return bool(broken or others)

    def _validated(self, text: str, found: dict[str, object]) -> T | None:
        try:
            # As JSON, not as Python's objects: only so strict types can be built from plain ones.
            return self._adapter.validate_json(text, strict=True)
        except ValidationError as error:
            if error.errors()[0]["type"] != "json_invalid":
                raise
            # There is half a character in it.
            return self._adapter.validate_python(found)

    def _drop_invalid(self, found: dict[str, object], error: ValidationError) -> bool:
        """Leave out what is invalid; returns whether there was anything to leave out."""
        places = set()
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            place = problem["loc"]
            if problem["type"] == "missing":
                place = place[:-1]
            places.add(place[:1] if place and place[0] in self._whole else place)
        dropped = False
        # Parts before what they are part of, and the last items of a list before the first.
        for place in sorted(places, reverse=True):
            if not place:
                return False
            parent: Any = found
            try:
                for step in place[:-1]:
                    parent = parent[step]
                del parent[place[-1]]
            except (LookupError, TypeError):
                continue
            dropped = True
        return dropped
