"""`/pep idea`: the pointer that PEP 1 has for ideas, on issues and pull requests."""

import pytest

from bot.commands.role import Role
from bot.review.snapshot import PullRequestState
from tests.builders import new_pep
from tests.commands.contexts import command_context, context_on, run_command


@pytest.mark.parametrize("state", list(PullRequestState))
def test_an_editor_points_to_the_forum_and_the_issue_tracker(state: PullRequestState) -> None:
    for context in (command_context(), command_context(new_pep(), state)):
        result = run_command("idea", context)
        assert result.done
        assert "https://discuss.python.org/c/ideas/" in result.reply
        assert "https://github.com/python/cpython/issues" in result.reply
        assert "pep-0001/#start-with-an-idea-for-python" in result.reply
        assert not result.effects, "nothing is closed or labelled"


def test_the_pointer_mentions_nobody_and_is_no_command_itself() -> None:
    result = run_command("idea", command_context())
    assert result.mention is None
    assert "@" not in result.reply
    assert "/pep " not in result.reply


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.SPONSOR, Role.DECIDER, Role.ANYONE])
def test_nobody_but_an_editor_sends_an_idea_elsewhere(role: Role) -> None:
    result = run_command("idea", context_on(None, role))
    assert not result.done
    assert result.reply == "`/pep idea` is for a PEP editor."
