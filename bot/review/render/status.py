"""The text on changes of a PEP's status and on other edits, and since when something is so."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep
from bot.peps.links import decision_link
from bot.peps.people import same_login
from bot.review.decision.evidence import About, Evidence, EvidenceStatus
from bot.review.decision.status_change import MOST, StatusMove, Whose
from bot.review.render.markdown import MARKDOWN, PLAIN_TEXT, TextForm, line, lines
from bot.review.snapshot import Since, Snapshot
from bot.review.verdict import Verdict
from bot.rules.edits.substance import DiscussedDraft
from bot.rules.engine.eligibility import find_account
from bot.rules.engine.finding import join_names, safe_code, safe_name
from bot.rules.engine.forum_links import describe_author, describe_post
from bot.rules.engine.kind import BULK, ChangeKind
from bot.rules.preamble.resolution import DECIDED

_HAPPENED: Mapping[str, str] = {
    "pull_request opened": "when the pull request was opened",
    "pull_request reopened": "when the pull request was reopened",
    "pull_request synchronize": "after a push",
    "pull_request edited": "after an edit of title, description or base",
    "pull_request closed": "when the pull request was closed",
    "pull_request ready_for_review": "when it was marked as ready for review",
    "pull_request converted_to_draft": "when it was converted to a draft",
    "pull_request labeled": "after a label was added",
    "pull_request unlabeled": "after a label was removed",
    "issue_comment created": "after a comment",
    "issue_comment edited": "after a comment was edited",
    "issue_comment deleted": "after a comment was deleted",
    "pull_request_review submitted": "after a review",
    "pull_request_review edited": "after a review was edited",
    "pull_request_review dismissed": "after a review was dismissed",
    "pull_request_review_comment created": "after a comment on a line",
    "pull_request_review_comment edited": "after a comment on a line was edited",
    "check_run requested_action": "after somebody pressed a button of the check run",
    "check_run rerequested": "after somebody re-ran the check",
    "review": "after something changed elsewhere in the repository",
    "review rerequested": "after somebody re-ran all checks",
}
"""What led to a review, by the webhook's event and action (`review`: the bot started it)."""


def render_since(since: Since) -> str:
    """The time and the event, without a full stop."""
    happened = _HAPPENED.get(since.event) or f"by {safe_code(since.event)}"
    return f"since {since.at:%d-%b-%Y %H:%M} UTC, {happened}"


_MOST_NAMES = 5


def status_summary(verdict: Verdict) -> str:
    """`This marks PEP 758 as **Accepted**.`; empty if no numbered PEP changes its status."""
    moved = [edit for edit in _moved(verdict) if edit.number is not None]
    statuses = sorted({safe_name(edit.status_after) for edit in moved})
    if not moved:
        return ""
    if len(statuses) > 1 or len(moved) >= BULK:
        return f"This changes the status of {len(moved)} PEPs."
    numbers = join_names(tuple(str(edit.number) for edit in moved))
    return f"This marks {'PEP' if len(moved) == 1 else 'PEPs'} {numbers} as **{statuses[0]}**."


def for_editor(snapshot: Snapshot, verdict: Verdict) -> str:
    """Who decides, and that no author opened the pull request; empty if neither applies.

    Empty too if several PEPs change their status, since the answer may differ between them.
    """
    moved = _moved(verdict)
    if len(moved) != 1:
        return ""
    (edit,) = moved
    (move,) = [one for one in verdict.moves if one.path == edit.path] or (None,)
    decided = move is not None and edit.status_after in DECIDED and move.whose is Whose.DECIDERS
    others = _opened_by_another(snapshot, edit)
    if not decided and not others:
        return ""
    return line(
        "for_editor",
        decision=move.decision if move is not None and decided else None,
        is_linked=bool(edit.header_after.value("Resolution")),
        post=_linked_post(edit, snapshot) if decided else "",
        delegates=[one for one in _delegate_evidence(move) if one.found is EvidenceStatus.THERE],
        unlinked=[
            one.body
            for one in (move.evidence if move is not None and decided else ())
            if one.about is About.RECOMMENDATION and one.found is EvidenceStatus.UNSEEN
        ],
        authors=[
            safe_name(person.name) for person in edit.header_before.authors[:_MOST_NAMES] if others
        ],
    )


def _linked_post(edit: ChangedPep, snapshot: Snapshot) -> str:
    """The day and the author of the post that `Resolution` links; empty if it was not read."""
    link = decision_link(edit.header_after.value("Resolution") or "")
    post = None if link is None else snapshot.context.forum.post(link.url)
    return "" if post is None else describe_post(post)


def _delegate_evidence(move: StatusMove | None) -> list[Evidence]:
    if move is None or move.whose is not Whose.DECIDERS:
        return []
    return [one for one in move.evidence if one.about is About.DELEGATE]


def _moved(verdict: Verdict) -> list[ChangedPep]:
    return [edit for edit in verdict.edits if edit.changes_status]


def _opened_by_another(snapshot: Snapshot, edit: ChangedPep) -> bool:
    """Whether certainly no author before it opened it; the accounts of all must be known."""
    opener, authors = snapshot.change.author, edit.header_before.authors
    if opener is None or not authors or len(authors) > BULK:
        return False
    accounts = [find_account(person.name, snapshot.context) for person in authors]
    return all(login is not None and not same_login(login, opener) for login in accounts)


