"""From a line of text to a command, or to what is wrong with it. Pure text in, typed out."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.commands.arguments import Arguments, Expected, Taken, take_all
from bot.commands.lines import CommandLine
from bot.commands.mistake import Mistake, NotUnderstood
from bot.commands.registry import Command, Form, all_commands, command_of
from bot.commands.words import Word, words_of
from bot.rules.wording import code

_START = "/pep"


@dataclass(frozen=True, slots=True)
class Spoken:
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


def understand(said: CommandLine) -> Spoken:
    """Read one command line.

    Raises:
        NotUnderstood: It is no command, or a mistaken one; `mistake` says what would be right.
    """
    words = words_of(said.text, len(_START))
    if not words:
        raise NotUnderstood(
            Mistake(said.text, len(said.text), "what to do is missing here", nearest="/pep help")
        )
    first, rest = words[0], words[1:]
    command = command_of(first.folded)
    if command is None:
        raise NotUnderstood(_unknown(said.text, words))
    stumbles: list[tuple[Form, Expected]] = []
    for form in command.forms:
        try:
            taken = _taken(form, rest, said.text)
        except Expected as expected:
            stumbles.append((form, expected))
        else:
            proper = f"{command.verb} {taken.proper}".strip()
            return Spoken(command, form, _arguments(taken), proper, said.line)
    meant, stumble = max(stumbles, key=_nearness)
    raise NotUnderstood(_mistaken(said.text, command, meant, words, stumble))


def understood(proper: str) -> Spoken | None:
    """Read a command that was written down properly; None if this version knows no such."""
    text = f"{_START} {proper}"
    verb, _, rest = proper.partition(" ")
    try:
        return understand(CommandLine(verb, rest, 1, text))
    except NotUnderstood:
        return None


def _taken(form: Form, words: tuple[Word, ...], text: str) -> Taken:
    taken = take_all(form.parts, words, text)
    if taken.count < len(words):
        surplus = f"{code(words[taken.count].text)} is too much here"
        raise Expected(taken.count, surplus, surplus=True)
    return taken


def _nearness(stumble: tuple[Form, Expected]) -> tuple[int, bool, bool]:
    """How surely a form is the one that was meant: it got far, and one word would mend it."""
    _, expected = stumble
    return (expected.at, bool(expected.nearest), not expected.surplus)


def _arguments(taken: Taken) -> Arguments:
    # The parts name the fields of `Arguments` and give them values of their types.
    return Arguments(**taken.values)  # type: ignore[arg-type]


def _unknown(text: str, words: tuple[Word, ...]) -> Mistake:
    verb = words[0]
    close = get_close_matches(
        verb.text.casefold().replace("_", "-")[:40], [one.verb for one in all_commands()], n=1
    )
    meant = command_of(close[0]) if close else None
    nearest = _if_right(_with(text, words, 0, meant.verb)) if meant else ""
    return Mistake(
        text,
        verb.start,
        f"there is no command {code(verb.text)}",
        nearest=nearest,
        usage=meant.forms[0].usage(meant.verb) if meant else "",
    )


def _mistaken(
    text: str, command: Command, form: Form, words: tuple[Word, ...], expected: Expected
) -> Mistake:
    at = expected.at + 1
    before = [command.verb, *(word.text for word in words[1:at])]
    nearest = ""
    if expected.nearest and at < len(words):
        nearest = _if_right(_with(text, words, at, expected.nearest))
    elif expected.surplus:
        nearest = _if_right(" ".join(text[: words[at].start].split()))
    return Mistake(
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
