"""The files of a repository at one moment, wherever they are: what a commit and a folder share."""

from typing import Protocol, TypeAlias

from bot.offline.failure import CannotRun
from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import PepNumber, number_in_path
from bot.policy.load import POLICY_PATH, PolicyInvalid, default_policy, parse_policy
from bot.policy.model import Policy
from bot.rules.change import Unreadable
from bot.rules.registry import rule_ids

LARGEST = 2_000_000
"""Bytes of a file that are read, as on the server (2 MB)."""

Text: TypeAlias = str | Unreadable
"""A file's text, or why there is none."""


class Files(Protocol):
    """The files that matter here at one moment: PEPs, CODEOWNERS and the policy."""

    @property
    def paths(self) -> frozenset[str]:
        """Their paths, relative to the repository."""

    def text(self, path: str) -> Text:
        """The text of one of them."""


def as_text(content: bytes) -> Text:
    """What a file holds, judged as on the server: UTF-8 of at most 2 MB."""
    if len(content) > LARGEST:
        return Unreadable.TOO_LARGE
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return Unreadable.NOT_TEXT
    return Unreadable.NOT_TEXT if "\0" in text else text


def published_numbers(files: Files) -> frozenset[PepNumber]:
    """The numbers of the PEP files."""
    found = (number_in_path(path) for path in files.paths)
    return frozenset(number for number in found if number is not None)


def codeowners_place(files: Files) -> str | None:
    """Where CODEOWNERS is: GitHub heeds the first of three places only."""
    return next((path for path in CODEOWNERS_PATHS if path in files.paths), None)


def policy_or_defaults(files: Files) -> tuple[Policy, tuple[str, ...]]:
    """The policy the files carry; where it cannot be used the defaults, as on the server, and why.

    So a change that mends a broken policy can be looked at, and a broken one stops nobody.
    """
    try:
        return policy_of(files), ()
    except CannotRun as cannot:
        return default_policy(), (f"{cannot} The defaults hold instead.",)


def policy_of(files: Files) -> Policy:
    """The policy the files carry, or the defaults.

    Raises:
        CannotRun: The policy is invalid; the message names the first problems.
    """
    if POLICY_PATH not in files.paths:
        return default_policy()
    text = files.text(POLICY_PATH)
    if isinstance(text, Unreadable):
        raise CannotRun(f"The policy `{POLICY_PATH}` cannot be read: {text.value}.")
    try:
        return parse_policy(text, rules=rule_ids())
    except PolicyInvalid as invalid:
        raise CannotRun(f"The policy `{POLICY_PATH}` is invalid: {invalid}") from invalid
