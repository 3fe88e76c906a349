"""Facts of a repository are read once a push, and the policy from the default branch only."""

from datetime import timedelta

import pytest

from bot.github.client.client import Gone, TryLater
from bot.github.read.base_branch import BaseBranch, read_base_branch
from bot.github.read.base_branch_reader import LIFETIME, BaseBranchReader
from bot.policy.load import default_policy
from bot.review.subject import Repository
from tests.github.reading import (
    CODEOWNERS,
    REPOSITORY,
    ROOT,
    TREE,
    Clock,
    FakeGitHub,
    FakeStore,
    InTurn,
    blob_sha,
)


async def read(github: FakeGitHub) -> BaseBranch:
    return await read_base_branch(github, REPOSITORY, "main")


async def test_published_numbers_and_owners_come_from_the_tree() -> None:
    github = FakeGitHub()
    github.publish("peps/pep-0008.rst", "PEP: 8\n")
    github.publish("peps/pep-0012/pep-NNNN.rst", "PEP: NNNN\n")
    base_branch = await read(github)
    assert base_branch.published == {8, 790}
    assert (base_branch.codeowners_path, base_branch.codeowners) == (
        ".github/CODEOWNERS",
        CODEOWNERS,
    )
    assert base_branch.policy == default_policy()
    assert base_branch.notes == ()


async def test_the_other_files_among_the_peps_are_known_unless_the_tree_is_cut_off() -> None:
    github = FakeGitHub()
    for path in ("peps/pep-0008.rst", "peps/pep-0008/a.png", "peps/conf.py", "docs/a.png"):
        github.publish(path, "")
    assert (await read(github)).auxiliary == {"peps/pep-0008/a.png", "peps/conf.py"}
    github.answers[TREE] = {"tree": [], "truncated": True}
    assert (await read(github)).auxiliary is None


async def test_codeowners_is_sought_in_the_order_of_github() -> None:
    github = FakeGitHub()
    github.tree.clear()
    github.publish("docs/CODEOWNERS", "* @docs\n")
    assert (await read(github)).codeowners_path == "docs/CODEOWNERS"
    github.publish("CODEOWNERS", "* @root\n")
    assert (await read(github)).codeowners_path == "CODEOWNERS"


async def test_a_repository_without_codeowners_has_none() -> None:
    github = FakeGitHub()
    github.tree.clear()
    github.publish("peps/pep-0001.rst", "PEP: 1\n")
    base_branch = await read(github)
    assert (base_branch.codeowners_path, base_branch.codeowners, base_branch.notes) == (
        None,
        None,
        (),
    )


async def test_the_policy_is_read_from_the_base() -> None:
    github = FakeGitHub()
    github.publish(".github/pep-bot.toml", '[labels]\nnew_pep = "fresh"\n')
    base_branch = await read(github)
    assert base_branch.policy.labels.new_pep == "fresh"
    assert base_branch.notes == ()


@pytest.mark.parametrize(
    "text", ["[labels]\nnonsense = 1\n", "= not TOML", b"\xff\xfe", b"x" * 2_000_001]
)
async def test_an_invalid_policy_leaves_the_defaults_and_says_so(text: str | bytes) -> None:
    github = FakeGitHub()
    github.publish(".github/pep-bot.toml", text)
    base_branch = await read(github)
    assert base_branch.policy == default_policy()
    assert len(base_branch.notes) == 1
    assert ".github/pep-bot.toml" in base_branch.notes[0]


async def test_a_truncated_tree_is_noted() -> None:
    github = FakeGitHub()
    github.answers[TREE] = {"tree": [], "truncated": True}
    assert "cut off" in (await read(github)).notes[0]


async def test_unreadable_codeowners_is_noted() -> None:
    github = FakeGitHub()
    github.publish(".github/CODEOWNERS", b"\xff")
    base_branch = await read(github)
    assert base_branch.codeowners is None
    assert "CODEOWNERS" in base_branch.notes[0]


async def test_a_symbolic_link_is_not_followed() -> None:
    github = FakeGitHub()
    github.answers[TREE] = {
        "tree": [{"path": "CODEOWNERS", "mode": "120000", "sha": "c" * 40}, "odd", {"path": 3}]
    }
    assert (await read(github)).codeowners_path is None


async def test_facts_are_read_again_after_a_push_only() -> None:
    github, reader = FakeGitHub(), BaseBranchReader(FakeStore())
    await reader.at(github, REPOSITORY, "main")
    github.requests.clear()
    await reader.at(github, REPOSITORY, "main")
    assert github.requests == []
    await reader.forget(REPOSITORY)
    github.publish("peps/pep-0791.rst", "PEP: 791\n")
    assert 791 in (await reader.at(github, REPOSITORY, "main")).published
    assert github.requests == [TREE]


async def test_facts_grow_old_in_case_a_push_was_missed() -> None:
    clock = Clock()
    github, reader = FakeGitHub(), BaseBranchReader(FakeStore(), clock.monotonic)
    await reader.at(github, REPOSITORY, "main")
    github.requests.clear()
    clock.now += timedelta(hours=1)
    await reader.at(github, REPOSITORY, "main")
    assert github.requests == [ROOT, TREE]


async def test_a_push_while_reading_keeps_nothing_old() -> None:
    reader = BaseBranchReader(FakeStore())

    class PushedMeanwhile(FakeGitHub):
        async def get(self, url: str, variables: object = None) -> object:
            answer = await super().get(url, variables)  # type: ignore[arg-type]
            await reader.forget(REPOSITORY)
            return answer

    await reader.at(PushedMeanwhile(), REPOSITORY, "main")
    github = FakeGitHub()
    await reader.at(github, REPOSITORY, "main")
    assert TREE in github.requests


