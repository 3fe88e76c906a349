"""The bot shows no owner what is in another owner's repositories, whatever a policy names."""

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, STRANGER, pep
from tests.end_to_end.council import COUNCIL, submit
from tests.end_to_end.harness import Harness

PRIVATE = "python/drafts"
RIVAL = "mallory-inc/peps"
POLICY = ".github/pep-bot.toml"
LIST = f'core_team_repository = "{PRIVATE}"\ncore_team_path = "people.csv"\n'
SECRET_SPONSOR = "Hidden Person <hidden@python.example>"
PEPS = {
    POLICY: LIST,
    "peps/pep-0840.rst": pep(840, author="Edith Quill <e@x.example>", sponsor=None),
}


def bot_comments(harness: Harness, repository: str, number: int) -> str:
    """All that the check run on a pull request says."""
    head = harness.simulator.pull_request(repository, number).head_sha
    (run,) = harness.simulator.check_runs(repository, head)
    return "\n".join([run.summary or "", *(note["message"] for note in run.annotations)])


async def propose_to(harness: Harness, repository: str, path: str, text: str) -> int:
    number = await harness.simulator.open_pull_request(
        repository, by=AUTHOR, title="PEP: Words", files={path: text}
    )
    await harness.wait_until_idle()
    return number


@pytest.fixture
async def owners(harness: Harness) -> Harness:
    """An owner with a private list and a private tracker, and one whose policy names both."""
    for login in (AUTHOR, STRANGER):
        harness.simulator.add_user(login)
    harness.simulator.create_repository(
        PRIVATE, {**PEPS, "people.csv": "Hidden Person,hidden,2020-01-01,,\n"}, private=True
    )
    harness.simulator.create_repository(COUNCIL, {"README.md": "Hello\n"}, private=True)
    harness.simulator.create_repository(RIVAL, PEPS)
    await harness.simulator.change_installation(harness.installation, add=[PRIVATE, COUNCIL])
    await harness.simulator.install_app([RIVAL])
    await harness.wait_until_idle()
    return harness


async def test_a_private_list_serves_its_own_owner_alone(owners: Harness) -> None:
    new = pep(842, sponsor=SECRET_SPONSOR)
    own = await propose_to(owners, PRIVATE, "peps/pep-0842.rst", new)
    assert "I could not read the core team list" not in bot_comments(owners, PRIVATE, own)
    number = await propose_to(owners, RIVAL, "peps/pep-0842.rst", new)
    assert "I could not read the core team list" in bot_comments(owners, RIVAL, number)


async def test_a_private_tracker_is_told_of_to_its_own_owner_alone(owners: Harness) -> None:
    edited = PEPS["peps/pep-0840.rst"].replace("something", "something else")
    own = await propose_to(owners, PRIVATE, "peps/pep-0840.rst", edited)
    number = await propose_to(owners, RIVAL, "peps/pep-0840.rst", edited)
    owners.simulator.clear_requests()
    await submit(owners, 840, by=EDITOR)
    assert "Submitted to the Steering Council: [issue #1]" in bot_comments(owners, PRIVATE, own)
    await owners.simulator.comment(RIVAL, number, by=STRANGER, body="/pep explain")
    await owners.simulator.comment(RIVAL, number, by=STRANGER, body="/pep submit")
    await owners.wait_until_idle()
    bodies = [comment.body for comment in owners.simulator.pull_request(RIVAL, number).comments]
    assert not any(
        f"{COUNCIL}/issues/1" in text for text in [*bodies, bot_comments(owners, RIVAL, number)]
    )
