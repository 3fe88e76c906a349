"""Prepares a change of a PEP's status: the exact edits of its header, and of its successor's.

Sources: PEP 1 § "PEP Review & Resolution", § "PEP Header Preamble", § "PEP Maintenance", and
python/peps' pull-request templates. What nobody said, such as a day, is left as a visible
placeholder. Whether the decision was really made is for people to know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.peps.changed_pep import PepText
from bot.peps.dates import format_pep_date, parse_pep_date
from bot.peps.forum import ForumPost, post_ref
from bot.peps.links import DecisionLink, decision_link
from bot.peps.number import PepNumber
from bot.peps.preamble import (
    Preamble,
    insert_below_header,
    parse_preamble,
    with_header,
    without_header,
)
from bot.peps.status import Status
from bot.review.fixes.prepared import (
    DAY_PLACEHOLDER,
    CannotPrepare,
    Prepared,
    file_fix,
    refuse_unreadable,
)
from bot.rules.document.canonical_doc import canonical_example, directive_for, links_documentation
from bot.rules.edits.relations import numbers_in, with_number
from bot.rules.engine.finding import join_names, safe_code
from bot.rules.engine.forum_links import explain_day
from bot.rules.preamble.delegate import NAMES as DELEGATE_HEADERS
from bot.rules.preamble.delegate import is_placeholder
from bot.rules.preamble.resolution import DECIDED, earlier_decision
from bot.rules.preamble.status_for_type import contradicts_type

ASKABLE: Final = tuple(status for status in Status if status is not Status.APRIL_FOOL)
"""The statuses that can be prepared: all but the joke status of PEP 401."""

_NO_RESOLUTION_NOTE = (
    "PEP 1 asks for a `Resolution` here too: the post that says why. Give its URL after "
    "the status to have it added."
)
_POST_PLACEHOLDER = "link to the post"
_RESOLUTION = "Resolution"
_UNDER_WAY = frozenset({Status.DRAFT, Status.DEFERRED})
_LONGEST_LIST = 10


@dataclass(frozen=True, slots=True)
class RequestedStatus:
    """The status that somebody asked for.

    Attributes:
        status: The new status.
        link: The post that announces the decision; empty if nobody gave one.
        day: Its day; None if nobody gave one.
        successor: The PEP that replaces a superseded one, if somebody named it.
        post: That post, if it was read; its day is used if nobody gave one.
    """

    status: Status
    link: str = ""
    day: date | None = None
    successor: PepNumber | None = None
    post: ForumPost | None = None

    @property
    def likely_day(self) -> date | None:
        """The day that somebody gave, otherwise that of the post."""
        return self.post.day if self.day is None and self.post is not None else self.day


def prepare_status(
    number: PepNumber, text: str, request: RequestedStatus, others: Mapping[PepNumber, str]
) -> Prepared:
    """Prepare the change of status.

    Args:
        number: The PEP's number.
        text: Its current text.
        request: The status that somebody asked for.
        others: The texts of other PEPs, for the successor of a superseded one.

    Raises:
        CannotPrepare: There is nothing to do, or the request makes no sense for this PEP.
    """
    refuse_unreadable(number, text)
    before = parse_preamble(text)
    _check_request(number, before, request)
    is_same = before.status == request.status
    after = text if is_same else with_header(text, "Status", request.status)
    if contradicts_type(parse_preamble(after)):
        raise CannotPrepare(_wrong_type(number, request.status))
    blanks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    if not is_same or request.link or request.day or before.header(_RESOLUTION) is None:
        is_overruled = earlier_decision(before.status or "", request.status) is not None
        after, blanks, notes = _with_resolution(after, request, is_overruled=is_overruled)
    if request.status not in _UNDER_WAY:
        after = _without_placeholders(after)
    fixes = []
    if request.status is Status.SUPERSEDED and request.successor is not None:
        successor = _successor(number, request.successor, others)
        after = _with_pep_listed(after, "Superseded-By", request.successor)
        named = _with_pep_listed(successor, "Replaces", number)
        if named != successor:
            fixes.append(file_fix(request.successor, successor, named))
    if request.status is Status.FINAL and before.type == "Standards Track":
        after, label = _with_canonical(after)
        blanks += label
    if after == text and not fixes:
        raise CannotPrepare(f"There is nothing to do: PEP {number} is already `{request.status}`.")
    notes = (*notes, *_day_notes(before, request), *_notes_on_others(before, request))
    title = _title(before, after, request.status)
    if fixes:
        title = "Add Replaces" if after == text else f"Mark PEP {number} as {request.status}"
    if after != text:
        fixes.insert(0, file_fix(number, text, after))
    return Prepared(tuple(fixes), title, blanks, notes)


def _check_request(number: PepNumber, before: Preamble, request: RequestedStatus) -> None:
    header = before.header("Superseded-By")
    successors = numbers_in(header) if header is not None else ()
    if request.successor is not None and request.status is not Status.SUPERSEDED:
        raise CannotPrepare("Only `superseded` takes another PEP.")
    if request.successor == number:
        raise CannotPrepare("A PEP cannot supersede itself.")
    if request.status is Status.SUPERSEDED and request.successor is None and not successors:
        raise CannotPrepare(
            f"By which PEP? For example: `/pep prepare superseded by 842 {number}`."
        )


def _title(before: Preamble, after: str, status: Status) -> str:
    """The title as python/peps words it; if the PEP has the status already, what else changes."""
    if before.status != status:
        return f"Mark as {status}"
    value = before.value(_RESOLUTION)
    if parse_preamble(after).value(_RESOLUTION) != value:
        return f"{'Add' if value is None else 'Update'} Resolution"
    return "Link the documentation" if status is Status.FINAL else "Update the header"


def _wrong_type(number: PepNumber, status: Status) -> str:
    types = "Standards Track" if status is Status.PROVISIONAL else "Informational or Process"
    return (
        f"Only {types} PEPs can be `{status}`, and PEP {number} is of another type. The "
        "build of the PEP site would fail."
    )


_Edit = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A text, the blanks to fill in, and the notes for people."""


