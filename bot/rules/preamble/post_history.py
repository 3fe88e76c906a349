"""Rule: `Post-History` lists the dates on which the PEP was posted, each with its thread."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.dates import parse_pep_date
from bot.peps.links import is_discussion_link, parse_post_history_entry
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

_MAX_FINDINGS = 20


@rule(
    id="post-history",
    title="Post-History",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "`Post-History` lists days as `DD-Mmm-YYYY`, alone or as links to their threads, "
        "separated by commas; a comma at the end is fine. So is `Pending` until there is "
        "a thread."
    ),
    bad="Post-History: `01-Jan-2026<https://discuss.python.org/t/1>`__",
    good="Post-History: `01-Jan-2026 <https://discuss.python.org/t/1>`__",
    remedy="Write each post as a day that links its thread, separated by commas.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check every entry that a change adds or edits."""
    return introduced_findings("post-history", change, _history, max_severity_if_resolved=None)


def _history(pep: PepText) -> Iterator[TextFinding]:
    header = pep.preamble.header("Post-History")
    if header is None or header.value in ("", "Pending"):
        return
    reported = 0
    for number in range(header.line, header.last_line + 1):
        line = pep.lines[number - 1]
        content = line.partition(":")[2] if number == header.line else line
        for entry in content.split(","):
            fault = _fault(entry.strip())
            if fault:
                reported += 1
                if reported > _MAX_FINDINGS:
                    return
                place = line.find(entry.strip()) + 1
                yield TextFinding(
                    line=number,
                    message=fault,
                    severity=Severity.ERROR,
                    action="Fix the entry",
                    help="Write a day as `DD-Mmm-YYYY`, alone or as a link to its thread.",
                    columns=(place, place + len(entry.strip()) - 1),
                )


def _fault(entry: str) -> str:
    """What is wrong with one entry; empty if nothing is."""
    if not entry:
        return ""
    post = parse_post_history_entry(entry)
    if post is None or (not post.url and parse_pep_date(post.day) is None):
        return "An entry of `Post-History` is neither a day nor a link to a thread."
    if not post.is_spaced:
        return "A space is missing between the day and its link, so this is not a link."
    if parse_pep_date(post.day) is None:
        return "The text of a link in `Post-History` has to be a day in the form `DD-Mmm-YYYY`."
    if post.url and not is_discussion_link(post.url):
        return (
            "A link in `Post-History` does not lead to a thread on discuss.python.org or a "
            "mailing list."
        )
    return ""
