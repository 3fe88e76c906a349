"""From a line of text to a command, or to what is wrong with it. Pure text in, typed out."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.commands.grammar.arguments import Arguments, Match, ParseError, parse_all
from bot.commands.grammar.lines import (
    CommandLine,
    CommandSyntaxError,
    LineToken,
    SyntaxProblem,
    tokenize,
)
from bot.commands.registry import Command, Form, all_commands, find_command
from bot.rules.engine.finding import safe_code

LONGEST_COMMAND = 1_000
"""Characters of a command, the reason included; nobody means a longer one."""

_START = "/pep"


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A command as it was understood.

    Attributes:
        command: Which one.
        form: In which of its forms.
        arguments: What it says.
        canonical: The command written properly, without `/pep`. Two lines that mean the same have
            the same, so this is what tells commands of one text apart.
        line: The 1-based line in the text.
    """

    command: Command
    form: Form
    arguments: Arguments
    canonical: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class _ParseFailure:
    """Where reading a line came to its end.

    Attributes:
        tokens: The line's words.
        command: The command it begins with; None if there is no such.
        form: The form that was meant.
        error: What that did not find.
    """

    tokens: tuple[LineToken, ...]
    command: Command | None = None
    form: Form | None = None
    error: ParseError | None = None


def parse_line(command_line: CommandLine) -> ParsedCommand:
    """Read one command line.

    Raises:
        NotUnderstood: It is no command, or a mistaken one; `syntax_problem` says what would be
            right.
    """
    if len(command_line.text) > LONGEST_COMMAND:
        problem = f"a command has at most {LONGEST_COMMAND:,} characters"
        raise CommandSyntaxError(SyntaxProblem(command_line.text, LONGEST_COMMAND, problem))
    read = _read(command_line.text, command_line.line)
    if isinstance(read, _ParseFailure):
        raise CommandSyntaxError(_problem_in(command_line.text, read))
    if understood(read.canonical) is None:
        # What cannot be read back could not be gone by later.
        raise CommandSyntaxError(
            SyntaxProblem(command_line.text, len(_START) + 1, "this cannot be kept as it is")
        )
    return read


def understood(canonical: str) -> ParsedCommand | None:
    """Read a command that was written down properly; None if this version knows no such."""
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
        surplus = f"{safe_code(tokens[match.count].text)} is too much here"
        raise ParseError(match.count, surplus, surplus=True)
    return match


def _closeness(failure: tuple[Form, ParseError]) -> tuple[int, bool, bool]:
    """How surely a form is the one that was meant: it got far, and one word would mend it."""
    _, error = failure
    return (error.at, bool(error.nearest), not error.surplus)


def _arguments(match: Match) -> Arguments:
    # The parts name the fields of `Arguments` and give them values of their types.
    return Arguments(**match.values)  # type: ignore[arg-type]


def _problem_in(text: str, failure: _ParseFailure) -> SyntaxProblem:
    if not failure.tokens:
        return SyntaxProblem(
            text, len(text), "what to do is missing here", nearest=f"{_START} help"
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
    """A line as a proposal: only if it is right as a whole."""
    return line if understood(line.removeprefix(_START).strip()) is not None else ""


def _with_replacement(text: str, tokens: tuple[LineToken, ...], at: int, replacement: str) -> str:
    """The line with one word replaced."""
    word = tokens[at]
    return " ".join(
        f"{text[: word.start]}{replacement}{text[word.start + len(word.text) :]}".split()
    )