def _with_resolution(text: str, request: RequestedStatus, *, is_overruled: bool) -> _Edit:
    """The text with the link to the decision, if the status calls for one.

    Args:
        text: The text, with the new status.
        request: The status that somebody asked for.
        is_overruled: Whether it overrules an earlier decision, which `Resolution` links.
    """
    header = parse_preamble(text).header(_RESOLUTION)
    known = decision_link(header.value) if header is not None else None
    if request.status is Status.DRAFT:
        removed = ("`Resolution` is removed: a draft has none.",) if header is not None else ()
        return without_header(text, _RESOLUTION), (), removed
    is_replaced = is_overruled and header is not None
    if request.status not in DECIDED and not is_replaced:
        return _with_later_resolution(text, request, header is not None, known)
    link = decision_link(request.link) if request.link else None if is_replaced else known
    is_kept = known is not None and link is not None and link.short == known.short
    day = known.day if known is not None and is_kept else ""
    if request.day is not None:
        day = format_pep_date(request.day)
    blanks: list[str] = []
    notes: list[str] = []
    if (
        parse_pep_date(day) is None
        and request.post is not None
        and request.link
        and link is not None
    ):
        day = format_pep_date(request.post.day)
        notes.extend(_day_note(request))
    if parse_pep_date(day) is None:
        day = DAY_PLACEHOLDER
        blanks.append(f"`Resolution`: the day of the decision, for `{DAY_PLACEHOLDER}`.")
    if link is None:
        blanks.append("`Resolution`: the post with the decision.")
    if is_kept and not request.link:
        notes.append(
            "`Resolution` already links a post; check whether it is the one with this decision."
        )
    elif header is not None and not is_kept:
        notes.append("The old `Resolution` is replaced.")
    value = f"`{day} <{link.short if link else _POST_PLACEHOLDER}>`__"
    return with_header(text, _RESOLUTION, value), tuple(blanks), tuple(notes)


