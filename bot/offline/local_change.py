"""What is judged offline: a change, and what is known of its repository."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.peps.number import Claim, NumberLedger, PepNumber
from bot.peps.people import CoreTeam, Login
from bot.peps.preamble import Preamble
from bot.policy.model import Numbers, Policy
from bot.rules.change import Change, Context


@dataclass(frozen=True, slots=True)
class Described:
    """What a pull request would tell and a repository does not: title and author."""

    title: str = ""
    author: Login | None = None


@dataclass(frozen=True, slots=True)
class LocalChange:
    """One change and its repository.

    Attributes:
        change: What is judged.
        policy: What the repository wants.
        published: The numbers of its PEPs without the change.
        notes: What could not be read, in words for people.
        others: The headers of PEPs outside the change that it names as related.
        writes_schedules: Whether release schedules are written by a program there.
    """

    change: Change
    policy: Policy
    published: frozenset[PepNumber]
    notes: tuple[str, ...] = ()
    others: Mapping[PepNumber, Preamble] = field(default_factory=dict)
    writes_schedules: bool = False


def number_ledger(
    published: frozenset[PepNumber], numbers: Numbers, claimed: Collection[PepNumber] | None
) -> NumberLedger:
    """What is known about numbers without a server.

    Args:
        published: The numbers of PEP files.
        numbers: The policy's.
        claimed: The numbers open pull requests claim; None if nobody said.
    """
    # Which pull request claims a number is not known here; 0 stands for "an open pull request".
    claims = tuple(Claim(number, 0) for number in sorted(claimed or ()))
    return NumberLedger(
        published=published,
        reserved=numbers.reserved,
        claims=claims,
        claims_complete=claimed is not None,
        special=numbers.special,
        taken_ahead=numbers.taken_ahead,
        placeholders=numbers.placeholders,
        last_ordinary=numbers.ordinary_run[-1],
    )


def context_of(
    occasion: LocalChange,
    *,
    today: date,
    core_team: CoreTeam | None,
    claimed: Collection[PepNumber] | None,
) -> Context:
    """What the rules may know offline. Teams cannot be read here, so editors are those named.

    Args:
        occasion: What is judged.
        today: The day on which it is judged.
        core_team: The core team's list; None if it is not at hand.
        claimed: The numbers open pull requests claim; None if nobody said.
    """
    policy = occasion.policy
    return Context(
        today=today,
        policy=policy,
        numbers=number_ledger(occasion.published, policy.numbers, claimed),
        core_team=core_team,
        editors=policy.editors.logins or None,
        others=occasion.others,
        writes_schedules=occasion.writes_schedules,
    )
