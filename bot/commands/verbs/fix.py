"""`/pep fix`: everything that can be mended mechanically, ready to be taken over."""

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Rules
from bot.commands.grammar.arguments import Arguments, Maybe
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, Suggest, done, with_apology
from bot.commands.role import Role
from bot.peps.document import title_number
from bot.peps.number import number_in_path
from bot.review.fixes.files import FileFix, fixed_files
from bot.review.fixes.suggestions import Offer, offer
from bot.review.render.markdown import fenced, plural
from bot.review.snapshot import Snapshot
from bot.rules.engine import RuleFailed
from bot.rules.finding import code, join_names

_OFFLINE = (
    "GitHub does not take the suggestions; `python -m bot check --fix` mends it on your machine."
)
_RENAMED = "rename to "


@command(
    "fix",
    form(
        Maybe((Rules(),)),
        who=[Role.AUTHOR, Role.EDITOR],
        does="have everything mended that can be mended mechanically",
        example="fix",
    ),
    doc=(
        "Suggested changes appear in one review, to be committed with a click; what a suggestion "
        "cannot do (renaming a file to its number, a line in a file that the pull request does not "
        "touch) comes as one patch for `git apply`. The bot never pushes. With ids of rules, only "
        "what those ask for is mended."
    ),
    once_a_text=True,
)
def run(said: Arguments, scene: CommandContext) -> CommandResult:
    """Work out the mends, and offer them."""
    snapshot, verdict = scene.pull.snapshot, scene.pull.verdict
    failures: list[RuleFailed] = []
    found = fixed_files(
        snapshot.change,
        snapshot.context,
        waived=verdict.waived,
        only=said.rules or None,
        on_failure=failures.append,
    )
    return with_apology(_offered(found, snapshot), failures)


def _offered(found: tuple[FileFix, ...], snapshot: Snapshot) -> CommandResult:
    if not found:
        return done("There is nothing that I could mend mechanically.")
    offered = offer(found, snapshot.change)
    words = _told(offered, snapshot.change.title)
    if not offered.suggestions:
        return done(words)
    instead = _told(Offer((), offered.instead, "", ())) or _OFFLINE
    return done(words, Suggest(snapshot.head_sha, offered.suggestions, instead))


def _told(offered: Offer, title: str = "") -> str:
    """What stands in the reply; empty if the review with the suggestions says it all."""
    paragraphs = []
    if offered.patch:
        # Lines of the files are set in by a sign, so that none of them begins like this.
        lines = offered.patch.split("\n")
        count = sum(line.startswith("diff --git ") for line in lines)
        paragraphs.append(
            f"This patch mends {plural(count, 'file')}: save it as `mend.patch` and run "
            "`git apply mend.patch` on your branch, in its top folder."
        )
        folded = fenced(offered.patch, "diff")
        paragraphs.append(f"<details><summary>The patch</summary>\n\n{folded}\n\n</details>")
        renamed = [line.removeprefix(_RENAMED) for line in lines if line.startswith(_RENAMED)]
        named = title_number(title)
        if any(number_in_path(path) not in named for path in renamed):
            paragraphs.append("Once that is pushed, `/pep title` gives the title its number.")
    if offered.unfit:
        paragraphs.append(
            f"{join_names(tuple(map(code, offered.unfit)))} cannot be mended by way of a comment; "
            "`python -m bot check --fix` does it on your machine."
        )
    return "\n\n".join(paragraphs)
