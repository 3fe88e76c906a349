"""Rule: a pull request adds only one new PEP."""

from collections.abc import Iterable

from bot.peps.change import Change
from bot.peps.changed_pep import new_peps
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule


@rule(
    id="several-peps",
    title="Several new PEPs",
    severity=Severity.NOTICE,
    source="PEP 1 § Submitting a PEP",
    link="https://peps.python.org/pep-0001/#submitting-a-pep",
    doc=(
        "A pull request usually adds one PEP, so that each is reviewed, numbered and "
        "merged on its own. Sets that belong together, such as PEPs on governance, are "
        "fine; this is only a notice for editors."
    ),
    bad="A pull request that adds `peps/pep-0842.rst` and `peps/pep-0843.rst`.",
    good="A pull request that adds `peps/pep-0842.rst`.",
    remedy="Open one pull request for each PEP, unless they only make sense together.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Count the PEPs that the change adds."""
    peps = new_peps(change, context.numbers.placeholders)
    if len(peps) < 2:
        return
    yield Finding(
        rule="several-peps",
        severity=Severity.NOTICE,
        message=f"This pull request adds {len(peps)} PEPs; usually each PEP has its own.",
        path=peps[1].path,
        line=1,
        pep=peps[1].number,
    )
