"""A new status for a PEP, made ready: the exact edits of the header, and of the one it concerns.

Sources: PEP 1 § "PEP Review & Resolution", § "PEP Header Preamble", § "PEP Maintenance", and
python/peps' pull-request templates. What nobody said, such as a day, stays a visible blank; whether
the decision was made is for people to know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.peps.dates import in_pep_style, parse_pep_date
from bot.peps.forum import PostRead, post_ref
from bot.peps.links import DecisionLink, decision_link
from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble, below_header, parse_preamble, with_header, without_header
from bot.peps.status import Status
from bot.review.fixes.prepared import (
    DAY_TO_COME,
    CannotPrepare,
    Prepared,
    fix_of,
    refuse_unreadable,
)
from bot.rules.document.canonical_doc import canonical_example, directive_for, has_canonical
from bot.rules.edits.relations import numbers_in, with_number
from bot.rules.finding import code, join_names
from bot.rules.forum_links import day_taken
from bot.rules.preamble.delegate import NAMES as DELEGATE_HEADERS
from bot.rules.preamble.delegate import is_placeholder
from bot.rules.preamble.resolution import DECIDED
from bot.rules.preamble.status_for_type import contradicts_type
from bot.rules.touched import PepText

ASKABLE: Final = tuple(status for status in Status if status is not Status.APRIL_FOOL)
"""The statuses that can be prepared; the joke is PEP 401's alone."""

_WITHDRAWN_WITHOUT = (
    "PEP 1 asks for a `Resolution` here too: the post that says why. Give its address behind the "
    "status to have it put in."
)
_POST_TO_COME = "link to the post"
_RESOLUTION = "Resolution"
_UNDER_WAY = frozenset({Status.DRAFT, Status.DEFERRED})
_LONGEST_LIST = 10


@dataclass(frozen=True, slots=True)
class WantedStatus:
    """What is asked for.

    Attributes:
        status: The new status.
        link: The post that tells the decision; empty if nobody gave one.
        day: Its day; None if nobody gave one.
        successor: The PEP that takes the place of a superseded one, if somebody named it.
        post: That post as it was read; its day counts where nobody gave one. None if it was not.
    """

    status: Status
    link: str = ""
    day: date | None = None
    successor: PepNumber | None = None
    post: PostRead | None = None

    @property
    def likely_day(self) -> date | None:
        """The day that was given, else that of the post."""
        return self.post.day if self.day is None and self.post is not None else self.day


def prepared_status(
    number: PepNumber, text: str, wanted: WantedStatus, others: Mapping[PepNumber, str]
) -> Prepared:
    """Make the change ready.

    Args:
        number: Which PEP.
        text: The PEP as it is.
        wanted: What is asked for.
        others: The texts of other PEPs, for the successor of a superseded one.

    Raises:
        CannotPrepare: There is nothing to do, or what there is to do has to be said otherwise.
    """
    refuse_unreadable(number, text)
    before = parse_preamble(text)
    _refuse_idle(number, before, wanted)
    is_same = before.status == wanted.status
    after = text if is_same else with_header(text, "Status", wanted.status)
    if contradicts_type(parse_preamble(after)):
        raise CannotPrepare(_wrong_type(number, wanted.status))
    blanks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    if not is_same or wanted.link or wanted.day or before.header(_RESOLUTION) is None:
        after, blanks, remarks = _with_resolution(after, wanted)
    if wanted.status not in _UNDER_WAY:
        after = _without_placeholders(after)
    mends = []
    if wanted.status is Status.SUPERSEDED and wanted.successor is not None:
        successor = _successor(number, wanted.successor, others)
        after = _naming(after, "Superseded-By", wanted.successor)
        named = _naming(successor, "Replaces", number)
        if named != successor:
            mends.append(fix_of(wanted.successor, successor, named))
    if wanted.status is Status.FINAL and before.type == "Standards Track":
        after, label = _with_canonical(after)
        blanks += label
    if after == text and not mends:
        raise CannotPrepare(f"There is nothing to do: PEP {number} is `{wanted.status}`.")
    remarks = (*remarks, *_on_the_day(before, wanted), *_on_others(before, wanted))
    title = _title(before, after, wanted.status)
    if mends:
        title = "Add Replaces" if after == text else f"Mark PEP {number} as {wanted.status}"
    if after != text:
        mends.insert(0, fix_of(number, text, after))
    return Prepared(tuple(mends), title, blanks, remarks)


def _refuse_idle(number: PepNumber, before: Preamble, wanted: WantedStatus) -> None:
    header = before.header("Superseded-By")
    successors = numbers_in(header) if header is not None else ()
    if wanted.successor is not None and wanted.status is not Status.SUPERSEDED:
        raise CannotPrepare("Only `superseded` is followed by another PEP.")
    if wanted.successor == number:
        raise CannotPrepare("A PEP cannot supersede itself.")
    if wanted.status is Status.SUPERSEDED and wanted.successor is None and not successors:
        raise CannotPrepare(
            f"By which PEP? Say so, as in `/pep prepare superseded by 842 {number}`."
        )


def _title(before: Preamble, after: str, status: Status) -> str:
    """In the words of python/peps; where the status stands already, what is put right."""
    if before.status != status:
        return f"Mark as {status}"
    value = before.value(_RESOLUTION)
    if parse_preamble(after).value(_RESOLUTION) != value:
        return f"{'Add' if value is None else 'Update'} Resolution"
    return "Link the documentation" if status is Status.FINAL else "Update the header"


