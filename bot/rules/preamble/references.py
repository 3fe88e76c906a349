"""`Requires`, `Replaces` and `Superseded-By`: lists of other PEPs' numbers."""

import re
from collections.abc import Iterable, Iterator

from bot.rules.change import Change
from bot.rules.context import Context
from bot.rules.finding import Finding, Severity
from bot.rules.registry import rule
from bot.rules.remark import Remark, introduced
from bot.rules.touched_pep import PepText

HEADERS = ("Requires", "Replaces", "Superseded-By")
_NUMBER = re.compile(r"[0-9]{1,4}")


@rule(
    id="references",
    title="References to other PEPs",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "`Requires`, `Replaces` and `Superseded-By` list numbers of PEPs, with a comma and a "
        "blank between them, and never the PEP itself."
    ),
    bad="Requires: PEP 12",
    good="Requires: 12",
    remedy="Write the bare numbers of other PEPs, such as `12, 440`.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look at the three headers of every PEP the change touches."""
    return introduced("references", change, _look, in_resolved=None)


def _look(text: PepText) -> Iterator[Remark]:
    for name in HEADERS:
        header = text.preamble.header(name)
        if header is None:
            continue
        entries = " ".join(header.value.split()).removesuffix(",").split(", ")
        if not all(_NUMBER.fullmatch(entry) for entry in entries):
            message = f"`{name}` must list bare numbers, with a comma and a blank between them."
        elif text.preamble.number in {int(entry) for entry in entries}:
            message = f"`{name}` names this PEP itself."
        else:
            continue
        yield Remark(header.line, message, Severity.ERROR, last_line=header.last_line)
