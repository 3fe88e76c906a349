"""Writes `docs/commands.md` from the registry: `python -m tests.commands.reference`."""

import sys
import textwrap
from pathlib import Path

from bot.commands.carry_out import join_roles
from bot.commands.grammar.lines import MOST_COMMANDS
from bot.commands.registry import Command, all_commands
from bot.policy.load import default_policy

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

_OPENING = f"""\
# The commands

Generated from the code by `.uv/bin/uv run python -m tests.commands.reference`; change it there.

A command is a line that begins with `/pep `, in the description of an issue or pull request, in a
comment, a review, or a remark on a line of the diff. It may be one of several lines; of one text
the first {MOST_COMMANDS} commands are heard. Nothing in code, quotations, HTML comments or links is
a command.

An author is who opened the pull request, and anybody whom the header of its PEP names as an author
and whose account is known; a delegate is whom the header of a published PEP names as PEP-Delegate,
or a standing delegate for its topic. Who opened a thread is no author of a PEP that it does not
change. PEP editors are told apart as [for editors](editor.md#who-counts-as-an-editor) says.

Behind `/pep`, which is written in lower case at the beginning of the line, upper and lower case, a
`please`, commas and a full stop make no difference. PEPs may be written
`842`, `PEP 842` or `pep-0842.rst`, pull requests `#12`, `PR 12` or by their address, accounts with
or without `@`. Names with blanks stand in quotes. What stands in brackets may be left out.

The bot answers with one reaction to the text: 👍 if all was done, 😕 otherwise, with a reply that
says why. On success it replies only if there is something to say. There is one reply a text: it is
edited when the text is, and deleted once there is nothing left in it. Reviews cannot be reacted to
on GitHub; there no news is good news.

If you edit your text, only what is new in it is carried out. What somebody else writes into it
never is. Programs and locked conversations are not heard."""


def reference() -> str:
    """The whole page."""
    rows = [
        f"| `{_plain(form.usage(command.verb))}` | {_who(command, place)} | {form.summary} |"
        for command in all_commands()
        for place, form in enumerate(command.forms)
    ]
    table = "\n".join(["| command | who | does |", "| --- | --- | --- |", *rows])
    sections = [_section(command) for command in all_commands()]
    return "\n\n".join([_OPENING, table, *sections]) + "\n"


def _plain(usage: str) -> str:
    """A form escaped for a table, where a bar would end the cell."""
    return usage.replace("|", "\\|")


def _who(command: Command, place: int) -> str:
    if command.who is not None:
        return f"by policy; by default {join_roles(command.who(default_policy()))}"
    return join_roles(command.allowed(command.forms[place], default_policy()))


def _section(command: Command) -> str:
    where = "Works on issues, too." if command.works_on_issues else "Works on pull requests."
    if not command.works_when_closed:
        where = where.replace("pull requests", "open pull requests")
    examples = "\n".join(f"    /pep {form.example}" for form in command.forms)
    paragraphs = [*command.doc.split("\n\n"), where]
    text = "\n\n".join(textwrap.fill(one, 100, break_on_hyphens=False) for one in paragraphs)
    return f"## {command.verb}\n\n{text}\n\n{examples}"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is written.\n")
