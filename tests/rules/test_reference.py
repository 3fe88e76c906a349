from tests.rules.reference import PAGE, reference


def test_the_page_of_rules_says_what_the_registry_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "docs/rules.md is behind the rules; write it with `uv run python -m tests.rules.reference`"
    )
