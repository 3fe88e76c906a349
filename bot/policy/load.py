"""Loads a policy: the defaults with a repository's own file on top, or the problems in that file.

A pull request that edits the file is checked like any other, so a problem has the key and, if it
can be found, the line. Of the file's text, problems quote only plain key names.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TypeAlias, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import is_pep_path
from bot.policy.fields import Location, line_of
from bot.policy.model import Policy

RELEASE_DATA_PATH = "release_management/python-releases.toml"
"""The file that release schedules are generated from; only its existence matters."""


def is_relevant_path(path: str) -> bool:
    """Whether a file is a PEP, CODEOWNERS, the policy, or the data of release schedules."""
    return path in (POLICY_PATH, RELEASE_DATA_PATH) or path in CODEOWNERS_PATHS or is_pep_path(path)


POLICY_PATH = ".github/pep-bot.toml"
"""The path of a repository's policy, on its default branch."""

DEFAULT_FILES = ("default.toml", "bodies.toml", "work_groups.toml")
"""The files with the defaults, next to this one; no two have a table in common."""

LONGEST_POLICY = 65_536
"""How many characters a policy file may have; a longer one is refused."""

LONGEST_LINE = 1_000
"""How many characters a line may have; `tomllib` takes quadratic time for a long dotted key."""

MOST_ENTRIES = 1_000
"""How many entries a list or a table may have; each is read again for every pull request."""

MOST_PROBLEMS = 20
"""How many problems are reported."""

_LONGEST_PATH = 200
_SYNTAX_PLACE = re.compile(r"at line ([0-9]+), column [0-9]+")
_TYPE_MESSAGES = {
    "model_type": "this has to be a table",
    "dict_type": "this has to be a table",
    "tuple_type": "this has to be a list",
    "frozen_set_type": "this has to be a list",
    "int_parsing": "this has to be a whole number",
    "int_type": "this has to be a whole number",
    "bool_parsing": "this has to be `true` or `false`",
    "bool_type": "this has to be `true` or `false`",
    "string_type": "this has to be a text in quotes",
    "missing": "this key is missing",
}
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}")

Table: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """One thing that is wrong with a policy file.

    Attributes:
        key: The dotted key, such as `labels.new_pep`; empty for the file as a whole.
        message: What is wrong, a plain sentence.
        line: The 1-based line; None if it cannot be found.
    """

    key: str
    message: str
    line: int | None


class PolicyInvalid(ValueError):
    """The policy cannot be used; `problems` says why."""

    def __init__(self, problems: tuple[PolicyProblem, ...]) -> None:
        super().__init__("; ".join(_render_problem(problem) for problem in problems))
        self.problems = problems


@cache
def default_policy() -> Policy:
    """The policy of a repository without its own file: that of python/peps."""
    return Policy.model_validate(_defaults())


