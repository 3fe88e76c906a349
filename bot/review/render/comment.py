"""The bot's comment on an open pull request, and the one after a merge."""

from bot.peps.document import thread_url
from bot.peps.number import PepNumber
from bot.review.checklist import checklist, interested_groups
from bot.review.desired import Comment
from bot.review.render import markdown as link_to
from bot.review.render.markdown import block, line, page, target, within_limit
from bot.review.render.new_pep import render_facts, seeks_sponsor
from bot.review.render.status import for_editor, render_moves, status_summary
from bot.review.snapshot import Snapshot
from bot.review.stage import ChangesRequested
from bot.review.verdict import PepAssessment, Verdict
from bot.rules.engine.assessment import NumberState, OwnersState, SponsorState
from bot.rules.engine.finding import Finding, join_names, safe_code
from bot.rules.engine.kind import ChangeKind
from bot.rules.engine.registry import rule_title

SUMMARY = "summary"
MERGED = "merged"

_MOST_STEPS = 20
"""Nobody would read more steps than these; the check run lists all of them."""

_CUT = "(Shortened to GitHub's limit. The check run has everything.)"


def summary_comment(
    snapshot: Snapshot, verdict: Verdict, *, has_comment: bool = True
) -> Comment | None:
    """The comment on an open pull request; None if it needs none and has none.

    A pull request that adds a PEP always gets one, any other only if it has an error or a warning.
    Otherwise, or once everything is fixed, the comment is not created, and an existing one shrinks
    to a line.

    Args:
        snapshot: The pull request as it is now.
        verdict: The verdict on it.
        has_comment: Whether the bot may have commented on it before.
    """
    is_new = verdict.kind is ChangeKind.NEW_PEP
    moves_status = verdict.kind.moves_status
    shown = verdict.steps[:_MOST_STEPS]
    if not (is_new or shown or has_comment):
        return None
    body = page(
        "summary",
        headline=line(
            "headline",
            is_new=is_new,
            proposal=_proposal(verdict),
            status_summary=status_summary(verdict) if moves_status else "",
            touches_pep=verdict.kind is not ChangeKind.INFRASTRUCTURE,
            steps=len(verdict.steps),
            stage=verdict.stage or "",
            changes_requested=verdict.turn is not None
            and isinstance(verdict.turn.reason, ChangesRequested),
            draft=snapshot.change.draft,
            failed=bool(verdict.failures),
            obstacles=_obstacles(snapshot) if verdict.is_ready else "",
        ),
        steps=_steps(shown, verdict) + _more(len(verdict.steps) - len(shown)),
        facts=_facts(snapshot, verdict) if is_new else "",
        for_editor=for_editor(snapshot, verdict) if moves_status and shown else "",
        owners_wait=_owners_wait(verdict),
        may_be_stuck=_may_be_stuck(verdict),
        editors=" ".join(snapshot.context.editor_mentions),
        waived=[
            (rule, rule_title(rule), snapshot.overrides.waivers.get(rule))
            for rule in verdict.waived
        ],
        degraded=(*_failed(verdict), *snapshot.degraded) if is_new or shown else (),
        links=_links(snapshot, verdict) if is_new else (),
        helpers=[one for one in interested_groups(snapshot, verdict) if one.helps_authors],
        checklist=_for_editors(snapshot, verdict) if is_new or shown else "",
    )
    return Comment(SUMMARY, within_limit(body, _CUT), create=is_new or bool(shown))


def _obstacles(snapshot: Snapshot) -> str:
    """What keeps a pull request from being merged on which nothing is left to fix, in Markdown."""
    failed = [
        f"**{safe_code(one.name)} fails**, see [its log]({target(one.url)})"
        for one in snapshot.failed_checks
    ]
    conflict = f"the branch **conflicts** with {safe_code(snapshot.base.branch)}"
    return ", and ".join((*failed, *[conflict] * snapshot.conflicts))


def _failed(verdict: Verdict) -> tuple[str, ...]:
    rules = join_names(tuple(safe_code(failure.rule) for failure in verdict.failures))
    if not rules:
        return ()
    rendered = (
        f"My check of {rules} failed because of a bug in the bot; its earlier findings still stand."
    )
    return (f"{rendered} The check run says more.",)


def _for_editors(snapshot: Snapshot, verdict: Verdict) -> str:
    """The folded part: the checklist, and what is known about each status change."""
    rendered = (
        checklist(snapshot, verdict).strip(),
        render_moves(verdict.moves, snapshot.context.today),
    )
    return "\n\n".join(part for part in rendered if part)


def _facts(snapshot: Snapshot, verdict: Verdict) -> str:
    if not verdict.peps:
        return line("marked_new")
    return "\n".join(render_facts(snapshot, verdict))


