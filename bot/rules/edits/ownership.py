"""Rule: whoever takes over a published PEP asks its authors first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, edited_peps
from bot.peps.headers import Person
from bot.peps.people import Login, same_login
from bot.rules.engine.context import ActKind, Context
from bot.rules.engine.eligibility import changed_people, find_account
from bot.rules.engine.finding import Finding, Severity, join_names, safe_name
from bot.rules.engine.registry import rule

OWNERSHIP = "ownership"
"""The rule's id."""

_MOST_NAMES = 5
_MOST_COMPARED = 20


@dataclass(frozen=True, slots=True)
class AwaitedAnswer:
    """An answer of people who were asked whether somebody may take their PEP over.

    Attributes:
        names: Their names, sanitized.
        since: When the last of them was asked.
        until: From this day on the editors decide.
    """

    names: tuple[str, ...]
    since: datetime
    until: date

    def __str__(self) -> str:
        """The stored form of it as the reason for a stage."""
        return f"answer of {', '.join(self.names)} since {self.since:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class AuthorsReplaced:
    """A change of a PEP's authors that takes some of them off.

    Attributes:
        pep: The PEP.
        removed: Those who are taken off.
        added: Those who are new.
        agreed: Whether an author opened or approved the pull request.
    """

    pep: ChangedPep
    removed: tuple[Person, ...]
    added: tuple[Person, ...]
    agreed: bool

    @property
    def is_takeover(self) -> bool:
        """Whether others become the authors, and no author agreed here."""
        return bool(self.added) and not self.agreed


def awaited_answer(change: Change, context: Context) -> AwaitedAnswer | None:
    """Whose answer is awaited, if everybody was asked whose PEP is taken over; else None."""
    answers = [
        _awaited_answer(one, context) for one in _replaced(change, context) if one.is_takeover
    ]
    asked = [answer for answer in answers if answer is not None]
    if not asked or len(asked) < len(answers):
        return None
    last = max(asked, key=lambda one: one.since)
    names = dict.fromkeys(name for one in asked for name in one.names)
    return AwaitedAnswer(tuple(names)[:_MOST_NAMES], last.since, last.until)


