"""The `Status` header: one of the words PEP 1 knows."""

from collections.abc import Iterable, Iterator

from bot.peps.status import Status
from bot.rules.change import Change
from bot.rules.context import Context
from bot.rules.finding import Finding, Fix, Severity
from bot.rules.registry import rule
from bot.rules.remark import Remark, introduced
from bot.rules.touched_pep import PepText

STATUSES = tuple(one for one in Status if one is not Status.APRIL_FOOL)
_JOKER = 401


@rule(
    id="status",
    title="Status",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc="`Status` is one of the nine words of PEP 1; `April Fool!` is PEP 401's alone.",
    bad="Status: draft",
    good="Status: Draft",
    remedy="Write one of the statuses of PEP 1; a new PEP is `Draft`.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look at the status of every PEP the change touches."""
    return introduced("status", change, _look, in_resolved=None)


def _look(text: PepText) -> Iterator[Remark]:
    header = text.preamble.header("Status")
    if header is None or not header.value or header.value in STATUSES:
        return
    if header.value == Status.APRIL_FOOL and text.preamble.number == _JOKER:
        return
    meant = next((one for one in STATUSES if one.casefold() == header.value.casefold()), None)
    if meant is not None:
        yield Remark(
            header.line,
            f"`Status` is written `{meant}`.",
            Severity.ERROR,
            action=f"Write `{meant}`.",
            fix=Fix(header.line, header.last_line, (f"Status: {meant}",)),
        )
        return
    known = ", ".join(f"`{one}`" for one in STATUSES)
    yield Remark(
        header.line,
        f"`Status` is none of the words that PEP 1 knows: {known}.",
        Severity.ERROR,
    )
