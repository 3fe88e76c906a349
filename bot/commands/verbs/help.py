"""`/pep help`, `groups` and `idea`: replies that only inform."""

from dataclasses import replace

from bot.commands.carry_out import join_roles, refusal_reason
from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Choice
from bot.commands.grammar.arguments import Arguments, OptionalPart
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.registry import Command, all_commands, command, find_command, form
from bot.commands.result import CommandResult, done, nothing_to_do
from bot.commands.role import Role
from bot.policy.bodies import GroupStatus
from bot.review.render.markdown import page

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
def show_help(arguments: Arguments, command_context: CommandContext) -> CommandResult:
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


@command(
    "groups",
    form(
        who=[Role.ANYONE],
        summary="the work groups around Python, and where each is reached",
        example="groups",
    ),
    doc=(
        "Lists the work groups of the Python Software Foundation and the Python HTTP working "
        "group: what each is there for, and its contact. Those that are inactive or dissolved are "
        "marked. Nobody has to ask a group about a PEP, and none of them decides on one."
    ),
    works_on_issues=True,
    works_when_closed=True,
    once_per_text=True,
)
def groups(arguments: Arguments, command_context: CommandContext) -> CommandResult:  # noqa: ARG001 - it takes no arguments
    """Reply with the groups of the policy, the active ones first."""
    known = command_context.policy.work_groups.values()
    if not known:
        return nothing_to_do("The policy of this repository lists no work groups.")
    active = [one for one in known if one.status is GroupStatus.ACTIVE]
    former = [one for one in known if one not in active]
    return done(page("groups", active=active, former=former).strip())


_POINTER = """\
[PEP 1](https://peps.python.org/pep-0001/#start-with-an-idea-for-python) asks that an idea is \
discussed before anybody writes a PEP about it:

- **An idea for Python** goes to the [Ideas category](https://discuss.python.org/c/ideas/) of the \
forum; one about static typing goes to the [Typing](https://discuss.python.org/c/typing/) and one \
about packaging to the [Packaging](https://discuss.python.org/c/packaging/) category. There you \
learn whether it is new, and whether it needs a PEP.
- **Most enhancements and bug fixes need no PEP.** They go straight to \
[Python's issue tracker](https://github.com/python/cpython/issues).

If the discussion shows that a PEP has a chance, PEP 1 explains \
[how to submit one](https://peps.python.org/pep-0001/#submitting-a-pep)."""


@command(
    "idea",
    form(
        who=[Role.EDITOR],
        summary="point out where ideas are discussed, and what needs no PEP",
        example="idea",
    ),
    doc=(
        "For an issue or pull request with an idea that nobody discussed yet, or that needs no "
        "PEP. The bot replies with what PEP 1 says: discuss an idea on the forum first, and take "
        "small enhancements and bug fixes to Python's issue tracker. It closes nothing and sets no "
        "label."
    ),
    works_on_issues=True,
    works_when_closed=True,
    once_per_text=True,
)
def idea(arguments: Arguments, command_context: CommandContext) -> CommandResult:  # noqa: ARG001 - it takes no arguments
    """Reply with the pointer; it is the same for every thread."""
    return done(_POINTER)
