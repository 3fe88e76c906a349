"""Each rule reports its bad example, inserted into a valid PEP, and not its good one."""

import pytest

from bot.rules.engine.registry import Rule, all_rules
from tests.rules.examples import IN_WORDS, RULES_WITH_EXAMPLES, findings_for_example


@pytest.mark.parametrize("rule", RULES_WITH_EXAMPLES, ids=lambda rule: rule.id)
def test_the_bad_example_has_a_finding_of_the_rule(rule: Rule) -> None:
    assert findings_for_example(rule, rule.bad)


@pytest.mark.parametrize("rule", RULES_WITH_EXAMPLES, ids=lambda rule: rule.id)
def test_the_good_example_has_no_finding_of_the_rule(rule: Rule) -> None:
    assert not findings_for_example(rule, rule.good)


def test_the_examples_in_words_are_those_of_rules() -> None:
    assert {rule.id for rule in all_rules()} >= IN_WORDS
