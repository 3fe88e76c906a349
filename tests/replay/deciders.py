"""Who decides on which PEP: spot checks by hand, `docs/who-decides.md` from them and the tree.

`python -m tests.replay.deciders` writes the page.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from bot.peps.dates import format_pep_date, parse_pep_date
from bot.peps.preamble import Preamble
from bot.peps.status import RESOLVED
from bot.policy.bodies import Appointment, Body, BodyRole
from bot.policy.in_office import office_holders
from bot.policy.load import default_policy
from bot.policy.model import Policy
from bot.review.decision.decider import Decider
from bot.review.decision.path import DecisionPath, decision_path
from bot.rules.engine.context import Context
from tests.conftest import SHARED_DATA
from tests.replay.tables import table
from tests.replay.tree import tree_headers
from tests.rules.builders import ledger

COMMAND = "python -m tests.replay.deciders"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "who-decides.md"
TREE_DAY = date(2025, 12, 31)
COUNCIL = "Steering Council"
EITHER = "Paul Moore or Donald Stufft"
_DATED = re.compile(r"`([0-9]{2}-[A-Z][a-z]{2}-[0-9]{4})\s")
_ISSUES = "https://github.com/python/steering-council/issues"
_DELEGATIONS = (
    "https://github.com/python/steering-council/blob/main/process/standing-delegations.md"
)
_PEP_1 = "https://peps.python.org/pep-0001/#pep-review-resolution"


@dataclass(frozen=True, slots=True)
class Spot:
    """One PEP of the tree, who decides on it as people know it, and where that can be read.

    Attributes:
        number: The PEP.
        decider: Who decides.
        who: The body or the person.
        before: Whom to ask before.
        why: What is awkward about it, or what it stands for.
        source: Where it can be read; empty for the post that its `Resolution` links.
    """

    number: int
    decider: Decider
    who: str
    why: str
    source: str = ""
    before: tuple[str, ...] = ()


def _pep(number: int) -> str:
    return f"https://peps.python.org/pep-{number:04}/"


_C_API = ("C API Working Group",)
_TYPING = ("Typing Council",)
SC, BODY, VOTERS = Decider.STEERING_COUNCIL, Decider.BODY, Decider.VOTERS
NAMED, STANDING = Decider.NAMED_DELEGATE, Decider.STANDING_DELEGATE
POOL, AFTER, NOBODY = Decider.PACKAGING_DELEGATES, Decider.AFTER_RECOMMENDATION, Decider.NOBODY
BDFL = "BDFL (Guido van Rossum)"

SPOTS = (
    Spot(13, VOTERS, "core team", "two thirds of a vote change it, not the council", _pep(13)),
    Spot(376, BODY, BDFL, "packaging, from before there were delegations", _pep(376)),
    Spot(405, NAMED, "Alyssa Coghlan", "`BDFL-Delegate`, the old name of the header"),
    Spot(440, NAMED, "Alyssa Coghlan", "packaging, delegated by the BDFL"),
    Spot(451, NAMED, "Brett Cannon and Alyssa Coghlan", "two delegates", _pep(451)),
    Spot(484, NAMED, "Mark Shannon", "typing, delegated by the BDFL"),
    Spot(541, NAMED, "Mark Mangoba", "a Process PEP with a delegate outside the core team"),
    Spot(561, BODY, BDFL, "two topics, from before either council", _pep(561)),
    Spot(572, BODY, BDFL, "decided shortly before the BDFL stepped down", _pep(572)),
    Spot(609, SC, COUNCIL, "Governance beside Packaging is not for the delegates", _pep(609)),
    Spot(621, POOL, EITHER, "packaging without a delegate header"),
    Spot(639, NAMED, "Brett Cannon", "packaging, with neither of the standing delegates"),
    Spot(646, SC, COUNCIL, "typing, from before the Typing Council"),
    Spot(660, POOL, EITHER, "packaging, decided together with PEP 662"),
    Spot(695, SC, COUNCIL, "typing, from before the Typing Council"),
    Spot(703, SC, COUNCIL, "no topic, no delegate"),
    Spot(708, STANDING, "Paul Moore", "for Donald Stufft, who is its author"),
    Spot(711, POOL, EITHER, "`PEP-Delegate: TODO` names nobody", _DELEGATIONS),
    Spot(719, NOBODY, "release managers", "a release schedule", _pep(101)),
    Spot(723, NAMED, "Brett Cannon", "packaging, with neither of the standing delegates"),
    Spot(729, SC, COUNCIL, "founds the Typing Council, so without its word"),
    Spot(731, SC, COUNCIL, "founds the C API Working Group", f"{_ISSUES}/210"),
    Spot(735, STANDING, "Paul Moore", "package distribution metadata"),
    Spot(740, STANDING, "Donald Stufft", "package index interfaces"),
    Spot(741, SC, COUNCIL, "C API by its title", before=_C_API),
    Spot(743, SC, COUNCIL, "names the C API Working Group", f"{_ISSUES}/259", _C_API),
    Spot(745, NOBODY, "release managers", "a release schedule, born Active", _pep(101)),
    Spot(750, SC, COUNCIL, "no topic, no delegate"),
    Spot(751, POOL, EITHER, "packaging, by somebody who else is often named"),
    Spot(752, NAMED, "Dustin Ingram", "packaging, still open", _pep(752)),
    Spot(756, SC, COUNCIL, "names the C API Working Group, withdrawn", f"{_ISSUES}/259"),
    Spot(757, SC, COUNCIL, "the trap: once Accepted by the group", f"{_ISSUES}/264", _C_API),
    Spot(764, AFTER, COUNCIL, "typing, open", _pep(729), _TYPING),
    Spot(766, STANDING, "Paul Moore", "an Informational PEP can have a delegate", _pep(766)),
    Spot(772, SC, COUNCIL, "founds the Packaging Council; Governance too", _pep(772)),
    Spot(779, SC, COUNCIL, "no topic, core authors"),
    Spot(783, POOL, EITHER, "packaging, open, no delegate yet", _DELEGATIONS),
    Spot(792, STANDING, "Donald Stufft", "sponsor and delegate in one"),
    Spot(794, POOL, EITHER, "packaging, Accepted without a delegate header"),
    Spot(800, AFTER, COUNCIL, "typing, open", _pep(729), _TYPING),
    Spot(807, STANDING, "Donald Stufft", "package index interfaces, open", _DELEGATIONS),
    Spot(811, SC, COUNCIL, "Governance"),
    Spot(8016, VOTERS, "core team", "between the BDFL and the first council", _pep(8001)),
    Spot(8107, VOTERS, "core team", "an election", _pep(13)),
)
"""Decided PEPs are judged on the day of their `Resolution`, or of `Created` where that has no day;
open ones on the day of the tree."""


@dataclass(frozen=True, slots=True)
class Later:
    """A PEP from after the tree, by its header as far as that decides (none is in the tree)."""

    name: str
    header: str
    day: date
    council_since: date | None
    decider: Decider
    who: str


_PACKAGING = "Status: Draft\nType: Standards Track\nTopic: Packaging\n"
_STUFFT = f"PEP: 833\nTitle: x\nPEP-Delegate: Donald Stufft <donald at stufft.io>\n{_PACKAGING}"
_NOBODY = f"PEP: 829\nTitle: x\n{_PACKAGING}"
_AFTER, _DAY_1 = date(2026, 4, 21), date(2026, 11, 1)
LATER = (
    Later("833, delegate Stufft", _STUFFT, _AFTER, None, STANDING, "Donald Stufft"),
    Later("833, after a switch", _STUFFT, _DAY_1, _DAY_1, NAMED, "Donald Stufft"),
    Later("829, no delegate", _NOBODY, _AFTER, None, POOL, EITHER),
    Later("829, after a switch", _NOBODY, _DAY_1, _DAY_1, BODY, "Packaging Council"),
)


def day_of(header: Preamble) -> date:
    """The day on which a PEP was decided, as near as its header says; today's for an open one."""
    if header.status not in RESOLVED:
        return TREE_DAY
    found = _DATED.match(header.value("Resolution") or "")
    decided = parse_pep_date(found[1]) if found else None
    return decided or parse_pep_date(header.value("Created") or "") or TREE_DAY


