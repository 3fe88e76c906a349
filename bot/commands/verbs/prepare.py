"""`/pep prepare`: a patch with the exact edits that change a PEP's status."""

from bot.commands.context import CommandContext, NoTargetPep, other_pep_texts, target_pep
from bot.commands.grammar.argument_kinds import NUMBER
from bot.commands.grammar.arguments import AnyOrder, Arguments
from bot.commands.grammar.decision_kinds import Address, By, Day, StatusArgument
from bot.commands.prepared import render_prepared, why_not_day
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, refused
from bot.commands.role import Role
from bot.peps.preamble import parse_preamble
from bot.review.decision.path import decision_path
from bot.review.fixes.prepared import CannotPrepare, judged_for_status, template_for_status
from bot.review.fixes.prepared_status import RequestedStatus, prepare_status
from bot.review.render.markdown import prose
from bot.review.render.new_pep import path_in_markdown
from bot.rules.preamble.resolution import DECIDED

_WHO = ("**Who decides:", "**Recorded:")
_UNREAD = "what the linked post says; I have not read it"
_READ = "what the linked post says; I have read only its day and author"


@command(
    "prepare",
    form(
        StatusArgument(),
        AnyOrder((By(), NUMBER, Address(), Day())),
        who=[Role.AUTHOR, Role.SPONSOR, Role.EDITOR, Role.DECIDER],
        summary="prepare a change of a PEP's status, as a patch",
        example="prepare accepted 758 https://discuss.python.org/t/66453/63 17-Mar-2025",
    ),
    doc=(
        "Without a number, it is about the PEP that the pull request changes, even after "
        "the merge. The patch sets `Status`, links the decision in `Resolution` with the "
        "day you give, removes a placeholder for the delegate, and for Final adds the "
        "line that links the documentation; `superseded by M` names each PEP in the "
        "other. If the PEP already has that status, the patch adds what is still "
        "missing. The reply also has the title, the forms to open the pull request with, "
        "who decides, and what is left to check. A day or post that you do not give "
        "stays blank, unless the policy lets the bot read the day of the post you link. "
        "The bot does not guess a day, and decides nothing."
    ),
    works_on_issues=True,
    works_when_closed=True,
    needs_peps=True,
    once_per_text=True,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Prepare the change, or say why it is not possible."""
    if arguments.status is None:
        raise LookupError("this form names no status")
    if (why := why_not_day(arguments.day, command_context)) is not None:
        return refused(why)
    post = command_context.at_base.forum.post(arguments.link)
    request = RequestedStatus(
        arguments.status, arguments.link, arguments.day, arguments.successor, post
    )
    try:
        pep = target_pep(arguments, command_context)
        prepared = prepare_status(
            pep.number, pep.text, request, other_pep_texts(pep, command_context)
        )
    except (NoTargetPep, CannotPrepare) as why:
        return refused(prose(str(why)))
    decides: list[str] = []
    if arguments.status in DECIDED:
        path = decision_path(parse_preamble(pep.text), command_context.at_base.context)
        decides = [one for one in path_in_markdown(path) if one.startswith(_WHO)]
    unread: tuple[str, ...] = ()
    if arguments.link and arguments.day is None:
        unread = (_UNREAD if post is None else _READ,)
    return render_prepared(
        prepared,
        pep,
        command_context,
        template_for_status(arguments.status),
        branch=f"pep-{pep.number:04}-{arguments.status.casefold()}",
        judged=(*judged_for_status(arguments.status), *unread),
        decides=decides,
        covered=frozenset({"resolution", "canonical-doc"}),
    )
