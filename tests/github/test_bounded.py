"""What others choose the names of is remembered up to a bound."""

import asyncio
import gc
from datetime import timedelta

from bot.github.client.app import InstallationTokens, Token
from bot.github.client.throttle import WriteThrottle
from bot.github.read.base_branch import BaseBranch
from bot.github.read.base_branch_reader import BaseBranchReader
from bot.github.read.people_reader import PeopleReader
from bot.peps.people import CoreTeam
from bot.policy.load import default_policy
from tests.github.reading import (
    CSV,
    NOON,
    REPOSITORY,
    TREE,
    Clock,
    FakeClients,
    FakeGitHub,
    FakeStore,
)


def alive(kind: type) -> int:
    gc.collect()
    return sum(type(one) is kind for one in gc.get_objects())


async def test_branches_leave_no_locks_and_few_facts() -> None:
    github, reader = FakeGitHub(), BaseBranchReader(FakeStore())
    locks, base_branch = alive(asyncio.Lock), alive(BaseBranch)
    for number in range(70):
        branch = f"b{number}"
        github.answers[TREE.replace("main", branch)] = github.answers[TREE]
        await reader.at(github, REPOSITORY, branch)
    assert alive(asyncio.Lock) == locks
    assert alive(BaseBranch) - base_branch == 64


async def test_long_owners_of_branches_are_not_all_kept() -> None:
    github, reader = FakeGitHub(), BaseBranchReader(FakeStore())
    base_branch = alive(BaseBranch)
    github.publish(".github/CODEOWNERS", "#" * 1_900_000)
    for number in range(9):
        branch = f"b{number}"
        github.answers[TREE.replace("main", branch)] = github.answers[TREE]
        await reader.at(github, REPOSITORY, branch)
    assert alive(BaseBranch) - base_branch == 8


async def test_tokens_and_their_locks_are_kept_of_a_thousand_repositories() -> None:
    async def fetch(_installation: int, name: str) -> Token:
        return Token(name, NOON + timedelta(hours=1))

    tokens = InstallationTokens(fetch, lambda: NOON)
    locks = alive(asyncio.Lock)
    for number in range(1_100):
        await tokens.token(7, f"python/r{number}")
    assert alive(Token) == 1_000
    assert alive(asyncio.Lock) == locks


async def test_one_token_is_fetched_for_all_who_ask_at_once() -> None:
    asked: list[str] = []

    async def fetch(_installation: int, name: str) -> Token:
        asked.append(name)
        await asyncio.sleep(0)
        return Token(name, NOON + timedelta(hours=1))

    tokens = InstallationTokens(fetch, lambda: NOON)
    await asyncio.gather(*(tokens.token(7, "python/peps") for _ in range(5)))
    assert asked == ["python/peps"]


async def test_lists_that_policies_name_are_kept_parsed_sixteen_at_most() -> None:
    github = FakeGitHub()
    people = PeopleReader(FakeClients(github), FakeStore(), Clock())
    before = alive(CoreTeam)
    for number in range(17):
        path = f"people{number}.csv"
        policy = default_policy().model_copy(update={"core_team_path": path})
        github.answers[f"/repos/python/devguide/contents/{path}"] = CSV.encode()
        for _ in range(2):
            assert (await people.core_team(github, REPOSITORY, policy)).team is not None
    assert alive(CoreTeam) - before == 16


def test_the_throttles_of_ten_thousand_installations_are_cached() -> None:
    class Bucket:
        def __init__(self, _installation: int) -> None:
            self.left = 8

        async def acquire(self) -> None:
            return None

    throttle = WriteThrottle(Bucket)
    for installation in range(10_200):
        assert throttle.of(installation) is throttle.of(installation)
    assert alive(Bucket) == 10_000