def path_on_day(header: Preamble, day: date, policy: Policy | None = None) -> DecisionPath:
    """The way to the decision on a day, by the policy of python/peps."""
    used_policy = policy or default_policy()
    return decision_path(header, Context(today=day, policy=used_policy, numbers=ledger()))


def who(path: DecisionPath, day: date) -> str:
    """The body or the people who decide."""
    if path.decision.delegate:
        return path.decision.delegate
    if path.decision.decider is POOL:
        holders = office_holders(default_policy(), day).packaging_delegates
        return " or ".join(one.name for one in holders)
    return path.decision.body.name if path.decision.body is not None else ""


def page(headers: Mapping[int, Preamble]) -> str:
    """The whole page."""
    return "\n".join([*_opening(), *_bodies(), *_tree(headers), *_spots(headers), *_later(), ""])


def _opening() -> Iterator[str]:
    yield "# The decision on a PEP"
    yield ""
    yield f"Written by `{COMMAND}`; a test compares it with what the bot says today."
    yield ""
    yield "The bot says it in one line of its comment, and in full in reply to `/pep explain` and,"
    yield "for a new PEP, in `pep-bot check`. The data is in [the policy](policy.md#a-body)."
    yield ""


def _bodies() -> Iterator[str]:
    policy = default_policy()
    yield "## Bodies and standing delegations"
    yield ""
    rows = [
        (body.name, _part(body), _since(body), body.reason, body.ends_when)
        for body in policy.bodies.values()
    ] + [
        (
            one.name,
            f"decides on {one.scope}",
            _since(one),
            one.reason,
            one.ends_when,
        )
        for one in policy.people.packaging_delegates
    ]
    yield table(("who", "part", "from, to", "why", "until when"), rows)
    yield ""
    yield "The Packaging Council decides from the day in `decides_since` of"
    yield "`[bodies.packaging-council]`. Nobody has set one yet."
    yield ""
    yield from _members()


