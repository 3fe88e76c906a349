"""`/pep groups`: the directory of work groups, with their contacts."""

from bot.commands.context import CommandContext
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, nothing_to_do
from bot.commands.role import Role
from bot.policy.bodies import GroupStatus
from bot.review.render.markdown import page


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
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:  # noqa: ARG001 - it takes no arguments
    """Reply with the groups of the policy, the active ones first."""
    groups = command_context.policy.work_groups.values()
    if not groups:
        return nothing_to_do("The policy of this repository lists no work groups.")
    active = [one for one in groups if one.status is GroupStatus.ACTIVE]
    return done(
        page("groups", active=active, former=[one for one in groups if one not in active]).strip()
    )