def _with_later_resolution(
    text: str, request: RequestedStatus, is_there: bool, known: DecisionLink | None
) -> _Edit:
    """The same for a status that needs no decision: add what was given, and remove nothing."""
    link = decision_link(request.link) if request.link else None
    is_same_post = known is not None and (link is None or link.short == known.short)
    likely = request.likely_day
    if known is not None and is_same_post and likely and parse_pep_date(known.day) is None:
        value = f"`{format_pep_date(likely)} <{known.short}>`__"
        return with_header(text, _RESOLUTION, value), (), _day_note(request)
    if link is None:
        is_missed = request.status is Status.WITHDRAWN and not is_there
        return text, (), (_NO_RESOLUTION_NOTE,) if is_missed else ()
    if is_there and is_same_post:
        return text, (), ()
    if is_there:
        return text, (), ("The `Resolution` stays as it is; the link you gave is not used.",)
    day = format_pep_date(likely) if likely else DAY_PLACEHOLDER
    blanks = () if likely else (f"`Resolution`: the day of that post, for `{DAY_PLACEHOLDER}`.",)
    value = f"`{day} <{link.short}>`__"
    return with_header(text, _RESOLUTION, value), blanks, _day_note(request)


def _day_note(request: RequestedStatus) -> tuple[str, ...]:
    """A note that says whose post the day comes from, if nobody gave a day."""
    if request.day is not None or request.post is None:
        return ()
    ref = post_ref(request.link)
    is_first = ref is not None and ref.post == 1
    return (explain_day(request.post, _RESOLUTION, is_first=is_first),)


def _without_placeholders(text: str) -> str:
    """The text without a delegate header that holds only a placeholder."""
    for name in DELEGATE_HEADERS:
        header = parse_preamble(text).header(name)
        if header is not None and is_placeholder(header.value):
            text = without_header(text, name)
    return text


def _successor(number: PepNumber, successor: PepNumber, others: Mapping[PepNumber, str]) -> str:
    text = others.get(successor)
    if text is None:
        raise CannotPrepare(
            f"PEP {successor}, which supersedes PEP {number}, is not published here."
        )
    refuse_unreadable(successor, text)
    return text


def _with_pep_listed(text: str, name: str, number: PepNumber) -> str:
    """The text with one more number in a header that lists PEPs."""
    header = parse_preamble(text).header(name)
    if header is not None and number in numbers_in(header):
        return text
    return with_header(text, name, with_number(header, number))


def _with_canonical(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with a link to the documentation that is now the reference."""
    pep = PepText(text)
    if links_documentation(pep):
        return text, ()
    blank = (
        f"{safe_code(directive_for(pep.preamble))}: the label of the documentation that "
        "readers should now use. If there is no such page, remove the line and say so."
    )
    return insert_below_header(text, canonical_example(pep.preamble)), (blank,)


def _day_notes(before: Preamble, request: RequestedStatus) -> tuple[str, ...]:
    created, day = parse_pep_date(before.value("Created") or ""), request.likely_day
    if day is None or created is None or day >= created:
        return ()
    which = "The day given" if request.day is not None else "The day of the linked post"
    return (f"{which} is before `Created`, which is {format_pep_date(created)}.",)


def _notes_on_others(before: Preamble, request: RequestedStatus) -> tuple[str, ...]:
    """A note on other PEPs that have to change too."""
    replaces = before.header("Replaces")
    if replaces is None or request.status not in (Status.ACCEPTED, Status.FINAL, Status.ACTIVE):
        return ()
    numbers = numbers_in(replaces)[:_LONGEST_LIST]
    if not numbers:
        return ()
    named = join_names(tuple(f"PEP {each}" for each in numbers))
    return (f"It replaces {named}: check whether `/pep prepare superseded` is due there.",)
