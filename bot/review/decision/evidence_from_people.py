"""Evidence from what people said on the pull request, and from the PEP itself."""

from collections.abc import Iterable, Iterator

from bot.peps.changed_pep import ChangedPep, touched_peps
from bot.peps.forum import ForumPost
from bot.peps.headers import Person
from bot.peps.names import LONGEST_NAME, fold_name
from bot.peps.number import PepNumber
from bot.peps.people import Login, same_login
from bot.peps.preamble import Preamble
from bot.peps.status import MoveKind
from bot.policy.in_office import Delegation, members_of
from bot.review.decision.decider import AT_COUNCIL, Decider, Decision
from bot.review.decision.evidence import (
    About,
    Evidence,
    EvidenceSources,
    EvidenceStatus,
    StatementForm,
)
from bot.review.overrides import RecordedDelegate
from bot.rules.document.canonical_doc import CANONICAL_DIRECTIVES, directive_for
from bot.rules.edits.relations import numbers_in
from bot.rules.engine.context import Context
from bot.rules.engine.eligibility import find_account
from bot.rules.engine.finding import safe_name
from bot.rules.preamble.delegate import named_delegates, person_of, standing_delegates
from bot.rules.preamble.python_version import is_for_a_version

_MOST = 5
_MOST_AUTHORS = 8
_BY_DELEGATE = frozenset({Decider.STANDING_DELEGATE, Decider.NAMED_DELEGATE})
_BY_COUNCIL = AT_COUNCIL | {Decider.BODY}
_EDITORS_MAY = frozenset({MoveKind.DEFERRAL, MoveKind.RESUMPTION})
"""PEP 1: "The PEP author or an editor can assign the PEP this status"."""


def deciders_statements(
    decision: Decision, pep: ChangedPep, sources: EvidenceSources
) -> Iterator[Evidence]:
    """Whether the delegate agreed, or a standing delegate if none is named; nothing offline.

    Whoever was an author until this change made them the delegate decides nothing.
    """
    if sources.statements is None:
        return
    header, policy, day = pep.header_after, sources.context.policy, sources.context.today
    if decision.decider in _BY_DELEGATE:
        named = named_delegates(header, policy, day, pep.header_before.authors)[:_MOST]
        for person in named:
            login = find_account(person.name, sources.context)
            login = login or _recorded_account(person, decision, sources)
            yield _delegates_statement(safe_name(person.name), login, sources)
        if not named and decision.appointed is not None:
            who, login = person_of(decision.appointed), decision.appointed.login
            yield _delegates_statement(who, login, sources)
    elif decision.decider is Decider.PACKAGING_DELEGATES:
        yield _any_standing_delegate(header, sources)
    if decision.decider not in _BY_DELEGATE:
        yield from _recorded_delegate_statement(decision, header, sources)


def delegate_by(post: ForumPost, decision: Decision, header: Preamble, context: Context) -> str:
    """What the author of a post shares with the delegate who decides: "account", "name", or empty.

    Either must match exactly except for case: a similar name or account is another person.
    """
    people: list[tuple[str, Login | None]] = []
    if decision.decider in _BY_DELEGATE:
        named = named_delegates(header, context.policy, context.today)[:_MOST]
        people = [(one.name, find_account(one.name, context)) for one in named]
    elif decision.decider is Decider.PACKAGING_DELEGATES:
        holders = standing_delegates(header, context.policy, context.today)
        people = [(one.name, Login(one.login)) for one in holders]
    if any(login is not None and same_login(login, Login(post.username)) for _, login in people):
        return "account"
    called = post.name.strip().casefold()
    return "name" if called and called in {name.strip().casefold() for name, _ in people} else ""


