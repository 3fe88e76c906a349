"""`/pep groups`: the directory of work groups, on issues and pull requests."""

from dataclasses import replace

from bot.commands.role import Role
from bot.policy.bodies import GroupStatus
from bot.policy.load import default_policy
from bot.policy.model import Policy
from bot.review.snapshot import PullRequestState
from tests.builders import new_pep
from tests.commands.contexts import command_context, context_on, run_command


def test_anybody_gets_every_group_and_the_contact_of_those_that_are_active() -> None:
    groups = default_policy().work_groups
    reply = run_command("groups", context_on(None, Role.ANYONE, policy=default_policy())).reply
    active, _, former = reply.partition("\nNo longer active:\n")
    for key, one in groups.items():
        is_active = one.status is GroupStatus.ACTIVE
        assert (f"- **{one.name}**: {one.concerns}. Contact: " in active) is is_active, key
        assert (f"- {one.name} ({one.status}" in former) is not is_active, key
        assert one.contact in (active if is_active else f"{former}{one.contact}"), key
    assert "python-cuba" not in reply, "nobody is sent to a group that is no more"
    assert "(dissolved 25-Feb-2007)" in former


def test_no_group_is_mentioned() -> None:
    assert "@" not in run_command("groups", context_on(None, policy=default_policy())).reply


def test_it_works_on_pull_requests_open_or_not() -> None:
    for state in PullRequestState:
        context = replace(command_context(new_pep(), state), policy=default_policy())
        result = run_command("groups", context)
        assert result.done
        assert not result.effects


def test_a_repository_without_groups_is_told_so() -> None:
    result = run_command("groups", context_on(None, policy=Policy()))
    assert result.is_idle
    assert result.reply == "The policy of this repository lists no work groups."
