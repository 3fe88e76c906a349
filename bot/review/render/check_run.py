"""The check run `PEP editor checks`: conclusion, summary, buttons, and annotations on lines."""

from collections import Counter

from bot.peps.number import is_pep_path
from bot.peps.people import same_login
from bot.peps.preamble import parse_preamble
from bot.review.checklist import checklist, form_for
from bot.review.decision.decider import decision_on, is_published
from bot.review.decision.path import OPEN
from bot.review.decision.submission import submitted
from bot.review.desired import CHECK, FIX, NUMBER, Annotation, Button, CheckRun
from bot.review.overrides import Waiver
from bot.review.render import markdown as link_to
from bot.review.render.markdown import block, plural, prose, within_limit
from bot.review.render.new_pep import submitted_in_markdown
from bot.review.render.status import for_editor, render_discussed, render_edits, render_moves
from bot.review.snapshot import PullRequestState, Snapshot
from bot.review.stage import Stage
from bot.review.verdict import Verdict
from bot.rules.edits.substance import discussed_drafts
from bot.rules.engine.finding import Finding, Need, Severity, safe_code
from bot.rules.engine.kind import ChangeKind
from bot.rules.engine.number_assessment import number_to_take
from bot.rules.engine.registry import rule_title

NAME = "PEP editor checks"
"""The check run's name."""

_LEVELS = {Severity.ERROR: "failure", Severity.WARNING: "warning", Severity.NOTICE: "notice"}
_MOST_LINKED = 10
_WITHOUT_PEP = {
    ChangeKind.POLICY: "The bot's policy for this repository changed.",
    ChangeKind.OWNERS: "CODEOWNERS lines of PEPs changed.",
    ChangeKind.INFRASTRUCTURE: "No PEP is changed.",
}
_CUT = "(Shortened to GitHub's limit. The annotations are complete.)"


def check_run(snapshot: Snapshot, verdict: Verdict) -> CheckRun | None:
    """The check run; None if the change touches no PEP, CODEOWNERS line of one, or policy.

    The policy can ask for a check run on every pull request.
    """
    if verdict.kind is ChangeKind.INFRASTRUCTURE and not snapshot.context.policy.check_run_always:
        return None
    return CheckRun(
        conclusion=verdict.conclusion,
        title=_title(snapshot, verdict),
        summary=within_limit(_summary(snapshot, verdict), _CUT),
        annotations=tuple(
            _annotation(finding, finding.path)
            for finding in verdict.findings
            if finding.path is not None and not verdict.paused
        ),
        buttons=buttons(snapshot, verdict),
        text=within_limit(_text(snapshot, verdict), _CUT),
    )


def _title(snapshot: Snapshot, verdict: Verdict) -> str:
    if verdict.paused:
        who = _who_paused(snapshot)
        return f"Paused by {who[:1].lower()}{who[1:]}"
    if verdict.steps:
        title = plural(len(verdict.steps), "thing") + " to fix"
        return title[:1].upper() + title[1:]
    if verdict.failures:
        return "A check failed because of a bug in the bot"
    if verdict.stage is Stage.SPONSOR:
        return "Waiting for the sponsor"
    return "Everything that can be checked is in order"


def _summary(snapshot: Snapshot, verdict: Verdict) -> str:
    paragraphs = [_what(snapshot, verdict)]
    if verdict.paused:
        pause = snapshot.overrides.pause
        paragraphs.append(
            f"{_who_paused(snapshot)} paused the bot on this pull request{_why(pause)}."
        )
    if not verdict.paused_by_editor:
        paragraphs += _findings(verdict)
    if not verdict.paused:
        paragraphs += [
            (
                f"Skipped by an editor: {rule_title(rule)} "
                f"(`{rule}`{_why(snapshot.overrides.waivers.get(rule))})"
            )
            for rule in verdict.waived
        ]
        # If there is something to fix, there is a comment, which has the checklist.
        if verdict.kind.moves_status and not verdict.steps:
            paragraphs += [rendered for rendered in (_for_editor(snapshot, verdict),) if rendered]
    paragraphs += _links(snapshot)
    paragraphs += [prose(note) for note in snapshot.degraded]
    return "\n\n".join(paragraphs)


def _who_paused(snapshot: Snapshot) -> str:
    pause, author = snapshot.overrides.pause, snapshot.change.author
    is_own = pause is not None and author is not None and same_login(pause.by, author)
    return "The author" if is_own else "An editor"


def _why(waiver: Waiver | None) -> str:
    return f": {safe_code(waiver.reason)}" if waiver is not None and waiver.reason else ""


