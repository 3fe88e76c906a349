"""Rule: a pull request that edits the bot's policy file leaves it valid."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change, FileChange, FileStatus
from bot.policy.load import POLICY_PATH, PolicyInvalid, parse_policy
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.registry import rule, rule_ids


@rule(
    id="policy",
    title="Policy",
    severity=Severity.ERROR,
    source="the bot's documentation for operators",
    link="https://toml.io/en/v1.0.0",
    doc=(
        "The policy in `.github/pep-bot.toml` has only keys and values that the bot "
        "knows. If the bot cannot use the policy, the defaults apply after the merge. "
        "Until then the policy of the default branch applies, whatever a pull request "
        "changes in it."
    ),
    bad='[label]\nnew_pep = "fresh"',
    good='[labels]\nnew_pep = "fresh"',
    remedy="Fix the key or value that the finding names.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the policy as it would be after the merge."""
    for file in change.files:
        if file.path == POLICY_PATH and file.status is FileStatus.REMOVED:
            yield Finding(
                rule="policy",
                severity=Severity.NOTICE,
                message="Once this is merged, the bot's defaults apply here.",
                path=POLICY_PATH,
            )
        elif file.path == POLICY_PATH:
            yield from _policy(file)


def _policy(file: FileChange) -> Iterator[Finding]:
    if file.unreadable is not None:
        yield _finding(f"This policy cannot be read: it is {file.unreadable.value}.", 1)
        return
    if file.after is None:
        return
    try:
        parse_policy(file.after, rules=rule_ids())
    except PolicyInvalid as invalid:
        for problem in invalid.problems:
            key = f"{safe_code(problem.key)}: " if problem.key else ""
            yield _finding(f"{key}{problem.message}", problem.line or 1)


def _finding(message: str, line: int) -> Finding:
    return Finding(
        rule="policy",
        severity=Severity.ERROR,
        message=message,
        action="Fix the policy",
        help="Once this is merged, the bot's defaults would apply instead.",
        path=POLICY_PATH,
        line=line,
    )
