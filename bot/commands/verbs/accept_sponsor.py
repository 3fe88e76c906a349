"""`/pep accept-sponsor`: an editor vouches for a sponsor."""

from bot.commands.argument_kinds import LOGIN_ARGUMENT, BecauseOf
from bot.commands.arguments import Arguments
from bot.commands.outcome import Outcome, done, refused
from bot.commands.registry import command, form
from bot.commands.role import Role
from bot.commands.scene import Scene
from bot.commands.verbs.sponsor import NOT_ONES_OWN, is_named_author
from bot.peps.people import same_login


@command(
    "accept-sponsor",
    form(
        LOGIN_ARGUMENT,
        BecauseOf(),
        who=[Role.EDITOR, Role.DECIDER],
        does="accept a sponsor who is no core developer, or who agreed elsewhere",
        example="accept-sponsor @ada because https://discuss.python.org/t/91337/47",
    ),
    doc=(
        "The Steering Council may approve somebody who is no core developer as the sponsor of one "
        "PEP (PEP 1), and some sponsors say yes in the discussion instead of here. Whoever accepts "
        "them has seen the post that the link shows; the bot opens no link. `/pep unsponsor "
        "@login` takes it back."
    ),
)
def run(said: Arguments, scene: Scene) -> Outcome:
    """Accept them; the header still has to name them."""
    if not scene.pull.verdict.peps:
        return refused("This pull request adds no PEP, so there is none to sponsor.")
    opener = scene.pull.snapshot.change.author
    opened = opener is not None and same_login(said.account, opener)
    if opened or is_named_author(said.account, scene.pull):
        return refused(NOT_ONES_OWN)
    if same_login(said.account, scene.asker):
        return refused("To sponsor it yourself, say `/pep sponsor`.")
    if all(not one.pep.preamble.sponsors for one in scene.pull.verdict.peps):
        return done(
            f"`@{said.account}` is accepted. The header names no sponsor yet: its author adds "
            "`Sponsor: Name <email>` below `Author`."
        )
    return done()
