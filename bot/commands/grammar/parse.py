"""Parses a command line into a typed command, or says what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from threading import Lock

from cachetools import LRUCache, cached

from bot.commands.grammar.arguments import Arguments, Match, ParseError, parse_all
from bot.commands.grammar.lines import (
    MOST_COMMANDS,
    CommandLine,
    CommandSyntaxError,
    LineToken,
    SyntaxProblem,
    command_lines,
    tokenize,
)
from bot.commands.registry import Command, Form, all_commands, find_command
from bot.commands.text import may_have_commands
from bot.rules.engine.finding import safe_code

LONGEST_COMMAND = 1_000
"""How many characters a command may have, including the reason; real ones are shorter."""

_START = "/pep"
_COST_OF_MARKDOWN = 8  # How much longer a character of hostile Markdown takes than one of a PEP.
_CACHED_CHARACTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A parsed command.

    Attributes:
        command: The command.
        form: The form of the command that matched.
        arguments: Its arguments.
        canonical: The command in its canonical spelling, without `/pep`. Two lines that mean the
            same have the same one, so it identifies a command within a text.
        line: The 1-based line in the text.
    """

    command: Command
    form: Form
    arguments: Arguments
    canonical: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class _ParseFailure:
    """Why a line could not be parsed.

    Attributes:
        tokens: The line's words.
        command: The command it begins with; None if there is no such command.
        form: The form that was probably meant.
        error: Where that form failed to match.
    """

    tokens: tuple[LineToken, ...]
    command: Command | None = None
    form: Form | None = None
    error: ParseError | None = None


def parsing_cost(text: str) -> int:
    """How much work it is to parse a text, for `bot.concurrency.offload`."""
    return _COST_OF_MARKDOWN * len(text) if may_have_commands(text) else 0


def _size(parsed: Sequence[ParsedCommand | SyntaxProblem]) -> int:
    return 100 + sum(
        200 + (len(one.canonical) if isinstance(one, ParsedCommand) else 3 * len(one.text))
        for one in parsed
    )


@cached(
    LRUCache(_CACHED_CHARACTERS, getsizeof=_size),
    key=lambda text, most=MOST_COMMANDS + 1: (
        sha256(text.encode("utf-8", "surrogatepass")).digest(),
        most,
    ),
    lock=Lock(),
)
def parse_text(
    text: str, most: int = MOST_COMMANDS + 1
) -> tuple[ParsedCommand | SyntaxProblem, ...]:
    """The commands in a text, in order, with what is wrong with those that are none.

    An event's text is parsed here for all who want to know: who consents, which commands are new,
    and what GitHub's list of comments says later. An untrusted text may take a second, so what was
    found is cached.

    Args:
        text: The body of a comment, a review or a description.
        most: How many commands are read; by default, one more than are carried out.
    """
    return tuple(map(_parsed, command_lines(text, most))) if may_have_commands(text) else ()


def _parsed(line: CommandLine) -> ParsedCommand | SyntaxProblem:
    try:
        return parse_line(line)
    except CommandSyntaxError as problem:
        return problem.syntax_problem


def parse_line(command_line: CommandLine) -> ParsedCommand:
    """Parse one command line.

    Raises:
        CommandSyntaxError: It is not a valid command; `syntax_problem` says what would be.
    """
    if len(command_line.text) > LONGEST_COMMAND:
        problem = f"a command has at most {LONGEST_COMMAND:,} characters"
        raise CommandSyntaxError(SyntaxProblem(command_line.text, LONGEST_COMMAND, problem))
    read = _read(command_line.text, command_line.line)
    if isinstance(read, _ParseFailure):
        raise CommandSyntaxError(_problem_in(command_line.text, read))
    if understood(read.canonical) is None:
        # A command whose canonical spelling cannot be parsed again could not be replayed later.
        raise CommandSyntaxError(
            SyntaxProblem(command_line.text, len(_START) + 1, "this cannot be stored as it is")
        )
    return read


