"""The registry of rules: a rule's id is the key of its code, test, documentation and findings.

A module of `bot.rules` registers its rule by decorating its check function; `all_rules` imports
every module once, so adding a rule means adding a file.
"""

import importlib
import pkgutil
import re
import traceback
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256

import bot.rules
from bot.peps.change import Change
from bot.policy.model import Policy, RuleSetting
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity

Check = Callable[[Change, Context], Iterable[Finding]]

_ID = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Rule:
    """One registered rule.

    Attributes:
        id: Its key, kebab-case, as used in findings, configuration and documentation.
        title: What it is about, a few words for headings.
        severity: The highest severity of its findings.
        source: Where the rule comes from, such as "PEP 1 § Submitting a PEP".
        link: The URL of that source.
        doc: What it checks and why, for people; plain text in paragraphs.
        bad: An example that it reports, as it would be in a PEP, or described in words.
        good: The same example without the problem.
        remedy: How to fix what it finds, one or two sentences.
        check: The check function.
    """

    id: str
    title: str
    severity: Severity
    source: str
    link: str
    doc: str
    bad: str
    good: str
    remedy: str
    check: Check


class InvalidRule(Exception):
    """A rule is invalid: a duplicate id, a finding of another rule, or too high a severity."""


class RuleFailed(Exception):
    """The code of a rule raised an unexpected exception.

    Attributes:
        rule: The rule's id.
        fault: The exception.
        id: Identifies the fault in messages and in the log. The same fault always has the same id,
            so that the bot does not report it twice.
    """

    def __init__(self, rule: str, fault: Exception) -> None:
        super().__init__(f"the rule {rule!r} failed")
        self.rule = rule
        self.fault = fault
        self.id = _fault_id(rule, fault)


OnFailure = Callable[[RuleFailed], object]
"""A callback for a rule that failed, such as a list's `append`."""


class UnknownRule(ValueError):
    """A rule id is not registered; the message lists the known ones."""


_REGISTERED: dict[str, Rule] = {}


def rule(
    *,
    id: str,  # noqa: A002  the word for it in findings, policy and documentation
    title: str,
    severity: Severity,
    source: str,
    link: str,
    doc: str,
    bad: str,
    good: str,
    remedy: str,
) -> Callable[[Check], Check]:
    """Register the decorated function as the check of a rule; the function itself is unchanged.

    Args:
        id: The rule's key, kebab-case.
        title: What it is about.
        severity: The highest severity of its findings.
        source: Where the rule comes from.
        link: The URL of that source.
        doc: What it checks and why.
        bad: An example that it reports.
        good: The same example without the problem.
        remedy: How to fix what it finds.

    Raises:
        InvalidRule: The id is not kebab-case or is taken.
    """

    def register(check: Check) -> Check:
        if not _ID.fullmatch(id):
            raise InvalidRule(f"the rule id {id!r} is not kebab-case")
        if id in _REGISTERED:
            raise InvalidRule(f"the rule id {id!r} is registered twice")
        _REGISTERED[id] = Rule(
            id=id,
            title=title,
            severity=severity,
            source=source,
            link=link,
            doc=doc,
            bad=bad,
            good=good,
            remedy=remedy,
            check=check,
        )
        return check

    return register


def rule_ids() -> frozenset[str]:
    """The ids of all rules, which the policy may name."""
    _import_rule_modules()
    return frozenset(_REGISTERED)


def rule_title(rule_id: str) -> str:
    """The title of the rule with this id."""
    _import_rule_modules()
    return _REGISTERED[rule_id].title


def enabled_rules(policy: Policy) -> frozenset[str]:
    """The ids of the rules that a policy does not switch off."""
    return rule_ids() - {one for one, how in policy.rules.items() if how is RuleSetting.OFF}


def all_rules() -> tuple[Rule, ...]:
    """Every rule of this package, sorted by id."""
    _import_rule_modules()
    return tuple(_REGISTERED[key] for key in sorted(_REGISTERED))


def run_rules(
    change: Change,
    context: Context,
    ids: Collection[str] | None = None,
    on_failure: OnFailure | None = None,
    skipped: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Run the rules on a change, and return their findings as `sort_findings` orders them.

    The policy may switch a rule off, or raise or lower the severity of its findings. With
    `on_failure`, a rule that raises an exception loses only its own findings.

    Args:
        change: What the pull request changes.
        context: The data that rules may use besides the change.
        ids: The rules to run; None for all.
        on_failure: Called for each rule that failed; the others still run.
        skipped: Rules not to run, even if `ids` names them.

    Raises:
        UnknownRule: An id is not registered.
        RuleFailed: A rule raised an unexpected exception, and there is no `on_failure`.
    """
    rules = all_rules()
    if ids is not None:
        known = {one.id for one in rules}
        if unknown := sorted(set(ids) - known):
            raise UnknownRule(
                f"there is no rule {', '.join(unknown)}; known are {', '.join(sorted(known))}"
            )
        rules = tuple(one for one in rules if one.id in ids)
    settings = context.policy.rules
    found = [
        finding
        for one in rules
        if one.id not in skipped and settings.get(one.id) is not RuleSetting.OFF
        for finding in _with_policy_severity(
            one, _run_rule(one, change, context, on_failure), settings.get(one.id)
        )
    ]
    return sort_findings(found)


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, the most serious first, then by place."""
    return tuple(sorted(findings, key=_sort_key))


def _run_rule(
    one: Rule, change: Change, context: Context, on_failure: OnFailure | None
) -> tuple[Finding, ...]:
    try:
        return tuple(_findings_of(one, change, context))
    except Exception as fault:
        failure = RuleFailed(one.id, fault)
        if on_failure is None:
            raise failure from fault
        on_failure(failure)
        return ()


def _fault_id(rule: str, fault: Exception) -> str:
    # By function names, because lines move between versions, and each once, because a recursion may
    # end at any depth.
    frames = (frame for frame, _ in traceback.walk_tb(fault.__traceback__))
    names = (f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}" for frame in frames)
    text = "\n".join((rule, type(fault).__qualname__, *dict.fromkeys(names)))
    return sha256(text.encode()).hexdigest()[:12]


def _findings_of(one: Rule, change: Change, context: Context) -> Iterable[Finding]:
    for finding in one.check(change, context):
        if finding.rule != one.id:
            raise InvalidRule(f"the rule {one.id!r} raised a finding of {finding.rule!r}")
        if finding.severity.rank < one.severity.rank:
            raise InvalidRule(f"the rule {one.id!r} raised more than a {one.severity}")
        yield finding


def _with_policy_severity(
    one: Rule, findings: Iterable[Finding], setting: RuleSetting | None
) -> Iterable[Finding]:
    """The findings with the policy's severity: the rule's most serious ones get the one set there.

    Less serious findings may be lowered, but never raised.
    """
    if setting is None:
        return findings
    policy_severity = Severity(setting.value)
    return (
        replace(
            finding,
            severity=policy_severity
            if finding.severity is one.severity
            else finding.severity.at_most(policy_severity),
        )
        for finding in findings
    )


def _sort_key(finding: Finding) -> tuple[int, str, int, str, str]:
    # The rule's id comes before the message, so that a new wording does not change the order.
    return (
        finding.severity.rank,
        finding.path or "",
        finding.line or 0,
        finding.rule,
        finding.message,
    )


@lru_cache(maxsize=1)
def _import_rule_modules() -> None:
    for module in pkgutil.walk_packages(bot.rules.__path__, f"{bot.rules.__name__}."):
        importlib.import_module(module.name)