@rule(
    id=OWNERSHIP,
    title="Taking over a PEP",
    severity=Severity.WARNING,
    source="PEP 1 § Transferring PEP Ownership",
    link="https://peps.python.org/pep-0001/#transferring-pep-ownership",
    doc=(
        'PEP 1: "You should mention both the original author and `@python/pep-editors` in a '
        "comment on the pull request. (If the original author's GitHub username is unknown, use "
        "email.) If the original author doesn't respond in a timely manner, the PEP editors will "
        'make a unilateral decision", and "it is preferable to retain the original author as a '
        "co-author of the transferred PEP, but that's really up to the original author\".\n\n"
        "The rule warns if a pull request replaces authors of a published PEP and none of the "
        "authors before the change opened or approved it. Once the authors were mentioned (or a "
        "comment says that an e-mail was sent, if their accounts are unknown), the queue lists it "
        "as waiting for them. After `ownership_days` of the policy it is the editors' turn; `/pep "
        "skip ownership because …` records their decision.\n\n"
        "It is a notice if one author removes another, or if nobody new is listed. Nothing is "
        "reported about an author who opens or approves the pull request, a new co-author, or a "
        "corrected name or address. Accounts come from the core team's list and the policy; "
        "offline, nobody can have agreed."
    ),
    bad="A stranger's pull request replaces `Author: Edith Quill` with their own name.",
    good="The same, approved by Edith Quill.",
    remedy=(
        "Mention the authors and the editors on the pull request. An author's approval settles it; "
        "if no author answers in time, the editors decide."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Report each published PEP that loses an author who did not agree; see the rule's doc."""
    for one in _replaced(change, context):
        yield _takeover(one, change, context) if one.is_takeover else _no_longer_listed(one)


def _no_longer_listed(one: AuthorsReplaced) -> Finding:
    verb = "is" if len(one.removed) == 1 else "are"
    as_what = "an author" if len(one.removed) == 1 else "authors"
    return _finding(
        one,
        Severity.NOTICE,
        f"{_names(one.removed)} {verb} no longer listed as {as_what} of {_pep(one.pep)}.",
    )


def _takeover(one: AuthorsReplaced, change: Change, context: Context) -> Finding:
    former, new, plural = _names(one.removed), _names(one.added), len(one.removed) > 1
    if len(one.removed) < len(one.pep.header_before.authors):
        message = f"This replaces {former} with {new} among the authors of {_pep(one.pep)}."
    else:
        message = f"This hands {_pep(one.pep)} from {former} to {new}."
    answer = _awaited_answer(one, context)
    if answer is None:
        return _finding(
            one,
            Severity.WARNING,
            message,
            action=f"Ask {former}",
            help=(
                f"PEP 1 asks you to {_how_to_ask(one, context)}. It prefers that "
                f"{former} {'stay co-authors' if plural else 'stays a co-author'}, if they want "
                f"to. An approval from {_one_of(one.removed)} settles it. Without an answer in "
                "time, the editors decide. You could write:"
            ),
            paste=_request(one, context),
        )
    if context.today < answer.until:
        then = f"without an answer by {answer.until:%d-%b-%Y}, the editors decide."
    else:
        then = f"until {answer.until:%d-%b-%Y} there was time to answer, so now the editors decide."
    return _finding(
        one,
        Severity.WARNING,
        message,
        action=f"Wait for {former}",
        help=(
            f"{former} {'were' if plural else 'was'} asked on {answer.since:%d-%b-%Y}. "
            f"An approval from {_one_of(one.removed)} settles it; {then}"
        ),
    )


def _finding(
    one: AuthorsReplaced,
    severity: Severity,
    message: str,
    *,
    action: str = "",
    help: str = "",  # noqa: A002  the field's name
    paste: str | None = None,
) -> Finding:
    header = one.pep.header_after.header("Author")
    return Finding(
        rule=OWNERSHIP,
        severity=severity,
        message=message,
        action=action,
        help=help,
        path=one.pep.path,
        line=header.line if header is not None else 1,
        pep=one.pep.number,
        paste=paste,
    )


def _pep(pep: ChangedPep) -> str:
    return f"PEP {pep.number}" if pep.number is not None else "the PEP"


def _names(people: Sequence[Person]) -> str:
    names = [safe_name(person.name) for person in people[:_MOST_NAMES]]
    more = ["others"] if len(people) > _MOST_NAMES else []
    return join_names((*names, *more))


def _one_of(people: Sequence[Person]) -> str:
    return safe_name(people[0].name) if len(people) == 1 else "one of them"


def _how_to_ask(one: AuthorsReplaced, context: Context) -> str:
    former = _names(one.removed)
    if _accounts(one.removed, context):
        return f"mention {former} and the editors here"
    # Only of an e-mail the bot can tell that they were asked.
    return f"ask {former} by e-mail, since I know no account, and to tell the editors here"


def _request(one: AuthorsReplaced, context: Context) -> str:
    """A comment to paste, which asks authors and editors; its mentions are in code."""
    accounts = _accounts(one.removed, context)
    wish = f"I would like to take over {_pep(one.pep)}, because …"
    told = [*(f"@{login}" for login in accounts), *context.editor_mentions]
    if not accounts:
        wish = f"I e-mailed {_names(one.removed)} on DD-Mmm-YYYY. {wish}"
    return " ".join([*told, wish])


def _awaited_answer(one: AuthorsReplaced, context: Context) -> AwaitedAnswer | None:
    accounts = _accounts(one.removed, context)
    # Of a person without a known account only a comment can tell that they were asked.
    asked = [_first_asked(login, context) for login in accounts or (None,)]
    times = [at for at in asked if at is not None]
    if len(times) < len(asked):
        return None
    since = max(times)
    until = since.date() + timedelta(days=context.policy.ownership_days)
    return AwaitedAnswer(tuple(safe_name(person.name) for person in one.removed), since, until)


def _first_asked(login: Login | None, context: Context) -> datetime | None:
    found = (
        one.at
        for one in context.mentions
        if (
            one.login is None
            if login is None
            else one.login is not None and same_login(one.login, login)
        )
    )
    return min(found, default=None)


def _accounts(people: Sequence[Person], context: Context) -> tuple[Login, ...]:
    found = (find_account(person.name, context) for person in people[:_MOST_COMPARED])
    return tuple(dict.fromkeys(login for login in found if login is not None))


def _replaced(change: Change, context: Context) -> list[AuthorsReplaced]:
    """The published PEPs that lose authors who neither opened nor approved the change."""
    found = []
    for pep in edited_peps(change):
        before, after = pep.header_before.authors, pep.header_after.authors
        if before == after or not after:  # A missing header is for another rule to report.
            continue
        removed, added = changed_people(before, after, context)
        agreeing = _agreeing(removed and before, change, context)
        missing = tuple(one for one in removed if not _is_among(one, agreeing, context))
        if missing:
            found.append(AuthorsReplaced(pep, missing, added, agreed=bool(agreeing)))
    return found


def _agreeing(people: Sequence[Person], change: Change, context: Context) -> tuple[Login, ...]:
    """The accounts among these people's that opened the change, or approve of it."""
    return tuple(
        login
        for login in _accounts(people, context)
        if (change.author is not None and same_login(change.author, login))
        or _approves(login, context)
    )


def _approves(login: Login, context: Context) -> bool:
    kinds = [
        act.kind
        for act in sorted(context.acts, key=lambda act: act.at)
        if act.kind is not ActKind.COMMENTED and same_login(act.login, login)
    ]
    return bool(kinds) and kinds[-1] is ActKind.CONSENT


def _is_among(person: Person, logins: Sequence[Login], context: Context) -> bool:
    login = find_account(person.name, context)
    return login is not None and any(same_login(login, other) for other in logins)
