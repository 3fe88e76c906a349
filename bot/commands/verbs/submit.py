"""`/pep submit`: say whether a PEP is ready for a decision, and where to submit it."""

from bot.commands.context import CommandContext, NoTargetPep, target_pep
from bot.commands.grammar.argument_kinds import NUMBER
from bot.commands.grammar.arguments import Arguments, OptionalPart
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, refused, with_apology
from bot.commands.role import Role
from bot.peps.preamble import parse_preamble
from bot.review.decision.readiness import readiness
from bot.review.render.markdown import prose
from bot.review.render.new_pep import render_readiness


@command(
    "submit",
    form(
        OptionalPart((NUMBER,)),
        who=[Role.AUTHOR, Role.SPONSOR, Role.EDITOR, Role.DECIDER],
        summary=(
            "see what is missing before the PEP is submitted for a decision, and where to submit it"
        ),
        example="submit 791",
    ),
    doc=(
        "Checks the PEP as it is published: was it discussed, are its threads in the "
        "header, does it have a line in CODEOWNERS, no errors, the suggested sections, "
        "and the recommendation that a typing PEP needs? If an issue already asks a "
        "council for it, or submits the PEP, the reply links that issue instead of "
        "suggesting a second one. It also lists what only people can judge, such as whether "
        "what is left in `Open Issues` is settled. At the end "
        "is the link to the tracker's own form with title and label filled in, even if "
        "something is missing; for packaging PEPs and others that are decided elsewhere, "
        "it says where. The bot never opens an issue there."
    ),
    works_on_issues=True,
    works_when_closed=True,
    needs_peps=True,
    once_per_text=True,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Say what is missing, and where to submit the PEP."""
    try:
        pep = target_pep(arguments, command_context)
    except NoTargetPep as why:
        return refused(prose(str(why)))
    published = command_context.at_base.texts.get(pep.number)
    text = published if published is not None else pep.text
    own = pep.change.codeowners_after if pep.change is not None else None
    found = readiness(
        pep.number,
        text,
        own if own is not None else command_context.at_base.base.codeowners,
        command_context.at_base.context,
        command_context.at_base.submissions,
        is_published=published is not None or pep.change is None,
    )
    text_of_reply = render_readiness(found, parse_preamble(text).status or "")
    return with_apology(done(text_of_reply), found.failures)
