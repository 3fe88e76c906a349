"""`/pep idea`: an editor points out that an idea is discussed first, or needs no PEP."""

from bot.commands.context import CommandContext
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done
from bot.commands.role import Role

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
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:  # noqa: ARG001 - it takes no arguments
    """Reply with the pointer; it is the same for every thread."""
    return done(_POINTER)