def council_members_statements(
    decision: Decision, header: Preamble, sources: EvidenceSources
) -> Iterator[Evidence]:
    """Which members of the councils agreed; no member speaks for the whole council.

    The councils are those that recommend and decide. An author does not decide on their own PEP.
    """
    policy, day = sources.context.policy, sources.context.today
    known = (find_account(one.name, sources.context) for one in header.authors[:_MOST_AUTHORS])
    authors = {login.casefold() for login in known if login is not None}
    councils = [(decision.recommends, frozenset[str]())]
    if decision.decider in _BY_COUNCIL:
        councils.append((decision.body, frozenset(authors)))
    for council, excluded in councils:
        for member in members_of(policy, council, day):
            statement = sources.statement_by(Login(member.login))
            is_excluded = member.login.casefold() in excluded
            if council is not None and statement is not None and not is_excluded:
                yield _agreed(About.MEMBER, statement, safe_name(member.name), body=council.name)


def authors_statement(
    kind: MoveKind, header: Preamble, sources: EvidenceSources
) -> Evidence | None:
    """Whether an author agreed, or an editor where an editor may decide; None offline.

    That no author agreed is reported only if the accounts of all authors are known.
    """
    if sources.statements is None:
        return None
    authors = header.authors[:_MOST_AUTHORS]
    names = tuple(safe_name(one.name) for one in authors[:_MOST])
    accounts = [find_account(one.name, sources.context) for one in authors]
    for person, login in zip(authors, accounts, strict=True):
        if login is not None and (statement := sources.statement_by(login)) is not None:
            return _agreed(About.AUTHORS, statement, safe_name(person.name))
    if kind in _EDITORS_MAY and (statement := _editors_statement(sources)) is not None:
        return _agreed(About.AUTHORS, statement, body="PEP editor")
    known = bool(authors) and len(header.authors) <= _MOST_AUTHORS and None not in accounts
    if not known or sources.change.author is None:
        return Evidence(About.AUTHORS, EvidenceStatus.UNKNOWN, who=names)
    return Evidence(About.AUTHORS, EvidenceStatus.UNSEEN, who=names)


def _agreed(
    about: About, statement: tuple[StatementForm, str], *who: str, body: str = ""
) -> Evidence:
    form, url = statement
    return Evidence(about, EvidenceStatus.THERE, url=url, who=who, body=body, form=form)


def _delegates_statement(who: str, login: Login | None, sources: EvidenceSources) -> Evidence:
    if login is None:
        return Evidence(About.DELEGATE, EvidenceStatus.UNKNOWN, who=(who,))
    if (statement := sources.statement_by(login)) is not None:
        return _agreed(About.DELEGATE, statement, who)
    return Evidence(About.DELEGATE, EvidenceStatus.UNSEEN, who=(who,))


def _any_standing_delegate(header: Preamble, sources: EvidenceSources) -> Evidence:
    holders = standing_delegates(header, sources.context.policy, sources.context.today)
    for holder in holders:
        if (statement := sources.statement_by(Login(holder.login))) is not None:
            return _agreed(About.DELEGATE, statement, safe_name(holder.name))
    names = tuple(safe_name(holder.name) for holder in holders[:_MOST])
    return Evidence(About.DELEGATE, EvidenceStatus.UNSEEN, who=names)


def _recorded_account(person: Person, decision: Decision, sources: EvidenceSources) -> Login | None:
    """The account on record, if it was recorded under this name; otherwise it is unknown."""
    for record in _records(decision, sources):
        is_real = bool(record.name) and len(person.name) <= LONGEST_NAME
        if is_real and fold_name(person.name) == fold_name(record.name):
            return record.login
    return None


def _records(
    decision: Decision, sources: EvidenceSources
) -> tuple[RecordedDelegate | Delegation, ...]:
    """The delegates on record whom somebody appointed, the latest first."""
    on_record, statements = decision.on_record, sources.statements
    appointed = [one for one in on_record if one.is_appointment]
    known = (decision.appointed, *reversed(appointed), statements.delegate if statements else None)
    return tuple(one for one in known if one is not None)


