"""Rule: the pull request's title, which becomes the commit's title, begins with its PEPs."""

import re
from collections.abc import Iterable

from bot.peps.change import Change
from bot.peps.document import title_numbers
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.pull_request_text import peps_for_title, title_prefix
from bot.rules.engine.registry import rule

# `Infra:`, `Lint:`, `Meta:` and the like: a word or two and a colon.
_PREFIXED = re.compile(r"\s{0,9}[A-Za-z][A-Za-z0-9 /&,()-]{0,30}:")


@rule(
    id="title-prefix",
    title="Title of the pull request",
    severity=Severity.NOTICE,
    source="python/peps, CONTRIBUTING",
    link="https://github.com/python/peps/blob/main/CONTRIBUTING.rst",
    doc=(
        "The title of a pull request on a PEP starts with `PEP NNN: `, or with `PEP 719, "
        "745: ` for several; other changes use `Infra: `, `Lint: ` or `Meta: `. It "
        "becomes the title of the commit. Offline, it is checked only if a title is "
        "given."
    ),
    bad="A pull request on PEP 750 with the title `Mark as Final`.",
    good="A pull request on PEP 750 with the title `PEP 750: Mark as Final`.",
    remedy="Edit the title so that it starts with the number of the PEP.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the title of a change of up to three PEPs."""
    title = " ".join(change.title[:512].split())
    if not title or title_numbers(title) or _PREFIXED.match(title):
        return
    numbers = peps_for_title(change, context)
    if not numbers:
        return
    prefix = title_prefix(numbers)
    # A title that already mentions the PEP would name it twice.
    example = "" if "pep" in title.lower() else f", such as {safe_code(prefix + title)}"
    yield Finding(
        rule="title-prefix",
        severity=Severity.NOTICE,
        message=(
            f"The title usually starts with `{prefix.strip()}`{example}; it becomes the "
            "title of the commit."
        ),
    )
