"""Rule: a Final PEP has a banner that links to the documentation that is now the reference."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, PepText
from bot.peps.preamble import Preamble
from bot.peps.status import Status
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings, status_change_findings

CANONICAL_DIRECTIVES = ("canonical-doc", "canonical-pypa-spec", "canonical-typing-spec")
"""The directives for the banner: in general, for packaging, for typing."""

_BANNERS = (*CANONICAL_DIRECTIVES, "deprecated", "rejected", "superseded", "withdrawn")
_ONE_COLON = re.compile(rf"({'|'.join(_BANNERS)}):(?!:)[ \t]*")
_COLONLESS_ROLE = re.compile(r"(?:[a-z]{1,10}:)?[a-z]{1,10}:`")
_EXAMPLES = {
    "canonical-doc": "`label-in-the-docs`",
    "canonical-pypa-spec": "`packaging:label-in-the-specification`",
    "canonical-typing-spec": "`typing:label-in-the-specification`",
}
_LONGEST = 1_000
_MAX_FINDINGS = 20


@rule(
    id="canonical-doc",
    title="Link to the documentation",
    severity=Severity.WARNING,
    source="PEP 1 § PEP Maintenance; pull-request template “Mark a PEP as Final”",
    link="https://peps.python.org/pep-0001/#pep-maintenance",
    doc=(
        "A PEP that becomes Final links to the documentation that is now the reference, "
        "with `canonical-doc` (for packaging `canonical-pypa-spec`, for typing "
        "`canonical-typing-spec`). Two colons follow the directive's name; with one, the "
        "line is a comment and readers do not see it. An editor can skip this rule where "
        "there is no such page."
    ),
    bad=".. canonical-doc: ref:`python:template-strings`",
    good=".. canonical-doc:: :ref:`python:template-strings`",
    remedy=(
        "Put the directive below the header, with two colons after its name and one on each "
        "side of the role."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the banners that a change adds or edits, and the PEPs that it makes Final."""
    # A wrong line weighs as much in a Final PEP as in any other: Final PEPs are where it belongs.
    yield from introduced_findings(
        "canonical-doc", change, _first_banners, max_severity_if_resolved=None
    )
    yield from status_change_findings("canonical-doc", change, _final_without_link)


def _first_banners(pep: PepText) -> Iterator[TextFinding]:
    return islice(_banners(pep), _MAX_FINDINGS)


def _banners(pep: PepText) -> Iterator[TextFinding]:
    """Report banners that are not shown, or not as a link."""
    for comment in pep.body.comments:
        if found := _ONE_COLON.match(comment.text[:_LONGEST]):
            rest = comment.text[found.end() :]
            role = "The role also lacks its first colon. " if _lacks_colon(rest) else ""
            fixed_line = f".. {found[1]}:: {_with_colon(rest)}".rstrip()
            finding = _colon_finding(pep, comment.line, comment.column, fixed_line)
            yield replace(
                finding,
                message="With one colon this is a comment and will not be shown.",
                help=f"{role}Please write:",
            )
    for directive in pep.body.directives:
        if directive.name in _BANNERS and _lacks_colon(directive.argument):
            fixed_line = f".. {directive.name}:: {_with_colon(directive.argument)}"
            finding = _colon_finding(pep, directive.line, directive.column, fixed_line)
            yield replace(
                finding,
                message="The role lacks its first colon, so this is not a link.",
                help="Please write:",
            )


def _colon_finding(pep: PepText, number: int, column: int, fixed_line: str) -> TextFinding:
    line = pep.lines[number - 1]
    indent = line[: len(line) - len(line.lstrip())]
    return TextFinding(
        line=number,
        message="",
        action="Fix the colons",
        paste=fixed_line,
        columns=(column, max(column, len(line))),
        fix=Fix(number, number, (indent + fixed_line,)) if len(line) <= _LONGEST else None,
    )


def _lacks_colon(argument: str) -> bool:
    return _COLONLESS_ROLE.match(argument) is not None


def _with_colon(argument: str) -> str:
    return f":{argument}" if _lacks_colon(argument) else argument


def _final_without_link(pep: ChangedPep) -> Iterator[TextFinding]:
    header = pep.after.preamble
    status = header.header("Status")
    if status is None or header.status != Status.FINAL:
        return
    if header.type != "Standards Track":
        return  # A Final election or release is over; no documentation describes it.
    directive_name = directive_for(header)
    given = [one for one in pep.after.body.directives if one.name in CANONICAL_DIRECTIVES]
    if any(_ONE_COLON.match(comment.text) for comment in pep.after.body.comments):
        return  # It is meant to be there; the finding at its line says what is wrong with it.
    if not given:
        yield TextFinding(
            line=status.line,
            message=(
                "A Final PEP should point to the documentation that is now the reference "
                f"({safe_code(directive_name)})."
            ),
            action="Link the documentation that readers should now use",
            help=(
                "It goes below the header. If there is no such page, for example because "
                "only the interpreter's internals change, say so here and an editor can "
                "skip this check."
            ),
            paste=canonical_example(header),
        )
    elif all(one.name != directive_name for one in given):
        yield TextFinding(
            line=given[0].line,
            message=f"For this topic the directive is {safe_code(directive_name)}, not "
            f"{safe_code(given[0].name)}.",
            severity=Severity.NOTICE,
        )


def directive_for(header: Preamble) -> str:
    """The directive by which a PEP of these topics links to its documentation."""
    if "Packaging" in header.topics:
        return "canonical-pypa-spec"
    if "Typing" in header.topics:
        return "canonical-typing-spec"
    return "canonical-doc"


def canonical_example(header: Preamble) -> str:
    """That directive with a role, whose target people have to fill in."""
    directive = directive_for(header)
    return f".. {directive}:: :ref:{_EXAMPLES[directive]}"


def links_documentation(pep: PepText) -> bool:
    """Whether a PEP links to its documentation, or clearly means to."""
    return any(one.name in CANONICAL_DIRECTIVES for one in pep.body.directives) or any(
        _ONE_COLON.match(comment.text[:_LONGEST]) for comment in pep.body.comments
    )
