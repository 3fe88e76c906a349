"""Whose rights an account has: a login can be given up and taken by somebody else, its id cannot.

Lists name logins: policy, teams, the core team's list. Rights follow the account id first seen for
a login that a list names (contract). So whoever acts is called, from then on, what the lists call
that account; and another account under a listed login is called so that no list can name it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.peps.people import Login

_APART = "#"
"""Between login and id of an account that is not the one meant by its login; in no login."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An account that acts: its login then, and GitHub's id of it; None if that is not known."""

    login: Login
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """The logins that a repository's lists name.

    Attributes:
        logins: All of them.
        ids: What those who keep the lists say themselves about the account that is meant, by
            login in lower case: an organization by a team's members, editors by the policy.
    """

    logins: frozenset[Login] = frozenset()
    ids: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Which account is meant by which login.

    Attributes:
        ids: The account meant by each login in lower case; never forgotten, be the login listed
            any more or not.
        listed: The logins that lists name now, in lower case, as the lists spell them.
        logins: A listed login of each account.
    """

    ids: Mapping[str, int] = field(default_factory=dict)
    listed: Mapping[str, Login] = field(default_factory=dict)
    logins: Mapping[int, Login] = field(default_factory=dict)

    def name(self, actor: Actor) -> Login:
        """What an account is called wherever it is asked for its rights.

        What this returned may be asked again: an account that was refused may be accepted since.
        """
        login, id = _parted(actor)  # noqa: A001 - GitHub's word
        if id is None:
            return login
        meant = self.ids.get(login.casefold())
        if meant != id or login.casefold() not in self.listed:
            if id in self.logins:
                return self.logins[id]
            if meant not in (None, id):
                return Login(f"{login}{_APART}{id}")
        return login

    def refused(self, actors: Iterable[Actor]) -> tuple[Actor, ...]:
        """Those that act under a listed login and are not the account meant by it, each once."""
        found = dict.fromkeys(Actor(*_parted(actor)) for actor in actors)
        return tuple(
            actor
            for actor in found
            if actor.login.casefold() in self.listed and _APART in self.name(actor)
        )


NOBODY_KNOWN = Accounts()
"""Everybody is who their login says."""


def accounts(ids: Mapping[str, int], listed: Listed) -> Accounts:
    """What is remembered of accounts, for the present lists."""
    spelled = {login.casefold(): login for login in sorted(listed.logins)}
    return Accounts(
        ids, spelled, {ids[folded]: login for folded, login in spelled.items() if folded in ids}
    )


def newly_known(
    ids: Mapping[str, int], listed: Listed, actors: Iterable[Actor]
) -> Mapping[str, int]:
    """What is to be remembered beside or instead of what is.

    That is what those say who keep the lists, and of each other listed login the account that acted
    first under it.
    """
    said = listed.ids
    names = {login.casefold() for login in listed.logins} - said.keys() - ids.keys()
    first: dict[str, int] = {}
    for actor in actors:
        if actor.id is not None and actor.login.casefold() in names:
            first.setdefault(actor.login.casefold(), actor.id)
    return first | {folded: one for folded, one in said.items() if ids.get(folded) != one}


def _parted(actor: Actor) -> tuple[Login, int | None]:
    login, apart, id = actor.login.partition(_APART)  # noqa: A001 - GitHub's word
    return Login(login), int(id) if apart and id.isdecimal() else actor.id
