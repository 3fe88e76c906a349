"""What the bot says against merged pull requests, each with its explanation and what came of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.peps.changed_pep import ChangedPep, edited_peps, touched_peps
from bot.peps.codeowners import CodeOwners, parse_codeowners
from bot.peps.document import title_numbers
from bot.peps.number import PepNumber, pep_path
from bot.rules.engine.finding import Finding
from bot.rules.engine.owners import missing_owners
from bot.rules.engine.registry import Rule
from tests.replay.explanations import CLASSES, EXPLANATIONS, Explanation, Truth
from tests.replay.history import CODEOWNERS, History, Merged
from tests.replay.reviewed import Reviewed

UNKNOWABLE = frozenset({"file-references", "sponsor-consent", "others-pep"})
"""The rules whose findings cannot be judged: who opened and who agreed is not in the data, nor are
images."""


class Unexplained(Exception):
    """A finding without its explanation, or an explanation without its finding."""


@dataclass(frozen=True, slots=True)
class ExplainedFinding:
    """One finding on a merged pull request.

    Attributes:
        reviewed: The pull request.
        finding: What the bot says.
        explanation: Why, and whether it is right.
        fixed_when: When history fixed it, as far as the data tell.
        alone: Whether it has an explanation of its own, and not that of its like.
    """

    reviewed: Reviewed
    finding: Finding
    explanation: Explanation
    fixed_when: str
    alone: bool = True


def explained_findings(
    reviews: Sequence[Reviewed], history: History | None = None
) -> tuple[ExplainedFinding, ...]:
    """Every finding but those that wait for a sponsor, in the order of the merges.

    Args:
        reviews: What was reviewed, all of history or some of it.
        history: If it is only some, what else was merged.

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
        if key not in EXPLANATIONS and (finding.rule, finding.severity) not in CLASSES
    ]
    if unexplained:
        raise Unexplained("findings without an explanation:\n" + "\n".join(unexplained))
    like = {
        (finding.rule, finding.severity)
        for (_, finding), key in zip(found, keys, strict=True)
        if key not in EXPLANATIONS
    }
    numbers = {one.merged.pull_request for one in reviews}
    expected = {key for key in EXPLANATIONS if history is None or key[0] in numbers}
    classes = set() if history is not None else CLASSES.keys() - like
    if idle := sorted(map(str, (expected - set(keys)) | classes)):
        raise Unexplained(f"explanations without a finding: {', '.join(idle)}")
    return tuple(
        explained(reviews[row], finding, EXPLANATIONS[key], _later(reviews, row, history))
        if key in EXPLANATIONS
        else ExplainedFinding(
            reviews[row], finding, CLASSES[finding.rule, finding.severity], "", alone=False
        )
        for (row, finding), key in zip(found, keys, strict=True)
    )


def _later(reviews: Sequence[Reviewed], row: int, history: History | None) -> Iterator[Merged]:
    """What was merged after a pull request, as far as it may have fixed a line of CODEOWNERS."""
    number = reviews[row].merged.pull_request
    if history is None or number is None:
        return (one.merged for one in reviews[row + 1 :])
    first = history.row_of(number)
    return (history[later] for later in history.touching(CODEOWNERS) if later > first)


def explained(
    reviewed: Reviewed, finding: Finding, explanation: Explanation, later: Iterator[Merged]
) -> ExplainedFinding:
    """One finding with its explanation.

    Args:
        reviewed: The pull request.
        finding: The finding.
        explanation: Its explanation.
        later: What was merged later.

    Raises:
        Unexplained: It was not fixed as the explanation says.
    """
    if finding.rule != "codeowners":
        return ExplainedFinding(reviewed, finding, explanation, "")
    fixed_when = _fixed_later(reviewed.merged, later, _line_is_good(reviewed, finding))
    if explanation.fixed_later != bool(fixed_when):
        raise Unexplained(
            f"CODEOWNERS of #{reviewed.merged.pull_request} was fixed: {fixed_when or 'never'}; "
            f"its explanation is: {explanation.why}"
        )
    return ExplainedFinding(reviewed, finding, explanation, fixed_when or "never in these years")


def _line_is_good(reviewed: Reviewed, finding: Finding) -> Callable[[str], bool]:
    """Whether a text of CODEOWNERS has the line as the bot wants it."""
    (assessment,) = (one for one in reviewed.verdict.peps if one.pep.number == finding.pep)
    path, expected = pep_path(PepNumber(finding.pep or 0)), assessment.codeowners.expected

    def good(text: str) -> bool:
        owners = _parsed(text)
        line = owners.line_for(path)
        return line is not None and owners.is_in_place(line) and not missing_owners(line, expected)

    return good


@lru_cache(maxsize=256)
def _parsed(text: str) -> CodeOwners:
    return parse_codeowners(text)


def _fixed_later(first: Merged, later: Iterator[Merged], good: Callable[[str], bool]) -> str:
    """When and by what it was fixed after the first; empty if it never was.

    Only those that change CODEOWNERS show its text; what others found is not known.
    """
    for merged in later:
        if all(file.path != CODEOWNERS for file in merged.change.files):
            continue
        days = (merged.day - first.day).days
        span = f"{days} day{'' if days == 1 else 's'}"
        if good(merged.change.codeowners_before or ""):
            return f"outside the data, within {span}"
        if good(merged.change.codeowners_after or ""):
            return f"by #{merged.pull_request}, {span} later"
    return ""


def false_alarms(every: Sequence[ExplainedFinding], rule: str) -> list[Finding]:
    """The findings of a rule that were false alarms."""
    return [
        explained.finding
        for explained in every
        if explained.finding.rule == rule and explained.explanation.truth is Truth.FALSE_ALARM
    ]


_EVERY_TEXT = ("bot.rules.preamble.", "bot.rules.document.", "bot.rules.edits.")
_ONLY_NEW = frozenset({"readable", "created"})
_ON_PEOPLE = frozenset({"sponsor", "sponsor-consent", "codeowners"})


def applies_to(rule: Rule, merged: Merged) -> bool:
    """Whether a rule has something to look at on a pull request.

    All look at new PEPs; those on headers, texts and edits at every PEP that is touched, those on
    files at every pull request, those on sponsors and owners where authors or sponsors change.
    """
    if merged.new:
        return True
    if rule.id in _ON_PEOPLE and any(map(_changes_people, edited_peps(merged.change))):
        return True
    if rule.id == "codeowners":
        return any(file.path == CODEOWNERS for file in merged.change.files)
    if rule.id == "number":
        return bool(title_numbers(merged.title))
    if rule.id in _ONLY_NEW or rule.id in _ON_PEOPLE:
        return False
    if rule.check.__module__.startswith(_EVERY_TEXT):
        return bool(touched_peps(merged.change))
    return True


def _changes_people(edit: ChangedPep) -> bool:
    before, after = edit.header_before, edit.header_after
    return (before.authors, before.sponsors) != (after.authors, after.sponsors)
