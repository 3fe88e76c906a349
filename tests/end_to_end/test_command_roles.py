"""Commands by several people through webhooks; `tests/commands/test_who_may` has every form."""

import re
from collections.abc import Mapping

from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose, set_policy

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
    FOR_EDITORS: (
        "`/pep label +LABEL -LABEL` is for a PEP editor. To reach one, mention "
        "`@python/pep-editors` here."
    ),
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


TASKS = ("/pep number 850 because it was announced", "/pep label +typing")
NO_TASKS = (
    "/pep skip codeowners because I say so",
    "/pep pause",
    f"/pep delegate @{STRANGER} because https://discuss.python.org/t/1",
)
ON = "[editors]\ncollaborators = true\n"


async def _reaction(harness: Harness, number: int, by: str, command: str) -> tuple[list[str], int]:
    """The reaction to a command, and how many requests for permissions it took."""
    harness.simulator.clear_requests()
    comment = await harness.simulator.comment(REPOSITORY, number, by=by, body=command)
    await harness.wait_until_idle()
    asked = [one for one in harness.reads() if one.endswith("/permission")]
    return harness.reactions(number, comment), len(asked)


async def test_by_policy_write_access_is_enough_to_reserve_numbers_and_change_labels(
    harness: Harness,
) -> None:
    harness.simulator.define_label(REPOSITORY, "typing")
    harness.simulator.set_collaborator(REPOSITORY, STRANGER, "write")
    number = await propose(harness)
    for command in TASKS:
        assert await _reaction(harness, number, STRANGER, command) == (CONFUSED, 0), "it is off"
    await set_policy(harness, ON)
    for command in NO_TASKS:
        assert await _reaction(harness, number, STRANGER, command) == (CONFUSED, 0)
    assert await _reaction(harness, number, EDITOR, "/pep label -typing") == (DONE, 0)
    for command in TASKS:
        assert await _reaction(harness, number, STRANGER, command) == (DONE, 1)
    assert "typing" in harness.labels(number)
    issue = await harness.simulator.open_issue(REPOSITORY, by=AUTHOR, title="A number", body="")
    await _reaction(harness, issue, EDITOR, "/pep number")
    assert "- 850, [as said here]" in harness.replies(issue)[-1]
    assert await _reaction(harness, issue, STRANGER, "/pep number release 850") == (DONE, 1)


async def test_without_write_access_or_under_anothers_login_nobody_may(harness: Harness) -> None:
    await set_policy(harness, ON)
    number = await propose(harness)
    harness.simulator.set_collaborator(REPOSITORY, STRANGER, "triage")
    assert await _reaction(harness, number, STRANGER, TASKS[0]) == (CONFUSED, 1)
    assert "is for a PEP editor or a collaborator with write access." in harness.replies(number)[-1]
    harness.simulator.hold_webhooks()
    comment = await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body=TASKS[0])
    harness.simulator.rename_user(STRANGER, "mallory-of-old")
    harness.simulator.set_collaborator(REPOSITORY, STRANGER, "write")  # who took that login
    await harness.simulator.release_webhooks()
    await harness.wait_until_idle()
    assert harness.reactions(number, comment) == CONFUSED
    harness.simulator.fail_next(403, match="GET .*/permission")
    assert await _reaction(harness, number, STRANGER, TASKS[0]) == (CONFUSED, 1)
    assert "I could not read whether you have write access." in harness.replies(number)[-1]
    assert await _reaction(harness, number, STRANGER, TASKS[0]) == (DONE, 1)


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
