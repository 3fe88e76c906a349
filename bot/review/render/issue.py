"""Finds out what a new issue is about, and words the bot's reply to it.

Precision matters more than completeness: an issue that is not clearly understood gets no reply.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble
from bot.policy.model import Links
from bot.review.decision.submission import is_form_unfilled
from bot.review.render import markdown as link_to
from bot.review.render.markdown import escape, markdown_parser, target
from bot.rules.engine.finding import join_names, safe_name
from bot.rules.engine.pull_request_text import without_comments

MOST_NAMED = 5
"""An issue that names more PEPs than this is about none of them in particular."""

LONGEST = 65_536
"""Characters of an issue that are read: the most GitHub allows."""

_NEWCOMERS = frozenset({"NONE", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR"})
_NAMED = re.compile(r"\bPEP[\s-]{0,2}0{0,3}([1-9][0-9]{0,3})\b(?!\.[0-9])", re.IGNORECASE)
_ASKS_NUMBER = re.compile(
    r"\b(?:request(?:ing|s)?|assign|assigning|assignment of|allocate|allocating|reserve)\b"
    r"(?: for)?(?: an?| the| my| our)?(?: new)? PEP[\s-]?number\b"
    r"|\b(?:how (?:do|can) (?:i|we)|how to|can (?:i|we)|could (?:i|we)|may (?:i|we))"
    r" (?:get|have|obtain)(?: an?| the| my| our)?(?: new)? PEP[\s-]?number\b(?! list)"
    r"|\b(?:assign|allocate|reserve) a number (?:for|to) (?:my|our|a|this)(?: new)? PEP\b"
    r"|\bPEP[\s-]?number (?:request|assignment|allocation|please|for (?:my|our|a))\b",
    re.IGNORECASE,
)
_FORM = re.compile(r"^\s*(?:#{1,6}\s.*|[-*+]\s\[[ xX]?\].*|_No response_|\*\*[^*]{1,80}\*\*:?)\s*$")


@dataclass(frozen=True, slots=True)
class Issue:
    """A new issue.

    Attributes:
        title: Its title.
        body: Its description.
        association: The author's relation to the repository in GitHub's terms, such as `NONE`.
    """

    title: str
    body: str
    association: str = ""


@dataclass(frozen=True, slots=True)
class NamedPep:
    """A published PEP that an issue names, and the open pull requests that touch it."""

    number: PepNumber
    preamble: Preamble
    pull_requests: tuple[int, ...] = ()


def named_peps(issue: Issue) -> tuple[PepNumber, ...]:
    """The PEPs that an issue names outside code, quotations and HTML comments; none if too many."""
    text = f"{issue.title}\n{_authors_text(issue.body)}"
    found = dict.fromkeys(PepNumber(int(each[1])) for each in _NAMED.finditer(text))
    return tuple(found) if len(found) <= MOST_NAMED else ()


def asks_for_number(issue: Issue) -> bool:
    """Whether the issue's title asks for a PEP number."""
    return _ASKS_NUMBER.search(issue.title[:300]) is not None


def is_blank(issue: Issue) -> bool:
    """Whether a newcomer left the description empty, or did not fill in the form."""
    if issue.association.upper() not in _NEWCOMERS:
        return False
    lines = without_comments(issue.body[:LONGEST]).splitlines()
    return not any(line.strip() and not _FORM.match(line) for line in lines)


def is_left_blank(issue: Issue) -> bool:
    """Whether a newcomer submitted a tracker's form for PEPs without filling it in."""
    is_new = issue.association.upper() in _NEWCOMERS
    return is_new and is_form_unfilled(issue.title, issue.body)


def issue_line(peps: Sequence[NamedPep], links: Links) -> str:
    """One line for each PEP: its page, its status, the open pull requests that touch it.

    Pull requests are written as code, so that GitHub adds no reference to them.
    """
    return "\n".join(f"- {_pep(pep, links)}" for pep in peps)


def number_reply(next_number: PepNumber) -> str:
    """The reply that explains how to get a PEP number."""
    return (
        "You do not need an issue to get a PEP number: use the next free one in your "
        f"pull request, and it is yours. Right now that is **{next_number}** "
        f"(`peps/pep-{next_number:04}.rst` with `PEP: {next_number}`); `/pep number` always "
        "shows the next one."
    )


def topics_of(peps: Sequence[NamedPep], names: Mapping[str, str]) -> tuple[str, ...]:
    """The labels for the topics of these PEPs, where the policy has one."""
    topics = {topic for pep in peps for topic in pep.preamble.topics}
    return tuple(sorted({names[topic] for topic in topics if names.get(topic)}))


def _pep(pep: NamedPep, links: Links) -> str:
    title = escape(safe_name(pep.preamble.title or ""))
    page = link_to.published(links, 0, pep.number)
    text = f"PEP {pep.number}" + (f" – {title}" if pep.preamble.title else "")
    rendered = f"[{text}]({target(page)})" if page else text
    rendered += f": {escape(safe_name(pep.preamble.status or 'without a status'))}"
    if pep.pull_requests:
        numbers = join_names(tuple(f"`#{number}`" for number in pep.pull_requests))
        rendered += f"; open pull requests: {numbers}"
    return f"{rendered}."


def _authors_text(body: str) -> str:
    """The author's own words in a description, without code and quotations."""
    text: list[str] = []
    quotes = 0
    for token in markdown_parser().parse(body[:LONGEST]):
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "inline" and not quotes:
            text += [child.content for child in token.children or () if child.type == "text"]
    return "\n".join(text)
