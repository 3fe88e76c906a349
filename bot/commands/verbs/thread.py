"""`/pep thread`: a patch that puts a discussion thread into a PEP's header."""

from bot.commands.context import CommandContext, NoTargetPep, target_pep
from bot.commands.grammar.argument_kinds import NUMBER
from bot.commands.grammar.arguments import AnyOrder, Arguments
from bot.commands.grammar.decision_kinds import Address, Day
from bot.commands.prepared import render_prepared, why_not_day
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, refused
from bot.commands.role import Role
from bot.review.fixes.prepared import CHANGE_TEMPLATE, CannotPrepare, prepare_thread
from bot.review.render.markdown import prose

_UNREAD = "whether the thread is about this PEP; I have not read it"
_READ = "whether the thread is about this PEP; I have read only the day and author of its post"


@command(
    "thread",
    form(
        Address(),
        AnyOrder((NUMBER, Day())),
        who=[Role.AUTHOR, Role.SPONSOR, Role.EDITOR, Role.DECIDER],
        summary="add the PEP's discussion thread to its header, as a patch",
        example="thread https://discuss.python.org/t/92548 791 19-May-2025",
    ),
    doc=(
        "After a PEP is merged, its thread goes into `Discussions-To`, and with the day "
        "it was opened into `Post-History`, in a pull request of its own. On the merged "
        "pull request, this command gives you that change as a patch, with title and "
        "forms; on an open one that changes the PEP, as suggested changes. The day stays "
        "blank unless you give it, or the policy lets the bot read the day of the "
        "thread's first post. Link the thread, not a post in it."
    ),
    works_on_issues=True,
    works_when_closed=True,
    needs_peps=True,
    once_per_text=True,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Prepare the change, or say why it is not possible."""
    if (why := why_not_day(arguments.day, command_context)) is not None:
        return refused(why)
    post = command_context.at_base.forum.post(arguments.link)
    try:
        pep = target_pep(arguments, command_context)
        prepared = prepare_thread(pep.number, pep.text, arguments.link, arguments.day, post)
    except (NoTargetPep, CannotPrepare) as why_not:
        return refused(prose(str(why_not)))
    return render_prepared(
        prepared,
        pep,
        command_context,
        CHANGE_TEMPLATE,
        branch=f"pep-{pep.number:04}-thread",
        judged=(_UNREAD if post is None else _READ,),
        covered=frozenset({"post-history"}),
    )