async def test_failures_are_not_cached() -> None:
    github, reader = FakeGitHub(), BaseBranchReader(FakeStore())
    tree = github.answers[TREE]
    github.answers[TREE] = InTurn(TryLater("out of reach"), Gone("no branch"), tree)
    with pytest.raises(TryLater):
        await reader.at(github, REPOSITORY, "main")
    with pytest.raises(Gone):
        await reader.at(github, REPOSITORY, "main")
    assert 790 in (await reader.at(github, REPOSITORY, "main")).published


async def test_a_push_that_one_process_receives_counts_in_all() -> None:
    github, store = FakeGitHub(), FakeStore()
    here, there = BaseBranchReader(store), BaseBranchReader(store)
    for reader in (here, there):
        await reader.at(github, REPOSITORY, "main")
    github.requests.clear()
    github.publish("peps/pep-0791.rst", "PEP: 791\n")
    await here.forget(REPOSITORY)
    assert 791 in (await there.at(github, REPOSITORY, "main")).published
    await there.at(github, REPOSITORY, "main")
    assert github.requests == [TREE]


async def test_a_push_to_one_repository_makes_no_other_old() -> None:
    github, reader = FakeGitHub(), BaseBranchReader(FakeStore())
    await reader.at(github, REPOSITORY, "main")
    github.requests.clear()
    await reader.forget(Repository("python/devguide", REPOSITORY.installation))
    await reader.at(github, REPOSITORY, "main")
    assert github.requests == []


async def test_a_missed_push_that_one_process_comes_upon_counts_in_all() -> None:
    clock = Clock()
    github, store = FakeGitHub(), FakeStore()
    early, late = BaseBranchReader(store, clock.monotonic), BaseBranchReader(store, clock.monotonic)
    await early.at(github, REPOSITORY, "main")
    clock.now += timedelta(seconds=LIFETIME / 2)
    await late.at(github, REPOSITORY, "main")
    github.publish("peps/pep-0791.rst", "PEP: 791\n")
    clock.now += timedelta(seconds=LIFETIME / 2 + 1)
    assert 791 in (await early.at(github, REPOSITORY, "main")).published
    assert 791 in (await late.at(github, REPOSITORY, "main")).published


async def test_facts_that_are_as_they_were_make_nobody_read_again() -> None:
    clock = Clock()
    github, store = FakeGitHub(), FakeStore()
    early, late = BaseBranchReader(store, clock.monotonic), BaseBranchReader(store, clock.monotonic)
    await early.at(github, REPOSITORY, "main")
    clock.now += timedelta(seconds=LIFETIME / 2)
    await late.at(github, REPOSITORY, "main")
    clock.now += timedelta(seconds=LIFETIME / 2 + 1)
    await early.at(github, REPOSITORY, "main")
    github.requests.clear()
    await late.at(github, REPOSITORY, "main")
    assert github.requests == []


def put_branch(github: FakeGitHub, branch: str, files: dict[str, str]) -> None:
    """A branch beside the default one."""
    github.answers[TREE.replace("main", branch)] = {
        "tree": [
            {"path": path, "type": "blob", "mode": "100644", "sha": github.blob(text)}
            for path, text in files.items()
        ]
    }


async def test_another_branch_has_its_own_files_and_the_policy_of_the_default_branch() -> None:
    github, reader = FakeGitHub(), BaseBranchReader(FakeStore())
    github.publish(".github/pep-bot.toml", '[editors]\nlogins = ["hugovk"]\n')
    policy = '[editors]\nlogins = ["mallory"]\n'
    owners = "*  @python/friends\n"
    put_branch(
        github,
        "feature",
        {
            ".github/pep-bot.toml": policy,
            ".github/CODEOWNERS": owners,
            "peps/pep-0801.rst": "PEP: 801\n",
        },
    )
    base_branch = await reader.at(github, REPOSITORY, "feature")
    assert base_branch.policy.editors.logins == {"hugovk"}
    assert (base_branch.codeowners, base_branch.default_codeowners) == (owners, CODEOWNERS)
    assert base_branch.published == {801}
    assert not [path for path in github.requests if blob_sha(policy) in path], "nobody asked"
    assert (await reader.at(github, REPOSITORY)).published == {790}


async def test_another_branch_follows_a_push_to_the_default_one_and_tells_what_is_wrong() -> None:
    github, reader = FakeGitHub(), BaseBranchReader(FakeStore())
    put_branch(github, "feature", {"peps/pep-0801.rst": "PEP: 801\n"})
    assert not (await reader.at(github, REPOSITORY, "feature")).notes
    github.publish(".github/pep-bot.toml", "nonsense = 1\n")
    await reader.forget(REPOSITORY)
    (note,) = (await reader.at(github, REPOSITORY, "feature")).notes
    assert "defaults apply" in note


async def test_a_branch_that_becomes_the_default_one_governs_with_its_own_policy() -> None:
    clock = Clock()
    github, reader = FakeGitHub(), BaseBranchReader(FakeStore(), clock.monotonic)
    put_branch(github, "next", {".github/pep-bot.toml": '[editors]\nlogins = ["warsaw"]\n'})
    assert (await reader.at(github, REPOSITORY, "next")).policy == default_policy()
    github.answers[ROOT] = {"default_branch": "next"}
    clock.now += timedelta(seconds=LIFETIME + 1)
    assert (await reader.at(github, REPOSITORY, "next")).policy.editors.logins == {"warsaw"}
