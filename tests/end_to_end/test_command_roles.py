"""Every command by every role, allowed and not, new and edited, doubled and reordered."""

import re

import pytest

from bot.commands.grammar import understand
from bot.commands.lines import command_lines
from bot.commands.registry import all_commands
from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose, set_policy

COAUTHOR, DECIDER = "cora", "dora"
ROLES = (AUTHOR, COAUTHOR, SPONSOR, EDITOR, DECIDER, STRANGER)
PEOPLE = f"""\
[people.known]
"Cora Second" = "{COAUTHOR}"

[[people.packaging_delegates]]
name = "Dora Decides"
login = "{DECIDER}"
since = 2019-01-01
source = "https://discuss.python.org/t/1"
"""
PROPOSAL = pep(
    author="Nova First <nova@mail.example>, Cora Second <cora@mail.example>",
    headers="Topic: Packaging\n",
)
MAY: dict[str, set[str]] = {
    "help": set(ROLES),
    "help number": set(ROLES),
    "check": set(ROLES),
    "explain": set(ROLES),
    "explain sponsor codeowners": set(ROLES),
    "number": set(ROLES),
    "number 850": {EDITOR},
    "number 850 for #77 because it was announced": {EDITOR},
    "number release 850": {EDITOR},
    "not-yet 840 because it comes in phases": {EDITOR},
    "sponsor": {SPONSOR, EDITOR, DECIDER},
    "sponsor @edith": {AUTHOR, COAUTHOR},
    "unsponsor": {SPONSOR},
    "unsponsor @ada": {EDITOR, DECIDER},
    "accept-sponsor @mallory because https://discuss.python.org/t/1/2": {EDITOR, DECIDER},
    "delegate @ada": {EDITOR, DECIDER},
    "skip codeowners because I know better": {EDITOR},
    "unskip codeowners": {EDITOR},
    "label +typing": {EDITOR},
    "await editor": {AUTHOR, COAUTHOR, EDITOR},
    "await decision": {EDITOR},
    "title": {AUTHOR, COAUTHOR, EDITOR},
    "fix": {AUTHOR, COAUTHOR, EDITOR},
    "prepare accepted": {AUTHOR, COAUTHOR, SPONSOR, EDITOR, DECIDER},
    "thread https://discuss.python.org/t/12345": {AUTHOR, COAUTHOR, SPONSOR, EDITOR, DECIDER},
    "submit": {AUTHOR, COAUTHOR, SPONSOR, EDITOR, DECIDER},
    "pause": {AUTHOR, EDITOR},
    "pause because we talk by mail": {AUTHOR, EDITOR},
    "resume": {AUTHOR, EDITOR},
}
WHY_NOT = (
    " is for ",
    "That is for a PEP editor, and for authors on pull requests that they opened.",
    "A sponsor is a core developer, ",
    "Nobody sponsors their own PEP.",
    "Only a PEP editor hands a pull request to those who decide.",
    "There is no consent of yours here",
)
DONE, CONFUSED = ["+1"], ["confused"]


def test_every_form_of_every_command_is_tried() -> None:
    tried = set()
    for text in MAY:
        (line,) = command_lines(f"/pep {text}")
        spoken = understand(line)
        tried.add((spoken.command.verb, spoken.form.usage(spoken.command.verb)))
    forms = {(one.verb, form.usage(one.verb)) for one in all_commands() for form in one.forms}
    assert tried == forms


@pytest.mark.parametrize("command", MAY)
async def test_who_may_say_what(desk: Desk, command: str) -> None:
    await set_policy(desk, PEOPLE)
    desk.simulator.define_label(REPOSITORY, "typing")
    for by in ROLES:
        number = await propose(desk, PROPOSAL)
        comment = await desk.simulator.comment(REPOSITORY, number, by=by, body=f"/pep {command}")
        await desk.calm()
        allowed = by in MAY[command]
        assert desk.reactions(number, comment) == (DONE if allowed else CONFUSED), by
        if not allowed:
            (reply,) = desk.replies(number)
            assert any(words in reply for words in WHY_NOT), reply
        await desk.simulator.close(REPOSITORY, number, by=AUTHOR)
        await desk.calm()


@pytest.mark.parametrize("command", MAY)
async def test_it_makes_no_difference_where_and_how_it_is_said(desk: Desk, command: str) -> None:
    """Edited into a review or a remark on a line, heard of twice and backwards, as in a comment."""
    await set_policy(desk, PEOPLE)
    desk.simulator.define_label(REPOSITORY, "typing")
    said = f"/pep {command}"
    for by in (EDITOR, STRANGER, AUTHOR):
        seen = []
        for place in ("comment", "review", "review comment"):
            number = await propose(desk, PROPOSAL)
            if place != "comment":
                desk.simulator.hold_webhooks()
            await _say_by_an_edit(desk, number, place, by, said)
            await desk.simulator.release_webhooks(reverse=True, duplicate=True)
            await desk.calm()
            seen.append(_seen(desk, number))
            await desk.simulator.close(REPOSITORY, number, by=AUTHOR)
            await desk.calm()
        assert seen[0] == seen[1] == seen[2], by


async def _say_by_an_edit(desk: Desk, number: int, place: str, by: str, said: str) -> None:
    simulator = desk.simulator
    if place == "comment":
        await simulator.comment(REPOSITORY, number, by=by, body=said)
    elif place == "review":
        review = await simulator.review(REPOSITORY, number, by=by, state="COMMENTED", body="Hm.")
        await simulator.edit_review(REPOSITORY, number, review, by=by, body=said)
    else:
        remark = await simulator.review_comment(
            REPOSITORY, number, by=by, path=PATH, line=2, body="Hm."
        )
        await simulator.edit_review_comment(REPOSITORY, number, remark, by=by, body=said)


def _seen(desk: Desk, number: int) -> tuple[object, ...]:
    """What there is to see of the bot, but for numbers, times, and to what a reply is."""
    replies = [re.sub(r"<.*?>|\(https.*?\)", "", reply) for reply in desk.replies(number)]
    said = [re.sub(r"\d+|[a-z_]+ (?:created|opened)", "", reply) for reply in replies]
    return desk.labels(number), said, desk.conclusions(number)
