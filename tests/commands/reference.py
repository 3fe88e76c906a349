"""Writes `docs/commands.md` from the registry: `python -m tests.commands.reference`."""

import sys
import textwrap
from pathlib import Path

from bot.commands.carry_out import join_roles
from bot.commands.grammar.lines import MOST_COMMANDS
from bot.commands.registry import Command, all_commands
from bot.commands.role import ROLE_NAMES, Role
from bot.policy.load import default_policy

_BY_POLICY = Role.COLLABORATOR
PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

_OPENING = f"""\
# The commands

Generated from the code by `.uv/bin/uv run python -m tests.commands.reference`; change it there.

A command is a line that starts with `/pep `, in the description of an issue or pull request, in a
comment, in a review, or in a comment on a line of the diff. Other lines may surround it; the first
{MOST_COMMANDS} commands of a text are run. Code, quotations, HTML comments and links are ignored.

Authors are the person who opened the pull request, and everybody whom the header of its PEP names
as an author, if their accounts are known. Opening a pull request does not make somebody an author
of a PEP that it does not change. Somebody who decides on a PEP is the PEP-Delegate in its published
header, a standing delegate for its topic, or a member of the council that decides on it or appoints
who does ([their names](who-decides.md#members-of-the-councils)). Who the PEP editors are is
explained [for editors](editor.md#who-counts-as-an-editor). By policy, collaborators with write
access may do two of the editors' tasks: reserve numbers and change labels.

Write `/pep` in lower case at the start of the line. In the rest of the command, case, a `please`,
commas and a full stop make no difference. You can write PEPs as `842`, `PEP 842` or `pep-0842.rst`,
pull requests as `#12`, `PR 12` or by their URL, and accounts with or without `@`. Put quotes around
names with spaces. Parts in brackets are optional.

The bot adds one reaction to your text: 👍 if it did everything, 😕 if not, with a reply that says
why. Otherwise it replies only if there is something to say. Each text gets one reply, which the bot
edits if you edit your text, and deletes if it has nothing left to say. GitHub does not allow
reactions to reviews; there, no reply means that everything was done.

If you edit your text, the bot runs only what is new. It never runs commands that somebody else
wrote into your text. Bots and locked conversations are ignored."""


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
    form, policy = command.forms[place], default_policy()
    who = join_roles(command.allowed(form, policy))
    if command.who is not None:
        return f"by policy; by default {who}"
    return f"{who}; by policy also {ROLE_NAMES[_BY_POLICY]}" if _BY_POLICY in form.who else who


def _section(command: Command) -> str:
    where = "Works on issues too." if command.works_on_issues else "Works on pull requests."
    if not command.works_when_closed:
        where = where.replace("pull requests", "open pull requests")
    examples = "\n".join(f"    /pep {form.example}" for form in command.forms)
    paragraphs = [*command.doc.split("\n\n"), where]
    text = "\n\n".join(textwrap.fill(one, 100, break_on_hyphens=False) for one in paragraphs)
    return f"## {command.verb}\n\n{text}\n\n{examples}"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is written.\n")
