from bot.policy.bodies import Appointment, Body, WorkGroup
from bot.policy.labels import LabelNames
from bot.policy.model import Editors, Links, Numbers, People, Policy, Reminders
from tests.policy.reference import PAGE, meanings, reference


def test_the_page_of_the_policy_says_what_the_model_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "docs/policy.md is behind; write it with `.uv/bin/uv run python -m tests.policy.reference`"
    )


def test_every_key_is_there_with_its_meaning() -> None:
    page = reference()
    tables = (Policy, LabelNames, Numbers, Editors, People, Links, Reminders)
    for model in (*tables, Appointment, Body, WorkGroup):
        for name in model.model_fields:
            if not (model is Policy and f"## `[{name}]`" in page):
                assert f"| `{name}` |" in page or f"| `[{name}]` |" in page
                assert meanings(model)[name], name
