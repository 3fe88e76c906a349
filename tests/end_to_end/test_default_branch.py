"""Policy, editors and people are those of the default branch, whatever a pull request's base is."""

import pytest

from tests.end_to_end.conftest import CODEOWNERS, OTHER_EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, set_policy

WRITER = SPONSOR
"""Somebody who may push branches and is no editor."""

POLICY = ".github/pep-bot.toml"
SKIP = "/pep skip sponsor because I say so"


async def open_for(harness: Harness, base: str, *, by: str = WRITER) -> int:
    """A pull request for a branch, with a new PEP that lacks its sponsor."""
    number = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=by,
        title="PEP 842: A calmer way",
        files={PATH: pep(sponsor=None)},
        base=base,
        start=harness.simulator.tip(REPOSITORY),
    )
    await harness.wait_until_idle()
    return number


async def say(harness: Harness, number: int, words: str, *, by: str) -> list[str]:
    """Have somebody comment; returns the bot's reactions."""
    comment = await harness.simulator.comment(REPOSITORY, number, by=by, body=words)
    await harness.wait_until_idle()
    return harness.reactions(number, comment)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (POLICY, f'[editors]\nlogins = ["{WRITER}"]\n'),
        pytest.param(
            ".github/CODEOWNERS",
            CODEOWNERS.replace("pep-editors", "friends"),
            marks=pytest.mark.exhaustive,
        ),
    ],
    ids=["policy", "codeowners"],
)
async def test_what_stands_on_a_branch_of_ones_own_makes_nobody_an_editor(
    harness: Harness, path: str, text: str
) -> None:
    harness.simulator.create_team("python", "friends", [WRITER])
    await harness.simulator.commit(REPOSITORY, {path: text}, by=WRITER, branch="mine")
    number = await open_for(harness, "mine")
    words = f"{SKIP}\n/pep number 900"
    assert await say(harness, number, words, by=WRITER) == ["confused"]
    assert harness.replies(number)[-1].count("for a PEP editor") == 2
    await harness.simulator.label(REPOSITORY, number, by=WRITER, name="skip sponsor")
    await harness.simulator.retarget(REPOSITORY, number, by=WRITER, base="main")
    await harness.wait_until_idle()
    assert "needs sponsor" in harness.labels(number)
    assert harness.conclusions(number) == ["failure"]


async def test_the_editors_command_on_a_pull_request_for_any_branch(harness: Harness) -> None:
    files = {POLICY: f'[editors]\nlogins = ["{WRITER}"]\n'}
    files[".github/CODEOWNERS"] = CODEOWNERS.replace("pep-editors", "friends")
    await harness.simulator.commit(REPOSITORY, files, by=WRITER, branch="mine")
    number = await open_for(harness, "mine")
    assert "just ask here, and mention `@python/pep-editors`." in harness.comment(number)
    assert await say(harness, number, SKIP, by=OTHER_EDITOR) == ["+1"]
    assert "needs sponsor" not in harness.labels(number)


async def test_what_somebody_set_aside_stands_again_once_they_are_no_editor(
    harness: Harness,
) -> None:
    await set_policy(harness, f'[editors]\nlogins = ["{WRITER}", "{OTHER_EDITOR}"]\n')
    by_both = [await open_for(harness, "main", by=STRANGER) for _ in range(2)]
    for number, by in zip(by_both, (WRITER, OTHER_EDITOR), strict=True):
        assert await say(harness, number, SKIP, by=by) == ["+1"]
    assert not any("needs sponsor" in harness.labels(number) for number in by_both)
    await set_policy(harness, f'[editors]\nlogins = ["{OTHER_EDITOR}"]\n')
    assert ["needs sponsor" in harness.labels(number) for number in by_both] == [True, False]


async def test_an_event_from_before_the_default_branch_was_another_makes_nobody_an_editor(
    harness: Harness,
) -> None:
    simulator = harness.simulator
    await simulator.commit(REPOSITORY, {"README": "Ours."}, by=OTHER_EDITOR, branch="trunk")
    files = {POLICY: f'[editors]\nlogins = ["{WRITER}"]\n'}
    simulator.hold_webhooks()
    await simulator.commit(REPOSITORY, files, by=WRITER)
    issue = await simulator.open_issue(REPOSITORY, by=WRITER, title="PEP 840: a typo", body="Look.")
    comment = await simulator.comment(REPOSITORY, issue, by=WRITER, body="/pep number 900")
    simulator.set_default_branch(REPOSITORY, "trunk")
    await simulator.release_webhooks()
    await harness.wait_until_idle()
    assert harness.reactions(issue, comment) == ["confused"]
    (reply,) = harness.replies(issue)
    assert "for a PEP editor" in reply


@pytest.mark.exhaustive
async def test_a_pause_ends_once_whoever_said_so_is_no_editor(harness: Harness) -> None:
    await set_policy(harness, f'[editors]\nlogins = ["{WRITER}", "{OTHER_EDITOR}"]\n')
    numbers = [await open_for(harness, "main", by=STRANGER) for _ in range(2)]
    for number, by in zip(numbers, (WRITER, OTHER_EDITOR), strict=True):
        assert await say(harness, number, "/pep pause", by=by) == ["+1"]
    assert [harness.conclusions(number) for number in numbers] == [["neutral"], ["neutral"]]
    await set_policy(harness, f'[editors]\nlogins = ["{OTHER_EDITOR}"]\n')
    assert [harness.conclusions(number) for number in numbers] == [["failure"], ["neutral"]]