def merged_comment(snapshot: Snapshot, verdict: Verdict) -> Comment | None:
    """The comment on what is left to do after a PEP was merged; None if nothing is."""
    left = [
        (number, assessment)
        for assessment in verdict.peps
        if (number := assessment.pep.number) is not None
        and not assessment.pep.is_placeholder
        and assessment.decision.decider.needs_discussion
        and thread_url(assessment.pep.preamble.value("Discussions-To") or "") is None
    ]
    if not left:
        return None
    peps = [_left_to_do(snapshot, number, assessment) for number, assessment in left]
    first = left[0][1]
    body = page(
        MERGED,
        peps=peps,
        decider=first.decision.decider,
        body=first.decision.body,
        recommends=first.decision.recommends,
        has_sponsor=first.sponsor.state is SponsorState.ELIGIBLE,
    )
    return Comment(MERGED, within_limit(body, _CUT))


def _left_to_do(
    snapshot: Snapshot, number: PepNumber, assessment: PepAssessment
) -> dict[str, object]:
    links, preamble = snapshot.context.policy.links, assessment.pep.preamble
    url = link_to.published(links, snapshot.subject.number, number)
    announce = link_to.announcement(number, preamble, url or "")
    return {
        "number": number,
        "url": url,
        "steps": 2 if announce is None else 3,
        "thread": link_to.discussion_thread(number, preamble, url or ""),
        "category": link_to.category(preamble),
        "edit": link_to.edit_pep(
            snapshot.subject.repository.full_name, snapshot.base.branch, number
        ),
        "announce": announce,
    }


def _proposal(verdict: Verdict) -> str:
    numbers = [
        assessment.number.number
        for assessment in verdict.peps
        if assessment.number.number is not None and not assessment.pep.is_placeholder
    ]
    if len(verdict.peps) > 1:
        return "these proposals"
    return f"PEP {numbers[0]}" if numbers else "this proposal"


def _steps(findings: tuple[Finding, ...], verdict: Verdict) -> str:
    """The steps as a list, numbered for a new PEP; a single step has no bullet."""
    new_files = {assessment.pep.path for assessment in verdict.peps}
    moved_files = {edit.path for edit in verdict.edits if verdict.kind.moves_status}
    lines: list[str] = []
    groups = _grouped(findings) if not new_files else [(finding,) for finding in findings]
    for number, (finding, *same) in enumerate(groups, start=1):
        bullet = "" if len(groups) == 1 else f"{number}. " if new_files else "- "
        # The file is not named if the pull request adds only this one PEP.
        place = "" if new_files == {finding.path} else _place(finding, moved_files)
        places = "; ".join([place, *(_place(one, moved_files) for one in same)])
        lines.append(bullet + line("step", finding=finding, place=places))
        if finding.paste:
            lines += ["", block(finding.paste, " " * len(bullet)), ""]
    return "\n".join(lines)


def _grouped(findings: tuple[Finding, ...]) -> list[tuple[Finding, ...]]:
    """Group findings that say the same about several files; a group is where its first one was."""
    same: dict[object, list[Finding]] = {}
    for finding in findings:
        content = (finding.rule, finding.action, finding.message, finding.help, finding.paste)
        same.setdefault(content, []).append(finding)
    return [tuple(group) for group in same.values()]


def _more(count: int) -> str:
    return f"\n\nAnd {count} more, listed in the check run." if count > 0 else ""


def _place(finding: Finding, moved_files: set[str]) -> str:
    if not finding.path:
        return ""
    path = safe_code(finding.path)
    if finding.line and (path in finding.action or moved_files == {finding.path}):
        return f"Line {finding.line}"
    return f"{path}, line {finding.line}" if finding.line else path


def _owners_wait(verdict: Verdict) -> str:
    """What has to be settled before a CODEOWNERS line can be written; empty if nothing."""
    waiting = {
        assessment.sponsor.state
        for assessment in verdict.peps
        if assessment.codeowners.state is OwnersState.WAITING
    }
    open_states = {SponsorState.MISSING, SponsorState.NOT_ELIGIBLE, SponsorState.UNCLEAR}
    if waiting & open_states:
        # If an editor waived the sponsor rule, the question is settled and nobody waits for it.
        return "" if "sponsor" in verdict.waived else "the sponsor"
    settled = {SponsorState.AUTHOR_IS_CORE, SponsorState.ELIGIBLE}
    return "the number" if waiting & settled else ""


def _may_be_stuck(verdict: Verdict) -> bool:
    """Whether an author may need an editor for a step: no sponsor, or a number that is taken."""
    taken = {NumberState.PUBLISHED, NumberState.RESERVED, NumberState.CLAIMED}
    return any(
        (seeks_sponsor(one) and "sponsor" not in verdict.waived)
        or (one.number.state in taken and "number" not in verdict.waived)
        for one in verdict.peps
    )


def _links(snapshot: Snapshot, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    posted = set(snapshot.conversation.previews.values())
    links = [
        (_preview_text(assessment.pep.path, len(verdict.peps)), url)
        for assessment in verdict.peps
        if (
            url := link_to.preview(
                snapshot.context.policy.links, snapshot.subject.number, assessment.pep.path
            )
        )
        and url.split("/")[2] not in posted
    ]
    seeking = any(map(seeks_sponsor, verdict.peps)) and "sponsor" not in verdict.waived
    links.append(("About sponsors" if seeking else "What editors look at", link_to.SUBMITTING))
    return tuple(links)


def _preview_text(path: str, peps: int) -> str:
    return "Preview" if peps == 1 else f"Preview of {link_to.file_number(path)}"
