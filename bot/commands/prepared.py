"""Renders a prepared change as a reply: patch, title, blanks to fill in, links, and a checklist."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.commands.context import CommandContext, TargetPep
from bot.commands.result import CommandResult, Suggest, done, with_apology
from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.dates import format_pep_date
from bot.peps.number import PepNumber, number_in_path
from bot.review.fixes.prepared import Prepared, new_pull_request
from bot.review.fixes.suggestions import offer
from bot.review.render.markdown import edit_pep, fenced, page
from bot.rules.engine.finding import Severity, safe_code
from bot.rules.engine.registry import RuleFailed, run_rules

_TIME_ZONE_MARGIN = timedelta(days=1)
"""In some time zones it is already tomorrow."""

_TRANSITION_RULE = "status-transition"
_MOST_FINDINGS = 8
_NO_CHANGE = Change(files=())
_PATCH = "<!-- patch -->"
"""Placeholder for the patch, which is inserted last so that its whitespace stays as it is; it comes
before any untrusted text."""

_PATCH_INSTEAD = "GitHub does not accept the suggestions; this patch makes the same changes."
_EDIT_BY_HAND = "GitHub does not accept the suggestions; please edit the lines by hand."


def render_prepared(
    prepared: Prepared,
    pep: TargetPep,
    command_context: CommandContext,
    template: str,
    *,
    branch: str,
    judged: Sequence[str],
    decides: Sequence[str] = (),
    covered: frozenset[str] = frozenset(),
) -> CommandResult:
    """The answer to a command that prepares a change.

    Args:
        prepared: The change.
        pep: The PEP it is about.
        command_context: The context of the command.
        template: The template of the pull request it becomes.
        branch: A name for the new branch.
        judged: What only people can check.
        decides: Who decides on the PEP, as Markdown.
        covered: Rules whose findings repeat what the blanks say.
    """
    # If the pull request does not change the PEP, its diff does not show the PEP.
    offered = offer(prepared.fixes, pep.change if pep.change is not None else _NO_CHANGE)
    failures: list[RuleFailed] = []
    step, missing_items = _findings_of(prepared, command_context, covered, failures)
    title, changed = title_of(prepared), _numbers(prepared)
    base, repository = command_context.at_base.base.branch, command_context.subject.repository
    body = page(
        "prepared",
        is_here=pep.change is not None,
        is_suggested=bool(offered.suggestions),
        patch=_PATCH if offered.patch else "",
        not_possible=[safe_code(path) for path in offered.not_possible],
        title=title,
        edit=edit_pep(repository.full_name, base, changed[0]) if len(changed) == 1 else "",
        compare=new_pull_request(
            repository, base, (command_context.commenter, branch), template, title
        ),
        branch=branch,
        form=template,
        judged=judged,
        blanks=[*prepared.blanks, *missing_items],
        notes=[*step, *prepared.notes],
        decides=decides,
    ).strip()
    body = body.replace(_PATCH, fenced(offered.patch, "diff"), 1)
    if not offered.suggestions:
        return with_apology(done(body), failures)
    fallback_patch = (
        f"{_PATCH_INSTEAD}\n\n{fenced(offered.fallback_patch, 'diff')}"
        if offered.fallback_patch
        else _EDIT_BY_HAND
    )
    suggest = Suggest(command_context.pull.snapshot.head_sha, offered.suggestions, fallback_patch)
    return with_apology(done(body, suggest), failures)


def title_of(prepared: Prepared) -> str:
    """The title with the numbers of all PEPs that are edited."""
    return prepared.full_title(_numbers(prepared))


def _numbers(prepared: Prepared) -> tuple[PepNumber, ...]:
    numbers = (number_in_path(one.path) for one in prepared.fixes)
    return tuple(number for number in numbers if number is not None)


def _findings_of(
    prepared: Prepared,
    command_context: CommandContext,
    covered: frozenset[str],
    failures: list[RuleFailed],
) -> tuple[list[str], list[str]]:
    """The rules' findings on the change: on the status change itself, and on what is missing."""
    context = replace(command_context.at_base.context, pull_request=None)
    found = run_rules(change_of(prepared), context, on_failure=failures.append)
    step = [one.message for one in found if one.rule == _TRANSITION_RULE]
    missing = [
        one.message
        for one in found
        if one.severity is not Severity.NOTICE and one.rule not in {_TRANSITION_RULE, *covered}
    ]
    return step, missing[:_MOST_FINDINGS]


def change_of(prepared: Prepared) -> Change:
    """The prepared change as a `Change`, for the rules."""
    return Change(
        files=tuple(
            FileChange(one.path, FileStatus.MODIFIED, before=one.before, after=one.after)
            for one in prepared.fixes
        ),
        title=title_of(prepared),
    )


def why_not_day(day: date | None, command_context: CommandContext) -> str | None:
    """Why a date cannot be right; None if it can."""
    today = command_context.at_base.context.today
    if day is None or day <= today + _TIME_ZONE_MARGIN:
        return None
    return f"`{format_pep_date(day)}` is in the future; give the day on which it happened."
