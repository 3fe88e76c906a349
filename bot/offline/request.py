"""Parses options and arguments as people type them into the types of the other packages."""

import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bot.peps.number import PepNumber
from bot.peps.people import LOGIN, Login
from bot.rules.engine.finding import safe_code

_NUMBER = re.compile(r"0{0,4}[0-9]{1,4}")
_ACCOUNT = re.compile(LOGIN)


def claimed_numbers(text: str) -> frozenset[PepNumber]:
    """Parse PEP numbers separated by commas; an empty text means that there are none.

    Raises:
        click.BadParameter: Something between the commas is no PEP number.
    """
    words = [word for part in text.split(",") if (word := part.strip())]
    if not all(_NUMBER.fullmatch(word) for word in words):
        raise click.BadParameter("these must be PEP numbers, separated by commas.")
    return frozenset(PepNumber(int(word)) for word in words)


def account_name(text: str) -> Login:
    """Parse an account name on GitHub, with or without `@`.

    Raises:
        click.BadParameter: No account can have that name.
    """
    login = text.removeprefix("@")
    if not _ACCOUNT.fullmatch(login):
        raise click.BadParameter("this is not a GitHub login.")
    return Login(login)


repo_option = click.option(
    "--repo",
    type=click.Path(path_type=Path),
    default=".",
    help="The repository; by default the current folder.",
)
claimed_option = click.option(
    "--claimed",
    metavar="N,N…",
    type=claimed_numbers,
    help="PEP numbers that other open pull requests claim, separated by commas.",
)


def write_whatever_comes() -> None:
    """Print a substitute for characters that the terminal's encoding lacks, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected files and folders of a repository, with `/`; empty selects everything."""

    paths: tuple[str, ...] = ()

    def includes(self, path: str | None) -> bool:
        """Whether a file is selected or in a selected folder; None, which is no file, always is."""
        if not self.paths or path is None:
            return True
        return any(
            not place or path == place or path.startswith(f"{place}/") for place in self.paths
        )


def select(arguments: Sequence[str], root: Path, is_known: Callable[[str], bool]) -> Selection:
    """Find the files and folders that paths on a command line mean.

    A path is relative to the current folder if that is in the repository and the file is there,
    and otherwise to the top of the repository.

    Args:
        arguments: The paths as typed.
        root: The top folder of the repository.
        is_known: Whether there is, or was, something at a path.

    Raises:
        CannotRun: A path leads out of the repository, or nothing is there.
    """
    return Selection(tuple(_place(argument, root.resolve(), is_known) for argument in arguments))


def _place(argument: str, root: Path, is_known: Callable[[str], bool]) -> str:
    bases = (Path.cwd(), root) if argument else ()
    inside = [place for base in bases if (place := _inside(base / argument, root)) is not None]
    if not inside:
        raise CannotRun(f"{safe_code(argument)} is outside the repository {safe_code(str(root))}.")
    for place in inside:
        if not place or is_known(place):
            return place
    raise CannotRun(
        f"There is no file {safe_code(argument)} in the repository {safe_code(str(root))}."
    )


def _inside(path: Path, root: Path) -> str | None:
    """The path relative to the root; the last part is not followed if it is a symbolic link."""
    whole = Path(os.path.normpath(path))
    for candidate in (whole.parent.resolve() / whole.name, whole.resolve()):
        if candidate.is_relative_to(root):
            place = candidate.relative_to(root).as_posix()
            return "" if place == "." else place
    return None


class CannotRun(Exception):
    """The command cannot run. The message is for people, and its quotations are made harmless."""