def understood(canonical: str) -> ParsedCommand | None:
    """Parse a canonical command, as stored; None if this version does not know it."""
    read = _read(f"{_START} {canonical}")
    return read if isinstance(read, ParsedCommand) else None


def _read(text: str, line: int = 1) -> ParsedCommand | _ParseFailure:
    tokens = tokenize(text, len(_START))
    command = find_command(tokens[0].folded) if tokens else None
    if command is None:
        return _ParseFailure(tokens)
    failures: list[tuple[Form, ParseError]] = []
    for form in command.forms:
        try:
            match = _match_form(form, tokens[1:], text)
        except ParseError as error:
            failures.append((form, error))
        else:
            canonical = f"{command.verb} {match.canonical}".strip()
            return ParsedCommand(command, form, _arguments(match), canonical, line)
    return _ParseFailure(tokens, command, *max(failures, key=_closeness))


def _match_form(form: Form, tokens: tuple[LineToken, ...], text: str) -> Match:
    match = parse_all(form.parts, tokens, text)
    if match.count < len(tokens):
        surplus = f"{safe_code(tokens[match.count].text)} was not expected here"
        raise ParseError(match.count, surplus, surplus=True)
    return match


def _closeness(failure: tuple[Form, ParseError]) -> tuple[int, bool, bool]:
    """Sort key for the form that was probably meant: it matched far, and one word would fix it."""
    _, error = failure
    return (error.at, bool(error.nearest), not error.surplus)


def _arguments(match: Match) -> Arguments:
    # The keys are fields of `Arguments`, and the values have the fields' types.
    return Arguments(**match.values)  # type: ignore[arg-type]


def _problem_in(text: str, failure: _ParseFailure) -> SyntaxProblem:
    if not failure.tokens:
        return SyntaxProblem(
            text, len(text), "the command is missing here", nearest=f"{_START} help"
        )
    command, form, error = failure.command, failure.form, failure.error
    if command is None or form is None or error is None:
        return _unknown_verb(text, failure.tokens)
    return _form_problem(text, command, form, failure.tokens, error)


def _unknown_verb(text: str, tokens: tuple[LineToken, ...]) -> SyntaxProblem:
    verb = tokens[0]
    close = get_close_matches(
        verb.text.casefold().replace("_", "-")[:40], [one.verb for one in all_commands()], n=1
    )
    meant = find_command(close[0]) if close else None
    nearest = _if_valid(_with_replacement(text, tokens, 0, meant.verb)) if meant else ""
    return SyntaxProblem(
        text,
        verb.start,
        f"there is no command {safe_code(verb.text)}",
        nearest=nearest,
        usage=meant.forms[0].usage(meant.verb) if meant else "",
    )


def _form_problem(
    text: str, command: Command, form: Form, tokens: tuple[LineToken, ...], error: ParseError
) -> SyntaxProblem:
    at = error.at + 1
    before = [command.verb, *(word.text for word in tokens[1:at])]
    nearest = ""
    if error.nearest and at < len(tokens):
        nearest = _if_valid(_with_replacement(text, tokens, at, error.nearest))
    elif error.surplus:
        nearest = _if_valid(" ".join(text[: tokens[at].start].split()))
    return SyntaxProblem(
        text,
        tokens[at].start if at < len(tokens) else len(text.rstrip()) + 1,
        error.problem,
        understood=" ".join([_START, *before]),
        nearest=nearest,
        usage=form.usage(command.verb),
    )


def _if_valid(line: str) -> str:
    """The line, if it is a valid command; else empty."""
    return line if understood(line.removeprefix(_START).strip()) is not None else ""


def _with_replacement(text: str, tokens: tuple[LineToken, ...], at: int, replacement: str) -> str:
    """The line with one word replaced."""
    word = tokens[at]
    return " ".join(
        f"{text[: word.start]}{replacement}{text[word.start + len(word.text) :]}".split()
    )
