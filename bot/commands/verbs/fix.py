"""`/pep fix`: offer every fix that can be made mechanically, ready to apply."""

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Rules
from bot.commands.grammar.arguments import Arguments, OptionalPart
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, Suggest, done, with_apology
from bot.commands.role import Role
from bot.peps.document import title_numbers
from bot.peps.number import number_in_path
from bot.review.fixes.files import FileFix, fixed_files
from bot.review.fixes.suggestions import Offer, offer
from bot.review.render.markdown import fenced, plural
from bot.review.snapshot import Snapshot
from bot.rules.engine.finding import join_names, safe_code
from bot.rules.engine.registry import RuleFailed

_FIX_LOCALLY = (
    "GitHub does not accept the suggestions; `python -m bot check --fix` makes the fixes "
    "on your machine."
)
_RENAMED = "rename to "


@command(
    "fix",
    form(
        OptionalPart((Rules(),)),
        who=[Role.AUTHOR, Role.EDITOR],
        summary="get fixes for everything that can be fixed mechanically",
        example="fix",
    ),
    doc=(
        "The bot posts suggested changes in one review, which you commit with a click. "
        "What a suggestion cannot do (rename a file to its number, together with the images "
        "and other files that belong to it, or change a file that the pull request does not "
        "touch) comes as one patch for `git apply`. The bot "
        "never pushes. With rule ids, it fixes only what those rules found."
    ),
    once_per_text=True,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Compute the fixes, and offer them."""
    snapshot, verdict = command_context.pull.snapshot, command_context.pull.verdict
    failures: list[RuleFailed] = []
    fixes = fixed_files(
        snapshot.change,
        snapshot.context,
        waived=verdict.waived,
        only=arguments.rules or None,
        on_failure=failures.append,
    )
    return with_apology(_offer_fixes(fixes, snapshot), failures)


def _offer_fixes(fixes: tuple[FileFix, ...], snapshot: Snapshot) -> CommandResult:
    if not fixes:
        return done("There is nothing that I can fix mechanically.")
    offered = offer(fixes, snapshot.change)
    text = _render_offer(offered, snapshot.change.title)
    if not offered.suggestions:
        return done(text)
    fallback_patch = _render_offer(Offer((), offered.fallback_patch, "", ())) or _FIX_LOCALLY
    return done(text, Suggest(snapshot.head_sha, offered.suggestions, fallback_patch))


def _render_offer(offered: Offer, title: str = "") -> str:
    """The text of the reply; empty if the review with the suggestions is enough."""
    paragraphs = []
    if offered.patch:
        # Each line of a file in the patch begins with a sign, so none can begin like this.
        lines = offered.patch.split("\n")
        count = sum(line.startswith("diff --git ") for line in lines)
        paragraphs.append(
            f"This patch fixes {plural(count, 'file')}: save it as `fix.patch` and run "
            "`git apply fix.patch` on your branch, in the repository's top folder."
        )
        folded = fenced(offered.patch, "diff")
        paragraphs.append(f"<details><summary>The patch</summary>\n\n{folded}\n\n</details>")
        renamed = [line.removeprefix(_RENAMED) for line in lines if line.startswith(_RENAMED)]
        named = title_numbers(title)
        if any(number_in_path(path) not in (None, *named) for path in renamed):
            paragraphs.append("After you push it, `/pep title` puts the number into the title.")
    if offered.not_possible:
        paragraphs.append(
            f"{join_names(tuple(map(safe_code, offered.not_possible)))} cannot be fixed "
            "with a comment; `python -m bot check --fix` does it on your machine."
        )
    return "\n\n".join(paragraphs)
