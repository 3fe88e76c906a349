"""Commands by several people through webhooks; `tests/commands/test_who_may` has every form."""

import re
from collections.abc import Mapping

from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose

FOR_ALL, FOR_EDITORS, FOR_AUTHORS = (
    "/pep explain sponsor",
    "/pep label +typing",
    "/pep await editor",
)
ALLOWED = {
    FOR_ALL: {EDITOR, AUTHOR, STRANGER},
    FOR_EDITORS: {EDITOR},
    FOR_AUTHORS: {EDITOR, AUTHOR},
}
REFUSAL_REASONS = {
    FOR_EDITORS: "`/pep label +LABEL -LABEL` is for a PEP editor.",
    FOR_AUTHORS: "`/pep await author|sponsor|editor|decision` is for an author or a PEP editor.",
}
SAID = {EDITOR: FOR_EDITORS, AUTHOR: FOR_AUTHORS, STRANGER: FOR_ALL}
DONE, CONFUSED = ["+1"], ["confused"]


async def test_a_command_is_carried_out_for_whom_it_is_and_the_others_are_told(
    harness: Harness,
) -> None:
    harness.simulator.define_label(REPOSITORY, "typing")
    number = await propose(harness)
    comments = {
        (command, by): await harness.simulator.comment(REPOSITORY, number, by=by, body=command)
        for command in ALLOWED
        for by in (STRANGER, AUTHOR, EDITOR)
    }
    await harness.wait_until_idle()
    for (command, by), comment in comments.items():
        allowed = by in ALLOWED[command]
        assert harness.reactions(number, comment) == (DONE if allowed else CONFUSED), (command, by)
    answers = harness.replies(number)
    for command, words in REFUSAL_REASONS.items():
        refused = {STRANGER, AUTHOR, EDITOR} - ALLOWED[command]
        assert sum(words in answer for answer in answers) == len(refused), command
    assert harness.labels(number) >= {"typing", "awaiting editor"}


async def test_it_makes_no_difference_where_and_how_it_is_said(harness: Harness) -> None:
    """Edited into a review or a remark on a line, heard of twice and backwards."""
    harness.simulator.define_label(REPOSITORY, "typing")
    seen = []
    for place in ("review", "review comment"):
        number = await propose(harness)
        harness.simulator.hold_webhooks()
        await _say_by_edits(harness, number, place, SAID)
        await harness.simulator.release_webhooks(reverse=True, duplicate=True)
        await harness.wait_until_idle()
        seen.append(_seen(harness, number))
        await harness.simulator.close(REPOSITORY, number, by=AUTHOR)
        await harness.wait_until_idle()
    assert seen[0] == seen[1]
    labels, replies, _ = seen[0]
    assert labels >= {"typing", "awaiting editor"}
    assert len(replies) == 1


async def _say_by_edits(harness: Harness, number: int, place: str, said: Mapping[str, str]) -> None:
    simulator = harness.simulator
    for by, command in said.items():
        if place == "review":
            review = await simulator.review(
                REPOSITORY, number, by=by, state="COMMENTED", body="Hm."
            )
            await simulator.edit_review(REPOSITORY, number, review, by=by, body=command)
        else:
            remark = await simulator.review_comment(
                REPOSITORY, number, by=by, path=PATH, line=2, body="Hm."
            )
            await simulator.edit_review_comment(REPOSITORY, number, remark, by=by, body=command)


def _seen(harness: Harness, number: int) -> tuple[set[str], list[str], list[str | None]]:
    """What there is to see of the bot, but for numbers, times, and to what a reply is."""
    replies = [re.sub(r"<.*?>|\(https.*?\)", "", reply) for reply in harness.replies(number)]
    said = sorted(re.sub(r"\d+|[a-z_]+ (?:created|opened)", "", reply) for reply in replies)
    return harness.labels(number), said, harness.conclusions(number)
