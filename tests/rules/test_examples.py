"""Each rule speaks on its bad example, put into a sound PEP, and is silent on its good one."""

import pytest

from bot.rules.engine import Rule, all_rules
from tests.rules.examples import IN_WORDS, SHOWN, told


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_bad_example_makes_the_rule_speak(rule: Rule) -> None:
    assert told(rule, rule.bad)


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.id)
def test_the_good_example_keeps_the_rule_silent(rule: Rule) -> None:
    assert not told(rule, rule.good)


def test_the_examples_in_words_are_those_of_rules() -> None:
    assert {rule.id for rule in all_rules()} >= IN_WORDS
