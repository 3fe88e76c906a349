"""What the bot says against merged pull requests, each with its explanation and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.peps.codeowners import CodeOwners, parse_codeowners
from bot.peps.document import title_number
from bot.peps.number import PepNumber, pep_path
from bot.rules.expected_owners import missing_owners
from bot.rules.finding import Finding
from bot.rules.registry import Rule
from bot.rules.touched_pep import touched_peps
from tests.replay.explanations import CLASSES, REMARKS, Explanation, Truth
from tests.replay.history import CODEOWNERS, Merged
from tests.replay.reviewed import Reviewed

UNKNOWABLE = frozenset({"sponsor-consent", "others-pep"})
"""The rules whose findings cannot be judged: who opened and who agreed is not in the data."""


class Unexplained(Exception):
    """A finding without its explanation, or an explanation without its finding."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding on a merged pull request.

    Attributes:
        reviewed: The pull request.
        finding: What the bot says.
        explanation: Why, and whether it is right.
        outcome: When history mended it, as far as the data tell.
        alone: Whether it has an explanation of its own, and not that of its like.
    """

    reviewed: Reviewed
    finding: Finding
    explanation: Explanation
    outcome: str
    alone: bool = True


def remarks(reviews: Sequence[Reviewed]) -> tuple[Remark, ...]:
    """Every finding but those that wait for a sponsor, in the order of the merges.

    Raises:
        Unexplained: The explanations do not fit the findings.
    """
    found = [
        (row, finding)
        for row, reviewed in enumerate(reviews)
        for finding in reviewed.verdict.findings
        if finding.rule not in UNKNOWABLE
    ]
    keys = [(reviews[row].merged.pull_request, finding.rule) for row, finding in found]
    unexplained = [
        f"{key}: {finding.message}"
        for (_, finding), key in zip(found, keys, strict=True)
        if key not in REMARKS and (finding.rule, finding.severity) not in CLASSES
    ]
    if unexplained:
        raise Unexplained("findings without an explanation:\n" + "\n".join(unexplained))
    like = {
        (finding.rule, finding.severity)
        for (_, finding), key in zip(found, keys, strict=True)
        if key not in REMARKS
    }
    if idle := sorted(map(str, (REMARKS.keys() - set(keys)) | (CLASSES.keys() - like))):
        raise Unexplained(f"explanations without a finding: {', '.join(idle)}")
    return tuple(
        _remark(reviews, row, finding, REMARKS[key])
        if key in REMARKS
        else Remark(reviews[row], finding, CLASSES[finding.rule, finding.severity], "", alone=False)
        for (row, finding), key in zip(found, keys, strict=True)
    )


def _remark(
    reviews: Sequence[Reviewed], row: int, finding: Finding, explanation: Explanation
) -> Remark:
    if finding.rule != "codeowners":
        return Remark(reviews[row], finding, explanation, "")
    outcome = _mended([one.merged for one in reviews[row:]], _line_is_good(reviews[row], finding))
    if explanation.mended != bool(outcome):
        raise Unexplained(
            f"CODEOWNERS of #{reviews[row].merged.pull_request} was mended: {outcome or 'never'}; "
            f"its explanation is: {explanation.why}"
        )
    return Remark(reviews[row], finding, explanation, outcome or "never in these years")


def _line_is_good(reviewed: Reviewed, finding: Finding) -> Callable[[str], bool]:
    """Whether a text of CODEOWNERS has the line as the bot wants it."""
    (standing,) = (one for one in reviewed.verdict.peps if one.pep.number == finding.pep)
    path, expected = pep_path(PepNumber(finding.pep or 0)), standing.codeowners.expected

    def good(text: str) -> bool:
        owners = _parsed(text)
        line = owners.line_for(path)
        return line is not None and owners.is_in_place(line) and not missing_owners(line, expected)

    return good


@lru_cache(maxsize=256)
def _parsed(text: str) -> CodeOwners:
    return parse_codeowners(text)


def _mended(history: Sequence[Merged], good: Callable[[str], bool]) -> str:
    """When and by what it was mended after the first of these; empty if it never was.

    Only those that change CODEOWNERS show its text; what others found is not known.
    """
    first = history[0]
    for merged in history[1:]:
        if all(file.path != CODEOWNERS for file in merged.change.files):
            continue
        days = (merged.day - first.day).days
        span = f"{days} day{'' if days == 1 else 's'}"
        if good(merged.change.codeowners_before or ""):
            return f"outside the data, within {span}"
        if good(merged.change.codeowners_after or ""):
            return f"by #{merged.pull_request}, {span} later"
    return ""


def false_alarms(every: Sequence[Remark], rule: str) -> list[Finding]:
    """The remarks of a rule that were false alarms."""
    return [
        remark.finding
        for remark in every
        if remark.finding.rule == rule and remark.explanation.truth is Truth.FALSE_ALARM
    ]


_EVERY_TEXT = ("bot.rules.preamble.", "bot.rules.document.", "bot.rules.edits.")
_ONLY_NEW = frozenset({"sponsor", "sponsor-consent", "readable", "created"})


def applies_to(rule: Rule, merged: Merged) -> bool:
    """Whether a rule has something to look at on a pull request.

    All look at new PEPs; those on headers, texts and edits at every PEP that is touched, those on
    files at every pull request.
    """
    if merged.new:
        return True
    if rule.id == "codeowners":
        return any(file.path == CODEOWNERS for file in merged.change.files)
    if rule.id == "number":
        return bool(title_number(merged.title))
    if rule.id in _ONLY_NEW:
        return False
    if rule.check.__module__.startswith(_EVERY_TEXT):
        return bool(touched_peps(merged.change))
    return True
