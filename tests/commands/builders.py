"""Runs commands on a pull request built in memory, without GitHub."""

from dataclasses import replace

from bot.commands.carry_out import carry_out
from bot.commands.context import BaseBranchPeps, CommandContext
from bot.commands.grammar.lines import CommandSyntaxError, command_lines
from bot.commands.grammar.parse import ParsedCommand, parse_line
from bot.commands.reply import render_problem
from bot.commands.result import CommandResult
from bot.commands.role import Role, roles_of
from bot.peps.people import Login
from bot.policy.model import Policy
from bot.review.review import Review
from bot.review.snapshot import Base
from tests.builders import NOW, new_pep, review_context, reviewed, snapshot
from tests.rules.builders import pep_text
from tests.rules.builders import policy as policy_of

OPENER, COAUTHOR, SPONSOR, DECIDER, STRANGER = "olga", "cora", "vera", "paula", "mallory"
EDITOR, OTHER_EDITOR = "edda", "otto"


def under_review(**headers: str) -> Review:
    """A pull request with a new packaging PEP of two authors, and its sponsor."""
    known = {"Olga Outsider": Login(OPENER), "Cora Second": Login(COAUTHOR)}
    context = review_context(
        policy=policy_of(known=known),
        editors=frozenset({Login(EDITOR), Login(OTHER_EDITOR)}),
    )
    text = pep_text(
        **{
            "Author": "Olga Outsider <olga at example.org>, Cora Second <cora at example.org>",
            "Topic": "Packaging",
            **headers,
        }
    )
    change = replace(new_pep(text), author=Login(OPENER))
    the_snapshot = snapshot(change, context=context)
    return reviewed(the_snapshot)


def parsed_command(text: str) -> ParsedCommand:
    """A parsed command; the text is without `/pep`."""
    (line,) = command_lines(f"/pep {text}")
    return parse_line(line)


def run_parsed(
    parsed: ParsedCommand, by: str, pull: Review, *roles: Role, policy: Policy | None = None
) -> CommandResult:
    """The result of a command on a pull request, by somebody who may have further roles."""
    known = pull.snapshot.context
    command_context = CommandContext(
        subject=pull.snapshot.subject,
        commenter=Login(by),
        roles=roles_of(Login(by), pull.snapshot.change, known) | set(roles),
        now=NOW,
        policy=policy or known.policy,
        numbers=known.numbers,
        pull_request=pull,
        known_labels={"typing": "typing"},
        published=BaseBranchPeps(Base("main"), known),
    )
    return carry_out(parsed, command_context)


def answers(body: str, by: str, pull: Review) -> list[str]:
    """The answer to each command of a text: its result, or its syntax error."""
    replies = []
    for line in command_lines(body):
        try:
            replies.append(run_parsed(parse_line(line), by, pull).reply)
        except CommandSyntaxError as error:
            replies.append(render_problem(error.syntax_problem))
    return replies
