"""`/pep help`: list the commands that this person may use here, or describe one."""

from dataclasses import replace

from bot.commands.carry_out import join_roles, refusal_reason
from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Choice
from bot.commands.grammar.arguments import Arguments, OptionalPart
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.registry import Command, all_commands, command, find_command, form
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
        OptionalPart((_VERB,)),
        who=[Role.ANYONE],
        summary="show what you can do here, or how one command works",
        example="help number",
    ),
    doc=(
        "Lists the commands that you can use on this pull request or issue, or explains "
        "one of them."
    ),
    works_on_issues=True,
    works_when_closed=True,
    once_per_text=True,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Reply with the list, or with the description of one command."""
    chosen = find_command(arguments.verb) if arguments.verb else None
    return done(_list(command_context) if chosen is None else _one(chosen, command_context))


def _list(command_context: CommandContext) -> str:
    lines = []
    # Whether they have write access is not asked for this list alone.
    with_access = replace(command_context, roles=command_context.roles | {Role.COLLABORATOR})
    for known in all_commands():
        for one in known.forms:
            parsed = ParsedCommand(known, one, Arguments(), known.verb)
            line = f"- `{one.usage(known.verb)}`: {one.summary}"
            if refusal_reason(parsed, command_context) is None:
                lines.append(line)
            elif refusal_reason(parsed, with_access) is None:
                lines.append(f"{line} (if you have write access)")
    role = _what_they_are(command_context)
    return "\n".join(
        [
            f"Here you are {role}. You can use these commands, each on a line of its own:",
            "",
            *lines,
            "",
            "`/pep help COMMAND` explains one of them.",
        ]
    )


def _what_they_are(command_context: CommandContext) -> str:
    return (
        join_roles(command_context.roles - {Role.ANYONE}).replace(" or ", " and ")
        if len(command_context.roles) > 1
        else "a guest"
    )


def _one(chosen: Command, command_context: CommandContext) -> str:
    paragraphs = []
    for one in chosen.forms:
        who = join_roles(chosen.allowed(one, command_context.policy))
        paragraphs.append(f"- `{one.usage(chosen.verb)}` (for {who}): {one.summary}")
    examples = ", ".join(f"`/pep {one.example}`" for one in chosen.forms)
    return "\n".join([*paragraphs, "", chosen.doc, "", f"For example: {examples}"])
