"""`/pep help`: what this person may do here."""

from bot.commands.carry_out import said_roles, unfit
from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Choice
from bot.commands.grammar.arguments import Arguments, Maybe
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.registry import Command, all_commands, command, command_of, form
from bot.commands.result import CommandResult, done
from bot.commands.role import Role

_VERB = Choice(
    "verb",
    lambda: [one.verb for one in all_commands()],
    "a command",
    str,
    placeholder="COMMAND",
)


@command(
    "help",
    form(
        Maybe((_VERB,)),
        who=[Role.ANYONE],
        does="what you may do here, or how one command works",
        example="help number",
    ),
    doc=(
        "Lists the commands that the person who asks may use on this pull request or issue, or "
        "explains a single one."
    ),
    on_issues=True,
    when_closed=True,
    once_a_text=True,
)
def run(said: Arguments, scene: CommandContext) -> CommandResult:
    """Answer with the list, or with what there is to say of one command."""
    chosen = command_of(said.verb) if said.verb else None
    return done(_list(scene) if chosen is None else _one(chosen, scene))


def _list(scene: CommandContext) -> str:
    lines = [
        f"- `{one.usage(known.verb)}`: {one.does}"
        for known in all_commands()
        for one in known.forms
        if unfit(ParsedCommand(known, one, Arguments(), known.verb), scene) is None
    ]
    return "\n".join(
        [
            f"Here you are {_what_they_are(scene)}, and you may say, on a line of its own:",
            "",
            *lines,
            "",
            "`/pep help COMMAND` tells more of one.",
        ]
    )


def _what_they_are(scene: CommandContext) -> str:
    return (
        said_roles(scene.roles - {Role.ANYONE}).replace(" or ", " and ")
        if len(scene.roles) > 1
        else "a guest"
    )


def _one(chosen: Command, scene: CommandContext) -> str:
    paragraphs = []
    for one in chosen.forms:
        who = said_roles(chosen.allowed(one, scene.policy))
        paragraphs.append(f"- `{one.usage(chosen.verb)}` (for {who}): {one.does}")
    examples = ", ".join(f"`/pep {one.example}`" for one in chosen.forms)
    return "\n".join([*paragraphs, "", chosen.doc, "", f"For example: {examples}"])