def parse_policy(toml_text: str, *, rules: Collection[str] | None = None) -> Policy:
    """Merge a repository's policy into the defaults.

    Tables are merged key by key; lists and values replace those of the defaults.

    Args:
        toml_text: The whole file, which may be any text.
        rules: The ids of all rules, to check `[rules]`; None to skip that check.

    Returns:
        The policy.

    Raises:
        PolicyInvalid: The text is not TOML, or has unknown keys or invalid values.
    """
    if len(toml_text) > LONGEST_POLICY:
        raise PolicyInvalid((PolicyProblem("", "The file is longer than 64 kB.", None),))
    for number, line in enumerate(toml_text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            problem = PolicyProblem("", "The line is longer than 1,000 characters.", number)
            raise PolicyInvalid((problem,))
    try:
        own = tomllib.loads(toml_text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except RecursionError:
        problem = PolicyProblem("", "The file is nested too deeply.", None)
        raise PolicyInvalid((problem,)) from None
    except ValueError as error:
        raise PolicyInvalid((_syntax_problem(str(error), toml_text),)) from None
    if (too_long := _find_too_long(own)) is not None:
        message = f"This has more than {MOST_ENTRIES:,} entries."
        key = ".".join(_safe_key(part) for part in too_long)[:_LONGEST_PATH]
        raise PolicyInvalid((PolicyProblem(key, message, line_of(toml_text, too_long)),))
    try:
        policy = Policy.model_validate(_merged(_defaults(), own))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        problems = [_problem(detail, toml_text) for detail in details[:MOST_PROBLEMS]]
    else:
        unknown = sorted(policy.rules.keys() - set(rules)) if rules is not None else []
        problems = [_unknown_rule(name, rules or (), toml_text) for name in unknown[:MOST_PROBLEMS]]
        if not problems:
            return policy
    raise PolicyInvalid(tuple(problems))


def _find_too_long(table: Table) -> Location | None:
    """Find a list or table with too many entries; a file may nest hundreds of them."""
    pending: list[tuple[Location, object]] = [((), table)]
    while pending:
        place, value = pending.pop()
        if not isinstance(value, list | Mapping):
            continue
        if len(value) > MOST_ENTRIES:
            return place
        inside = value.items() if isinstance(value, Mapping) else enumerate(value)
        pending += (((*place, key), inner) for key, inner in inside)
    return None


def _unknown_rule(name: str, rules: Collection[str], text: str) -> PolicyProblem:
    close = get_close_matches(name[:60], sorted(rules), n=1, cutoff=0.5)
    message = "There is no such rule"
    message += f"; did you mean `{close[0]}`?" if close else "; docs/rules.md lists them."
    return PolicyProblem(f"rules.{_safe_key(name)}", message, line_of(text, ("rules", name)))


def _render_problem(problem: PolicyProblem) -> str:
    place = f"line {problem.line}: " if problem.line is not None else ""
    return f"{place}{problem.key}: {problem.message}" if problem.key else place + problem.message


@cache
def _defaults() -> Table:
    folder = files("bot.policy")
    tables = [tomllib.loads(folder.joinpath(name).read_text("utf-8")) for name in DEFAULT_FILES]
    return {key: value for table in tables for key, value in table.items()}


def _merged(defaults: Table, own: Table) -> dict[str, object]:
    """Merge tables; only tables that the defaults have are merged deeply, so depth is bounded."""
    merged = dict(defaults)
    for key, value in own.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = _merged(known, value)
        else:
            merged[key] = value
    return merged


def _syntax_problem(message: str, text: str) -> PolicyProblem:
    found = _SYNTAX_PLACE.search(message)
    if found is None:
        line = len(text.splitlines()) or 1 if "end of document" in message else None
    else:
        line = int(found[1])
    return PolicyProblem("", "This is not valid TOML.", line)


def _problem(detail: ErrorDetails, text: str) -> PolicyProblem:
    location = _without_validator_parts(detail["loc"])
    key = ".".join(_safe_key(part) for part in location)[:_LONGEST_PATH]
    if detail["type"] == "extra_forbidden":
        message = _unknown_key(location)
    else:
        reason = _TYPE_MESSAGES.get(detail["type"]) or detail["msg"]
        if detail["type"] == "enum":
            reason = reason.replace("Input should be", "this has to be").replace("'", "`")
        message = f"{reason.removeprefix('Value error, ').rstrip('.')}."
        message = message[:1].upper() + message[1:]
    return PolicyProblem(key, message, line_of(text, location))


def _without_validator_parts(location: Location) -> Location:
    """Remove the `[key]` that Pydantic appends for a wrong key of a table; no file contains it."""
    return location[:-1] if location and location[-1] == "[key]" else location


def _unknown_key(location: Location) -> str:
    known = _known_keys(location[:-1])
    unknown_key = str(location[-1])[:60]
    close = get_close_matches(unknown_key, known, n=1, cutoff=0.5)
    if close:
        return f"Unknown key; did you mean `{close[0]}`?"
    return f"Unknown key; known are {', '.join(f'`{key}`' for key in known)}."


def _known_keys(location: Location) -> list[str]:
    model: type[BaseModel] = Policy
    entered = False
    for part in location:
        if entered:
            # The index of a list, or the short name of an entry, which may be anything.
            entered = False
            continue
        annotation = model.model_fields[str(part)].annotation
        inner = [one for one in (annotation, *get_args(annotation)) if _is_model(one)]
        entered = not _is_model(annotation)
        model = cast("type[BaseModel]", inner[0])
    return sorted(model.model_fields)


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _safe_key(part: int | str) -> str:
    if isinstance(part, int):
        return str(part + 1)
    return part if _PLAIN_KEY.fullmatch(part) else "…"


def fingerprint(policy: Policy) -> str:
    """A digest that differs if any setting differs, and is the same in every process."""
    return sha256(_canonical(policy.model_dump()).encode()).hexdigest()[:32]


def _canonical(value: object) -> str:
    """A value as a text that does not depend on the order of sets and keys."""
    match value:
        case dict():
            items = sorted((_canonical(key), _canonical(item)) for key, item in value.items())
            return "{" + ",".join(f"{key}:{item}" for key, item in items) + "}"
        case set() | frozenset():
            return "{" + ",".join(sorted(_canonical(item) for item in value)) + "}"
        case list() | tuple():
            return "[" + ",".join(_canonical(item) for item in value) + "]"
    return repr(value)
