from pathlib import Path
from typing import Any

import pytest

import bot.rules
from bot.policy.model import RuleSetting
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import (
    InvalidRule,
    RuleFailed,
    UnknownRule,
    all_rules,
    rule,
    run_rules,
)
from tests.rules.builders import added, change, context, longer, pep_text, policy
from tests.rules.faulty import TRAP, failing_rules

PEP_2026 = "peps/pep-2026.rst"
WORDS: dict[str, Any] = {
    "title": "t",
    "source": "s",
    "link": "https://peps.python.org/pep-0001/",
    "doc": "d",
    "bad": "b",
    "good": "g",
    "remedy": "r",
}


def test_rules_come_sorted_by_id() -> None:
    ids = [one.id for one in all_rules()]
    assert "sponsor" in ids
    assert ids == sorted(ids)


def test_a_module_that_decorates_a_rule_is_found_without_being_named_anywhere() -> None:
    (folder,) = bot.rules.__path__
    decorated = [
        path.stem
        for path in Path(folder).rglob("*.py")
        if "\n@rule(" in path.read_text(encoding="utf-8")
    ]
    assert sorted(name.replace("_", "-") for name in decorated) == [one.id for one in all_rules()]


def test_every_rule_has_words_for_its_documentation() -> None:
    for one in all_rules():
        assert one.title, one.id
        assert one.source, one.id
        assert len(one.doc) > 60, one.id
        assert one.link.startswith("https://"), one.id
        assert one.bad, one.id
        assert one.good, one.id
        assert len(one.remedy) > 15, one.id


@pytest.mark.parametrize("rule_id", ["sponsor", "Sponsor", "two words", "", "-x", "a_b"])
def test_a_doubled_or_malformed_id_is_refused(rule_id: str) -> None:
    all_rules()
    with pytest.raises(InvalidRule):
        rule(id=rule_id, severity=Severity.ERROR, **WORDS)(lambda c, x: ())


def test_only_the_rules_asked_for_run() -> None:
    the_change = change(added(pep_text(9999, Sponsor=None), "peps/pep-9999.rst"))
    assert {one.rule for one in run_rules(the_change, context())} == {"sponsor", "number"}
    assert {one.rule for one in run_rules(the_change, context(), ids=["number"])} == {"number"}


def test_an_unknown_id_is_named_together_with_the_known_ones() -> None:
    with pytest.raises(
        UnknownRule, match=r"no rule no-such-rule; known are .*codeowners, .*created"
    ):
        run_rules(change(), context(), ids=["no-such-rule"])


def test_findings_come_heaviest_first_and_always_in_the_same_order() -> None:
    the_change = change(added(pep_text(9999, Sponsor=None), "peps/pep-9999.rst"))
    found = run_rules(the_change, context())
    assert [(one.rule, one.severity) for one in found] == [
        ("sponsor", Severity.ERROR),
        ("number", Severity.WARNING),
    ]
    assert found == run_rules(the_change, context())


@pytest.mark.parametrize(
    "broken",
    [Finding("other", Severity.NOTICE, "m"), Finding("test-own", Severity.ERROR, "m")],
    ids=["another rule's id", "more than its own severity"],
)
def test_a_rule_that_breaks_its_own_terms_is_a_bug(
    broken: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_rules()
    registered = dict(bot.rules.engine.registry._REGISTERED)
    try:
        rule(id="test-own", severity=Severity.WARNING, **WORDS)(lambda change, context: [broken])
        with pytest.raises(RuleFailed) as failed:
            run_rules(change(), context(), ids=["test-own"])
        assert isinstance(failed.value.fault, InvalidRule)
        assert "test-own" in str(failed.value.fault)
    finally:
        bot.rules.engine.registry._REGISTERED.clear()
        bot.rules.engine.registry._REGISTERED.update(registered)


def test_a_rule_that_fails_costs_its_own_findings_alone() -> None:
    unsponsored = pep_text(9999, Sponsor=None)
    sound = change(added(unsponsored, "peps/pep-9999.rst"))
    trapped = change(added(longer(unsponsored, TRAP), "peps/pep-9999.rst"))
    failures: list[RuleFailed] = []
    with failing_rules("sponsor"):
        found = run_rules(trapped, context(), on_failure=failures.append)
        again: list[RuleFailed] = []
        run_rules(trapped, context(), on_failure=again.append)
        assert run_rules(sound, context(), on_failure=again.append)
        with pytest.raises(RuleFailed, match="sponsor"):
            run_rules(trapped, context())
    assert [one.rule for one in found] == ["number"]
    (failure,) = failures
    assert (failure.rule, repr(failure.fault)) == ("sponsor", "LookupError('no such thing')")
    assert [one.id for one in again] == [failure.id], "the same fault has the same id"
    with failing_rules("number"):
        run_rules(trapped, context(), on_failure=failures.append)
    assert failures[-1].id != failure.id


def test_a_fault_without_an_end_has_one_id_wherever_it_ends() -> None:
    def endless(depth: int) -> int:
        return endless(depth + 1)

    def failed_at(depth: int) -> str:
        if depth:
            return failed_at(depth - 1)
        try:
            endless(0)
        except RecursionError as fault:
            return RuleFailed("sponsor", fault).id
        raise AssertionError

    assert failed_at(0) == failed_at(50)


def with_setting(rule_id: str, setting: RuleSetting) -> list[Severity]:
    the_policy = policy().model_copy(update={"rules": {rule_id: setting}})
    taken = change(added(pep_text(790), "peps/pep-0790.rst"), added(pep_text(2026), PEP_2026))
    found = run_rules(taken, context(policy=the_policy), ids=[rule_id])
    return [one.severity for one in found]


def test_the_policy_may_switch_a_rule_off() -> None:
    assert with_setting("number", RuleSetting.OFF) == []


def test_the_policy_may_let_a_rule_weigh_less_or_more() -> None:
    error, warning, notice = Severity.ERROR, Severity.WARNING, Severity.NOTICE
    assert with_setting("number", RuleSetting.ERROR) == [error, notice]
    assert with_setting("number", RuleSetting.WARNING) == [warning, notice]
    assert with_setting("number", RuleSetting.NOTICE) == [notice, notice]
