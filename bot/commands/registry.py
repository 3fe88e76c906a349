"""The registry of commands: one declaration gives grammar, permissions, help, docs and tests.

What a command amounts to must not depend on the order in which deliveries arrive. So one that
changes nothing, such as `resume` on a bot that is not paused, says so (`nothing_to_do`), but is
remembered like any other: what it ends may have been given before it and arrive after it.

A module of `bot.commands.verbs` registers its command by decorating the function that runs it, and
its `apply` says what the command does to the overrides. `all_commands` imports each module once, so
adding a command means adding a file.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypedDict, Unpack

import bot.commands.verbs
from bot.commands.context import CommandContext
from bot.commands.grammar.arguments import Argument, Arguments
from bot.commands.result import CommandResult
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.policy.model import Policy
from bot.review.overrides import Overrides
from bot.rules.engine.context import ActKind

Run = Callable[[Arguments, CommandContext], CommandResult]
"""Runs a command without any I/O: what to write on GitHub is part of the result."""

Apply = Callable[[Overrides, Arguments, LoggedCommand], Overrides]
"""Returns the overrides after a command that was run."""

_VERB = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a command.

    Attributes:
        parts: What follows the verb.
        who: The roles that may use it.
        summary: What it does, a few words for tables.
        example: An example, from the verb on; at least one form of a command has one.
    """

    parts: tuple[Argument, ...]
    who: frozenset[Role]
    summary: str
    example: str

    def usage(self, verb: str) -> str:
        """The form as help and docs show it, such as `/pep skip RULE because …`."""
        return " ".join(["/pep", verb, *(part.syntax for part in self.parts)])


@dataclass(frozen=True, slots=True)
class Command:
    """One registered command.

    Attributes:
        verb: The word after `/pep`.
        forms: How it may be written, the simplest first.
        doc: What it does and why, for people; plain text in paragraphs.
        run: The function that runs it.
        works_on_issues: Whether it works on issues too.
        works_when_closed: Whether it works on a pull request that is closed or merged.
        needs_labels: Whether it needs to know the labels the repository has.
        needs_peps: Whether it needs the text of the published PEP that it names or that the pull
            request changes.
        once_per_text: Whether repeating it in the same text has no further effect.
        slots: The things its effects settle, such as `label:x`: if two commands settle the same
            thing, the later one wins, in whatever order they become known.
        who: The roles that may use it, if the repository's policy decides that.
        apply: What it does to the overrides; by default nothing.
        stays_in_force: Whether that holds even if its giver may no longer give it.
        act: What it says about the giver's own consent to sponsor, if written without arguments.
    """

    verb: str
    forms: tuple[Form, ...]
    doc: str
    run: Run
    works_on_issues: bool = False
    works_when_closed: bool = False
    needs_labels: bool = False
    needs_peps: bool = False
    once_per_text: bool = False
    slots: Callable[[Arguments], frozenset[str]] = lambda _: frozenset()
    who: Callable[[Policy], frozenset[Role]] | None = None
    apply: Apply = lambda overrides, *_: overrides
    stays_in_force: bool = False
    act: ActKind | None = None

    def allowed(self, form: Form, policy: Policy) -> frozenset[Role]:
        """The roles that may use a form under this policy."""
        roles = form.who if self.who is None else self.who(policy)
        return roles if policy.editors.collaborators else roles - {Role.COLLABORATOR}


class InvalidDeclaration(Exception):
    """The declaration of a command is invalid."""


_REGISTERED: dict[str, Command] = {}


class Options(TypedDict, total=False):
    """What a declaration may say of a command besides its forms; see `Command`."""

    works_on_issues: bool
    works_when_closed: bool
    needs_labels: bool
    needs_peps: bool
    once_per_text: bool
    slots: Callable[[Arguments], frozenset[str]]
    who: Callable[[Policy], frozenset[Role]]
    apply: Apply
    stays_in_force: bool
    act: ActKind


def command(verb: str, *forms: Form, doc: str, **options: Unpack[Options]) -> Callable[[Run], Run]:
    """Register the decorated function as a command; the arguments are those of `Command`.

    Raises:
        InvalidDeclaration: The verb is not kebab-case or is taken, or there is no form.
    """

    def register(run: Run) -> Run:
        if not _VERB.fullmatch(verb):
            raise InvalidDeclaration(f"the verb {verb!r} is not kebab-case")
        if verb in _REGISTERED:
            raise InvalidDeclaration(f"the verb {verb!r} is registered twice")
        if not forms:
            raise InvalidDeclaration(f"the verb {verb!r} has no form")
        _REGISTERED[verb] = Command(verb, forms, doc, run, **options)
        return run

    return register


def form(*parts: Argument, who: Sequence[Role], summary: str, example: str) -> Form:
    """Declare a form of a command; see `Form`."""
    return Form(parts, frozenset(who), summary, example)


def all_commands() -> tuple[Command, ...]:
    """Every command, sorted by verb."""
    return tuple(_commands().values())


def find_command(verb: str) -> Command | None:
    """The command of this verb."""
    return _commands().get(verb)


@cache
def _commands() -> Mapping[str, Command]:
    for module in pkgutil.iter_modules(bot.commands.verbs.__path__, "bot.commands.verbs."):
        importlib.import_module(module.name)
    return dict(sorted(_REGISTERED.items()))
