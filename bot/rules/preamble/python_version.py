"""Rule: `Python-Version` lists versions as `X.Y` or `X.Y.Z`."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, NewPep, PepText, new_peps
from bot.peps.preamble import Header, Preamble
from bot.peps.status import Status
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings, status_change_findings

_VERSION = re.compile(r"[1-3]\.(?:x|[0-9]{1,2}(?:\.[0-9]{1,2})?)")

_LIKE_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,2}")
_SEPARATOR = re.compile(r"[\s,;]+")

_MINOR = re.compile(r"3\.([0-9]{1,2})(?:\.[0-9]{1,2})?")

_YEAR_OF_3_0 = 2011
"""The year of 3.0 if there had always been one version a year (PEP 602)."""

_STATUSES_WITH_VERSION = frozenset({Status.ACCEPTED, Status.PROVISIONAL, Status.FINAL})


@rule(
    id="python-version",
    title="Python-Version",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "`Python-Version` lists versions as `X.Y` or `X.Y.Z`, without alphas or "
        "betas.\n\nA Standards Track PEP names the version it is meant for, unless it is "
        "about packaging or a release. A new draft that names none, or one that no "
        "longer takes features, gets a notice; a PEP that is decided without one gets a "
        "warning. A version takes features until May of the year in which it is released "
        "(PEP 602)."
    ),
    bad="Python-Version: 3.15a1",
    good="Python-Version: 3.15",
    remedy="Write the version as `X.Y`; separate several with a comma and a space.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the versions of every PEP that the change touches."""
    yield from introduced_findings("python-version", change, _form, max_severity_if_resolved=None)
    yield from status_change_findings("python-version", change, _decided)
    for pep in new_peps(change, context.numbers.placeholders):
        yield from _check_new_pep(pep, context.today)


def _check_new_pep(pep: NewPep, today: date) -> Iterator[Finding]:
    if pep.preamble.status != Status.DRAFT:
        return
    header = pep.preamble.header("Python-Version")
    if header is None and is_for_a_version(pep.preamble):
        created = pep.preamble.header("Created")
        yield Finding(
            rule="python-version",
            severity=Severity.NOTICE,
            message="There is no `Python-Version`: which version of Python is this meant for?",
            path=pep.path,
            line=created.line if created else 1,
            pep=pep.number,
        )
    closed = [name for name in _entries(header) if _is_closed(name, today)] if header else []
    if header is not None and closed:
        yield Finding(
            rule="python-version",
            severity=Severity.NOTICE,
            message=f"Python {closed[0]} no longer takes new features.",
            path=pep.path,
            line=header.line,
            pep=pep.number,
            columns=PepText(pep.text).value_columns(header),
        )


def _decided(pep: ChangedPep) -> Iterator[TextFinding]:
    preamble = pep.after.preamble
    if (
        preamble.status not in _STATUSES_WITH_VERSION
        or preamble.header("Python-Version") is not None
    ):
        return
    status = preamble.header("Status")
    if status is not None and is_for_a_version(preamble):
        yield TextFinding(
            status.line,
            f"This PEP becomes `{preamble.status}`, but names no `Python-Version`.",
            action="Add `Python-Version`",
            help="It is the first version of Python that the PEP applies to, such as `3.15`.",
        )


def is_for_a_version(preamble: Preamble) -> bool:
    """Whether a PEP is about a change to Python, so that it has to name a version."""
    return preamble.type == "Standards Track" and not {"Packaging", "Release"} & set(
        preamble.topics
    )


def _is_closed(version: str, today: date) -> bool:
    found = _MINOR.fullmatch(version)
    return found is not None and today >= date(_YEAR_OF_3_0 + int(found[1]), 6, 1)


def _form(text: PepText) -> Iterator[TextFinding]:
    header = text.preamble.header("Python-Version")
    if header is None:
        return
    if not all(_VERSION.fullmatch(entry) for entry in _entries(header)):
        yield TextFinding(
            header.line,
            _what_is_wrong(header),
            Severity.ERROR,
            columns=text.value_columns(header),
            last_line=header.last_line,
        )


def _what_is_wrong(header: Header) -> str:
    words = [word for word in _SEPARATOR.split(header.value) if word]
    unknown = [word for word in words if not _VERSION.fullmatch(word)]
    if words and not unknown:
        return "Versions in `Python-Version` are separated by a comma and a space."
    if unknown and _LIKE_VERSION.fullmatch(unknown[0]):
        return f"There is no Python `{unknown[0]}`; `Python-Version` names one such as `3.15`."
    return "`Python-Version` must list versions as `X.Y` or `X.Y.Z`, such as `3.15`."


def _entries(header: Header) -> list[str]:
    return " ".join(header.value.split()).removesuffix(",").split(", ")
