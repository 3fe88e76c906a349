"""A person's roles on a pull request, which decide the commands they may use there.

Only one comes from permissions on the repository: `COLLABORATOR`, if the policy gives it a say.
"""

from collections.abc import Iterable
from enum import StrEnum

from bot.peps.change import Change
from bot.peps.number import is_pep_path
from bot.peps.people import Login, same_login
from bot.peps.preamble import Preamble, parse_preamble
from bot.policy.in_office import PACKAGING, members_of, office_holders
from bot.review.decision.decider import decision_on
from bot.rules.engine.context import Context
from bot.rules.engine.eligibility import find_account


class Role(StrEnum):
    """The roles that commands may require."""

    ANYONE = "anyone"
    AUTHOR = "author"
    """Author of the pull request, or of a PEP it touches."""

    SPONSOR = "sponsor"
    """Named as the sponsor of a PEP it touches."""

    EDITOR = "editor"
    COLLABORATOR = "collaborator"
    """Has write access to the repository. Counts only if the policy wants it, and is determined
    only for a command that it may give; see `bot.handlers.command_contexts`."""

    DECIDER = "decider"
    """The delegate of a PEP it touches, a standing delegate for its topic, or a member of the
    council that decides on it or appoints who does."""


ROLE_NAMES = {
    Role.ANYONE: "anyone",
    Role.AUTHOR: "an author",
    Role.SPONSOR: "a sponsor",
    Role.EDITOR: "a PEP editor",
    Role.COLLABORATOR: "a collaborator with write access",
    Role.DECIDER: "somebody who decides on the PEP",
}


def roles_of(login: Login, change: Change, context: Context) -> frozenset[Role]:
    """The roles of an account on a pull request."""
    roles = {Role.ANYONE}
    if any(same_login(login, editor) for editor in context.editors or ()):
        roles.add(Role.EDITOR)
    if change.author is not None and same_login(login, change.author):
        roles.add(Role.AUTHOR)
    headers = tuple(_preambles_touched(change))
    proposes = any(not is_published for _, is_published in headers)
    for preamble, is_published in headers:
        roles |= _roles_in(login, preamble, context, is_published=is_published)
        # If the pull request adds a PEP, only those who may decide on that one are deciders:
        # editing a word in a PEP that one decides on must not give a say in the new one.
        if proposes and is_published:
            roles.discard(Role.DECIDER)
    if proposes and not any(
        Role.DECIDER in _roles_in(login, preamble, context, is_published=False)
        for preamble, is_published in headers
        if not is_published
    ):
        roles.discard(Role.DECIDER)
    if Role.AUTHOR in roles:
        roles.discard(Role.DECIDER)
    return frozenset(roles)


def roles_on(login: Login, texts: Iterable[str], context: Context) -> frozenset[Role]:
    """The roles of an account on published PEPs, from their headers at the base."""
    roles: set[Role] = set()
    for text in texts:
        roles |= _roles_in(login, parse_preamble(text), context, is_published=True)
    return frozenset(roles - {Role.DECIDER} if Role.AUTHOR in roles else roles)


def _preambles_touched(change: Change) -> Iterable[tuple[Preamble, bool]]:
    """The headers of the touched PEPs at the base, or as proposed for a new PEP.

    A pull request cannot make somebody the author of a published PEP or the delegate of a new one
    by editing the header.
    """
    for file in change.files:
        if is_pep_path(file.path) or is_pep_path(file.previous_path or ""):
            text = file.before if file.before is not None else file.after
            if text is not None:
                yield parse_preamble(text), file.before is not None


def _roles_in(
    login: Login, preamble: Preamble, context: Context, *, is_published: bool
) -> set[Role]:
    roles: set[Role] = set()
    named = [(Role.AUTHOR, preamble.authors), (Role.SPONSOR, preamble.sponsors)]
    if is_published:
        named.append((Role.DECIDER, preamble.delegates))
    for role, people in named:
        for person in people:
            known = find_account(person.name, context)
            if known is not None and same_login(known, login):
                roles.add(role)
    if is_standing_delegate(login, preamble, context) or _is_in_deciding_council(
        login, preamble, context
    ):
        roles.add(Role.DECIDER)
    return roles


def is_standing_delegate(login: Login, preamble: Preamble, context: Context) -> bool:
    """Whether the account is that of a standing delegate for the PEP's topic."""
    return PACKAGING in preamble.topics and any(
        same_login(login, holder.login)
        for holder in office_holders(context.policy, context.today).packaging_delegates
    )


def _is_in_deciding_council(login: Login, preamble: Preamble, context: Context) -> bool:
    """Whether the account belongs to the council that decides, or that appoints who does.

    A delegate takes nothing from the council that appointed them: it may appoint somebody else.
    """
    decision = decision_on(preamble, context.policy, context.today)
    return decision.decider.needs_discussion and any(
        same_login(login, member.login)
        for member in members_of(context.policy, decision.body, context.today)
    )
