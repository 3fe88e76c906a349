"""What each command brings about on GitHub, through signed webhooks."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, OTHER_EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose, set_policy

DONE, CONFUSED = ["+1"], ["confused"]


async def say(desk: Desk, number: int, by: str, body: str) -> int:
    """Comment, and wait until the bot is done."""
    comment = await desk.simulator.comment(REPOSITORY, number, by=by, body=body)
    await desk.calm()
    return comment


async def outcome(desk: Desk, number: int, by: str, body: str) -> list[str]:
    """The reactions to a comment."""
    return desk.reactions(number, await say(desk, number, by, body))


async def test_a_mistake_is_pointed_at_and_its_reply_goes_when_it_is_mended(desk: Desk) -> None:
    number = await propose(desk)
    comment = await say(desk, number, EDITOR, "Hm.\n\n/pep skip codeownrs because it is fine\n")
    assert desk.reactions(number, comment) == CONFUSED
    (reply,) = desk.replies(number)
    assert "    /pep skip codeownrs because it is fine\n              ^\n" in reply, reply
    assert "I understood `/pep skip`, but `codeownrs` is not the id of a rule." in reply
    assert "Did you mean this?\n\n    /pep skip codeowners because it is fine\n" in reply
    assert "@" not in reply
    edit = desk.simulator.edit_comment
    await edit(REPOSITORY, comment, by=EDITOR, body="/pep skip codeownrs because it is fine")
    await desk.calm()
    (changed,) = desk.replies(number)
    assert "codeownrs" in changed
    await edit(REPOSITORY, comment, by=EDITOR, body="/pep skip codeowners because it is fine")
    await desk.calm()
    assert desk.reactions(number, comment) == DONE
    assert "There is no finding of `codeowners` now" in desk.replies(number)[0]
    assert "codeownrs" not in desk.replies(number)[0]


async def test_what_somebody_else_writes_into_a_text_is_never_carried_out_from_there(
    desk: Desk,
) -> None:
    number = await propose(desk, line=None)
    comment = await say(desk, number, EDITOR, "Hello")
    await desk.simulator.edit_comment(
        REPOSITORY, comment, by=SPONSOR, body="/pep skip codeowners because I say so"
    )
    await desk.calm()
    assert "needs codeowners" in desk.labels(number)
    assert desk.reactions(number, comment) == CONFUSED
    (reply,) = desk.replies(number)
    assert "Somebody else wrote commands into this text" in reply
    await desk.simulator.edit_comment(
        REPOSITORY, comment, by=EDITOR, body="/pep skip codeowners because I say so\n\nOh."
    )
    await desk.calm()
    assert "needs codeowners" in desk.labels(number)
    assert await outcome(desk, number, EDITOR, "/pep skip codeowners because I do") == DONE
    assert "needs codeowners" not in desk.labels(number)


async def test_an_edit_carries_out_only_what_is_new(desk: Desk) -> None:
    number = await propose(desk)
    desk.simulator.define_label(REPOSITORY, "typing")
    comment = await say(desk, number, EDITOR, "/pep label +typing")
    assert "typing" in desk.labels(number)
    await desk.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="typing")
    body = "Please:\n/pep  Label  +typing.\n/pep await author"
    await desk.simulator.edit_comment(REPOSITORY, comment, by=EDITOR, body=body)
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting author"}
    await desk.simulator.edit_comment(
        REPOSITORY, comment, by=EDITOR, body=f"{body}\n/pep label +typing"
    )
    await desk.calm()
    assert "typing" in desk.labels(number), "a second equal command is another command"


async def test_waived_findings_show_their_reason_and_come_back(desk: Desk) -> None:
    number = await propose(desk, pep(sponsor=None), line=None)
    await say(desk, number, EDITOR, "/pep skip sponsor because the council approved it by mail")
    assert desk.conclusions(number) == ["success"]
    assert "the council approved it by mail" in desk.comment(number)
    assert "depends on the sponsor" not in desk.comment(number)
    assert await outcome(desk, number, EDITOR, "/pep unskip sponsor") == DONE
    assert desk.conclusions(number) == ["failure"]
    assert await outcome(desk, number, EDITOR, "/pep unskip sponsor") == DONE


async def test_a_sponsor_is_asked_once_and_nobody_else_is_mentioned(desk: Desk) -> None:
    number = await propose(desk, pep(sponsor=None), line=None)
    await say(desk, number, AUTHOR, "/pep sponsor @ada")
    (reply,) = desk.replies(number)
    assert reply.count("@") == 1
    assert "@ada, the author of “A calmer way” asks" in reply
    await say(desk, number, AUTHOR, "/pep sponsor @ada")
    await say(desk, number, AUTHOR, "/pep sponsor @mallory")
    _, again, stranger = desk.replies(number)
    assert "`@ada` was asked here already" in again
    assert "I mentioned nobody" in stranger
    for text in (again, stranger):
        assert text.replace("`@", "").count("@") == 0


async def test_an_accepted_sponsor_counts_and_agreed(desk: Desk) -> None:
    text = pep(sponsor="Mallory Strange <m@mail.example>")
    number = await propose(desk, text, line=None)
    assert "needs sponsor" in desk.labels(number)
    link = "https://discuss.python.org/t/91337/47"
    reason = f"{'word ' * 58}see {link}"  # more than is kept of it, but for the link
    await say(desk, number, EDITOR, f"/pep accept-sponsor @mallory because {reason}")
    assert "needs sponsor" not in desk.labels(number)
    assert link in desk.comment(number)
    other = pep(sponsor="Eve Elsewhere <e@mail.example>")
    await desk.simulator.push(REPOSITORY, number, {PATH: other})
    await desk.calm()
    assert "needs sponsor" in desk.labels(number), "another name is another person"
    await desk.simulator.push(REPOSITORY, number, {PATH: text})
    await desk.calm()
    assert "needs sponsor" not in desk.labels(number)
    await say(desk, number, EDITOR, "/pep unsponsor @mallory")
    assert "needs sponsor" in desk.labels(number)


@pytest.mark.exhaustive
async def test_nobody_becomes_the_sponsor_of_their_own_pep(desk: Desk) -> None:
    await set_policy(
        desk,
        '[people.known]\n"Mallory Strange" = "mallory"\n[[people.typing_council]]\n'
        'name = "Mallory Strange"\nlogin = "mallory"\nsince = 2020-01-01\nsource = "x"\n',
    )
    author = "Nova First <nova@mail.example>, Mallory Strange <m@mail.example>"
    number = await propose(desk, pep(author=author, sponsor=None), line=None)
    link = "https://discuss.python.org/t/91337/47"
    for by, says in (
        (STRANGER, "/pep sponsor"),
        (AUTHOR, "/pep sponsor @Mallory"),
        (EDITOR, f"/pep accept-sponsor @MALLORY because {link}"),
        (EDITOR, f"/pep accept-sponsor @{AUTHOR} because {link}"),
    ):
        assert await outcome(desk, number, by, says) == CONFUSED, says
        assert "Nobody sponsors their own PEP." in desk.replies(number)[-1]


@pytest.mark.exhaustive
async def test_a_stage_set_by_command_holds_until_its_cause_changes(desk: Desk) -> None:
    number = await propose(desk)
    assert desk.labels(number) == {"new-pep", "awaiting sponsor"}
    await say(desk, number, AUTHOR, "/pep await editor")
    assert desk.labels(number) == {"new-pep", "awaiting editor"}
    await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body="Nice")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting editor"}
    await desk.simulator.push(REPOSITORY, number, {PATH: pep(9999)})
    await desk.calm()
    assert desk.labels(number) >= {"new-pep", "awaiting author"}


@pytest.mark.exhaustive
async def test_a_stage_set_by_hand_holds_until_its_cause_changes_and_so_does_a_request(
    desk: Desk,
) -> None:
    number = await propose(desk)
    await desk.simulator.label(REPOSITORY, number, by=EDITOR, name="awaiting author")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting author"}
    await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body="Nice")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting author"}
    await say(desk, number, SPONSOR, "/pep sponsor")
    assert desk.labels(number) == {"new-pep", "awaiting editor"}

    await desk.simulator.review(REPOSITORY, number, by=EDITOR, state="CHANGES_REQUESTED", body="?")
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting author"}
    assert "asked for changes" in desk.comment(number)
    await desk.simulator.push(REPOSITORY, number, {PATH: pep(body="Better.")})
    await desk.calm()
    assert desk.labels(number) == {"new-pep", "awaiting editor"}


async def test_a_paused_bot_says_so_once_and_resumes(desk: Desk) -> None:
    number = await propose(desk, pep(sponsor=None), line=None)
    before = desk.comment(number)
    assert await outcome(desk, number, AUTHOR, "/pep pause because we talk first") == DONE
    assert "bot: paused" in desk.labels(number)
    await desk.simulator.push(REPOSITORY, number, {PATH: pep()})
    await desk.calm()
    assert desk.comment(number) == before
    assert desk.conclusions(number) == ["neutral"]
    assert await outcome(desk, number, STRANGER, "/pep resume") == CONFUSED
    assert await outcome(desk, number, AUTHOR, "/pep resume") == DONE
    assert "bot: paused" not in desk.labels(number)
    assert desk.comment(number) != before


async def test_a_check_that_fails_goes_on_failing_when_its_author_pauses_the_bot(
    desk: Desk,
) -> None:
    number = await propose(desk, pep(sponsor=None), line=None)
    assert await outcome(desk, number, AUTHOR, "/pep pause") == DONE
    head = desk.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = desk.simulator.check_runs(REPOSITORY, head)
    assert run.conclusion == "failure"
    assert "paused the bot" in (run.summary or "")
    assert "(`sponsor`)" in (run.summary or ""), "why it fails"
    await say(desk, number, OTHER_EDITOR, "/pep pause because we talk")
    assert desk.conclusions(number) == ["neutral"]
    await say(desk, number, AUTHOR, "/pep pause")
    assert desk.conclusions(number) == ["neutral"]


@pytest.mark.exhaustive
async def test_the_title_gets_its_prefix_and_keeps_the_rest(desk: Desk) -> None:
    number = await propose(desk, title="pep-843 A calmer way")
    await say(desk, number, AUTHOR, "/pep title")
    title = desk.simulator.pull_request(REPOSITORY, number).title
    assert title == "PEP 842: A calmer way"


async def test_an_assigned_number_goes_before_every_claim(desk: Desk) -> None:
    first = await propose(desk)
    second = await propose(desk, number=843)
    await say(desk, second, EDITOR, f"/pep number 842 for #{second} because it was announced")
    assert "`#1` claims 842 too" in desk.replies(second)[0]
    assert "needs number" in desk.labels(first)
    assert f"already claimed by #{second}" in desk.comment(first)
    await say(desk, first, STRANGER, "/pep number")
    assert f"- 842 for `#{second}`, [by an editor]" in desk.replies(first)[0]
    await say(desk, first, EDITOR, "/pep number release 842")
    assert "needs number" not in desk.labels(first)


@pytest.mark.exhaustive
async def test_a_pull_request_may_be_named_by_its_address_if_it_is_of_this_repository(
    desk: Desk,
) -> None:
    number = await propose(desk)
    for address in ("https://github.com/other/peps/pull/1", "other/peps#1"):
        assert await outcome(desk, number, EDITOR, f"/pep number 850 for {address}") == CONFUSED
        assert "`other/peps` is another repository" in desk.replies(number)[-1]
    address = f"https://github.com/Python/PEPs/pull/{number}"
    assert await outcome(desk, number, EDITOR, f"/pep number 850 for {address}") == DONE
    await say(desk, number, STRANGER, "/pep number")
    assert f"- 850 for `#{number}`, [by an editor]" in desk.replies(number)[-1]


async def test_a_number_put_aside_is_nobodys(desk: Desk) -> None:
    issue = await desk.simulator.open_issue(
        REPOSITORY, by=EDITOR, title="Numbers", body="/pep number 842 because of an anniversary"
    )
    await desk.calm()
    assert desk.simulator.pull_request(REPOSITORY, issue).reactions == [
        ("pep-editor-bot[bot]", "+1")
    ]
    number = await propose(desk)
    assert "`of an anniversary`" in desk.comment(number)
    await say(desk, issue, EDITOR, "/pep number release 842")
    assert "needs number" not in desk.labels(number)


async def test_labels_go_by_the_repositorys_policy(desk: Desk) -> None:
    for name in ("topic-typing", "topic-packaging", "priority"):
        desk.simulator.define_label(REPOSITORY, name)
    await set_policy(
        desk, '[label_command]\neditors = ["*"]\nauthors = ["topic-*"]\ndenied = ["prio*"]\n'
    )
    number = await propose(desk)
    assert await outcome(desk, number, AUTHOR, "/pep label +Topic-Typing") == DONE
    assert "topic-typing" in desk.labels(number)
    assert await outcome(desk, number, AUTHOR, "/pep label -new-pep") == CONFUSED
    assert "Changing `new-pep` is for a PEP editor." in desk.replies(number)[-1]
    assert await outcome(desk, number, STRANGER, "/pep label +topic-packaging") == CONFUSED
    assert "is for an author or a PEP editor." in desk.replies(number)[-1]
    refused = {
        "/pep label +priority": "lets nobody change `priority`",
        "/pep label +topic-typng": "Did you mean `topic-typing`?",
        '/pep label +"skip sponsor"': "/pep skip",
        '/pep label +"bot: paused"': "/pep pause",
    }
    assert await outcome(desk, number, EDITOR, "\n".join(refused)) == CONFUSED
    for command, words in refused.items():
        assert words in desk.replies(number)[-1], command
    assert await outcome(desk, number, EDITOR, "/pep label -new-pep +topic-packaging") == DONE
    assert desk.labels(number) == {"topic-typing", "topic-packaging", "awaiting sponsor"}
    await desk.simulator.push(REPOSITORY, number, {PATH: pep(body="More.")})
    await desk.calm()
    assert "new-pep" not in desk.labels(number), "what an editor took off stays off"


async def test_fix_offers_suggestions_and_a_patch(desk: Desk) -> None:
    text = pep(9999).replace("Status: Draft\n", "Status:\tDraft\n")
    number = await propose(desk, text, number=9999, line=None)
    await say(desk, number, AUTHOR, "/pep fix")
    (reply,) = desk.replies(number)
    assert "rename from peps/pep-9999.rst\nrename to peps/pep-0842.rst\n" in reply
    assert "+PEP: 842\n" in reply
    assert "+peps/pep-0842.rst  @ada\n" in reply
