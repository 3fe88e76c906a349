"""From a line of text to a command, or to what is wrong with it. Pure text in, typed out."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.commands.grammar.arguments import Arguments, Match, ParseError, take_all
from bot.commands.grammar.lines import CommandLine, NotUnderstood, SyntaxProblem, Word, words_of
from bot.commands.registry import Command, Form, all_commands, command_of
from bot.rules.finding import code

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
        proper: The command written properly, without `/pep`. Two lines that mean the same have the
            same, so this is what tells commands of one text apart.
        line: The 1-based line in the text.
    """

    command: Command
    form: Form
    arguments: Arguments
    proper: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class _Stumble:
    """Where reading a line came to its end.

    Attributes:
        words: The line's words.
        command: The command it begins with; None if there is no such.
        form: The form that was meant.
        expected: What that did not find.
    """

    words: tuple[Word, ...]
    command: Command | None = None
    form: Form | None = None
    expected: ParseError | None = None


def understand(said: CommandLine) -> ParsedCommand:
    """Read one command line.

    Raises:
        NotUnderstood: It is no command, or a mistaken one; `mistake` says what would be right.
    """
    if len(said.text) > LONGEST_COMMAND:
        problem = f"a command has at most {LONGEST_COMMAND:,} characters"
        raise NotUnderstood(SyntaxProblem(said.text, LONGEST_COMMAND, problem))
    read = _read(said.text, said.line)
    if isinstance(read, _Stumble):
        raise NotUnderstood(_mistake(said.text, read))
    if understood(read.proper) is None:
        # What cannot be read back could not be gone by later.
        raise NotUnderstood(
            SyntaxProblem(said.text, len(_START) + 1, "this cannot be kept as it is")
        )
    return read


def understood(proper: str) -> ParsedCommand | None:
    """Read a command that was written down properly; None if this version knows no such."""
    read = _read(f"{_START} {proper}")
    return read if isinstance(read, ParsedCommand) else None


def _read(text: str, line: int = 1) -> ParsedCommand | _Stumble:
    words = words_of(text, len(_START))
    command = command_of(words[0].folded) if words else None
    if command is None:
        return _Stumble(words)
    stumbles: list[tuple[Form, ParseError]] = []
    for form in command.forms:
        try:
            taken = _taken(form, words[1:], text)
        except ParseError as expected:
            stumbles.append((form, expected))
        else:
            proper = f"{command.verb} {taken.proper}".strip()
            return ParsedCommand(command, form, _arguments(taken), proper, line)
    return _Stumble(words, command, *max(stumbles, key=_nearness))


def _taken(form: Form, words: tuple[Word, ...], text: str) -> Match:
    taken = take_all(form.parts, words, text)
    if taken.count < len(words):
        surplus = f"{code(words[taken.count].text)} is too much here"
        raise ParseError(taken.count, surplus, surplus=True)
    return taken


def _nearness(stumble: tuple[Form, ParseError]) -> tuple[int, bool, bool]:
    """How surely a form is the one that was meant: it got far, and one word would mend it."""
    _, expected = stumble
    return (expected.at, bool(expected.nearest), not expected.surplus)


def _arguments(taken: Match) -> Arguments:
    # The parts name the fields of `Arguments` and give them values of their types.
    return Arguments(**taken.values)  # type: ignore[arg-type]


def _mistake(text: str, stumble: _Stumble) -> SyntaxProblem:
    if not stumble.words:
        return SyntaxProblem(
            text, len(text), "what to do is missing here", nearest=f"{_START} help"
        )
    command, form, expected = stumble.command, stumble.form, stumble.expected
    if command is None or form is None or expected is None:
        return _unknown(text, stumble.words)
    return _mistaken(text, command, form, stumble.words, expected)


def _unknown(text: str, words: tuple[Word, ...]) -> SyntaxProblem:
    verb = words[0]
    close = get_close_matches(
        verb.text.casefold().replace("_", "-")[:40], [one.verb for one in all_commands()], n=1
    )
    meant = command_of(close[0]) if close else None
    nearest = _if_right(_with(text, words, 0, meant.verb)) if meant else ""
    return SyntaxProblem(
        text,
        verb.start,
        f"there is no command {code(verb.text)}",
        nearest=nearest,
        usage=meant.forms[0].usage(meant.verb) if meant else "",
    )


def _mistaken(
    text: str, command: Command, form: Form, words: tuple[Word, ...], expected: ParseError
) -> SyntaxProblem:
    at = expected.at + 1
    before = [command.verb, *(word.text for word in words[1:at])]
    nearest = ""
    if expected.nearest and at < len(words):
        nearest = _if_right(_with(text, words, at, expected.nearest))
    elif expected.surplus:
        nearest = _if_right(" ".join(text[: words[at].start].split()))
    return SyntaxProblem(
        text,
        words[at].start if at < len(words) else len(text.rstrip()) + 1,
        expected.problem,
        understood=" ".join([_START, *before]),
        nearest=nearest,
        usage=form.usage(command.verb),
    )


def _if_right(line: str) -> str:
    """A line as a proposal: only if it is right as a whole."""
    return line if understood(line.removeprefix(_START).strip()) is not None else ""


def _with(text: str, words: tuple[Word, ...], at: int, better: str) -> str:
    """The line with one word replaced."""
    word = words[at]
    return " ".join(f"{text[: word.start]}{better}{text[word.start + len(word.text) :]}".split())
