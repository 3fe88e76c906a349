"""The `Discussions-To` header: the thread in which the PEP is discussed."""

from collections.abc import Iterable, Iterator

from bot.peps.thread_link import is_discussion, post_of
from bot.rules.change import Change
from bot.rules.context import Context
from bot.rules.finding import Finding, Fix, Severity
from bot.rules.registry import rule
from bot.rules.remark import Remark, introduced
from bot.rules.touched_pep import PepText


@rule(
    id="discussions-to",
    title="Discussions-To",
    severity=Severity.ERROR,
    source="PEP 1 § Discussing a PEP",
    link="https://peps.python.org/pep-0001/#discussing-a-pep",
    doc=(
        "`Discussions-To` is the address of a thread on discuss.python.org or in the lists' "
        "archives, or a list's own; a single post is none. `Pending` is fine until there is a "
        "thread, and before the merge the header may be missing."
    ),
    bad="Discussions-To: https://example.org/my-thread",
    good="Discussions-To: https://discuss.python.org/t/91337",
    remedy="Give the address of the thread, or `Pending` until there is one.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look at the thread of every PEP the change touches."""
    return introduced("discussions-to", change, _thread, in_resolved=None)


def _thread(pep: PepText) -> Iterator[Remark]:
    header = pep.preamble.header("Discussions-To")
    if header is None or header.value == "Pending":
        return
    if is_discussion(header.value):
        return
    thread = post_of(header.value)
    if thread is not None:
        yield Remark(
            line=header.line,
            last_line=header.last_line,
            message="`Discussions-To` links a single post; give the thread.",
            severity=Severity.ERROR,
            action="Link the thread",
            columns=pep.value_columns(header),
            fix=Fix(header.line, header.last_line, (f"Discussions-To: {thread}",)),
            paste=f"Discussions-To: {thread}",
        )
        return
    yield Remark(
        line=header.line,
        last_line=header.last_line,
        message="`Discussions-To` is no thread on discuss.python.org or mail.python.org.",
        severity=Severity.ERROR,
        action="Link the thread",
        columns=pep.value_columns(header),
        help="Write `Pending` until there is one.",
    )