_MOST_EDITS = 10
_DATED = re.compile(r"`[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4}\s")
_CANONICAL = re.compile(r"^\.\. (canonical-(?:doc|pypa-spec|typing-spec))::", re.MULTILINE)


def render_edits(kind: ChangeKind, edits: tuple[ChangedPep, ...], change: Change) -> list[str]:
    """A sentence for each edited PEP, in the order of the files; after ten the rest is counted."""
    if kind is ChangeKind.RELEASE_SCHEDULE and len(edits) <= _MOST_EDITS:
        numbers = tuple(str(edit.number) for edit in edits if edit.number is not None)
        if len(numbers) == len(edits):
            return [f"Release schedule of PEP {join_names(numbers)}."]
    texts = {file.path: file.after or "" for file in change.files}
    rendered = [_edit(edit, texts.get(edit.path, "")) for edit in edits[:_MOST_EDITS]]
    if len(edits) > _MOST_EDITS:
        rendered.append(f"And {len(edits) - _MOST_EDITS} more PEPs changed.")
    return rendered


def _edit(edit: ChangedPep, text: str) -> str:
    name = f"PEP {edit.number}" if edit.number is not None else "A PEP"
    if edit.changes_status:
        return (
            f"{name}: {safe_name(edit.status_before)} to "
            f"{safe_name(edit.status_after)}{_with_details(edit, text)}."
        )
    status = f" ({safe_name(edit.status_before)})" if edit.status_before else ""
    lines = f"{edit.line_count} line{'' if edit.line_count == 1 else 's'} changed"
    return f"{name}{status}: {lines}{', editorial' if edit.is_editorial else ''}."


def _with_details(edit: ChangedPep, text: str) -> str:
    """What the change has of the things that should come with the new status."""
    if edit.status_after in DECIDED:
        resolution = edit.header_after.value("Resolution") or ""
        return ", with a dated Resolution" if _DATED.match(resolution) else ""
    if edit.status_after == "Final":
        found = _CANONICAL.search(text)
        return f", with {found[1]}" if found else ""
    return ""


def render_discussed(drafts: Sequence[DiscussedDraft], form: TextForm) -> list[str]:
    """A sentence for each Draft whose change should be proposed in its thread first."""
    return [
        (
            f"PEP {one.pep.number}: {one.lines} lines of the Specification change. PEP 1 "
            f"suggests discussing substantive changes in {form['link']('the thread', one.thread)} "
            "first."
        )
        for one in drafts
        if one.pep.number is not None
    ]


_MOST_WHOLE = 3
"""If more PEPs than these change their status, each gets only one line."""

_MOST_LINES = 50
_SHORT = {
    About.RESOLUTION: "`Resolution`",
    About.COUNCIL_ISSUE: "the issue",
    About.RECOMMENDATION: "the recommendation",
    About.APPROVAL: "the approval",
    About.APPOINTMENT: "the appointment",
    About.DELEGATE: "the delegate's approval",
    About.MEMBER: "the council's approval",
    About.AUTHORS: "an author's approval",
    About.DOCUMENTATION: "the link to the documentation",
    About.PYTHON_VERSION: "`Python-Version`",
    About.SUCCESSOR: "`Superseded-By`",
    About.SUCCESSOR_BACK: "`Replaces` in its successor",
}


def render_moves(moves: Sequence[StatusMove], today: date) -> str:
    """All status changes as Markdown; empty if there are none."""
    if len(moves) > _MOST_WHOLE:
        rendered = [f"- {_in_a_line(move)}" for move in moves[:_MOST_LINES]]
        if len(moves) > _MOST_LINES:
            at_least = "at least " if len(moves) == MOST else ""
            rendered.append(f"- and {at_least}{len(moves) - _MOST_LINES} more")
        return "\n".join(rendered)
    return "\n\n".join(
        "\n".join(
            [f"**{_heading(move)}**", "", *(f"- {one}" for one in move_in_markdown(move, today))]
        )
        for move in moves
    )


def move_in_markdown(move: StatusMove, today: date) -> list[str]:
    """Who had to decide, what shows that they did, and what is missing; one string each."""
    return lines("move", move=move, today=today, writer=describe_author, **MARKDOWN)


def move_in_text(move: StatusMove, today: date) -> list[str]:
    """The same as plain text, below a heading."""
    rendered = lines("move", move=move, today=today, writer=describe_author, **PLAIN_TEXT)
    return [_heading(move), *(f"  {one}" for one in rendered)]


def _heading(move: StatusMove) -> str:
    return f"{_pep_name(move)}: {move.kind} ({safe_name(move.before)} to {safe_name(move.after)})"


def _in_a_line(move: StatusMove) -> str:
    lacking = dict.fromkeys(_SHORT[one.about] for one in move.lacking)
    return f"{_heading(move)}; " + (
        f"missing or to fix: {', '.join(lacking)}." if lacking else "nothing is missing."
    )


def _pep_name(move: StatusMove) -> str:
    return f"PEP {move.number}" if move.number is not None else "A PEP"
