"""`/pep submit`: is the PEP ready to be decided on, and where is it handed over?"""

from bot.commands.context import CommandContext, NoTargetPep, concerned
from bot.commands.grammar.argument_kinds import NUMBER
from bot.commands.grammar.arguments import Arguments, Maybe
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
        Maybe((NUMBER,)),
        who=[Role.AUTHOR, Role.SPONSOR, Role.EDITOR, Role.DECIDER],
        does="hear what is missing before the PEP is handed to those who decide, and where that is",
        example="submit 791",
    ),
    doc=(
        "Looks at the PEP as it is published: was it discussed, are its threads in the header, has "
        "it a line in CODEOWNERS, no errors, the suggested sections, and the recommendation that "
        "a typing PEP needs? An issue in which a council was asked for it, or in which the PEP was "
        "handed over, is linked, and no second one offered. What people have to judge is named as "
        "theirs. Then comes the link to the tracker's own form with title and label filled in, "
        "also where something is missing; for packaging PEPs and others that are decided "
        "elsewhere, where that is. The bot opens no issue there, ever."
    ),
    on_issues=True,
    when_closed=True,
    asks_peps=True,
    once_a_text=True,
)
def run(said: Arguments, scene: CommandContext) -> CommandResult:
    """Tell how it stands, and where it goes from here."""
    try:
        pep = concerned(said, scene)
    except NoTargetPep as why:
        return refused(prose(str(why)))
    published = scene.at_base.texts.get(pep.number)
    text = published if published is not None else pep.text
    found = readiness(
        pep.number,
        text,
        scene.at_base.base.codeowners,
        scene.at_base.context,
        scene.at_base.submissions,
        is_published=published is not None or pep.change is None,
    )
    words = render_readiness(found, parse_preamble(text).status or "")
    return with_apology(done(words), found.failures)
