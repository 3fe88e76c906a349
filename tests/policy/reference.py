"""Writes `docs/policy.md` from the model: `python -m tests.policy.reference`."""

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.policy.bodies import Appointment, Body, Source, WorkGroup
from bot.policy.load import DEFAULT_FILES
from bot.policy.model import Policy

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policy.md"

_OPENING = """\
# The policy

Generated from the code by `.uv/bin/uv run python -m tests.policy.reference`; change it there.

A repository sets what differs from the defaults in `.github/pep-bot.toml`, on its default branch.
Tables are merged key by key; lists and values replace those of the defaults. If a key is unknown or
a value is wrong, the bot uses the defaults instead: a pull request that edits the file gets an
error at that line before the merge, and `doctor` reports it afterwards. Until the merge, the policy
of the default branch applies. [The rules](rules.md) lists the ids of rules."""


def reference() -> str:
    """The whole page."""
    top = [name for name, field in Policy.model_fields.items() if _table_of(field) is None]
    parts = [_OPENING, "## At the top of the file", _rows(Policy, top)]
    for name, field in Policy.model_fields.items():
        model = _table_of(field)
        if model is not None:
            parts += [f"## `[{name}]`", _filled(model.__doc__ or ""), _rows(model)]
    parts += [
        "## An appointment",
        _filled(
            "`[[people.typing_council]]`, `[[people.packaging_delegates]]`, "
            "`[[people.packaging_council]]` and `[[people.steering_council]]` appear once for each "
            "person and term, with these keys. Your own list replaces that of the defaults."
        ),
        _rows(Appointment),
        "## A body",
        _filled(
            "`[bodies.short-name]` appears once for each body, with these keys. Keys are merged "
            "with those of the defaults, so `[bodies.packaging-council]` with `decides_since` "
            "alone is enough for the day on which the Packaging Council takes over."
        ),
        _rows(Body),
        "## A source",
        _filled(
            "`[sources.short-name]` appears once for each file, with these keys. Keys are merged "
            "with those of the defaults, so `[sources.core-team]` with a later `as_of` alone is "
            "enough to say that you have compared your policy with the file."
        ),
        _rows(Source),
        "## A work group",
        _filled(
            "`[work_groups.short-name]` appears once for each group, with these keys; [which PEPs "
            "they would match](work-groups.md) is measured."
        ),
        _rows(WorkGroup),
        "## The defaults",
        "They are those of python/peps.",
        *(f"```toml\n{_text(name)}\n```" for name in DEFAULT_FILES),
    ]
    return "\n\n".join(parts) + "\n"


def _text(name: str) -> str:
    return files("bot.policy").joinpath(name).read_text(encoding="utf-8").strip()


def _table_of(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def meanings(model: type[BaseModel]) -> Mapping[str, str]:
    """What the docstring below each field says. The bot does not read them: that takes time."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(tree, ast.ClassDef)
    return {
        above.target.id: _line(below.value.value)
        for above, below in pairwise(tree.body)
        if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(below.value.value, str)
    }


def _rows(model: type[BaseModel], names: Iterable[str] | None = None) -> str:
    fields, meaning = model.model_fields, meanings(model)
    rows = ["| key | value | meaning |", "|---|---|---|"]
    rows += [
        f"| `{_key(name, fields[name])}` | {_kind(fields[name].annotation)} | {meaning[name]} |"
        for name in names or fields
    ]
    return "\n".join(rows)


def _key(name: str, field: FieldInfo) -> str:
    """The key as it is in the file, a table in brackets."""
    is_table = get_origin(field.annotation) is dict
    return f"[{name}]" if is_table and name in Policy.model_fields else name


_KINDS = {
    "str": "text",
    "bool": "`true` or `false`",
    "int": "whole number",
    "PepNumber": "number",
    "Login": "account",
    "date": "day",
    "Appointment": "appointment",
    "Body": "body",
    "Source": "source",
    "BodyRole": "part",
    "WorkGroup": "work group",
    "GroupStatus": "status",
    "RuleSetting": "setting",
    "NotificationMode": "`off`, `digest` or `comment`",
}


def _kind(kind: object) -> str:
    """A field's type in words."""
    origin, parts = get_origin(kind), [part for part in get_args(kind) if part is not Ellipsis]
    if origin is types.UnionType:
        return " or ".join(_kind(part) for part in parts if part is not type(None))
    if origin is dict:
        return f"table: {_kind(parts[0])} = {_kind(parts[1])}"
    if origin is frozenset or (origin is tuple and len(parts) == 1):
        return f"list of {_plural(_kind(parts[0]))}"
    if origin is tuple:
        return "range"
    if origin is not None:
        return _kind(parts[0])  # an annotated type
    return _KINDS[getattr(kind, "__name__", "")]


def _plural(word: str) -> str:
    return re.sub(r"^\w+", lambda found: f"{found[0]}s", word)


def _line(description: str) -> str:
    return " ".join(description.split())


def _filled(paragraph: str) -> str:
    return "\n\n".join(_wrapped(paragraph))


def _wrapped(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        yield textwrap.fill(_line(paragraph), 100, break_long_words=False, break_on_hyphens=False)


@click.command()
def main() -> None:
    """Write the page again."""
    PAGE.write_text(reference(), encoding="utf-8")
    click.echo(f"{PAGE} is written.")


if __name__ == "__main__":
    main()
