"""Whether a PEP is ready to be handed to those who decide on it, item by item.

Sources: PEP 1 § "PEP Review & Resolution" and § "Discussing a PEP"; the boxes of the Steering
Council's template. What only people can judge is said to be theirs; nothing here stops anybody.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.peps.codeowners import parse_codeowners
from bot.peps.document import missing_suggestions
from bot.peps.links import thread_of, threads_in
from bot.peps.number import PepNumber, pep_path
from bot.peps.preamble import Preamble
from bot.policy.bodies import Body, Part
from bot.review.decision.path import AskedBody, Decider, DecisionPath, decision_path
from bot.review.decision.submission import Submission, Submitted
from bot.review.render.markdown import category, prefilled
from bot.rules.change import Change, Context, FileChange, FileStatus
from bot.rules.engine import RuleFailed, run_rules
from bot.rules.finding import Severity, code, join_names
from bot.rules.touched import PepText

AT_COUNCIL = frozenset({Decider.STEERING_COUNCIL, Decider.AFTER_RECOMMENDATION})
"""Who is asked in the Steering Council's tracker."""

_MOST_ERRORS = 5
_LONGEST_TEXT = 2_000_000


class ItemStatus(StrEnum):
    """How it stands with an item."""

    YES = "yes"
    NO = "no"
    PEOPLE = "people"
    """Only people can tell."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    Attributes:
        name: Which one, a word.
        answer: How it stands.
        words: That in words, as findings have them: a whole sentence, or the end of "whether".
        url: A form in which it is asked for; empty without one.
        link: What shows it; empty without one.
        issue: The issue in which somebody was asked for it; None if none is known.
    """

    name: str
    answer: ItemStatus
    words: str
    url: str = ""
    link: str = ""
    issue: Submission | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready a PEP is.

    Attributes:
        number: Which PEP.
        way: Its way to a decision.
        items: What was looked at; empty where nobody is asked in a tracker.
        form: The tracker's own form, filled in for this PEP; None where another place is right, or
            the PEP is in the tracker already.
        council: The body that the form belongs to; None without one.
        handed: The issues that hand the PEP to that body, or did.
        failures: The rules whose code failed on the text.
    """

    number: PepNumber
    way: DecisionPath
    items: tuple[Item, ...]
    form: str | None
    council: Body | None
    handed: tuple[Submitted, ...] = ()
    failures: tuple[RuleFailed, ...] = ()

    def answered(self, answer: ItemStatus) -> tuple[Item, ...]:
        """The items that stand like this."""
        return tuple(item for item in self.items if item.answer is answer)


def readiness(
    number: PepNumber,
    text: str,
    codeowners: str | None,
    context: Context,
    submissions: Iterable[Submission] = (),
    *,
    is_published: bool = True,
) -> Readiness:
    """Look at everything that can be looked at.

    Args:
        number: Which PEP.
        text: The PEP as it is published.
        codeowners: CODEOWNERS at the base; None if there is none or it cannot be read.
        context: People, policy and day.
        submissions: What is known to be submitted, of this PEP or of others.
        is_published: Whether the text is on the base branch yet.
    """
    pep = PepText(text[:_LONGEST_TEXT])
    way = decision_path(pep.preamble, context, submissions)
    decision = way.decision
    is_asked = way.is_open and decision.decider.needs_discussion
    failures: list[RuleFailed] = []
    items: tuple[Item, ...] = ()
    if is_asked:
        rules = _without_errors(number, pep, context, failures)
        items = tuple(_items(number, pep, way, codeowners, rules, is_published))
    council = decision.body if is_asked and decision.decider in AT_COUNCIL else None
    is_open_there = way.is_before(council)
    return Readiness(
        number=number,
        way=way,
        items=items,
        form=prefilled(council, pep.preamble) if council and not is_open_there else None,
        council=council,
        handed=way.submitted_to(council),
        failures=tuple(failures),
    )


def _items(
    number: PepNumber,
    pep: PepText,
    way: DecisionPath,
    codeowners: str | None,
    rules: Item,
    is_published: bool,
) -> Iterator[Item]:
    preamble = pep.preamble
    if not is_published:
        yield Item("published", ItemStatus.NO, "It is not published yet: its pull request is open.")
    yield _status(preamble)
    yield _discussed(preamble)
    if thread_of(preamble.value("Discussions-To") or "") is not None:
        yield _announced(preamble)
    yield _owned(number, codeowners)
    yield rules
    yield _sections(pep)
    if way.misnamed is not None:
        words = f"The delegate header names the {way.misnamed.name}, which cannot be one."
        yield Item("delegate", ItemStatus.NO, words)
    for asked in way.before:
        yield _asked_before(asked, pep.text, way)
    yield Item(
        "endorsements",
        ItemStatus.PEOPLE,
        "the people and projects that it names as supporting it really do, and what was objected "
        "in the discussion is answered in the text",
    )


def _status(preamble: Preamble) -> Item:
    if preamble.status in ("Draft", "Provisional"):
        return Item("status", ItemStatus.YES, f"status (`{preamble.status}`)")
    return Item(
        "status",
        ItemStatus.NO,
        f"`Status` is {code(preamble.status or '')}; take it up again with `/pep prepare draft`.",
    )


def _discussed(preamble: Preamble) -> Item:
    """PEP 1: the thread is in `Discussions-To`, and with all before it in `Post-History`."""
    present = preamble.value("Discussions-To") or ""
    threads = threads_in(preamble.value("Post-History") or "")
    thread = thread_of(present)
    if thread is None:
        return Item(
            "discussed",
            ItemStatus.NO,
            "`Discussions-To` links no thread; `/pep thread URL` makes that change ready.",
        )
    if not threads:
        return Item("discussed", ItemStatus.NO, "`Post-History` links no thread.")
    if thread not in threads:
        return Item(
            "discussed",
            ItemStatus.NO,
            f"The thread of `Discussions-To`, {code(thread)}, is not in `Post-History`.",
        )
    count = "one thread" if len(threads) == 1 else f"{len(threads)} threads"
    return Item("discussed", ItemStatus.YES, f"discussed ({count} in `Post-History`)", link=thread)


def _announced(preamble: Preamble) -> Item:
    """PEP 1: a PEP that is discussed elsewhere is announced in the PEPs category."""
    where = category(preamble)
    if where == "PEPs":
        words = "the thread is in the PEPs category, or the PEP was announced there"
    else:
        words = f"the PEP was announced in the PEPs category too, beside the {where} category"
    return Item("announced", ItemStatus.PEOPLE, words)


def _owned(number: PepNumber, codeowners: str | None) -> Item:
    if codeowners is None:
        return Item(
            "codeowners", ItemStatus.PEOPLE, "CODEOWNERS has a line for it; I cannot read it"
        )
    line = parse_codeowners(codeowners).owners_of(pep_path(number))
    if line is not None and line.owners and line.pattern != "*":
        return Item("codeowners", ItemStatus.YES, "CODEOWNERS")
    return Item(
        "codeowners", ItemStatus.NO, f"CODEOWNERS has no line for {code(pep_path(number))}."
    )


def _without_errors(
    number: PepNumber, pep: PepText, context: Context, failures: list[RuleFailed]
) -> Item:
    change = Change(
        files=(FileChange(pep_path(number), FileStatus.MODIFIED, before="", after=pep.text),),
        files_complete=False,
    )
    errors = [
        finding
        for finding in run_rules(change, context, on_failure=failures.append)
        if finding.severity is Severity.ERROR and finding.path == pep_path(number)
    ]
    if failures and not errors:
        words = "header and text are without errors, since a check of mine failed"
        return Item("rules", ItemStatus.PEOPLE, words)
    if not errors:
        return Item("rules", ItemStatus.YES, "header and text")
    told = "; ".join(f"line {one.line}: {one.message.rstrip('.')}" for one in errors[:_MOST_ERRORS])
    return Item("rules", ItemStatus.NO, f"The text has errors ({told}).")


def _sections(pep: PepText) -> Item:
    missing = missing_suggestions(pep.body, pep.preamble.type)
    if not missing:
        return Item("sections", ItemStatus.YES, "suggested sections")
    named = join_names(tuple(map(code, missing)))
    return Item("sections", ItemStatus.PEOPLE, f"it can do without sections for {named}")


def _asked_before(asked: AskedBody, text: str, way: DecisionPath) -> Item:
    """What is known of the word of a body that is asked before.

    A link in the text counts as its word. An issue that asks for it does not, not even once it is
    closed: what was said there nobody has read.
    """
    body = asked.body
    what = "recommendation" if body.part is Part.RECOMMENDS else "opinion"
    link = _link_to(body, text)
    if link:
        return Item(what, ItemStatus.YES, f"{what} of the {body.name}", link=link)
    issue = next((one.submission for one in reversed(way.submitted_to(body))), None)
    if issue is not None and issue.is_open and body.part is Part.RECOMMENDS:
        words = f"The {body.name} was asked for its {what}, and the PEP links none"
        return Item(what, ItemStatus.NO, words, issue=issue)
    if issue is not None:
        words = f"the {body.name}, which was asked, gave its {what}; the PEP links none"
        return Item(what, ItemStatus.PEOPLE, words, issue=issue)
    if body.part is Part.RECOMMENDS:
        words = f"The PEP links no {what} of the {body.name}, which is asked for it before"
        return Item(what, ItemStatus.NO, words, url=asked.url)
    words = f"the {body.name} should give its {what} first; the PEP links none"
    return Item(what, ItemStatus.PEOPLE, words, url=asked.url)


def _link_to(body: Body, text: str) -> str:
    """The first issue of a body's tracker that a text links; empty if it links none."""
    if body.tracker is None:
        return ""
    tracker = re.escape(body.tracker.removesuffix("/new"))
    found = re.search(rf"{tracker}/[0-9]{{1,9}}(?![0-9])", text, re.IGNORECASE)
    return found[0] if found else ""
