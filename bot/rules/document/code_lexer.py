"""Rule: the language of a code block is one that Pygments knows."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

_DIRECTIVES = frozenset({"code", "code-block", "highlight", "sourcecode"})
_SPHINX_NAMES = frozenset({"default", "guess", "none", "pycon3", "rest"})
"""Names that Sphinx knows in addition to those of Pygments."""

_LONGEST = 40
_MAX_FINDINGS = 20


@rule(
    id="code-lexer",
    title="Code block languages",
    severity=Severity.WARNING,
    source="PEP 12 § Literal Blocks",
    link="https://peps.python.org/pep-0012/#literal-blocks",
    doc=(
        "A code block names its language the way Pygments does, or `text` for none. If "
        "Pygments does not know the name, the build of the PEP site prints a warning, "
        "and the code is not highlighted."
    ),
    bad=".. code-block:: pythonic",
    good=".. code-block:: python",
    remedy="Use the short name of a Pygments lexer, or `text`.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the languages of code blocks that a change adds or edits."""
    return introduced_findings("code-lexer", change, _lexers)


def _lexers(pep: PepText) -> Iterator[TextFinding]:
    reported = 0
    for directive in pep.body.directives:
        name = directive.argument.casefold()
        if not name or directive.name.casefold() not in _DIRECTIVES or name in _lexer_names():
            continue
        line = pep.lines[directive.line - 1]
        near = (
            get_close_matches(name, _lexer_names(), n=1, cutoff=0.75)
            if len(name) < _LONGEST
            else []
        )
        start = directive.column - 1
        end = start + len(directive.argument)
        yield TextFinding(
            line=directive.line,
            message=f"Pygments does not know the language {safe_code(directive.argument)}.",
            action=f"Write {safe_code(near[0])}" if near else "Name another language",
            help="Use `text` if it has none. See https://pygments.org/docs/lexers/."
            if not near
            else "",
            columns=(start + 1, end),
            fix=Fix(directive.line, directive.line, (line[:start] + near[0] + line[end:],))
            if near
            else None,
        )
        reported += 1
        if reported == _MAX_FINDINGS:
            return


@lru_cache(maxsize=1)
def _lexer_names() -> frozenset[str]:
    """Every lexer name, loaded once and only if there is a code block."""
    from pygments.lexers import get_all_lexers

    short = (alias for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases)
    return _SPHINX_NAMES.union(alias.casefold() for alias in short)
