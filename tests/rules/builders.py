"""Builders for a rule's inputs: a PEP's text, a change, a context."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.headers import ORDER
from bot.peps.number import Claim, NumberLedger, PepNumber
from bot.peps.people import CoreTeam, CoreTeamMember, Login
from bot.policy.bodies import Appointment
from bot.policy.in_office import Delegation, editors_to_mention
from bot.policy.load import default_policy, parse_policy
from bot.policy.model import Numbers, People, Policy
from bot.rules.engine.context import Act, ActKind, Context, OwnersError
from bot.rules.engine.finding import Finding
from bot.rules.engine.registry import run_rules

CODEOWNERS = ".github/CODEOWNERS"
TODAY = date(2025, 5, 12)
COPYRIGHT = (
    "Copyright",
    "=========",
    "",
    "This document is placed in the public domain or under the",
    "CC0-1.0-Universal license, whichever is more permissive.",
)


def pep_text(number: object = 791, **headers: str | None) -> str:
    """A PEP whose Author is on line 3; a header given as None is left out, others go where PEP 1
    has them."""
    values: dict[str, str | None] = {
        "PEP": str(number),
        "Title": "imath",
        "Author": "Olga Outsider <olga at example.org>",
        "Sponsor": "Vera Core <vera at example.org>",
        "Status": "Draft",
        "Type": "Standards Track",
        "Topic": None,
        "Created": "12-May-2025",
        "Python-Version": "3.15",
    }
    values |= headers
    places = {name: place for place, name in enumerate(ORDER)}
    lines = [
        f"{name}: {value}"
        for name, value in sorted(values.items(), key=lambda item: places.get(item[0], len(places)))
        if value is not None
    ]
    return "\n".join([*lines, "", "", "Abstract", "========", "", "Words.", "", "", *COPYRIGHT, ""])


def longer(text: str, *lines: str) -> str:
    """The same PEP with further lines in its Abstract."""
    return text.replace("\nWords.\n", "\n".join(["", "Words.", *lines, ""]), 1)


def added(text: str, path: str = "peps/pep-0791.rst") -> FileChange:
    return FileChange(path, FileStatus.ADDED, after=text)


def modified(before: str, after: str, path: str = "peps/pep-0695.rst") -> FileChange:
    return FileChange(path, FileStatus.MODIFIED, before=before, after=after)


def renamed(text: str, previous: str, path: str) -> FileChange:
    return FileChange(path, FileStatus.RENAMED, previous, before=text, after=text)


OWNERS_BEFORE = """\
*  @python/pep-editors

