"""Rule: links to PEPs and RFCs use roles, so that they can be checked and never go stale."""

import re
from collections.abc import Iterable, Iterator

from bot.peps.body import LineKind
from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

EXEMPT = frozenset({9, 287, 676, 684, 8001})
"""PEPs that write about such URLs (check-peps.py, SKIP_DIRECT_PEP_LINK_CHECK)."""

# What check-peps.py looks for, anywhere and in any case.
_PEP = re.compile(r"dev/peps/pep-|peps\.python\.org/pep-", re.IGNORECASE)
_RFC = re.compile(r"rfc-editor\.org/rfc/|ietf\.org/doc/html/rfc", re.IGNORECASE)
_ANY = re.compile(f"{_PEP.pattern}|{_RFC.pattern}", re.IGNORECASE)
_IN_ANY = ("/pep-", "/rfc")
"""Every match has one of these, in any case; looking for them is far quicker."""

_ANCHOR = r"(?P<anchor>#[A-Za-z0-9_.-]{1,100})?"
_PEP_URL = re.compile(
    r"https?://(?:peps\.python\.org|(?:www\.)?python\.org/dev/peps)/pep-"
    rf"(?P<number>[0-9]{{4}})/?{_ANCHOR}"
)
_RFC_URL = re.compile(
    r"https?://(?:(?:www\.)?rfc-editor\.org/rfc|datatracker\.ietf\.org/doc/html)/rfc"
    rf"(?P<number>[0-9]{{1,5}})(?:\.html|\.txt)?/?{_ANCHOR}"
)
_NAMED = re.compile(r"`(?P<text>[^`<>\n]{1,200})[ ]<(?P<url>[^`<>\s]{1,300})>`(?P<end>__?)")
_BARE = re.compile(r"(?<![^\s(])https?://[A-Za-z0-9/._#-]{1,300}(?<![.])(?=[.,;:)]*(?:\s|$))")
_LONGEST = 2_000
_MAX_FINDINGS = 20


@rule(
    id="role-links",
    title="Links to PEPs and RFCs",
    severity=Severity.ERROR,
    source="PEP 12 § Referring to PEPs",
    link="https://peps.python.org/pep-0012/#hyperlinks",
    doc=(
        "PEPs and RFCs are linked with a role, such as :pep:`8` or "
        ":rfc:`2119#section-3`, or with your own text as in :pep:`the style guide <8>`. "
        "`check-peps.py` rejects URLs of PEPs and RFCs anywhere in the file, even in "
        "code and comments."
    ),
    bad="See https://peps.python.org/pep-0008/#imports for more.",
    good="See :pep:`8#imports` for more.",
    remedy="Use the role instead of the URL.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look for URLs of PEPs and RFCs in the lines that a change adds or edits."""
    return introduced_findings("role-links", change, _links, max_severity_if_resolved=None)


def _links(pep: PepText) -> Iterator[TextFinding]:
    folded = pep.text.lower()
    if not any(part in folded for part in _IN_ANY) or pep.preamble.number in EXEMPT:
        return
    reported = 0
    for number, line in enumerate(pep.lines, start=1):
        found = _ANY.search(line)
        if found is None:
            continue
        yield _finding(pep, number, line, found)
        reported += 1
        if reported == _MAX_FINDINGS:
            return


def _finding(pep: PepText, number: int, line: str, found: re.Match[str]) -> TextFinding:
    role, what = ("pep", "PEPs") if _PEP.match(found[0]) else ("rfc", "RFCs")
    fixed_line = _with_roles(pep, number, line)
    start, end = found.span()
    while start and not line[start - 1].isspace() and line[start - 1] not in "<(`":
        start -= 1
    help_text = f"Write `:{role}:`, followed by the number between backticks."
    if fixed_line is None and pep.body.kind(number) is LineKind.TARGET:
        help_text += " Remove this target, and use the role where the text refers to it."
    return TextFinding(
        line=number,
        message=f"{what} are linked with a role, not with a URL.",
        severity=Severity.ERROR,
        action=f"Use the role `:{role}:`",
        help="" if fixed_line is not None else help_text,
        paste=fixed_line.strip() if fixed_line is not None else None,
        columns=(start + 1, end),
        fix=Fix(number, number, (fixed_line,)) if fixed_line is not None else None,
    )


def _with_roles(pep: PepText, number: int, line: str) -> str | None:
    """The line with roles instead of URLs; None if that is not enough to fix it."""
    if len(line) > _LONGEST or pep.body.kind(number) is not LineKind.TEXT:
        return None

    def named(link: re.Match[str]) -> str:
        text = " ".join(link["text"].split())
        target = _target(link["url"])
        # A link with one underscore defines a name, which may be used elsewhere.
        if target is None or (link["end"] == "_" and f"`{text}`_" in pep.text):
            return link[0]
        return f":{target[0]}:`{text} <{target[1]}>`"

    def bare(link: re.Match[str]) -> str:
        target = _target(link[0])
        return f":{target[0]}:`{target[1]}`" if target else link[0]

    fixed_line = _BARE.sub(bare, _NAMED.sub(named, line))
    return None if _ANY.search(fixed_line) else fixed_line


def _target(url: str) -> tuple[str, str] | None:
    for role, address in (("pep", _PEP_URL), ("rfc", _RFC_URL)):
        if found := address.fullmatch(url):
            return role, f"{int(found['number'])}{found['anchor'] or ''}"
    return None
