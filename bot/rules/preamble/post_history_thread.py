"""Rule: the newest thread in `Post-History` is the one in `Discussions-To`."""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.dates import parse_pep_date
from bot.peps.links import parse_post_history_entry, thread_of
from bot.peps.status import Status
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings


@rule(
    id="post-history-thread",
    title="Newest thread",
    severity=Severity.NOTICE,
    source="PEP 1 § Discussing a PEP",
    link="https://peps.python.org/pep-0001/#discussing-a-pep",
    doc=(
        "`Discussions-To` links the current thread, so this is the newest thread in "
        "`Post-History`, however the URL is written. The two are compared only in a "
        "`Draft` that has both: later threads, such as one about a change after the "
        "decision, do not have to be linked."
    ),
    bad=(
        "Discussions-To: https://discuss.python.org/t/2\n"
        "Post-History: `01-Jan-2025 <https://discuss.python.org/t/1>`__"
    ),
    good=(
        "Discussions-To: https://discuss.python.org/t/2\n"
        "Post-History: `01-Jan-2025 <https://discuss.python.org/t/2>`__"
    ),
    remedy="Link the current thread in `Discussions-To`, and add it to `Post-History`.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Compare the two headers of every PEP that the change touches."""
    return introduced_findings("post-history-thread", change, _newest)


def _newest(pep: PepText) -> Iterator[TextFinding]:
    discussed = pep.preamble.header("Discussions-To")
    history = pep.preamble.header("Post-History")
    if discussed is None or history is None or pep.preamble.status != Status.DRAFT:
        return
    thread = thread_of(discussed.value)
    newest = _newest_threads(history.value)
    if thread is None or not newest or thread in newest:
        return
    yield TextFinding(
        line=discussed.line,
        message=(
            f"The newest thread in `Post-History` is {safe_code(newest[0])}, but "
            f"`Discussions-To` links {safe_code(thread)}."
        ),
        severity=Severity.NOTICE,
        columns=pep.value_columns(discussed),
        whole=True,
    )


def _newest_threads(history: str) -> list[str]:
    """The threads of the last date that has one; none if an entry cannot be read."""
    newest: date | None = None
    threads: list[str] = []
    for entry in history.replace("\n", " ").split(","):
        if not entry.strip():
            continue
        post = parse_post_history_entry(entry)
        day = parse_pep_date(post.day) if post is not None else None
        if post is None or day is None or not post.is_spaced:
            return []
        thread = thread_of(post.url)
        if thread is None or (newest is not None and day < newest):
            continue
        if day != newest:
            newest, threads = day, []
        threads.append(thread)
    return threads
