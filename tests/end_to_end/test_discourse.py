"""Posts on the forum: read only if the policy wants it; a failing forum never stops a review."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep, pep_harness
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose, set_policy
from tests.end_to_end.test_prepare import say
from tests.forum.simulator import DiscourseSimulator, ForumFault

ON = '[discourse]\nhost = "https://discuss.python.org"\n'
LINK = "https://discuss.python.org/t/66453/63"
PATH = "peps/pep-0840.rst"
SPONSOR_ITEM = "* [x] Core dev/PEP editor listed as author or sponsor: "


@pytest.fixture
async def forum() -> AsyncIterator[DiscourseSimulator]:
    """A forum on which the decision on PEP 840 was told."""
    forum = DiscourseSimulator()
    forum.post(
        66453, 63, at="2025-03-17T18:22:11.123Z", by="ada", name="Ada Merritt", title="PEP 840"
    )
    async with forum.serve():
        yield forum


@pytest.fixture
async def harness(tmp_path: Path, pem: str, forum: DiscourseSimulator) -> AsyncIterator[Harness]:
    """The made-up repository, and a bot that reads the forum on this machine if it reads one."""
    async with pep_harness(tmp_path, pem) as running:
        await running.stop()
        running.overrides["discourse_url"] = forum.url
        await running.start()
        yield running


def decision(resolution: str) -> dict[str, str]:
    text = pep(840, author="Edith Quill <edith@python.example>", sponsor=None, status="Accepted")
    return {PATH: text.replace("\n\n\n", f"\nResolution: {resolution}\n\n\n", 1)}


async def decide(harness: Harness, resolution: str = LINK) -> int:
    return await propose(
        harness, files=decision(resolution), by=EDITOR, title="PEP 840: Mark as Accepted"
    )


@pytest.mark.exhaustive
async def test_nothing_is_asked_by_default_and_the_comment_says_so(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    number = await decide(harness)
    await propose(harness, body=SPONSOR_ITEM + LINK)
    assert "; I have not read the linked post." in harness.comment(number)
    assert "I have not read the post, so I cannot fill in the day." in harness.comment(number)
    assert forum.requests == []


async def test_neither_a_pull_request_nor_another_host_switches_it_on(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    files = {**decision(LINK), ".github/pep-bot.toml": ON}
    await propose(harness, files=files, by=EDITOR, title="PEP 840: Mark as Accepted")
    await set_policy(harness, f'[discourse]\nhost = "{forum.url}"\n')
    number = await decide(harness)
    assert "; I have not read the linked post." in harness.comment(number)
    assert forum.requests == []


async def test_a_decision_is_given_the_day_of_its_post(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    await set_policy(harness, ON)
    number = await decide(harness)
    comment = harness.comment(number)
    assert f"\n    Resolution: `17-Mar-2025 <{LINK}>`__\n" in comment
    post = "the linked post is from 17-Mar-2025 (UTC) by Ada Merritt (`ada` on the forum)."
    assert post in comment
    assert "cannot read" not in comment
    assert (
        "day, written on 17-Mar-2025 (UTC) by Ada Merritt (`ada` on the forum); I have" in comment
    )
    assert forum.requests == ["/posts/by_number/66453/63.json"]


@pytest.mark.exhaustive
async def test_a_second_review_asks_nothing_again_after_a_restart_too(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    await set_policy(harness, ON)
    number = await decide(harness)
    comment_text = harness.comment(number)
    await harness.stop()
    await harness.start()
    await harness.simulator.push(
        REPOSITORY, number, {"README.rst": "PEPs, all of them\n"}, by=EDITOR
    )
    await harness.wait_until_idle()
    assert len(forum.requests) == 1
    assert harness.comment(number) == comment_text


async def test_a_fault_degrades_in_words_and_the_review_goes_on(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    """Which faults there are, `tests/forum` tries one by one."""
    await set_policy(harness, ON)
    forum.fault = ForumFault.BROKEN
    number = await decide(harness)
    assert harness.conclusions(number) == ["neutral"]
    comment = harness.comment(number)
    assert "; I have not read the linked post." in comment
    assert "I could not read the post, so I cannot fill in the day." in comment
    assert "DD-Mmm-YYYY" in comment
    assert "2025" not in comment


async def test_a_post_beside_the_sponsor_item_is_reported_with_day_and_writer_and_not_counted(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    await set_policy(harness, ON)
    number = await propose(harness)
    for place, (name, username, comment_text) in enumerate(
        (
            ("Ada Merritt", "someone", "I cannot tell whether it means yes."),
            ("", "ada", "I cannot tell whether it means yes."),
            ("Nova First", "nova", "I cannot tell whether the sponsor wrote it."),
        ),
        start=8,
    ):
        forum.post(7, place, at="2025-05-12T10:00:00Z", by=username, name=name)
        link = f"https://discuss.python.org/t/7/{place}"
        await harness.simulator.edit_pull_request(
            REPOSITORY, number, by=AUTHOR, body=f"{SPONSOR_ITEM}{link}"
        )
        await harness.wait_until_idle()
        comment = harness.comment(number)
        by = f"{name} (`{username}` on the forum)" if name else f"`{username}` on the forum"
        post = f"[a post]({link}) from 12-May-2025 (UTC) by {by}"
        assert f"You linked {post} as the sponsor's agreement; {comment_text}" in comment, (
            name,
            username,
        )
        assert "or a comment with `/pep sponsor`, settles it" in comment
        assert "[agreed here](" not in comment


@pytest.mark.exhaustive
async def test_a_thread_about_something_else_is_worth_a_question(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    await set_policy(harness, ON)
    forum.post(9, 1, at="2025-05-12T10:00:00Z", by="ada", title="Cats <img src=x> @nova")
    thread = "https://discuss.python.org/t/9"
    text = pep(sponsor=f"Ada Merritt <ada@python.example>\nDiscussions-To: {thread}")
    number = await propose(harness, text)
    ((_, _, level, message),) = harness.annotations(number)
    assert level == "notice"
    assert message.startswith("Is this the right thread? Its title is `Cats <img src=x> @nova`.")


@pytest.mark.exhaustive
async def test_a_writer_with_a_hostile_name_does_no_harm(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    await set_policy(harness, ON)
    hostile = "@everyone ![x](https://evil.example/x) <b>\u202e</b>"
    forum.post(66453, 63, at="2025-03-17T18:22:11Z", by="a`d`a @nova", name=hostile)
    comment = harness.comment(await decide(harness))
    assert "17-Mar-2025" in comment
    for harm in ("@everyone", "![", "evil.example/", "<b>", "\u202e"):
        assert harm not in comment
    assert "`a'd'a @nova`" in comment


PREPARE = f"/pep prepare accepted 840 {LINK}"
THREAD = "/pep thread https://discuss.python.org/t/7 840"
UNREAD = "I have not read it"


async def asked_on_an_issue(harness: Harness, command: str, by: str = EDITOR) -> str:
    issue = await harness.simulator.open_issue(REPOSITORY, by=AUTHOR, title="What now?")
    return await say(harness, issue, command, by=by)


async def test_a_change_is_prepared_with_the_day_of_the_linked_post_and_says_whose_it_is(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    await set_policy(harness, ON)
    reply = await asked_on_an_issue(harness, PREPARE)
    assert f"+Resolution: `17-Mar-2025 <{LINK}>`__" in reply
    assert (
        "The linked post was written on 17-Mar-2025 (UTC) by Ada Merritt (`ada` on the forum);"
        in reply
    )
    assert "I have read only its day and author" in reply
    assert "DD-Mmm-YYYY" not in reply
    forum.post(7, 1, at="2025-02-01T10:00:00Z", by="edith", name="Edith Quill")
    forum.post(7, 2, at="2025-02-09T10:00:00Z", by="ada", name="Ada Merritt")
    reply = await asked_on_an_issue(harness, THREAD)
    assert "+Post-History: `01-Feb-2025 <https://discuss.python.org/t/7>`__" in reply
    assert (
        "first post of the linked thread was written on 01-Feb-2025 (UTC) by Edith Quill" in reply
    )
    assert "DD-Mmm-YYYY" not in reply
    assert forum.requests == ["/posts/by_number/66453/63.json", "/posts/by_number/7/1.json"]


@pytest.mark.exhaustive
async def test_a_post_that_is_not_to_be_read_or_cannot_be_leaves_the_blank(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    forum.post(7, 1, at="2025-02-01T10:00:00Z", by="edith")
    for policy, fault in (("", None), (ON, ForumFault.BROKEN)):
        await set_policy(harness, policy)
        forum.fault = fault
        reply = await asked_on_an_issue(harness, f"{PREPARE}\n{THREAD}")
        assert f"DD-Mmm-YYYY <{LINK}>" in reply, fault
        assert "DD-Mmm-YYYY <https://discuss.python.org/t/7>" in reply, fault
        assert reply.count(UNREAD) == 2
        assert "2025 <" not in reply
        assert len(forum.requests) == (fault is not None), "one that fails is left alone"


@pytest.mark.exhaustive
async def test_nothing_is_asked_for_a_given_day_or_a_stranger_or_of_another_host(
    harness: Harness, forum: DiscourseSimulator
) -> None:
    await set_policy(harness, ON)
    for command, by in (
        (f"{PREPARE} 17-Mar-2025", EDITOR),
        (PREPARE, STRANGER),
        ("/pep prepare accepted 840 https://discuss.python.org.evil.example/t/66453/63", EDITOR),
        ("/pep prepare accepted 840", EDITOR),
    ):
        assert await asked_on_an_issue(harness, command, by)
        assert forum.requests == [], (command, by)
