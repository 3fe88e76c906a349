"""`/pep label` changes all labels or none, for people whom the policy allows it."""

from typing import Any

from bot.commands.result import CommandResult, SetLabel, TakeLabelOff
from bot.commands.role import Role
from bot.policy.labels import LabelCommand
from tests.builders import new_pep, review_context, snapshot
from tests.commands.contexts import context_on, known_labels, run_command

SEEN = snapshot(new_pep())
KNOWN = known_labels("Topic-Typing", "topic-packaging", "needs rebase", "bot: paused", "skip x")


def asked(
    text: str, *roles: Role, rights: LabelCommand | None = None, **values: Any
) -> CommandResult:
    policy = review_context().policy
    if rights is not None:
        policy = policy.model_copy(update={"label_command": rights})
    return run_command(text, context_on(SEEN, *roles, policy=policy, known_labels=KNOWN, **values))


def test_labels_are_changed_as_the_repository_writes_them_and_only_where_that_changes_any() -> None:
    standing = frozenset({"Needs Rebase", "topic-packaging"})
    result = asked('label +topic-typing +topic-packaging -"needs rebase" -Docs', labels=standing)
    assert result.effects == (SetLabel("Topic-Typing"), TakeLabelOff("Needs Rebase"))
    assert result.done


def test_one_label_that_cannot_be_set_leaves_all_as_they_are() -> None:
    result = asked("label +topic-typing +topic-pakaging")
    assert result == CommandResult(
        False, "The repository has no label `topic-pakaging`. Did you mean `topic-packaging`?"
    )
    assert asked("label +zzz").reply == "The repository has no label `zzz`."
    assert asked("label -zzz").done, "what the repository lacks stands nowhere"


def test_labels_that_instruct_the_bot_have_commands_of_their_own() -> None:
    assert "use `/pep pause`" in asked('label +"Bot: Paused"').reply
    assert "use `/pep skip RULE because …`" in asked('label -"Skip x"').reply
    assert not asked('label -"skip x"').done
    assert "no label `skipper`" in asked("label +skipper").reply


def test_who_may_change_which_is_for_the_policy_to_say() -> None:
    rights = LabelCommand(
        editors=("topic-*", "needs *"),
        authors=("Topic-*",),
        anyone=("needs rebase",),
        denied=("topic-packaging",),
    )
    typing, packaging = "label +topic-typing", "label +topic-packaging"
    rebase = 'label +"needs rebase"'
    for roles, may in (
        ((Role.EDITOR,), [True, False, True]),
        ((Role.ANYONE, Role.AUTHOR), [True, False, True]),
        ((Role.ANYONE,), [False, False, True]),
        ((Role.ANYONE, Role.SPONSOR), [False, False, True]),
    ):
        results = [asked(text, *roles, rights=rights) for text in (typing, packaging, rebase)]
        assert [result.done for result in results] == may, roles
    refusal = asked(typing, Role.ANYONE, rights=rights).reply
    assert refusal == "Changing `topic-typing` is for an author or a PEP editor."
    assert "does not let anybody change `topic-packaging`" in asked(packaging, rights=rights).reply


def test_a_command_that_the_policy_gives_to_nobody_is_nobodys() -> None:
    none = LabelCommand(editors=())
    assert asked("label +topic-typing", rights=none).reply.endswith("is for nobody.")
    anyone = LabelCommand(editors=(), anyone=("*",))
    assert asked("label +topic-typing", Role.ANYONE, rights=anyone).done