peps/pep-0700.rst  @vera
peps/pep-0777.rst  @vera
peps/pep-0801.rst  @wim
"""


def owners_with(*lines: str, before: str = OWNERS_BEFORE, after_line: int = 4) -> str:
    """CODEOWNERS with lines inserted, by default between PEPs 777 and 801."""
    lines_before = before.splitlines()
    return "\n".join([*lines_before[:after_line], *lines, *lines_before[after_line:], ""])


def change(
    *files: FileChange, owners: str | None = None, before: str | None = OWNERS_BEFORE, **more: Any
) -> Change:
    """A change; `owners` is CODEOWNERS after it, unchanged if not given."""
    after = before if owners is None else owners
    return Change(
        files=files,
        codeowners_path=CODEOWNERS if after is not None else None,
        codeowners_before=before,
        codeowners_after=after,
        **more,
    )


def team(*extra: CoreTeamMember) -> CoreTeam:
    return CoreTeam(
        (
            CoreTeamMember("Vera Core", Login("Vera"), date(2010, 1, 1), None),
            CoreTeamMember("Wim Core", Login("wim"), date(2012, 1, 1), None),
            CoreTeamMember("Late Comer", Login("late"), date(2025, 8, 1), None),
            CoreTeamMember("Gone Member", Login("gone"), date(2001, 1, 1), date(2024, 1, 1)),
            CoreTeamMember("Early Member", None, date(1999, 1, 1), None),
            *extra,
        )
    )


def policy(**people: Any) -> Policy:
    values: dict[str, Any] = {
        "aliases": {"Verotschka": "Vera Core"},
        "known": {"Otto Owner": Login("otto"), "Edda Editor": Login("edda")},
        "typing_council": (
            Appointment(
                name="Tina Typing",
                login=Login("tina"),
                since=date(2023, 11, 20),
                until=date(2026, 1, 1),
                source="https://peps.python.org/pep-0729/",
            ),
        ),
        "packaging_delegates": (
            Appointment(
                name="Paula Packaging",
                login=Login("paula"),
                since=date(2019, 1, 1),
                source="https://peps.python.org/pep-0609/",
            ),
        ),
        "write_access": frozenset({Login("otto")}),
    }
    return Policy(
        numbers=Numbers(
            elections=frozenset(map(PepNumber, range(8100, 8200))),
            special=frozenset({PepNumber(666), PepNumber(801)}),
            placeholders=frozenset({PepNumber(9999)}),
        ),
        people=People(**(values | people)),
        bodies=default_policy().bodies,
    )


def council_since(day: date, **people: Any) -> Policy:
    """A policy in which the Packaging Council decides from a date on; `people` as for `policy`."""
    bodies = parse_policy(f"[bodies.packaging-council]\ndecides_since = {day}\n").bodies
    return policy(**people).model_copy(update={"bodies": bodies})


def ledger(
    published: Iterable[int] = (*range(700, 778), *range(779, 786), *range(787, 791), 801),
    claims: Mapping[int, int] | None = None,
    complete: bool = True,
    reserved: Mapping[int, str] | None = None,
) -> NumberLedger:
    """Numbers, by default as on 12 May 2025: the highest is 790, and 778 and 786 are free."""
    return NumberLedger(
        published=frozenset(map(PepNumber, published)),
        reserved={PepNumber(number): why for number, why in (reserved or {}).items()},
        claims=tuple(
            Claim(PepNumber(number), pull_request)
            for pull_request, number in (claims or {3786: 778, 4360: 786}).items()
        ),
        claims_complete=complete,
        special=frozenset({PepNumber(666), PepNumber(801)}),
        placeholders=frozenset({PepNumber(9999)}),
    )


def context(**values: Any) -> Context:
    defaults: dict[str, Any] = {
        "today": TODAY,
        "policy": policy(),
        "numbers": ledger(),
        "core_team": team(),
        "editors": frozenset({Login("Edda")}),
        "editor_mentions": editors_to_mention(values.get("policy", policy()), OWNERS_BEFORE),
        "pull_request": 4422,
    }
    return Context(**(defaults | values))


def delegation(
    login: str = "vera", pep: int = 791, *, name: str = "", link: str = "", **values: Any
) -> Delegation:
    """An offer to decide on a PEP; with a link, an appointment that an editor recorded."""
    at = datetime(2025, 5, 13, 10, tzinfo=UTC)
    url = "https://github.com/python/peps/issues/1#issuecomment-1"
    by = Login("edda" if link else login)
    return Delegation(PepNumber(pep), Login(login), by, at, url, name=name, link=link, **values)


def act(kind: ActKind, login: str = "vera", minute: int = 0) -> Act:
    return Act(
        Login(login),
        kind,
        datetime(2025, 5, 13, 10, minute, tzinfo=UTC),
        f"https://github.com/python/peps/pull/4422#issuecomment-{minute}",
    )


def unknown_owner(line: int, owner: str) -> OwnersError:
    message = f"Unknown owner on line {line}: make sure {owner} exists and has write access"
    return OwnersError(line, "Unknown owner", message)


def findings(rule: str, the_change: Change, the_context: Context | None = None) -> list[Finding]:
    """The findings of one rule."""
    return list(run_rules(the_change, the_context or context(), ids={rule}))


def finding(rule: str, the_change: Change, the_context: Context | None = None) -> Finding:
    """The only finding of one rule."""
    (only,) = findings(rule, the_change, the_context)
    return only
