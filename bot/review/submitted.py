"""Where a PEP was submitted: the issues, and the body each asks."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.peps.number import PepNumber
from bot.policy.bodies import Body
from bot.policy.model import Policy
from bot.policy.trackers import trackers
from bot.review.submission import Submission

MOST = 3
"""How many open issues of a body are told of one PEP: anybody can open another."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission, and the body in whose tracker it is."""

    submission: Submission
    body: Body


def submitted(
    pep: PepNumber | None, submissions: Iterable[Submission], policy: Policy
) -> tuple[Submitted, ...]:
    """The submissions of a PEP in the trackers that a policy names.

    Of each body those that are open, the first `MOST` of them; where none is, the one that was
    opened last.
    """
    watched = trackers(policy)
    by_tracker: dict[str, list[Submission]] = {}
    for one in submissions:
        if one.pep == pep and one.tracker.lower() in watched:
            by_tracker.setdefault(one.tracker.lower(), []).append(one)
    found = []
    for name, there in sorted(by_tracker.items()):
        there.sort(key=lambda one: (one.opened_at, one.number))
        shown = [one for one in there if one.is_open][:MOST] or there[-1:]
        found += [Submitted(one, watched[name]) for one in shown]
    return tuple(found)
