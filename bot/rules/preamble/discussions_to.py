"""Rule: `Discussions-To` links to the thread in which the PEP is discussed."""

from collections.abc import Iterable, Iterator
from functools import partial

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.forum import Forum
from bot.peps.links import is_discussion, thread_of_post, title_may_match_pep
from bot.peps.number import PepNumber
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings


@rule(
    id="discussions-to",
    title="Discussions-To",
    severity=Severity.ERROR,
    source="PEP 1 § Discussing a PEP",
    link="https://peps.python.org/pep-0001/#discussing-a-pep",
    doc=(
        "`Discussions-To` is the link to a thread on discuss.python.org or in a mailing "
        "list's archive, or the list's address; a link to a single post is not enough. "
        "`Pending` is fine until there is a thread, and the header may be missing until "
        "the PEP is merged.\n\nIf the policy lets the bot read the thread's title "
        "(`[discourse]`), a title with neither the PEP's number nor a word of the PEP's "
        "title gets a question."
    ),
    bad="Discussions-To: https://example.org/my-thread",
    good="Discussions-To: https://discuss.python.org/t/91337",
    remedy="Link the thread, or write `Pending` until there is one.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the thread of every PEP that the change touches."""
    yield from introduced_findings("discussions-to", change, _thread, max_severity_if_resolved=None)
    placeholders = context.numbers.placeholders
    text_check = partial(_wrong_thread, context.forum, placeholders)
    yield from introduced_findings(
        "discussions-to", change, text_check, max_severity_if_resolved=None
    )


def _thread(pep: PepText) -> Iterator[TextFinding]:
    header = pep.preamble.header("Discussions-To")
    if header is None or header.value == "Pending":
        return
    if is_discussion(header.value):
        return
    thread = thread_of_post(header.value)
    if thread is not None:
        yield TextFinding(
            line=header.line,
            last_line=header.last_line,
            message="`Discussions-To` links a single post; link the thread.",
            severity=Severity.ERROR,
            action="Link the thread",
            columns=pep.value_columns(header),
            fix=Fix(header.line, header.last_line, (f"Discussions-To: {thread}",)),
            paste=f"Discussions-To: {thread}",
        )
        return
    yield TextFinding(
        line=header.line,
        last_line=header.last_line,
        message="`Discussions-To` is not a thread on discuss.python.org or mail.python.org.",
        severity=Severity.ERROR,
        action="Link the thread",
        columns=pep.value_columns(header),
        help="Write `Pending` until there is one.",
    )


def _wrong_thread(
    forum: Forum, placeholders: frozenset[PepNumber], pep: PepText
) -> Iterator[TextFinding]:
    """Report a thread whose title does not seem to be about this PEP."""
    preamble = pep.preamble
    header = preamble.header("Discussions-To")
    title = None if header is None else forum.title(header.value)
    if header is None or title is None:
        return
    number = None if preamble.number in placeholders else preamble.number
    if title_may_match_pep(title, number, preamble.title or ""):
        return
    yield TextFinding(
        line=header.line,
        last_line=header.last_line,
        message=f"Is this the right thread? Its title is {safe_code(title)}.",
        severity=Severity.NOTICE,
        columns=pep.value_columns(header),
    )