def _wrong_type(number: PepNumber, status: Status) -> str:
    types = "Standards Track" if status is Status.PROVISIONAL else "Informational or Process"
    return (
        f"Only {types} PEPs can be `{status}`, and PEP {number} is of another type. The build of "
        "the PEP site fails on it."
    )


_Edit = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A text, what is blank in it, and what is to be told."""


def _with_resolution(text: str, wanted: WantedStatus) -> _Edit:
    """The text with the link to the decision, as far as one belongs there."""
    header = parse_preamble(text).header(_RESOLUTION)
    known = decision_link(header.value) if header is not None else None
    if wanted.status is Status.DRAFT:
        told = ("`Resolution` goes: a draft has none.",) if header is not None else ()
        return without_header(text, _RESOLUTION), (), told
    if wanted.status not in DECIDED:
        return _with_later_resolution(text, wanted, header is not None, known)
    link = decision_link(wanted.link) if wanted.link else known
    is_kept = known is not None and link is not None and link.short == known.short
    day = known.day if known is not None and is_kept else ""
    if wanted.day is not None:
        day = in_pep_style(wanted.day)
    blanks: list[str] = []
    remarks: list[str] = []
    if parse_pep_date(day) is None and wanted.post is not None and wanted.link and link is not None:
        day = in_pep_style(wanted.post.day)
        remarks.extend(_day_read(wanted))
    if parse_pep_date(day) is None:
        day = DAY_TO_COME
        blanks.append(f"`Resolution`: the day of the decision, for `{DAY_TO_COME}`.")
    if link is None:
        blanks.append("`Resolution`: the post that tells the decision.")
    if is_kept and not wanted.link:
        remarks.append(
            "`Resolution` links a post already; see whether it is the one that tells this decision."
        )
    elif header is not None and not is_kept:
        remarks.append("The `Resolution` that was there is replaced.")
    value = f"`{day} <{link.short if link else _POST_TO_COME}>`__"
    return with_header(text, _RESOLUTION, value), tuple(blanks), tuple(remarks)


def _with_later_resolution(
    text: str, wanted: WantedStatus, is_there: bool, known: DecisionLink | None
) -> _Edit:
    """A status that nobody has to decide on: only what was given is put in, and nothing lost."""
    link = decision_link(wanted.link) if wanted.link else None
    is_meant = known is not None and (link is None or link.short == known.short)
    likely = wanted.likely_day
    if known is not None and is_meant and likely and parse_pep_date(known.day) is None:
        value = f"`{in_pep_style(likely)} <{known.short}>`__"
        return with_header(text, _RESOLUTION, value), (), _day_read(wanted)
    if link is None:
        is_missed = wanted.status is Status.WITHDRAWN and not is_there
        return text, (), (_WITHDRAWN_WITHOUT,) if is_missed else ()
    if is_there and is_meant:
        return text, (), ()
    if is_there:
        return text, (), ("The `Resolution` that is there is kept; the link given is not put in.",)
    day = in_pep_style(likely) if likely else DAY_TO_COME
    blanks = () if likely else (f"`Resolution`: the day of that post, for `{DAY_TO_COME}`.",)
    value = f"`{day} <{link.short}>`__"
    return with_header(text, _RESOLUTION, value), blanks, _day_read(wanted)


def _day_read(wanted: WantedStatus) -> tuple[str, ...]:
    """Whose post the day is of, where nobody gave one."""
    if wanted.day is not None or wanted.post is None:
        return ()
    ref = post_ref(wanted.link)
    is_first = ref is not None and ref.post == 1
    return (day_taken(wanted.post, _RESOLUTION, is_first=is_first),)


def _without_placeholders(text: str) -> str:
    """The text without a delegate who was only to be named later."""
    for name in DELEGATE_HEADERS:
        header = parse_preamble(text).header(name)
        if header is not None and is_placeholder(header.value):
            text = without_header(text, name)
    return text


def _successor(number: PepNumber, successor: PepNumber, others: Mapping[PepNumber, str]) -> str:
    text = others.get(successor)
    if text is None:
        raise CannotPrepare(
            f"PEP {successor}, which is to supersede PEP {number}, is not published here."
        )
    refuse_unreadable(successor, text)
    return text


def _naming(text: str, name: str, number: PepNumber) -> str:
    """The text with a number more in a header that lists some."""
    header = parse_preamble(text).header(name)
    if header is not None and number in numbers_in(header):
        return text
    return with_header(text, name, with_number(header, number))


def _with_canonical(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with the link to the documentation that is now the reference."""
    pep = PepText(text)
    if has_canonical(pep):
        return text, ()
    blank = (
        f"{code(directive_for(pep.preamble))}: the label of the documentation that readers "
        "should now use. If there is no such page, take the line out and say so."
    )
    return below_header(text, canonical_example(pep.preamble)), (blank,)


def _on_the_day(before: Preamble, wanted: WantedStatus) -> tuple[str, ...]:
    created, day = parse_pep_date(before.value("Created") or ""), wanted.likely_day
    if day is None or created is None or day >= created:
        return ()
    which = "The day given" if wanted.day is not None else "The day of the linked post"
    return (f"{which} is before `Created`, which is {in_pep_style(created)}.",)


def _on_others(before: Preamble, wanted: WantedStatus) -> tuple[str, ...]:
    """What has to follow in other PEPs."""
    replaces = before.header("Replaces")
    if replaces is None or wanted.status not in (Status.ACCEPTED, Status.FINAL, Status.ACTIVE):
        return ()
    numbers = numbers_in(replaces)[:_LONGEST_LIST]
    if not numbers:
        return ()
    named = join_names(tuple(f"PEP {each}" for each in numbers))
    return (f"It replaces {named}: see whether `/pep prepare superseded` is due there.",)
