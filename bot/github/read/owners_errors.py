"""What GitHub itself says about CODEOWNERS at a head ("List CODEOWNERS errors").

It is asked only when a changed line names an owner of whom nothing is known here: the core team,
the policy and the base branch's own CODEOWNERS vouch for the others, and the request is saved.
"""

from collections import Counter
from dataclasses import dataclass

from bot.github.client.client import Client
from bot.github.client.failure import Gone, NotAllowed, Refused, TooLarge
from bot.github.client.json_fields import items_at, number_at, text_at, variables
from bot.peps.codeowners import parse_codeowners
from bot.peps.owners_line import parse_line
from bot.peps.people import CoreTeam, Login
from bot.policy.model import Policy
from bot.review.subject import Repository
from bot.rules.change import Change, OwnersError

MOST_ERRORS = 200
"""Errors of one file that are looked at: each is compared with each line a stranger wrote."""


@dataclass(frozen=True, slots=True)
class OwnersErrors:
    """GitHub's errors; None if it was not asked or did not answer. `notes` are for people."""

    errors: tuple[OwnersError, ...] | None = None
    notes: tuple[str, ...] = ()


def names_unknown_owner(
    change: Change, core_team: CoreTeam | None, policy: Policy, editors: frozenset[Login] | None
) -> bool:
    """Whether a line of CODEOWNERS that the change adds or edits names an owner unknown here."""
    after, before = change.codeowners_after, change.codeowners_before or ""
    if not after or after == before:
        return False
    lines = parse_codeowners(before).lines
    known = {owner.casefold() for line in lines for owner in line.owners}
    logins = set(policy.people.write_access) | set(editors or ())
    if core_team is not None:
        logins |= {member.login for member in core_team.members if member.login}
    known |= {f"@{login}".casefold() for login in logins}
    old = Counter(line.text for line in lines)
    for number, text in enumerate(after.split("\n"), start=1):
        if old[text]:
            old[text] -= 1
        elif any(owner.casefold() not in known for owner in parse_line(number, text).owners):
            return True
    return False


async def read_owners_errors(client: Client, repository: Repository, head_sha: str) -> OwnersErrors:
    """GitHub's errors in CODEOWNERS at a head; none known if it answers 403 or 404.

    Nor if the answer is too long: it repeats what a stranger wrote for each error in it.

    Raises:
        TryLater: GitHub is out of reach.
    """
    try:
        answer = await client.get(
            "/repos/{owner}/{repo}/codeowners/errors{?ref}", variables(repository, ref=head_sha)
        )
    except (Gone, NotAllowed, Refused, TooLarge):
        return OwnersErrors(
            notes=("GitHub did not say whether all owners in CODEOWNERS exist.",),
        )
    return OwnersErrors(
        tuple(
            OwnersError(line, text_at(error, "kind") or "", text_at(error, "message") or "")
            for error in items_at(answer, "errors")[:MOST_ERRORS]
            if (line := number_at(error, "line")) is not None
        )
    )
