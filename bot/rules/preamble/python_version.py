"""The `Python-Version` header: versions as `X.Y` or `X.Y.Z`."""

import re
from collections.abc import Iterable, Iterator

from bot.rules.change import Change
from bot.rules.context import Context
from bot.rules.finding import Finding, Severity
from bot.rules.registry import rule
from bot.rules.remark import Remark, introduced
from bot.rules.touched_pep import PepText

_VERSION = re.compile(r"[1-3]\.(?:x|[0-9]{1,2})(?:\.[0-9]{1,2})?")


@rule(
    id="python-version",
    title="Python-Version",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc="`Python-Version` lists versions as `X.Y` or `X.Y.Z`, without alphas or betas.",
    bad="Python-Version: 3.15a1",
    good="Python-Version: 3.15",
    remedy="Write the version as `X.Y`, several with a comma and a blank between them.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look at the versions of every PEP the change touches."""
    return introduced("python-version", change, _look, in_resolved=None)


def _look(text: PepText) -> Iterator[Remark]:
    header = text.preamble.header("Python-Version")
    if header is None:
        return
    entries = " ".join(header.value.split()).removesuffix(",").split(", ")
    if not all(_VERSION.fullmatch(entry) for entry in entries):
        yield Remark(
            header.line,
            "`Python-Version` must list versions as `X.Y` or `X.Y.Z`, such as `3.15`.",
            Severity.ERROR,
            last_line=header.last_line,
        )
