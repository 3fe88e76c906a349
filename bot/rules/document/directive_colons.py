"""Rule: directives have two colons; with one, reStructuredText shows nothing, as for a comment."""

import re
from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

# Lower case only: `.. NOTE: …` and `.. TODO: …` are deliberate comments.
_ONE_COLON = re.compile(
    r"(admonition|attention|caution|code|code-block|contents|csv-table|danger|epigraph|error"
    r"|figure|footer|highlight|hint|image|important|include|list-table|literalinclude|math|note"
    r"|parsed-literal|productionlist|pull-quote|raw|rubric|seealso|sidebar|table|tip|topic"
    r"|versionadded|versionchanged|warning|(?:c|py|js):[a-z]{1,20}):(?=[ \t]|$)"
)
_MAX_FINDINGS = 20


@rule(
    id="directive-colons",
    title="Directive colons",
    severity=Severity.WARNING,
    source="reStructuredText § Directives",
    link="https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html#directives",
    doc=(
        "Two colons follow the name of a directive. With one colon the whole block is a "
        "comment, and readers never see it."
    ),
    bad=".. code-block: python",
    good=".. code-block:: python",
    remedy="Add the second colon.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look for directives with one colon in the lines that a change adds or edits."""
    return introduced_findings("directive-colons", change, _one_colon)


def _one_colon(pep: PepText) -> Iterator[TextFinding]:
    reported = 0
    for comment in pep.body.comments:
        found = _ONE_COLON.match(comment.text)
        if found is None:
            continue
        line = pep.lines[comment.line - 1]
        colon = comment.column + found.end() - 1
        yield TextFinding(
            line=comment.line,
            message="With one colon this is a comment and will not be shown.",
            action=f"Write {safe_code(found[1] + '::')}",
            columns=(comment.column, colon),
            fix=Fix(comment.line, comment.line, (f"{line[:colon]}:{line[colon:]}",)),
        )
        reported += 1
        if reported == _MAX_FINDINGS:
            return
