"""Evidence in people's own words, and in the PEP itself."""

import re
from collections.abc import Iterable, Iterator

from bot.peps.forum import PostRead
from bot.peps.headers import Person
from bot.peps.names import LONGEST_NAME, fold_name
from bot.peps.number import PepNumber
from bot.peps.people import Login, same_login
from bot.peps.preamble import Preamble
from bot.peps.status import MoveKind
from bot.policy.in_office import office_holders
from bot.review.decision.evidence import About, Evidence, EvidenceSources, EvidenceStatus, WordForm
from bot.review.decision.path import Decider, Decision
from bot.rules.change import Context
from bot.rules.document.canonical_doc import CANONICAL, directive_for
from bot.rules.eligibility import account
from bot.rules.finding import name as harmless
from bot.rules.preamble.delegate import names_body
from bot.rules.preamble.python_version import is_for_a_version
from bot.rules.touched import TouchedPep, touched_peps

_MOST = 5
_MOST_AUTHORS = 8
_BY_DELEGATE = frozenset({Decider.STANDING_DELEGATE, Decider.NAMED_DELEGATE})
_TYPING_COUNCIL = "typing-council"
_EDITORS_MAY = frozenset({MoveKind.DEFERRAL, MoveKind.RESUMPTION})
"""PEP 1: "The PEP author or an editor can assign the PEP this status"."""


def deciders_words(
    decision: Decision, header: Preamble, seen: EvidenceSources
) -> Iterator[Evidence]:
    """The word of the delegate, or of the standing delegates where none is named; none offline."""
    if seen.spoken is None:
        return
    if decision.decider in _BY_DELEGATE:
        people = [one for one in header.delegates if not names_body(one.name)][:_MOST]
        for person in people:
            login = account(person.name, seen.context) or _on_record(person, seen)
            yield _word(About.DELEGATE, harmless(person.name), login, seen)
    elif decision.decider is Decider.PACKAGING_DELEGATES:
        yield _any_standing_delegate(seen)
    if decision.decider not in _BY_DELEGATE:
        yield from _recorded_delegate(seen)


def delegate_by(post: PostRead, decision: Decision, header: Preamble, context: Context) -> str:
    """By what the writer of a post goes for the delegate who decides: "account", "name", or empty.

    Both have to be exactly theirs, but for upper and lower case: whoever is called similarly, or
    has a similar account, is another person.
    """
    people: list[tuple[str, Login | None]] = []
    if decision.decider in _BY_DELEGATE:
        named = [one.name for one in header.delegates if not names_body(one.name)][:_MOST]
        people = [(name, account(name, context)) for name in named]
    elif decision.decider is Decider.PACKAGING_DELEGATES:
        holders = office_holders(context.policy, context.today).packaging_delegates
        people = [(one.name, Login(one.login)) for one in holders]
    if any(login is not None and same_login(login, Login(post.username)) for _, login in people):
        return "account"
    called = post.name.strip().casefold()
    return "name" if called and called in {name.strip().casefold() for name, _ in people} else ""


def members_words(decision: Decision, seen: EvidenceSources) -> Iterator[Evidence]:
    """Words of members of the council that recommends; none of them speaks for all of it."""
    council = seen.context.policy.bodies.get(_TYPING_COUNCIL)
    if council is None or decision.recommends != council:
        return
    for member in office_holders(seen.context.policy, seen.context.today).typing_council:
        if (said := seen.word_of(Login(member.login))) is not None:
            word, url = said
            yield Evidence(
                About.MEMBER,
                EvidenceStatus.THERE,
                url=url,
                who=(harmless(member.name),),
                body=council.name,
                word=word,
            )


def authors_word(kind: MoveKind, header: Preamble, seen: EvidenceSources) -> Evidence | None:
    """Whether an author wants it, or an editor where an editor may; None if nobody speaks here.

    That no author did is said only where the accounts of all are known. Offline nobody speaks.
    """
    if seen.spoken is None:
        return None
    authors = header.authors[:_MOST_AUTHORS]
    names = tuple(harmless(one.name) for one in authors[:_MOST])
    accounts = [account(one.name, seen.context) for one in authors]
    for person, login in zip(authors, accounts, strict=True):
        if login is not None and (said := seen.word_of(login)) is not None:
            word, url = said
            who = (harmless(person.name),)
            return Evidence(About.AUTHORS, EvidenceStatus.THERE, url=url, who=who, word=word)
    if kind in _EDITORS_MAY and (said := _editors_word(seen)) is not None:
        word, url = said
        return Evidence(About.AUTHORS, EvidenceStatus.THERE, url=url, body="PEP editor", word=word)
    known = bool(authors) and len(header.authors) <= _MOST_AUTHORS and None not in accounts
    if not known or seen.change.author is None:
        return Evidence(About.AUTHORS, EvidenceStatus.UNKNOWN, who=names)
    return Evidence(About.AUTHORS, EvidenceStatus.UNSEEN, who=names)


