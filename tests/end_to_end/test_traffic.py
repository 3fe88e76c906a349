"""The requests of a long story, checked against GitHub's own description of its API."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from bot.github.client.app import PERMISSIONS
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.policy.load import default_policy
from github_simulator.github import GitHubSimulator
from tests.end_to_end import story
from tests.end_to_end.conftest import EDITOR, SPONSOR, pep, pep_harness
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose, set_policy

NEEDED = (
    (r"GET /repos/[^/]+/[^/]+/(git|contents|compare|codeowners)/", "contents", "read"),
    (r"GET /repos/[^/]+/[^/]+/collaborators/[^/]+/permission", "metadata", "read"),
    (r"GET /repos/[^/]+/[^/]+/commits/[^/]+/check-runs", "checks", "read"),
    (r"GET /repos/[^/]+/[^/]+/pulls", "pull_requests", "read"),
    (r"GET /repos/[^/]+/[^/]+/(issues|labels)/", "issues", "read"),
    (r"GET /orgs/[^/]+/teams/", "members", "read"),
    (r"(POST|PATCH) /repos/[^/]+/[^/]+/check-runs", "checks", "write"),
    (r"GET /repos/[^/]+/[^/]+/check-runs", "checks", "read"),
    (r"(POST|PATCH|PUT|DELETE) /repos/[^/]+/[^/]+/(issues|labels)", "issues", "write"),
)
"""What a request needs ("Permissions required for GitHub Apps")."""

PUBLIC = {one.repository for one in default_policy().sources.values()} - {REPOSITORY}
"""Repositories that the app is not installed on; everybody may read them."""


POLICY = """\
labels.create_missing = false
labels.new_pep = "proposal"
editors.collaborators = true
"""


async def long_story(harness: Harness) -> None:
    """Every kind of request the bot makes."""
    await harness.stop()
    await harness.start()
    harness.simulator.drop_connections(match="POST .*/check-runs", after=True)
    await story.play(harness)
    with harness.simulator.lost_webhooks():
        await harness.simulator.label(REPOSITORY, story.SECOND, by=EDITOR, name="skip number")
    await harness.simulator.comment(REPOSITORY, story.SECOND, by=EDITOR, body="Take any number.")
    await harness.wait_until_idle()
    await propose(harness, number=845, line="peps/pep-0845.rst  @ada @nobody-at-all")
    await set_policy(harness, POLICY)
    await harness.simulator.comment(REPOSITORY, story.SECOND, by=SPONSOR, body="/pep number 860")
    await propose(harness, pep(846, status="Accepted"), number=846, by=SPONSOR)
    await harness.simulator.merge(REPOSITORY, story.FIRST, by=EDITOR)
    await harness.wait_until_idle()
    number = await harness.simulator.open_pull_request(
        REPOSITORY, by=EDITOR, title="PEP 840: Final", files={"peps/pep-0840.rst": pep(840) * 40}
    )
    await harness.wait_until_idle()
    await harness.simulator.close(REPOSITORY, number, by=EDITOR)
    await harness.wait_until_idle()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def traffic(pem: str, tmp_path_factory: pytest.TempPathFactory) -> GitHubSimulator:
    """A GitHub that was asked all that the story makes the bot ask."""
    async with pep_harness(tmp_path_factory.mktemp("told"), pem) as harness:
        await long_story(harness)
        return harness.simulator


@pytest.mark.real_data
def test_every_request_is_one_github_describes(
    traffic: GitHubSimulator, shared_data: Path, tmp_path: Path
) -> None:
    lines = tmp_path / "traffic.jsonl"
    traffic.dump_traffic(lines)
    done = subprocess.run(
        [sys.executable, shared_data.parent / "tools" / "validate_traffic.py", "--json", lines],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "operations" in done.stderr, done.stderr
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [
        entry
        for entry in entries
        if entry["level"] == "error" or entry["kind"] in ("unknown-property", "unknown-query")
    ]
    assert not wrong
    assert done.returncode == 0


def test_the_permissions_asked_for_are_the_least_that_the_requests_need(
    traffic: GitHubSimulator,
) -> None:
    needed: dict[str, set[str]] = {"metadata": {"read"}}
    for request in traffic.requests:
        if request.authorization_kind != "token" or request.repository in PUBLIC:
            continue
        line = f"{request.method} {request.path}"
        found = [(name, level) for form, name, level in NEEDED if re.match(form, line)]
        assert found, f"no permission is known for {line}"
        for name, level in found:
            needed.setdefault(name, set()).add(level)
    least = {name: "write" if "write" in levels else "read" for name, levels in needed.items()}
    # GitHub takes either permission for labels and comments on pull requests; both are asked for.
    assert {**least, "pull_requests": "write"} == dict(PERMISSIONS)


def test_the_manifest_asks_for_the_same(pytestconfig: pytest.Config) -> None:
    manifest = yaml.safe_load((pytestconfig.rootpath / "app.yaml").read_text(encoding="utf-8"))
    assert manifest["default_permissions"] == PERMISSIONS
    assert sorted(manifest["default_events"]) == sorted(SUBSCRIBED_EVENTS)
