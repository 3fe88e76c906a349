"""Labels put on and taken off, and made where the repository lacks them."""

import pytest

from bot.github.client.client import TryLater
from bot.github.write.labels import label_styles
from bot.policy.labels import LabelNames
from bot.review.reconcile import (
    AddLabels,
    RemoveLabel,
    SetLabels,
)
from bot.review.snapshot import Memory
from tests.github.scripted_github import Reply
from tests.github.writing_desk import (
    CREATE_RUN,
    FORBIDDEN,
    LABELS,
    LOST,
    ROOT,
    Desk,
    plan_of,
)


async def test_a_label_the_repository_lacks_is_made_first_and_only_once(desk: Desk) -> None:
    plan = plan_of(AddLabels(("needs sponsor",)), labels={"needs sponsor": "nobody"})
    for _ in range(2):
        await desk.carry_out(plan)
    assert desk.bodies("POST", f"{ROOT}/labels") == [
        {
            "name": "needs sponsor",
            "color": "e99695",
            "description": "Names nobody who may sponsor the PEP",
        }
    ]
    assert desk.bodies("POST", LABELS) == [{"labels": ["needs sponsor"]}] * 2
    assert desk.github.journal[0] == f"POST {ROOT}/labels"


async def test_a_label_that_exists_already_is_used(desk: Desk) -> None:
    errors = [{"resource": "Label", "code": "already_exists", "field": "name"}]
    exists = Reply({"message": "Validation Failed", "errors": errors}, 422)
    desk.github.will("POST", f"{ROOT}/labels", exists)
    await desk.carry_out(plan_of(AddLabels(("new-pep",)), labels={"new-pep": "x"}))
    assert desk.bodies("POST", LABELS) == [{"labels": ["new-pep"]}]
    assert desk.store.labels == {"new-pep"}


async def test_a_known_label_is_the_same_in_another_case(desk: Desk) -> None:
    desk.store.labels = {"New-PEP"}
    await desk.carry_out(plan_of(AddLabels(("new-pep",)), labels={"new-pep": "x"}))
    assert desk.bodies("POST", f"{ROOT}/labels") == []


async def test_where_labels_may_not_be_made_only_existing_ones_are_put(desk: Desk) -> None:
    desk.github.will("GET", f"{ROOT}/labels/new-pep", Reply({"name": "new-pep"}))
    plan = plan_of(
        AddLabels(("new-pep", "needs number")), labels={"new-pep": "x", "needs number": "y"}
    )
    outcome = await desk.carry_out(plan, names=LabelNames(create_missing=False))
    assert desk.bodies("POST", LABELS) == [{"labels": ["new-pep"]}]
    assert outcome.labels == {"new-pep": "x"}
    assert desk.bodies("POST", f"{ROOT}/labels") == []


async def test_where_no_label_can_be_put_nothing_is_written(desk: Desk) -> None:
    plan = plan_of(AddLabels(("new-pep",)), labels={"new-pep": "x"})
    outcome = await desk.carry_out(plan, names=LabelNames(create_missing=False))
    assert outcome.labels == {}
    assert desk.store.audit == []
    assert desk.bodies("POST", LABELS) == []


async def test_labels_that_could_not_be_put_do_not_count_as_put(desk: Desk) -> None:
    desk.store.labels = {"new-pep"}
    desk.github.will("POST", LABELS, FORBIDDEN)
    plan = plan_of(AddLabels(("new-pep",)), labels={"new-pep": "x", "awaiting editor": "y"})
    outcome = await desk.carry_out(plan, Memory(labels={"awaiting editor": "y"}))
    assert outcome.labels == {"awaiting editor": "y"}


@pytest.mark.parametrize("answer", [Reply([]), Reply({"message": "Label does not exist"}, 404)])
async def test_a_label_is_taken_off_or_gone_already(desk: Desk, answer: Reply) -> None:
    desk.github.will("DELETE", f"{LABELS}/needs%20sponsor", answer)
    memory = Memory(labels={"needs sponsor": "x", "new-pep": "y"})
    outcome = await desk.carry_out(
        plan_of(RemoveLabel("needs sponsor"), labels={"new-pep": "y"}), memory
    )
    assert desk.store.memory.labels == outcome.labels == {"new-pep": "y"}
    assert [record.detail for record in desk.store.audit] == ["needs sponsor"]


async def test_a_label_that_could_not_be_removed_is_still_remembered_as_ours(desk: Desk) -> None:
    desk.github.will("DELETE", f"{LABELS}/new-pep", FORBIDDEN)
    outcome = await desk.carry_out(plan_of(RemoveLabel("new-pep")), Memory(labels={"new-pep": "y"}))
    assert outcome.labels == {"new-pep": "y"}


async def test_labels_set_together_keep_those_of_others(desk: Desk) -> None:
    desk.store.labels = {"new-pep"}
    await desk.carry_out(plan_of(SetLabels(("infra", "new-pep")), labels={"new-pep": "x"}))
    assert desk.bodies("PUT", LABELS) == [{"labels": ["infra", "new-pep"]}]
    assert desk.bodies("POST", f"{ROOT}/labels") == []
    assert desk.store.memory.labels == {"new-pep": "x"}


async def test_labels_that_could_not_be_set_leave_the_memory_as_it_was(desk: Desk) -> None:
    desk.github.will("PUT", LABELS, FORBIDDEN)
    memory = Memory(labels={"new-pep": "x"})
    plan = plan_of(SetLabels(("awaiting editor",)), labels={"awaiting editor": "y"})
    assert (await desk.carry_out(plan, memory)).labels == {"new-pep": "x"}


async def test_a_label_is_not_remembered_before_it_is_put(desk: Desk) -> None:
    desk.github.will("POST", LABELS, LOST)
    plan = plan_of(CREATE_RUN, AddLabels(("new-pep",)), labels={"new-pep": "x"})
    with pytest.raises(TryLater):
        await desk.carry_out(plan)
    assert desk.store.memory.labels == {}


def test_every_label_the_bot_may_write_has_a_style_that_github_accepts() -> None:
    named = {"decision": "decision", "infrastructure": "infra", "editorial": "wording"}
    topics = {"Typing": "topic-typing"}
    names = LabelNames(new_pep="brand new", needs_number="", topics=topics, **named)
    styles = label_styles(names)
    off = {"create_missing", "skip_prefix", "needs_number", "topics"}
    written = {name for field, name in names.model_dump().items() if field not in off}
    assert styles.keys() == {*written, "topic-typing"}
    for style in styles.values():
        assert len(bytes.fromhex(style.color)) == 3
        assert 0 < len(style.description) <= 100
