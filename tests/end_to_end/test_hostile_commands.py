"""Commands with hostile text: none of it becomes markup, and nothing breaks."""

import re

import pytest
from markdown_it import MarkdownIt

from bot.github.client.app import AppIdentity
from bot.github.read.conversation import conversation, parse_comment
from tests.commands import builders
from tests.commands.builders import answers, under_review
from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose, set_policy
from tests.end_to_end.test_hostile import NAMES, live_in, messages

_FRAME = re.compile(
    r"<!-- pep-bot:reply [A-Za-z0-9+/=:-]+ -->|</?sub>|</?details>|<summary>The patch</summary>"
)


def live_in_reply(reply: str) -> list[str]:
    """What is alive in a reply; the frame of a reply, and code, are not."""
    tokens = MarkdownIt("commonmark").parse(reply)
    code = {token.content for token in tokens if token.type in ("fence", "code_block")}
    return [found for found in live_in(_FRAME.sub("", reply)) if found not in code]


def test_the_frame_of_a_reply_is_its_first_line() -> None:
    """What stands further down, in a patch say, marks nothing."""
    reply = "<!-- pep-bot:reply IC_1 -->\n\n```diff\n <!-- pep-bot:summary -->\n```\n"
    ours = {"id": 99, "slug": "pep-editor-bot"}
    entry = {
        "id": 1,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "body": reply,
        "user": {"login": "pep-editor-bot[bot]", "type": "Bot"},
        "performed_via_github_app": ours,
    }
    comment = parse_comment(entry)
    assert comment is not None
    (own,) = conversation((), [comment], (), AppIdentity(99, "pep-editor-bot")).own_comments
    assert own.marker == "reply IC_1"


def said_with(words: str) -> tuple[tuple[str, str], ...]:
    """Who says what, with hostile words wherever a command takes some."""
    return (
        (EDITOR, f"/pep skip sponsor because {words}"),
        (EDITOR, f"/pep number 850 for #77 because {words}"),
        (EDITOR, f"/pep accept-sponsor @mallory because https://discuss.python.org/t/1/2 {words}"),
        (EDITOR, f'/pep label +"{words}"\n/pep label +{words}'),
        (AUTHOR, f"/pep sponsor {words}"),
        (AUTHOR, "/pep sponsor @ada"),
        (STRANGER, f"/pep {words}\n/pep help {words}\n/pep number {words}"),
        (STRANGER, f"/pep skip {words} because {words}\n/pep explain {words}"),
        (STRANGER, "/pep explain\n/pep number"),
        (AUTHOR, "/pep fix"),
        (AUTHOR, f"/pep pause because {words}"),
    )


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_word_of_a_command_comes_alive(name: str) -> None:
    words = " ".join(name.splitlines())
    pull = under_review(Title=words)
    here = {EDITOR: builders.EDITOR, AUTHOR: builders.OPENER, STRANGER: builders.STRANGER}
    answered_count = 0
    for by, body in said_with(words):
        for answer in answers(body, here[by], pull):
            answered_count += bool(answer)
            assert live_in_reply(answer) == [], answer
    assert answered_count > 5


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, id=id_, marks=[] if id_ == "html" else pytest.mark.exhaustive)
        for id_, name in NAMES.items()
    ],
)
async def test_nor_does_one_that_comes_through_github(harness: Harness, name: str) -> None:
    words = " ".join(name.splitlines())
    await set_policy(harness, "[issues]\nlinks = true\n")
    number = await propose(harness, pep(9999, title=words, sponsor=None), number=9999, line=None)
    for by, says in said_with(words):
        await harness.simulator.comment(REPOSITORY, number, by=by, body=says)
    await harness.wait_until_idle()
    issue = await harness.simulator.open_issue(
        REPOSITORY, by=STRANGER, title=f"PEP 840 {words}", body=f"PEP 841 {words}\n\n/pep {words}"
    )
    await harness.wait_until_idle()
    for text in messages(harness, number):
        assert live_in(text) == []
    for reply in (*harness.replies(number), *harness.replies(issue)):
        found = live_in_reply(reply)
        assert [one for one in found if "@ada, the author of" not in one] == [], reply
    assert sum("@ada, the author of" in reply for reply in harness.replies(number)) == 1


async def test_what_is_no_text_at_all_is_passed_over(harness: Harness) -> None:
    number = await propose(harness)
    for body in ("/pep", "/pep ", "/pep \u2028", "/pep \x00", "/pep \u200b", "/pep\t"):
        await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body=f"x\n\n{body}")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}


async def test_very_many_commands_get_one_reply_of_the_length_github_takes(
    harness: Harness,
) -> None:
    number = await propose(harness)
    body = "\n".join(f"/pep frob{index} {'x' * 900}" for index in range(70))
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body=body)
    await harness.simulator.comment(
        REPOSITORY, number, by=STRANGER, body="\n".join(["/pep explain markup tabs"] * 40)
    )
    await harness.wait_until_idle()
    assert len(harness.replies(number)) == 2
    assert all(len(reply) <= 65_536 for reply in harness.replies(number))