def _members() -> Iterator[str]:
    people = default_policy().people
    yield "## Members of the councils"
    yield ""
    yield "A member of the council that decides on a PEP, or appoints who does, may give the"
    yield "commands of those who decide on it, unless they are an author. Members of the Packaging"
    yield "Council may sponsor packaging PEPs from the day on which the council decides."
    yield ""
    rows = [
        (council, one.name, f"`{one.login}`", _since(one), one.reason, f"[source]({one.source})")
        for council, members in (
            ("Steering Council", people.steering_council),
            ("Packaging Council", people.packaging_council),
            ("Typing Council", people.typing_council),
        )
        for one in members
    ]
    yield table(("council", "member", "account", "from, to", "why", "source"), rows)
    yield ""


def _part(body: Body) -> str:
    if body.part is BodyRole.DECIDES and body.decides_since is None:
        return "is to decide"
    if body.decides_until is not None:
        return f"decides, to {format_pep_date(body.decides_until)}; on PEP 13 still"
    return "none" if body.part is BodyRole.NONE else body.part.value


def _since(one: Body | Appointment) -> str:
    return f"{format_pep_date(one.since)} to {format_pep_date(one.until) if one.until else 'today'}"


def _tree(headers: Mapping[int, Preamble]) -> Iterator[str]:
    counts: Counter[tuple[str, str]] = Counter()
    for header in headers.values():
        path = path_on_day(header, day_of(header))
        topic = ", ".join(header.topics) or "none"
        counts[topic, f"{path.decision.decider.value}: {_group(path, day_of(header))}"] += 1
    yield f"## All {len(headers)} PEPs of {format_pep_date(TREE_DAY)}"
    yield ""
    yield "For a decided PEP the day in `Resolution` counts, or in `Created` if that has none; for"
    yield "an open one the day of the tree."
    yield ""
    yield table(("topic", "who decides", "PEPs"), [(*key, n) for key, n in sorted(counts.items())])
    yield ""


def _group(path: DecisionPath, day: date) -> str:
    return "whom the header names" if path.decision.decider is NAMED else who(path, day)


def _spots(headers: Mapping[int, Preamble]) -> Iterator[str]:
    yield "## Spot checks, by hand"
    yield ""
    rows = []
    for spot in SPOTS:
        header = headers[spot.number]
        source = spot.source or _resolution(header)
        before = ", ".join(spot.before) or "-"
        day = format_pep_date(day_of(header))
        shown = f"[{spot.number}]({_pep(spot.number)})"
        rows.append((shown, day, spot.who, before, spot.why, f"[source]({source})"))
    yield table(("PEP", "day", "decides", "asked first", "why it is here", "source"), rows)
    yield ""


def _resolution(header: Preamble) -> str:
    found = re.search(r"https://[^\s>]+", header.value("Resolution") or "")
    return found[0] if found else ""


def _later() -> Iterator[str]:
    yield "PEPs that are newer than the tree, by header and day; the switch is an example:"
    yield ""
    rows = [
        (
            one.name,
            format_pep_date(one.day),
            format_pep_date(one.council_since) if one.council_since else "not set",
            one.decider.value,
            one.who,
        )
        for one in LATER
    ]
    yield table(("PEP", "day", "Packaging Council decides since", "kind", "decides"), rows)


@click.command()
def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(tree_headers(SHARED_DATA)), "utf-8")
    click.echo(f"{PAGE} is written.")


if __name__ == "__main__":
    main()
