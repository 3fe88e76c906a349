from bot.rules.engine.registry import all_rules
from tests.rules.reference import PAGE, RuleFigures, measured, reference


def test_the_page_of_rules_says_what_the_registry_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "docs/rules.md is behind the rules; write it with "
        "`.uv/bin/uv run python -m tests.rules.reference`"
    )


def test_the_figures_come_from_the_table_of_the_history() -> None:
    page = """# History

| rule | applies to | speaks on |
| `other` | 1 | 1 |

## Findings

| rule | applies to | errors | speaks on | false alarms |
| --- | --: | --: | --: | --- |
| `tabs` | 954 | 0 | 7 | 0 (0.0%) |

| pull request | rule |
| #1 | `number` |

## Later
| `late` | 1 | 1 | 1 | 1 |
"""
    assert measured(page) == {"tabs": RuleFigures("954", "7")}
    assert "findings on 7 of 954 pull requests" in reference(page)
    assert measured("# History\n") == {}


def test_a_rule_without_figures_is_shown_as_never_measured() -> None:
    assert reference("").count("never measured") == len(all_rules())


def test_every_rule_is_in_the_contents_and_has_a_section() -> None:
    page = reference("")
    for rule in all_rules():
        assert f"[{rule.id}](#{rule.id})" in page
        assert f"\n### {rule.id}\n" in page
        assert f"]({rule.link})" in page
