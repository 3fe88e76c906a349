"""`/pep thread`: the follow-up that puts a discussion thread into the header, as a patch."""

from bot.commands.context import CommandContext, NoTargetPep, concerned
from bot.commands.grammar.argument_kinds import NUMBER
from bot.commands.grammar.arguments import AnyOrder, Arguments
from bot.commands.grammar.decision_kinds import Address, Day
from bot.commands.prepared import render_prepared, why_not_day
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, refused
from bot.commands.role import Role
from bot.review.fixes.files import CHANGE_TEMPLATE
from bot.review.fixes.prepared import CannotPrepare, prepared_thread
from bot.review.render.markdown import prose

_UNREAD = "whether the thread is about this PEP; I have not read it"
_READ = "whether the thread is about this PEP; I have read no more than day and writer of its post"


@command(
    "thread",
    form(
        Address(),
        AnyOrder((NUMBER, Day())),
        who=[Role.AUTHOR, Role.SPONSOR, Role.EDITOR, Role.DECIDER],
        does="have the PEP's discussion thread put into its header, as a patch",
        example="thread https://discuss.python.org/t/92548 791 19-May-2025",
    ),
    doc=(
        "After a PEP is merged, its thread goes into `Discussions-To`, and with the day on which "
        "it was opened into `Post-History`, in a pull request of its own. Said on the merged pull "
        "request, this gives that change as a patch, with title and forms; on an open one that "
        "changes the PEP, as suggested changes. The day stays blank unless you give it, or the "
        "policy lets the bot read the day of the thread's first post. It has to be the thread, not "
        "a post in it."
    ),
    on_issues=True,
    when_closed=True,
    asks_peps=True,
    once_a_text=True,
)
def run(said: Arguments, scene: CommandContext) -> CommandResult:
    """Make the change ready, or say why not."""
    if (why := why_not_day(said.day, scene)) is not None:
        return refused(why)
    post = scene.at_base.forum.post(said.link)
    try:
        pep = concerned(said, scene)
        prepared = prepared_thread(pep.number, pep.text, said.link, said.day, post)
    except (NoTargetPep, CannotPrepare) as why_not:
        return refused(prose(str(why_not)))
    return render_prepared(
        prepared,
        pep,
        scene,
        CHANGE_TEMPLATE,
        branch=f"pep-{pep.number:04}-thread",
        judged=(_UNREAD if post is None else _READ,),
        known=frozenset({"post-history"}),
    )
