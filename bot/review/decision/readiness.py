"""Whether a PEP is ready to be submitted for a decision, item by item.

Sources: PEP 1 § "PEP Review & Resolution" and § "Discussing a PEP"; the checkboxes of the Steering
Council's template. Items that only people can judge are marked as such; nothing here is blocking.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.changed_pep import PepText
from bot.peps.codeowners import parse_codeowners
from bot.peps.document import missing_suggested_sections
from bot.peps.links import thread_of, threads_in
from bot.peps.number import PepNumber, pep_path
from bot.peps.preamble import Preamble
from bot.policy.bodies import Body, BodyRole
from bot.review.decision.decider import AT_COUNCIL
from bot.review.decision.path import AskedBody, DecisionPath, decision_path
from bot.review.decision.submission import Submission, Submitted
from bot.review.render.markdown import category, prefilled
from bot.rules.edits.open_issues import open_issues
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Severity, join_names, safe_code
from bot.rules.engine.registry import RuleFailed, run_rules

_MOST_ERRORS = 5
_LONGEST_TEXT = 2_000_000


class ItemStatus(StrEnum):
    """Whether an item is fulfilled."""

    YES = "yes"
    NO = "no"
    PEOPLE = "people"
    """Only people can judge it."""


@dataclass(frozen=True, slots=True)
class ReadinessItem:
    """One item.

    Attributes:
        name: Its name, one word.
        status: Whether it is fulfilled.
        message: The same for people, in the plain text that findings use: a sentence, or the rest
            of one that begins with "whether".
        url: A form for requesting what is missing; empty without one.
        link: What shows that it is fulfilled; empty without one.
        issue: The issue that requests it; None if none is known.
    """

    name: str
    status: ItemStatus
    message: str
    url: str = ""
    link: str = ""
    issue: Submission | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready a PEP is.

    Attributes:
        number: The PEP's number.
        path: Its decision path.
        items: What was checked; empty if nobody has to be asked for a decision.
        form: The tracker's own form, filled in for this PEP; None if the decision is not asked for
            in a tracker, or the PEP is already there or not published.
        council: The body that the form belongs to; None without one.
        handed: The issues, open or closed, that submit the PEP to that body.
        is_published: Whether the PEP is on the base branch.
        failures: The rules whose code failed on the text.
    """

    number: PepNumber
    path: DecisionPath
    items: tuple[ReadinessItem, ...]
    form: str | None
    council: Body | None
    handed: tuple[Submitted, ...] = ()
    is_published: bool = True
    failures: tuple[RuleFailed, ...] = ()

    def with_status(self, status: ItemStatus) -> tuple[ReadinessItem, ...]:
        """The items with this status."""
        return tuple(item for item in self.items if item.status is status)


def readiness(
    number: PepNumber,
    text: str,
    codeowners: str | None,
    context: Context,
    submissions: Iterable[Submission] = (),
    *,
    is_published: bool = True,
) -> Readiness:
    """Check how ready a PEP is.

    Args:
        number: The PEP's number.
        text: Its text.
        codeowners: CODEOWNERS on the base branch; None if there is none or it cannot be read.
        context: People, policy and day.
        submissions: The known submissions of this PEP, and perhaps of others.
        is_published: Whether the PEP is on the base branch already.
    """
    pep = PepText(text[:_LONGEST_TEXT])
    path = decision_path(pep.preamble, context, submissions)
    decision = path.decision
    is_asked = path.is_open and decision.decider.needs_discussion
    failures: list[RuleFailed] = []
    items: tuple[ReadinessItem, ...] = ()
    if is_asked:
        rules = _without_errors(number, pep, context, failures)
        items = tuple(_items(number, pep, path, codeowners, rules, is_published))
    council = decision.body if is_asked and decision.decider in AT_COUNCIL else None
    is_open_there = path.is_submitted_to(council)
    return Readiness(
        number=number,
        path=path,
        items=items,
        form=prefilled(council, pep.preamble)
        if council and is_published and not is_open_there
        else None,
        council=council,
        is_published=is_published,
        handed=path.submitted_to(council),
        failures=tuple(failures),
    )


def _items(
    number: PepNumber,
    pep: PepText,
    path: DecisionPath,
    codeowners: str | None,
    rules: ReadinessItem,
    is_published: bool,
) -> Iterator[ReadinessItem]:
    preamble = pep.preamble
    if not is_published:
        message = "It is not published yet: its pull request is still open."
        yield ReadinessItem("published", ItemStatus.NO, message)
    yield _status(preamble)
    yield _discussed(preamble)
    if thread_of(preamble.value("Discussions-To") or "") is not None:
        yield _announced(preamble)
    yield _owned(number, codeowners)
    yield rules
    yield _sections(pep)
    if (section := open_issues(pep)) is not None:
        message = f"what its section {safe_code(section.title)} lists is settled"
        yield ReadinessItem("open-issues", ItemStatus.PEOPLE, message)
    if path.body_that_cannot_delegate is not None:
        message = (
            f"The delegate header names the {path.body_that_cannot_delegate.name}, which "
            "cannot be a delegate."
        )
        yield ReadinessItem("delegate", ItemStatus.NO, message)
    for asked in path.before:
        yield _asked_before(asked, pep.text, path)
    message = (
        "the people and projects that it names as supporters really support it, and the text "
        "answers the objections from the discussion"
    )
    yield ReadinessItem("endorsements", ItemStatus.PEOPLE, message)


