"""What the comment says of a status that moves: to which, and what the editor should know of it."""

from bot.peps.decision_link import decision_link
from bot.peps.people import same_login
from bot.review.evidence import About, Evidence, Found
from bot.review.snapshot import Snapshot
from bot.review.status_move import StatusMove, Whose
from bot.review.verdict import Verdict
from bot.review.wording import enumerated, line
from bot.rules.eligibility import account
from bot.rules.kind import BULK
from bot.rules.pep_edit import PepEdit
from bot.rules.post_told import day_and_writer
from bot.rules.wording import name as harmless

_DECISIONS = frozenset({"Accepted", "Provisional", "Rejected"})
_MOST_NAMES = 5


def marks(verdict: Verdict) -> str:
    """`This marks PEP 758 as **Accepted**.`; empty if no status of a numbered PEP moves."""
    moved = [edit for edit in _moved(verdict) if edit.number is not None]
    statuses = sorted({harmless(edit.after) for edit in moved})
    if not moved:
        return ""
    if len(statuses) > 1 or len(moved) >= BULK:
        return f"This moves the status of {len(moved)} PEPs."
    numbers = enumerated([str(edit.number) for edit in moved])
    return f"This marks PEP {numbers} as **{statuses[0]}**."


def for_editor(snapshot: Snapshot, verdict: Verdict) -> str:
    """Who decides, and whether somebody else than the authors opened it; empty if neither is news.

    Told for one PEP alone: of several at once, each has its own story.
    """
    moved = _moved(verdict)
    if len(moved) != 1:
        return ""
    (edit,) = moved
    (move,) = [one for one in verdict.moves if one.path == edit.path] or (None,)
    decided = move is not None and edit.after in _DECISIONS and move.whose is Whose.DECIDERS
    others = _opened_by_another(snapshot, edit)
    if not decided and not others:
        return ""
    return line(
        "for_editor",
        decision=move.decision if move is not None and decided else None,
        is_linked=bool(edit.header_after.value("Resolution")),
        post=_linked_post(edit, snapshot) if decided else "",
        delegates=[one for one in _words_of_deciders(move) if one.found is Found.THERE],
        unlinked=[
            one.body
            for one in (move.evidence if move is not None and decided else ())
            if one.about is About.RECOMMENDATION and one.found is Found.UNSEEN
        ],
        authors=[
            harmless(person.name) for person in edit.header_after.authors[:_MOST_NAMES] if others
        ],
    )


def _linked_post(edit: PepEdit, snapshot: Snapshot) -> str:
    """The day and the writer of the post that `Resolution` links; empty if it was not read."""
    link = decision_link(edit.header_after.value("Resolution") or "")
    post = None if link is None else snapshot.context.forum.post(link.url)
    return "" if post is None else day_and_writer(post)


def _words_of_deciders(move: StatusMove | None) -> list[Evidence]:
    if move is None or move.whose is not Whose.DECIDERS:
        return []
    return [one for one in move.evidence if one.about is About.DELEGATE]


def _moved(verdict: Verdict) -> list[PepEdit]:
    return [edit for edit in verdict.edits if edit.changes_status]


def _opened_by_another(snapshot: Snapshot, edit: PepEdit) -> bool:
    """Whether it is certain that no author opened it: the accounts of all must be known."""
    opener, authors = snapshot.change.author, edit.header_after.authors
    if opener is None or not authors or len(authors) > BULK:
        return False
    accounts = [account(person.name, snapshot.context) for person in authors]
    return all(login is not None and not same_login(login, opener) for login in accounts)