def _recorded_delegate_statement(
    decision: Decision, header: Preamble, sources: EvidenceSources
) -> Iterator[Evidence]:
    """Whether a delegate agreed whom an editor put on record and no header names.

    Whoever became an author since then decides no more.
    """
    record = next(iter(_records(decision, sources)), None)
    if record is None or (statement := sources.statement_by(record.login)) is None:
        return
    authors = (find_account(one.name, sources.context) for one in header.authors[:_MOST_AUTHORS])
    if any(login is not None and same_login(login, record.login) for login in authors):
        return
    team, day = sources.context.core_team, sources.context.today
    member = team.member_with_login(record.login, day) if team is not None else None
    who = safe_name(member.name if member is not None else record.login)
    yield _agreed(About.DELEGATE, statement, who)


def _editors_statement(sources: EvidenceSources) -> tuple[StatementForm, str] | None:
    statements_of_editors: Iterable[tuple[StatementForm, str] | None] = map(
        sources.statement_by, sorted(sources.context.editors or ())
    )
    return next((statement for statement in statements_of_editors if statement is not None), None)


_MOST_NUMBERS = 5


def documentation_evidence(pep: ChangedPep, sources: EvidenceSources) -> Evidence | None:
    """The link to the documentation that is now the reference; None if none is required."""
    header = pep.after.preamble
    if header.type != "Standards Track":
        return None
    expected = directive_for(header)
    present = [one.name for one in pep.after.body.directives if one.name in CANONICAL_DIRECTIVES]
    found = EvidenceStatus.MISSING if not present else EvidenceStatus.THERE
    directive = expected if expected in present or not present else present[0]
    # A directive for another topic is for people to judge: typing PEPs have used either.
    return Evidence(
        About.DOCUMENTATION,
        sources.after_rules(found, pep.path, ("canonical-doc", "directive-colons")),
        value=directive,
    )


def version_evidence(pep: ChangedPep, sources: EvidenceSources) -> Evidence | None:
    """The `Python-Version` header; None for PEPs that need none."""
    header = pep.after.preamble
    if not is_for_a_version(header):
        return None
    version = header.value("Python-Version")
    found = sources.after_rules(
        EvidenceStatus.THERE if version else EvidenceStatus.MISSING, pep.path, ("python-version",)
    )
    return Evidence(About.PYTHON_VERSION, found, value=safe_name(version) if version else "")


def successor_evidence(
    pep: ChangedPep, sources: EvidenceSources, *, is_asked_for: bool = True
) -> Iterator[Evidence]:
    """`Superseded-By`, and for each PEP it names whether that PEP's `Replaces` agrees.

    Args:
        pep: The PEP that is superseded.
        sources: What else is known.
        is_asked_for: Whether the header is required.
    """
    numbers = _numbers(pep.after.preamble, "Superseded-By")
    if not numbers:
        if is_asked_for:
            yield Evidence(
                About.SUCCESSOR,
                sources.after_rules(EvidenceStatus.MISSING, pep.path, ("relations",)),
            )
        return
    yield Evidence(About.SUCCESSOR, EvidenceStatus.THERE, numbers=numbers)
    known: dict[int, Preamble] = {
        int(key): one for key, one in sources.context.related_headers.items()
    }
    known |= {
        int(one.number): one.after.preamble for one in touched_peps(sources.change) if one.number
    }
    for number in numbers:
        yield _back(pep.number, number, known.get(number))


def _back(own: PepNumber | None, number: int, other: Preamble | None) -> Evidence:
    if other is None or own is None:
        return Evidence(About.SUCCESSOR_BACK, EvidenceStatus.UNKNOWN, numbers=(number,))
    named = _numbers(other, "Replaces")
    found = EvidenceStatus.THERE if own in named else EvidenceStatus.MISSING
    if not named and other.value("Replaces"):
        found = EvidenceStatus.UNKNOWN
    status = safe_name(other.status or "")
    return Evidence(About.SUCCESSOR_BACK, found, numbers=(number,), status=status)


def _numbers(header: Preamble, name: str) -> tuple[int, ...]:
    """The first numbers that a header lists."""
    found = header.header(name)
    return () if found is None else numbers_in(found)[:_MOST_NUMBERS]