def _for_editor(snapshot: Snapshot, verdict: Verdict) -> str:
    form = form_for(verdict)
    # A short form is less useful, so it is in the details text instead.
    editor_checklist = checklist(snapshot, verdict) if form is not None and form.is_template else ""
    rendered = (for_editor(snapshot, verdict), editor_checklist)
    return "\n\n".join(part for part in rendered if part)


def _text(snapshot: Snapshot, verdict: Verdict) -> str:
    """The details below the summary: which rules failed, and what is known about status changes."""
    if verdict.paused:
        return ""
    parts = [
        (
            f"The rule `{failure.rule}` failed because of a bug in the bot. Its operators can "
            f"find the error in their log as `{failure.id}`."
        )
        for failure in verdict.failures
    ]
    parts += render_discussed(discussed_drafts(snapshot.change, snapshot.context), link_to.MARKDOWN)
    if verdict.moves:
        parts.append(render_moves(verdict.moves, snapshot.context.today))
        form = form_for(verdict)
        if form is not None and not form.is_template:
            parts.append(checklist(snapshot, verdict))
    return "\n\n".join(parts)


def _what(snapshot: Snapshot, verdict: Verdict) -> str:
    rendered = [
        f"New PEP {assessment.number.number}."
        if assessment.number.number is not None and not assessment.pep.is_placeholder
        else "A new PEP without a number."
        for assessment in verdict.peps
    ]
    rendered += render_edits(verdict.kind, verdict.edits, snapshot.change)
    return " ".join(rendered) or _WITHOUT_PEP.get(verdict.kind, "PEP files changed.")


def _links(snapshot: Snapshot) -> list[str]:
    """For each touched PEP its preview, its submissions and, if it is ready, the council's form."""
    context = snapshot.context
    paragraphs: list[str] = []
    for file in snapshot.change.files:
        if not is_pep_path(file.path) or file.after is None or len(paragraphs) == _MOST_LINKED:
            continue
        links = []
        if url := link_to.preview(context.policy.links, snapshot.subject.number, file.path):
            links.append(f"[Preview]({url})")
        header = parse_preamble(file.after)
        submissions = submitted(header.number, snapshot.submissions, context.policy)
        decision = decision_on(
            header, context.policy, context.today, is_published=is_published(header, context)
        )
        is_there = any(one.submission.is_open and one.body == decision.body for one in submissions)
        if decision.council_issue and not is_there:
            links.append(
                f"[Submit it to the Steering Council]({decision.council_issue}) when the "
                "discussion has settled (prefilled form)"
            )
        if links:
            paragraphs.append(f"`{file.path}`: {' · '.join(links)}")
        paragraphs += [
            submitted_in_markdown(one, awaits_decision=header.status in OPEN) for one in submissions
        ]
    return paragraphs


def _findings(verdict: Verdict) -> list[str]:
    """Each finding once; the annotations show the files and lines."""
    counts = Counter(_finding(finding) for finding in verdict.findings)
    return [
        f"{rendered}\n\n({times} times; see the annotations.)" if times > 1 else rendered
        for rendered, times in counts.items()
    ]


def _finding(finding: Finding) -> str:
    text = f"**{finding.severity.value.capitalize()}** (`{finding.rule}`): {prose(finding.message)}"
    if finding.help:
        text += f" {prose(finding.help)}"
    return f"{text}\n\n{block(finding.paste)}" if finding.paste else text


def _annotation(finding: Finding, path: str) -> Annotation:
    line = finding.line or 1
    return Annotation(
        path=path,
        start_line=line,
        end_line=line,
        level=_LEVELS[finding.severity],
        message=finding.message,
        title=rule_title(finding.rule),
    )


def buttons(snapshot: Snapshot, verdict: Verdict) -> tuple[Button, ...]:
    """The buttons that make sense now; none while the bot is paused."""
    if verdict.paused or snapshot.state is not PullRequestState.OPEN:
        return ()
    found = [Button(CHECK, "Re-check", "Read everything and review again")]
    is_mechanical = any(
        finding.fix is not None or (finding.need is Need.CODEOWNERS and finding.paste)
        for finding in verdict.findings
    )
    ledger = snapshot.context.numbers
    numbers = [
        number
        for one in verdict.peps
        if "number" not in verdict.waived
        and (number := number_to_take(one.pep, one.number, ledger)) is not None
    ]
    if is_mechanical or numbers:
        found.append(Button(FIX, "Suggest fixes", "Suggest all mechanical fixes at once"))
    if len(numbers) == 1:
        found.append(
            Button(NUMBER, f"Use number {numbers[0]}", "Get the patch that renames the file")
        )
    return tuple(found)
