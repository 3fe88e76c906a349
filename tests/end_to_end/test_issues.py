"""New issues: by policy they get labels and a comment; newcomers' blank ones are in the digest."""

import asyncio
import json

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.cli.digest import digest_json, digest_text, read_digest
from tests.end_to_end.conftest import EDITOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose, set_policy

POLICY = '[issues]\ntopics = true\nlinks = true\n[labels.topics]\nTyping = "topic-typing"\n'


async def run(arguments: list[str]) -> tuple[int, str]:
    """A command of the command line, in a thread beside the loop: its code and output."""
    result = await asyncio.to_thread(CliRunner().invoke, main, arguments)
    return result.exit_code, result.output


async def opened(harness: Harness, title: str, body: str = "Look.", by: str = STRANGER) -> int:
    issue = await harness.simulator.open_issue(REPOSITORY, by=by, title=title, body=body)
    await harness.wait_until_idle()
    return issue


async def test_by_default_nothing_is_said_and_nothing_asked(harness: Harness) -> None:
    harness.simulator.clear_requests()
    await opened(harness, "Hello", "Nothing about proposals.")
    assert (harness.reads(), harness.writes()) == ([], [])
    await opened(harness, "PEP 840: a typo")
    assert harness.writes() == []


async def test_an_issue_that_names_peps_gets_its_label_and_one_line(harness: Harness) -> None:
    await set_policy(harness, POLICY)
    text = pep(840, author="Edith Quill <edith@python.example>", sponsor=None)
    await harness.simulator.commit(
        REPOSITORY,
        {"peps/pep-0840.rst": text.replace("Type:", "Topic: Typing\nType:")},
        by=EDITOR,
    )
    edit = await propose(harness, files={"peps/pep-0840.rst": text.replace("something", "more")})
    issue = await opened(harness, "PEP 840: a typo", "And PEP 999, which nobody wrote.")
    assert harness.labels(issue) == {"topic-typing"}
    (said,) = harness.replies(issue)
    assert "[PEP 840 – A calmer way](https://peps.python.org/pep-0840/): Draft" in said
    assert f"open pull requests: `#{edit}`" in said
    assert "999" not in said
    harness.simulator.clear_requests()
    delivery = next(
        one
        for one in harness.simulator.deliveries
        if (one.event, one.action) == ("issues", "opened")
    )
    await harness.simulator.send_again(delivery.guid)
    await harness.simulator.edit_pull_request(REPOSITORY, issue, by=STRANGER, body="PEP 841, too")
    await harness.wait_until_idle()
    assert harness.writes() == []


async def test_who_asks_for_a_number_is_told_once_how_to_come_by_one(harness: Harness) -> None:
    await set_policy(harness, POLICY)
    # GitHub takes the answer, and its receipt is lost.
    harness.simulator.drop_connections(match=r"POST .*/comments", after=True)
    issue = await opened(harness, "Requesting a PEP number for my idea")
    (said,) = harness.replies(issue)
    assert "**842**" in said
    assert "`peps/pep-0842.rst`" in said


async def test_blank_issues_by_newcomers_are_noted_and_not_marked(harness: Harness) -> None:
    await set_policy(harness, POLICY)
    harness.simulator.clear_requests()
    issue = await opened(harness, "PEP 840 \x1b[31m", "<!-- Describe -->\n\n- [ ] I searched\n")
    assert (harness.reads(), harness.writes()) == ([], [])
    items = await read_digest(f"sqlite:///{harness.store}")
    listed = digest_text(items)
    assert f"python/peps#{issue} blank issue by a newcomer: PEP 840" in listed
    assert "\x1b" not in listed
    (line,) = digest_json(items).splitlines()
    assert json.loads(line)["number"] == issue


async def test_kinds_and_topics_are_labelled_where_the_policy_names_them(harness: Harness) -> None:
    await set_policy(
        harness,
        '[labels]\ndecision = "decision"\ninfrastructure = "infra"\neditorial = "wording"\n'
        '[labels.topics]\nTyping = "topic-typing"\n',
    )
    number = await propose(harness, pep(headers="Topic: Typing\n"))
    assert harness.labels(number) == {"new-pep", "topic-typing", "awaiting sponsor"}
    infra = await propose(harness, files={"README.rst": "Other.\n"}, title="Infra: Words")
    assert harness.labels(infra) == {"infra"}
    assert harness.comments(infra) == []
    text = pep(840, author="Edith Quill <edith@python.example>", sponsor=None)
    moved = await propose(
        harness,
        files={"peps/pep-0840.rst": text.replace("Draft", "Withdrawn")},
        title="PEP 840: End",
    )
    assert "decision" in harness.labels(moved)


@pytest.mark.usefixtures("logs_as_they_were")
async def test_numbers_tells_what_a_running_bot_knows(harness: Harness) -> None:
    number = await propose(harness)
    await harness.simulator.comment(
        REPOSITORY, number, by=EDITOR, body="/pep number 843 because of a birthday"
    )
    await harness.wait_until_idle()
    await harness.stop()
    folder = harness.folder / "checkout" / "peps"
    folder.mkdir(parents=True)
    for published in (840, 841):
        (folder / f"pep-{published:04}.rst").write_text(pep(published))
    url = f"sqlite:///{harness.store}"
    arguments = ["numbers", "--repo", str(folder.parent), "--store", url]
    _, delivery = await run([*arguments, "--format", "json"])
    answer = json.loads(delivery)
    assert (answer["next"], answer["claimed"]) == (844, [842])
    assert 843 in answer["reserved"]
    assert "843 is reserved: By an editor: of a birthday" in ((await run(arguments))[1])
    code, missing = await run([*arguments[:-1], "sqlite:////nowhere/at.all"])
    assert (code, "the folder of the store /nowhere/at.all does not exist" in missing) == (2, True)
    await harness.start()