def _word(about: About, who: str, login: Login | None, seen: EvidenceSources) -> Evidence:
    if login is None:
        return Evidence(about, EvidenceStatus.UNKNOWN, who=(who,))
    if (said := seen.word_of(login)) is not None:
        word, url = said
        return Evidence(about, EvidenceStatus.THERE, url=url, who=(who,), word=word)
    return Evidence(about, EvidenceStatus.UNSEEN, who=(who,))


def _any_standing_delegate(seen: EvidenceSources) -> Evidence:
    holders = office_holders(seen.context.policy, seen.context.today).packaging_delegates
    for holder in holders:
        if (said := seen.word_of(Login(holder.login))) is not None:
            word, url = said
            return Evidence(
                About.DELEGATE,
                EvidenceStatus.THERE,
                url=url,
                who=(harmless(holder.name),),
                word=word,
            )
    names = tuple(harmless(holder.name) for holder in holders[:_MOST])
    return Evidence(About.DELEGATE, EvidenceStatus.UNSEEN, who=names)


def _on_record(person: Person, seen: EvidenceSources) -> Login | None:
    """The account on record, if it is there by this name; else nobody knows whose the name is."""
    record = seen.spoken.delegate if seen.spoken is not None else None
    if record is None or not record.name or len(person.name) > LONGEST_NAME:
        return None
    return record.login if fold_name(person.name) == fold_name(record.name) else None


def _recorded_delegate(seen: EvidenceSources) -> Iterator[Evidence]:
    """The word of a delegate whom an editor put on record, and whom no header names."""
    record = seen.spoken.delegate if seen.spoken is not None else None
    if record is None or (said := seen.word_of(record.login)) is None:
        return
    team, day = seen.context.core_team, seen.context.today
    member = team.with_login(record.login, day) if team is not None else None
    who = harmless(member.name if member is not None else record.login)
    word, url = said
    yield Evidence(About.DELEGATE, EvidenceStatus.THERE, url=url, who=(who,), word=word)


def _editors_word(seen: EvidenceSources) -> tuple[WordForm, str] | None:
    words: Iterable[tuple[WordForm, str] | None] = map(
        seen.word_of, sorted(seen.context.editors or ())
    )
    return next((said for said in words if said is not None), None)


_STANDARDS_TRACK = "Standards Track"
_NUMBER = re.compile(r"[0-9]{1,4}")
_MOST_OUTCOME = 5


def documentation_evidence(pep: TouchedPep, seen: EvidenceSources) -> Evidence | None:
    """The link to the documentation that is now the reference; None where none is asked for."""
    header = pep.after.preamble
    if header.type != _STANDARDS_TRACK:
        return None
    wanted = directive_for(header)
    given = [one.name for one in pep.after.body.directives if one.name in CANONICAL]
    found = EvidenceStatus.MISSING if not given else EvidenceStatus.THERE
    shown = wanted if wanted in given or not given else given[0]
    # Another directive than the topic's is for people to weigh: typing PEPs had either.
    return Evidence(
        About.DOCUMENTATION,
        seen.judged(found, pep.path, ("canonical-doc", "directive-colons")),
        value=shown,
    )


def version_evidence(pep: TouchedPep, seen: EvidenceSources) -> Evidence | None:
    """`Python-Version`; None for PEPs that need none."""
    header = pep.after.preamble
    if not is_for_a_version(header):
        return None
    version = header.value("Python-Version")
    found = seen.judged(
        EvidenceStatus.THERE if version else EvidenceStatus.MISSING, pep.path, ("python-version",)
    )
    return Evidence(About.PYTHON_VERSION, found, value=harmless(version) if version else "")


def successor_evidence(
    pep: TouchedPep, seen: EvidenceSources, *, is_asked_for: bool = True
) -> Iterator[Evidence]:
    """`Superseded-By`, and of each PEP it names whether that one says the same and where it stands.

    Args:
        pep: The PEP that is superseded.
        seen: What else is known.
        is_asked_for: Whether it is missed where it is not there.
    """
    numbers = _numbers(pep.after.preamble, "Superseded-By")
    if not numbers:
        if is_asked_for:
            yield Evidence(
                About.SUCCESSOR, seen.judged(EvidenceStatus.MISSING, pep.path, ("relations",))
            )
        return
    yield Evidence(About.SUCCESSOR, EvidenceStatus.THERE, numbers=numbers)
    known: dict[int, Preamble] = {int(key): one for key, one in seen.context.others.items()}
    known |= {
        int(one.number): one.after.preamble for one in touched_peps(seen.change) if one.number
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
    status = harmless(other.status or "")
    return Evidence(About.SUCCESSOR_BACK, found, numbers=(number,), status=status)


def _numbers(header: Preamble, name: str) -> tuple[int, ...]:
    """The numbers a header lists; none if it is not such a list, which a rule tells."""
    value = (header.value(name) or "")[:1_000].rstrip(", ")
    entries = [entry.strip() for entry in value.split(",")]
    if not all(_NUMBER.fullmatch(entry) for entry in entries):
        return ()
    return tuple(int(entry) for entry in entries)[:_MOST_OUTCOME]