def _status(preamble: Preamble) -> ReadinessItem:
    if preamble.status in ("Draft", "Provisional"):
        return ReadinessItem("status", ItemStatus.YES, f"status (`{preamble.status}`)")
    status = safe_code(preamble.status or "")
    message = f"`Status` is {status}; reopen the PEP with `/pep prepare draft`."
    return ReadinessItem("status", ItemStatus.NO, message)


def _discussed(preamble: Preamble) -> ReadinessItem:
    """PEP 1: `Discussions-To` has the thread, and `Post-History` has it and all earlier ones."""
    thread = thread_of(preamble.value("Discussions-To") or "")
    threads = threads_in(preamble.value("Post-History") or "")
    if thread is None:
        message = "`Discussions-To` links no thread; `/pep thread URL` prepares that change."
    elif not threads:
        message = "`Post-History` links no thread."
    elif thread not in threads:
        message = f"The thread of `Discussions-To`, {safe_code(thread)}, is not in `Post-History`."
    else:
        count = "one thread" if len(threads) == 1 else f"{len(threads)} threads"
        message = f"discussed ({count} in `Post-History`)"
        return ReadinessItem("discussed", ItemStatus.YES, message, link=thread)
    return ReadinessItem("discussed", ItemStatus.NO, message)


def _announced(preamble: Preamble) -> ReadinessItem:
    """PEP 1: a PEP that is discussed elsewhere is announced in the PEPs category too."""
    where = category(preamble)
    if where == "PEPs":
        message = "the thread is in the PEPs category, or the PEP was announced there"
    else:
        message = f"the PEP was also announced in the PEPs category, not only under {where}"
    return ReadinessItem("announced", ItemStatus.PEOPLE, message)


def _owned(number: PepNumber, codeowners: str | None) -> ReadinessItem:
    if codeowners is None:
        return ReadinessItem(
            "codeowners",
            ItemStatus.PEOPLE,
            "CODEOWNERS has a line for it; I cannot read it",
        )
    line = parse_codeowners(codeowners).owners_of(pep_path(number))
    if line is not None and line.owners and line.pattern != "*":
        return ReadinessItem("codeowners", ItemStatus.YES, "CODEOWNERS")
    return ReadinessItem(
        "codeowners", ItemStatus.NO, f"CODEOWNERS has no line for {safe_code(pep_path(number))}."
    )


def _without_errors(
    number: PepNumber, pep: PepText, context: Context, failures: list[RuleFailed]
) -> ReadinessItem:
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
        message = "header and text are without errors; one of my checks failed"
        return ReadinessItem("rules", ItemStatus.PEOPLE, message)
    if not errors:
        return ReadinessItem("rules", ItemStatus.YES, "header and text")
    first_errors = "; ".join(
        f"line {one.line}: {one.message.rstrip('.')}" for one in errors[:_MOST_ERRORS]
    )
    return ReadinessItem("rules", ItemStatus.NO, f"The text has errors ({first_errors}).")


def _sections(pep: PepText) -> ReadinessItem:
    missing = missing_suggested_sections(pep.body, pep.preamble.type)
    if not missing:
        return ReadinessItem("sections", ItemStatus.YES, "suggested sections")
    named = join_names(tuple(map(safe_code, missing)))
    return ReadinessItem("sections", ItemStatus.PEOPLE, f"it can do without sections for {named}")


def _asked_before(asked: AskedBody, text: str, path: DecisionPath) -> ReadinessItem:
    """Whether a body that has to be asked first gave its recommendation or opinion.

    A link in the text counts as given. An issue that asks for it does not, even if it is closed:
    the bot does not read what was said there.
    """
    body = asked.body
    what = "recommendation" if body.part is BodyRole.RECOMMENDS else "opinion"
    link = _link_to(body, text)
    if link:
        return ReadinessItem(what, ItemStatus.YES, f"{what} of the {body.name}", link=link)
    issue = next((one.submission for one in reversed(path.submitted_to(body))), None)
    if issue is not None and issue.is_open and body.part is BodyRole.RECOMMENDS:
        message = f"The {body.name} was asked for its {what}, but the PEP does not link it"
        return ReadinessItem(what, ItemStatus.NO, message, issue=issue)
    if issue is not None:
        message = f"the {body.name}, which was asked, gave its {what}; the PEP does not link it"
        return ReadinessItem(what, ItemStatus.PEOPLE, message, issue=issue)
    if body.part is BodyRole.RECOMMENDS:
        message = f"The PEP links no {what} of the {body.name}, which has to be asked first"
        return ReadinessItem(what, ItemStatus.NO, message, url=asked.url)
    message = f"the {body.name} should give its {what} first; the PEP does not link one"
    return ReadinessItem(what, ItemStatus.PEOPLE, message, url=asked.url)


def _link_to(body: Body, text: str) -> str:
    """The first issue of a body's tracker that a text links; empty if it links none."""
    if body.tracker is None:
        return ""
    tracker = re.escape(body.tracker.removesuffix("/new"))
    found = re.search(rf"{tracker}/[0-9]{{1,9}}(?![0-9])", text, re.IGNORECASE)
    return found[0] if found else ""
