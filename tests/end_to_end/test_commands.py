"""What each command does on GitHub, through signed webhooks."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, OTHER_EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose, set_policy

DONE, CONFUSED = ["+1"], ["confused"]


async def say(harness: Harness, number: int, by: str, body: str) -> int:
    """Comment, and wait until the bot is done."""
    comment = await harness.simulator.comment(REPOSITORY, number, by=by, body=body)
    await harness.wait_until_idle()
    return comment


async def outcome(harness: Harness, number: int, by: str, body: str) -> list[str]:
    """The reactions to a comment."""
    return harness.reactions(number, await say(harness, number, by, body))


async def test_a_mistake_is_pointed_at_and_its_reply_goes_when_it_is_fixed(
    harness: Harness,
) -> None:
    number = await propose(harness)
    comment = await say(harness, number, EDITOR, "Hm.\n\n/pep skip codeownrs because it is fine\n")
    assert harness.reactions(number, comment) == CONFUSED
    (reply,) = harness.replies(number)
    assert "    /pep skip codeownrs because it is fine\n              ^\n" in reply, reply
    assert "I understood `/pep skip`, but `codeownrs` is not the id of a rule." in reply
    assert "Did you mean this?\n\n    /pep skip codeowners because it is fine\n" in reply
    assert "@" not in reply
    edit = harness.simulator.edit_comment
    await edit(REPOSITORY, comment, by=EDITOR, body="/pep skip codeownrs because it is fine")
    await harness.wait_until_idle()
    (changed,) = harness.replies(number)
    assert "codeownrs" in changed
    await edit(REPOSITORY, comment, by=EDITOR, body="/pep skip codeowners because it is fine")
    await harness.wait_until_idle()
    assert harness.reactions(number, comment) == DONE
    assert "There is no finding of `codeowners` now" in harness.replies(number)[0]
    assert "codeownrs" not in harness.replies(number)[0]


async def test_what_somebody_else_writes_into_a_text_is_never_carried_out_from_there(
    harness: Harness,
) -> None:
    number = await propose(harness, line=None)
    comment = await say(harness, number, EDITOR, "Hello")
    await harness.simulator.edit_comment(
        REPOSITORY, comment, by=SPONSOR, body="/pep skip codeowners because I say so"
    )
    await harness.wait_until_idle()
    assert "needs codeowners" in harness.labels(number)
    assert harness.reactions(number, comment) == CONFUSED
    (reply,) = harness.replies(number)
    assert "Somebody else wrote commands into this text" in reply
    await harness.simulator.edit_comment(
        REPOSITORY, comment, by=EDITOR, body="/pep skip codeowners because I say so\n\nOh."
    )
    await harness.wait_until_idle()
    assert "needs codeowners" in harness.labels(number)
    assert await outcome(harness, number, EDITOR, "/pep skip codeowners because I do") == DONE
    assert "needs codeowners" not in harness.labels(number)


async def test_an_edit_carries_out_only_what_is_new(harness: Harness) -> None:
    number = await propose(harness)
    harness.simulator.define_label(REPOSITORY, "typing")
    comment = await say(harness, number, EDITOR, "/pep label +typing")
    assert "typing" in harness.labels(number)
    await harness.simulator.unlabel(REPOSITORY, number, by=EDITOR, name="typing")
    body = "Please:\n/pep  Label  +typing.\n/pep await author"
    await harness.simulator.edit_comment(REPOSITORY, comment, by=EDITOR, body=body)
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting author"}
    await harness.simulator.edit_comment(
        REPOSITORY, comment, by=EDITOR, body=f"{body}\n/pep label +typing"
    )
    await harness.wait_until_idle()
    assert "typing" in harness.labels(number), "a second equal command is another command"


async def test_waived_findings_show_their_reason_and_come_back(harness: Harness) -> None:
    number = await propose(harness, pep(sponsor=None), line=None)
    await say(harness, number, EDITOR, "/pep skip sponsor because the council approved it by mail")
    assert harness.conclusions(number) == ["success"]
    assert "the council approved it by mail" in harness.comment(number)
    assert "depends on the sponsor" not in harness.comment(number)
    assert await outcome(harness, number, EDITOR, "/pep unskip sponsor") == DONE
    assert harness.conclusions(number) == ["failure"]
    assert await outcome(harness, number, EDITOR, "/pep unskip sponsor") == DONE


async def test_a_sponsor_is_asked_once_and_nobody_else_is_mentioned(harness: Harness) -> None:
    number = await propose(harness, pep(sponsor=None), line=None)
    await say(harness, number, AUTHOR, "/pep sponsor @ada")
    (reply,) = harness.replies(number)
    assert reply.count("@") == 1
    assert "@ada, the author of “A calmer way” asks" in reply
    await say(harness, number, AUTHOR, "/pep sponsor @ada")
    await say(harness, number, AUTHOR, "/pep sponsor @mallory")
    _, again, stranger = harness.replies(number)
    assert "`@ada` was already asked here" in again
    assert "I did not mention anybody" in stranger
    for text in (again, stranger):
        assert text.replace("`@", "").count("@") == 0


async def test_an_accepted_sponsor_counts_and_agreed(harness: Harness) -> None:
    text = pep(sponsor="Mallory Strange <m@mail.example>")
    number = await propose(harness, text, line=None)
    assert "needs sponsor" in harness.labels(number)
    link = "https://discuss.python.org/t/91337/47"
    reason = f"{'word ' * 58}see {link}"  # more than is kept of it, but for the link
    await say(harness, number, EDITOR, f"/pep accept-sponsor @mallory because {reason}")
    assert "needs sponsor" not in harness.labels(number)
    assert link in harness.comment(number)
    other = pep(sponsor="Eve Elsewhere <e@mail.example>")
    await harness.simulator.push(REPOSITORY, number, {PATH: other})
    await harness.wait_until_idle()
    assert "needs sponsor" in harness.labels(number), "another name is another person"
    await harness.simulator.push(REPOSITORY, number, {PATH: text})
    await harness.wait_until_idle()
    assert "needs sponsor" not in harness.labels(number)
    await say(harness, number, EDITOR, "/pep unsponsor @mallory")
    assert "needs sponsor" in harness.labels(number)


@pytest.mark.exhaustive
async def test_nobody_becomes_the_sponsor_of_their_own_pep(harness: Harness) -> None:
    await set_policy(
        harness,
        '[people.known]\n"Mallory Strange" = "mallory"\n[[people.typing_council]]\n'
        'name = "Mallory Strange"\nlogin = "mallory"\nsince = 2020-01-01\nsource = "x"\n',
    )
    author = "Nova First <nova@mail.example>, Mallory Strange <m@mail.example>"
    number = await propose(harness, pep(author=author, sponsor=None), line=None)
    link = "https://discuss.python.org/t/91337/47"
    for by, says in (
        (STRANGER, "/pep sponsor"),
        (AUTHOR, "/pep sponsor @Mallory"),
        (EDITOR, f"/pep accept-sponsor @MALLORY because {link}"),
        (EDITOR, f"/pep accept-sponsor @{AUTHOR} because {link}"),
    ):
        assert await outcome(harness, number, by, says) == CONFUSED, says
        assert "Nobody can sponsor their own PEP." in harness.replies(number)[-1]


@pytest.mark.exhaustive
async def test_a_stage_set_by_command_holds_until_its_cause_changes(harness: Harness) -> None:
    number = await propose(harness)
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}
    await say(harness, number, AUTHOR, "/pep await editor")
    assert harness.labels(number) == {"new-pep", "awaiting editor"}
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="Nice")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting editor"}
    await harness.simulator.push(REPOSITORY, number, {PATH: pep(9999)})
    await harness.wait_until_idle()
    assert harness.labels(number) >= {"new-pep", "awaiting author"}


@pytest.mark.exhaustive
async def test_a_stage_set_by_hand_holds_until_its_cause_changes_and_so_does_a_request(
    harness: Harness,
) -> None:
    number = await propose(harness)
    await harness.simulator.label(REPOSITORY, number, by=EDITOR, name="awaiting author")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting author"}
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="Nice")
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting author"}
    await say(harness, number, SPONSOR, "/pep sponsor")
    assert harness.labels(number) == {"new-pep", "awaiting editor"}

    await harness.simulator.review(
        REPOSITORY, number, by=EDITOR, state="CHANGES_REQUESTED", body="?"
    )
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting author"}
    assert "requested changes" in harness.comment(number)
    await harness.simulator.push(REPOSITORY, number, {PATH: pep(body="Better.")})
    await harness.wait_until_idle()
    assert harness.labels(number) == {"new-pep", "awaiting editor"}


async def test_a_paused_bot_says_so_once_and_resumes(harness: Harness) -> None:
    number = await propose(harness, pep(sponsor=None), line=None)
    before = harness.comment(number)
    assert await outcome(harness, number, AUTHOR, "/pep pause because we talk first") == DONE
    assert "bot: paused" in harness.labels(number)
    await harness.simulator.push(REPOSITORY, number, {PATH: pep()})
    await harness.wait_until_idle()
    assert harness.comment(number) == before
    assert harness.conclusions(number) == ["neutral"]
    assert await outcome(harness, number, STRANGER, "/pep resume") == CONFUSED
    assert await outcome(harness, number, AUTHOR, "/pep resume") == DONE
    assert "bot: paused" not in harness.labels(number)
    assert harness.comment(number) != before
    harness.simulator.clear_requests()
    assert await outcome(harness, number, EDITOR, "/pep resume") == CONFUSED
    assert "there is nothing to resume" in harness.replies(number)[-1]
    assert len(harness.writes()) == 2, "the reaction and the reply"
    await harness.simulator.send_again(harness.simulator.deliveries[-1].guid)
    await harness.wait_until_idle()
    assert len(harness.writes()) == 2
    assert await outcome(harness, number, EDITOR, "/pep pause") == DONE
    assert await outcome(harness, number, AUTHOR, "/pep resume") == CONFUSED
    assert "A PEP editor paused me here" in harness.replies(number)[-1]
    assert "bot: paused" in harness.labels(number)
    assert await outcome(harness, number, EDITOR, "/pep resume") == DONE


async def test_the_answers_to_a_text_follow_the_order_of_its_commands(harness: Harness) -> None:
    number = await propose(harness)
    lines = ("explain title", "nosuch", "resume", "help resume", "skip tabs because x", "resume x")
    await say(harness, number, EDITOR, "\n".join(f"/pep {line}" for line in lines))
    (reply,) = harness.replies(number)
    told = (
        "**`title`",
        "no command `nosuch`",
        "nothing to resume",
        "Ends a pause.",
        "no finding of `tabs`",
        "`x` was not expected",
    )
    places = [reply.index(words) for words in told]
    assert places == sorted(places), reply


async def test_a_check_that_fails_goes_on_failing_when_its_author_pauses_the_bot(
    harness: Harness,
) -> None:
    number = await propose(harness, pep(sponsor=None), line=None)
    assert await outcome(harness, number, AUTHOR, "/pep pause") == DONE
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    assert run.conclusion == "failure"
    assert "paused the bot" in (run.summary or "")
    assert "(`sponsor`)" in (run.summary or ""), "why it fails"
    await say(harness, number, OTHER_EDITOR, "/pep pause because we talk")
    assert harness.conclusions(number) == ["neutral"]
    await say(harness, number, AUTHOR, "/pep pause")
    assert harness.conclusions(number) == ["neutral"]


@pytest.mark.exhaustive
async def test_the_title_gets_its_prefix_and_keeps_the_rest(harness: Harness) -> None:
    number = await propose(harness, title="pep-843 A calmer way")
    await say(harness, number, AUTHOR, "/pep title")
    title = harness.simulator.pull_request(REPOSITORY, number).title
    assert title == "PEP 842: A calmer way"


async def test_an_assigned_number_goes_before_every_claim(harness: Harness) -> None:
    first = await propose(harness)
    second = await propose(harness, number=843)
    await say(harness, second, EDITOR, f"/pep number 842 for #{second} because it was announced")
    assert "`#1` also claims 842" in harness.replies(second)[0]
    assert "needs number" in harness.labels(first)
    assert f"already claimed by #{second}" in harness.comment(first)
    await say(harness, first, STRANGER, "/pep number")
    assert f"- 842 for `#{second}`, [as said here]" in harness.replies(first)[0]
    await say(harness, first, EDITOR, "/pep number release 842")
    assert "needs number" not in harness.labels(first)


@pytest.mark.exhaustive
async def test_a_pull_request_may_be_named_by_its_address_if_it_is_of_this_repository(
    harness: Harness,
) -> None:
    number = await propose(harness)
    for address in ("https://github.com/other/peps/pull/1", "other/peps#1"):
        assert await outcome(harness, number, EDITOR, f"/pep number 850 for {address}") == CONFUSED
        assert "`other/peps` is another repository" in harness.replies(number)[-1]
    address = f"https://github.com/Python/PEPs/pull/{number}"
    assert await outcome(harness, number, EDITOR, f"/pep number 850 for {address}") == DONE
    await say(harness, number, STRANGER, "/pep number")
    assert f"- 850 for `#{number}`, [as said here]" in harness.replies(number)[-1]


async def test_a_reserved_number_belongs_to_nobody(harness: Harness) -> None:
    issue = await harness.simulator.open_issue(
        REPOSITORY, by=EDITOR, title="Numbers", body="/pep number 842 because of an anniversary"
    )
    await harness.wait_until_idle()
    assert harness.simulator.pull_request(REPOSITORY, issue).reactions == [
        ("pep-editor-bot[bot]", "+1")
    ]
    number = await propose(harness)
    assert "`of an anniversary`" in harness.comment(number)
    await say(harness, issue, EDITOR, "/pep number release 842")
    assert "needs number" not in harness.labels(number)


async def test_labels_go_by_the_repositorys_policy(harness: Harness) -> None:
    for name in ("topic-typing", "topic-packaging", "priority"):
        harness.simulator.define_label(REPOSITORY, name)
    await set_policy(
        harness, '[label_command]\neditors = ["*"]\nauthors = ["topic-*"]\ndenied = ["prio*"]\n'
    )
    number = await propose(harness)
    assert await outcome(harness, number, AUTHOR, "/pep label +Topic-Typing") == DONE
    assert "topic-typing" in harness.labels(number)
    assert await outcome(harness, number, AUTHOR, "/pep label -new-pep") == CONFUSED
    assert "Changing `new-pep` is for a PEP editor." in harness.replies(number)[-1]
    assert await outcome(harness, number, STRANGER, "/pep label +topic-packaging") == CONFUSED
    assert "is for an author or a PEP editor." in harness.replies(number)[-1]
    refused = {
        "/pep label +priority": "does not let anybody change `priority`",
        "/pep label +topic-typng": "Did you mean `topic-typing`?",
        '/pep label +"skip sponsor"': "/pep skip",
        '/pep label +"bot: paused"': "/pep pause",
    }
    assert await outcome(harness, number, EDITOR, "\n".join(refused)) == CONFUSED
    for command, words in refused.items():
        assert words in harness.replies(number)[-1], command
    assert await outcome(harness, number, EDITOR, "/pep label -new-pep +topic-packaging") == DONE
    assert harness.labels(number) == {"topic-typing", "topic-packaging", "awaiting sponsor"}
    await harness.simulator.push(REPOSITORY, number, {PATH: pep(body="More.")})
    await harness.wait_until_idle()
    assert "new-pep" not in harness.labels(number), "what an editor took off stays off"


async def test_fix_offers_suggestions_and_a_patch(harness: Harness) -> None:
    text = pep(9999).replace("Status: Draft\n", "Status:\tDraft\n")
    number = await propose(harness, text, number=9999, line=None)
    await say(harness, number, AUTHOR, "/pep fix")
    (reply,) = harness.replies(number)
    assert "rename from peps/pep-9999.rst\nrename to peps/pep-0842.rst\n" in reply
    assert "+PEP: 842\n" in reply
    assert "+peps/pep-0842.rst  @ada\n" in reply
