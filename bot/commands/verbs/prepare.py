"""`/pep prepare` and `/pep thread`: the exact edits of a status or a thread, to be proposed.

The reply has a patch, a title, blanks to fill in, links to GitHub's forms, and a checklist.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.commands.context import CommandContext, NoTargetPep, TargetPep, other_pep_texts, target_pep
from bot.commands.grammar.argument_kinds import NUMBER
from bot.commands.grammar.arguments import AnyOrder, Arguments
from bot.commands.grammar.decision_kinds import Address, By, Day, StatusArgument
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, Suggest, done, refused, with_apology
from bot.commands.role import Role
from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.dates import format_pep_date
from bot.peps.preamble import parse_preamble
from bot.review.decision.path import decision_path
from bot.review.fixes.prepared import (
    CHANGE_TEMPLATE,
    CannotPrepare,
    Prepared,
    judged_for_status,
    new_pull_request,
    prepare_thread,
    template_for_status,
)
from bot.review.fixes.prepared_status import RequestedStatus, prepare_status
from bot.review.fixes.suggestions import offer
from bot.review.render.markdown import edit_pep, fenced, page, prose
from bot.review.render.new_pep import path_in_markdown
from bot.rules.engine.finding import Severity, safe_code
from bot.rules.engine.registry import RuleFailed, run_rules
from bot.rules.preamble.resolution import DECIDED

_WHO = ("**Who decides:", "**Recorded:")
_POST_UNREAD = "what the linked post says; I have not read it"
_POST_READ = "what the linked post says; I have read only its day and author"


@command(
    "prepare",
    form(
        StatusArgument(),
        AnyOrder((By(), NUMBER, Address(), Day())),
        who=[Role.AUTHOR, Role.SPONSOR, Role.EDITOR, Role.DECIDER],
        summary="prepare a change of a PEP's status, as a patch",
        example="prepare accepted 758 https://discuss.python.org/t/66453/63 17-Mar-2025",
    ),
    doc=(
        "Without a number, it is about the PEP that the pull request changes, even after "
        "the merge. The patch sets `Status`, links the decision in `Resolution` with the "
        "day you give, removes a placeholder for the delegate, and for Final adds the "
        "line that links the documentation; `superseded by M` names each PEP in the "
        "other. If the PEP already has that status, the patch adds what is still "
        "missing. The reply also has the title, the forms to open the pull request with, "
        "who decides, and what is left to check. A day or post that you do not give "
        "stays blank, unless the policy lets the bot read the day of the post you link. "
        "The bot does not guess a day, and decides nothing."
    ),
    works_on_issues=True,
    works_when_closed=True,
    needs_peps=True,
    once_per_text=True,
)
def prepare(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Prepare the change, or say why it is not possible."""
    if arguments.status is None:
        raise LookupError("this form names no status")
    if (why := why_not_day(arguments.day, command_context)) is not None:
        return refused(why)
    post = command_context.at_base.forum.post(arguments.link)
    request = RequestedStatus(
        arguments.status, arguments.link, arguments.day, arguments.successor, post
    )
    try:
        pep = target_pep(arguments, command_context)
        prepared = prepare_status(
            pep.number, pep.text, request, other_pep_texts(pep, command_context)
        )
    except (NoTargetPep, CannotPrepare) as why:
        return refused(prose(str(why)))
    decides: list[str] = []
    if arguments.status in DECIDED:
        path = decision_path(parse_preamble(pep.text), command_context.at_base.context)
        decides = [one for one in path_in_markdown(path) if one.startswith(_WHO)]
    unread: tuple[str, ...] = ()
    if arguments.link and arguments.day is None:
        unread = (_POST_UNREAD if post is None else _POST_READ,)
    return render_prepared(
        prepared,
        pep,
        command_context,
        template_for_status(arguments.status),
        branch=f"pep-{pep.number:04}-{arguments.status.casefold()}",
        judged=(*judged_for_status(arguments.status), *unread),
        decides=decides,
        covered=frozenset({"resolution", "canonical-doc"}),
    )


_THREAD_UNREAD = "whether the thread is about this PEP; I have not read it"
_THREAD_READ = (
    "whether the thread is about this PEP; I have read only the day and author of its post"
)


@command(
    "thread",
    form(
        Address(),
        AnyOrder((NUMBER, Day())),
        who=[Role.AUTHOR, Role.SPONSOR, Role.EDITOR, Role.DECIDER],
        summary="add the PEP's discussion thread to its header, as a patch",
        example="thread https://discuss.python.org/t/92548 791 19-May-2025",
    ),
    doc=(
        "After a PEP is merged, its thread goes into `Discussions-To`, and with the day "
        "it was opened into `Post-History`, in a pull request of its own. On the merged "
        "pull request, this command gives you that change as a patch, with title and "
        "forms; on an open one that changes the PEP, as suggested changes. The day stays "
        "blank unless you give it, or the policy lets the bot read the day of the "
        "thread's first post. Link the thread, not a post in it."
    ),
    works_on_issues=True,
    works_when_closed=True,
    needs_peps=True,
    once_per_text=True,
)
def thread(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Prepare the change, or say why it is not possible."""
    if (why := why_not_day(arguments.day, command_context)) is not None:
        return refused(why)
    post = command_context.at_base.forum.post(arguments.link)
    try:
        pep = target_pep(arguments, command_context)
        prepared = prepare_thread(pep.number, pep.text, arguments.link, arguments.day, post)
    except (NoTargetPep, CannotPrepare) as why_not:
        return refused(prose(str(why_not)))
    return render_prepared(
        prepared,
        pep,
        command_context,
        CHANGE_TEMPLATE,
        branch=f"pep-{pep.number:04}-thread",
        judged=(_THREAD_UNREAD if post is None else _THREAD_READ,),
        covered=frozenset({"post-history"}),
    )


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
    title, changed = prepared.full_title, prepared.numbers
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
        title=prepared.full_title,
    )


def why_not_day(day: date | None, command_context: CommandContext) -> str | None:
    """Why a date cannot be right; None if it can."""
    today = command_context.at_base.context.today
    if day is None or day <= today + _TIME_ZONE_MARGIN:
        return None
    return f"`{format_pep_date(day)}` is in the future; give the day on which it happened."
