"""PEPs whose status moves: who had to decide, what shows it, and what is missing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.peps.change import Change
from bot.peps.links import RecordLink
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.peps.preamble import parse_preamble
from bot.peps.status import MoveKind
from bot.policy.load import default_policy
from bot.review.decision.decider import Decider
from bot.review.decision.evidence import (
    About,
    Evidence,
    EvidenceSources,
    EvidenceStatus,
    PeopleStatements,
    StatementForm,
)
from bot.review.decision.status_change import StatusMove, Whose, status_moves
from bot.review.overrides import RecordedDelegate
from bot.review.render.status import move_in_text
from bot.review.snapshot import Approval
from bot.rules.engine.registry import run_rules
from tests.rules.builders import change, context, council_since, delegation, modified, pep_text

HEAD = "a" * 40
TODAY = date(2025, 5, 12)
POST = "https://discuss.python.org/t/66453/63"
DATED = f"`10-May-2025 <{POST}>`__"
WIM = {"Author": "Wim Core <wim at example.org>", "Sponsor": None, "Created": "01-Jan-2025"}
COUNCIL_ISSUE = "https://github.com/python/steering-council/issues/259"
VERA_DECIDES = {"PEP-Delegate": "Vera Core <vera at example.org>"}
TYPING = {"Topic": "Typing"}
PACKAGING = {"Topic": "Packaging", "Python-Version": None}


def moving(
    before: str = "Draft", after: str = "Accepted", *, was: dict[str, Any] | None = None, **now: Any
) -> Change:
    """PEP 758 moves; `was` are headers it had before, `now` those it has afterwards."""
    old = pep_text(758, **(WIM | {"Status": before} | (now if was is None else was)))
    new = pep_text(758, **(WIM | {"Status": after} | now))
    return change(modified(old, new, "peps/pep-0758.rst"), author=Login("somebody"))


def approved(*logins: str, head: str = HEAD) -> PeopleStatements:
    urls = [
        (login, f"https://github.com/python/peps/pull/1#pullrequestreview-{login}")
        for login in logins
    ]
    return PeopleStatements(HEAD, tuple(Approval(Login(login), url, head) for login, url in urls))


def only(
    the_change: Change, statements: PeopleStatements | None = None, **known: Any
) -> StatusMove:
    """The only PEP that moves, judged by all rules."""
    known_context = context(**({"today": TODAY} | known))
    found = run_rules(the_change, known_context)
    given_statements = PeopleStatements(HEAD) if statements is None else statements
    (move,) = status_moves(
        EvidenceSources(the_change, known_context, found, statements=given_statements)
    )
    return move


def about(move: StatusMove, what: About) -> Evidence | None:
    found = [one for one in move.evidence if one.about is what]
    assert len(found) < 2, found
    return found[0] if found else None


def state(move: StatusMove, what: About) -> EvidenceStatus | None:
    found = about(move, what)
    return None if found is None else found.found


# Whose word a move needs.


@pytest.mark.parametrize(
    ("before", "after", "kind", "whose"),
    [
        ("Draft", "Accepted", MoveKind.ACCEPTANCE, Whose.DECIDERS),
        ("Provisional", "Accepted", MoveKind.ACCEPTANCE, Whose.DECIDERS),
        ("Draft", "Provisional", MoveKind.PROVISIONAL_ACCEPTANCE, Whose.DECIDERS),
        ("Draft", "Rejected", MoveKind.REJECTION, Whose.DECIDERS),
        ("Draft", "Final", MoveKind.OUTRIGHT_FINALISATION, Whose.DECIDERS),
        ("Accepted", "Draft", MoveKind.REVERSAL, Whose.DECIDERS),
        ("Draft", "Active", MoveKind.ACTIVATION, Whose.DECIDERS),
        ("Accepted", "Active", MoveKind.ACTIVATION, Whose.NOBODY),
        ("Accepted", "Final", MoveKind.FINALISATION, Whose.NOBODY),
        ("Active", "Final", MoveKind.COMPLETION, Whose.NOBODY),
        ("Draft", "Withdrawn", MoveKind.WITHDRAWAL, Whose.AUTHORS),
        ("Draft", "Deferred", MoveKind.DEFERRAL, Whose.AUTHORS_OR_EDITORS),
        ("Deferred", "Draft", MoveKind.RESUMPTION, Whose.AUTHORS_OR_EDITORS),
        ("Rejected", "Withdrawn", MoveKind.CORRECTION, Whose.AUTHORS_OR_EDITORS),
        ("Final", "Superseded", MoveKind.SUPERSESSION, Whose.SUCCESSOR),
        ("Rejected", "Final", MoveKind.OTHER, Whose.UNSPECIFIED),
    ],
)
def test_who_has_to_agree_to_each_kind_of_move(
    before: str, after: str, kind: MoveKind, whose: Whose
) -> None:
    move = only(moving(before, after))
    assert (move.before, move.after, move.kind, move.whose) == (before, after, kind, whose)


def test_a_change_that_moves_no_status_has_no_moves() -> None:
    same = moving("Draft", "Draft", was={"Title": "Other"})
    assert status_moves(EvidenceSources(same, context())) == ()


def test_a_delegate_named_in_the_same_change_decides_and_is_new() -> None:
    move = only(moving(was={}, Resolution=DATED, **VERA_DECIDES))
    assert (move.decision.decider, move.decision.delegate) == (Decider.NAMED_DELEGATE, "Vera Core")
    assert move.earlier is not None
    assert move.earlier.decider is Decider.STEERING_COUNCIL
    appointment = about(move, About.APPOINTMENT)
    assert appointment is not None
    assert (appointment.who, appointment.is_lacking) == (("Vera Core",), False)


def test_a_delegate_named_with_a_withdrawal_decides_on_nothing() -> None:
    move = only(moving("Draft", "Withdrawn", was={}, **VERA_DECIDES))
    assert move.earlier is None
    assert about(move, About.APPOINTMENT) is None


def test_a_delegate_named_before_is_no_news() -> None:
    move = only(moving(Resolution=DATED, **VERA_DECIDES))
    assert move.earlier is None
    assert about(move, About.APPOINTMENT) is None


def test_who_decides_is_asked_of_the_day_of_the_decision() -> None:
    switch = date(2026, 11, 1)
    packaging = PACKAGING | {"Created": "01-Jan-2026"}
    shortly_before = moving(Resolution=f"`30-Oct-2026 <{POST}>`__", **packaging)
    on_it = moving(Resolution=f"`01-Nov-2026 <{POST}>`__", **packaging)
    known = {"today": date(2026, 11, 3), "policy": council_since(switch)}
    assert only(shortly_before, **known).decision.decider is Decider.PACKAGING_DELEGATES
    move = only(on_it, **known)
    assert move.decision.decider is Decider.BODY
    assert move.day == switch


@pytest.mark.parametrize("day", ["10-May-2019", "31-Dec-2024", "13-May-2025", "99-May-2025"])
def test_an_unlikely_day_decides_nothing(day: str) -> None:
    assert only(moving(Resolution=f"`{day} <{POST}>`__")).day == TODAY


def test_what_bears_a_schedules_topic_and_is_accepted_is_decided_on_as_any_pep() -> None:
    installer = only(moving(Resolution=DATED, Topic="Release"))
    assert installer.whose is Whose.DECIDERS
    assert installer.decision.decider is Decider.STEERING_COUNCIL
    over = only(moving("Active", "Final", Topic="Release", Type="Informational"))
    assert (over.whose, over.decision.decider) == (Whose.NOBODY, Decider.NOBODY)


# Resolution.

THREAD = "https://discuss.python.org/t/pep-758/66453"


@pytest.mark.parametrize(
    ("value", "found", "link"),
    [
        (DATED, EvidenceStatus.THERE, RecordLink.POST),
        (POST, EvidenceStatus.PARTLY, RecordLink.POST),
        (f"`10-May-2025 <{THREAD}>`__", EvidenceStatus.PARTLY, RecordLink.THREAD),
        (
            "`10-May-2025 <https://discuss.python.org/t/70000>`__",
            EvidenceStatus.THERE,
            RecordLink.THREAD,
        ),
        (
            "`10-May-2025 <https://github.com/python/steering-council/issues/264>`__",
            EvidenceStatus.PARTLY,
            RecordLink.ISSUE,
        ),
        (
            "`10-May-2025 <https://github.com/python/steering-council/issues/264#issuecomment-1>`__",
            EvidenceStatus.THERE,
            RecordLink.COMMENT,
        ),
        ("`10-May-2025 <https://blog.example/1>`__", EvidenceStatus.PARTLY, RecordLink.ELSEWHERE),
        ("Pending", EvidenceStatus.PARTLY, None),
        (f"`10-May-2025<{POST}>`__", EvidenceStatus.PARTLY, RecordLink.POST),
        (None, EvidenceStatus.MISSING, None),
    ],
)
def test_resolution_is_judged_by_its_form(
    value: str | None, found: EvidenceStatus, link: RecordLink | None
) -> None:
    discussed = f"`09-May-2025 <{THREAD}>`__"
    move = only(
        moving(was={}, Resolution=value, **{"Discussions-To": THREAD, "Post-History": discussed})
    )
    resolution = about(move, About.RESOLUTION)
    assert resolution is not None
    assert (resolution.found, resolution.link) == (found, link)
    assert resolution.is_new is (value is not None)
    assert bool(resolution.url) is (link not in (None, RecordLink.ELSEWHERE))


def test_an_undated_resolution_of_before_days_were_usual_is_there() -> None:
    early = date(2024, 10, 1)
    move = only(moving(was={}, Resolution=POST, Created="01-Jan-2024"), today=early)
    assert state(move, About.RESOLUTION) is EvidenceStatus.THERE


@pytest.mark.parametrize(
    ("before", "after", "headers", "found"),
    [
        ("Draft", "Rejected", {}, EvidenceStatus.MISSING),
        ("Draft", "Final", {}, EvidenceStatus.MISSING),
        ("Accepted", "Final", {}, EvidenceStatus.MISSING),
        ("Accepted", "Final", {"Created": "18-Jun-2019"}, EvidenceStatus.UNSEEN),
        ("Accepted", "Final", {"Type": "Process"}, EvidenceStatus.UNSEEN),
        ("Draft", "Withdrawn", {}, EvidenceStatus.UNSEEN),
        ("Draft", "Active", {"Type": "Process"}, EvidenceStatus.UNSEEN),
        ("Draft", "Deferred", {}, None),
        ("Accepted", "Draft", {}, None),
        ("Active", "Final", {"Type": "Informational"}, None),
    ],
)
def test_a_missing_resolution_is_missed_where_it_is_asked_for(
    before: str, after: str, headers: dict[str, str], found: EvidenceStatus | None
) -> None:
    assert state(only(moving(before, after, **headers)), About.RESOLUTION) is found


# Issues of councils.


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("See https://github.com/python/steering-council/issues/264.", "264"),
        ("python/steering-council#264 says so", "264"),
        (
            "https://github.com/Python/Steering-Council/issues/264#issuecomment-99",
            "264#issuecomment-99",
        ),
        ("<!-- https://github.com/python/steering-council/issues/264 -->", None),
        ("https://github.com/python/steering-council/issues/new", None),
        ("https://github.com/evil/steering-council/issues/264", None),
        ("evil/python/steering-council#264", None),
        ("https://github.com/python/steering-council/issues/264/../1", None),
        ("", None),
    ],
)
def test_an_issue_of_the_council_is_found_in_the_description(body: str, url: str | None) -> None:
    move = only(replace(moving(Resolution=DATED), body=body))
    issue = about(move, About.COUNCIL_ISSUE)
    assert issue is not None
    assert issue.body == "Steering Council"
    expected = f"https://github.com/python/steering-council/issues/{url}" if url else ""
    assert (issue.url, issue.found) == (
        expected,
        EvidenceStatus.THERE if url else EvidenceStatus.UNSEEN,
    )
    assert not issue.is_lacking


def test_a_delegate_needs_no_issue_but_a_linked_one_may_show_the_appointment() -> None:
    delegated = moving(Resolution=DATED, **VERA_DECIDES)
    assert about(only(delegated), About.COUNCIL_ISSUE) is None
    linked = replace(delegated, body="Appointed in python/steering-council#12.")
    assert state(only(linked), About.COUNCIL_ISSUE) is EvidenceStatus.THERE


def test_a_typing_pep_is_asked_for_the_recommendation_linked_in_it_or_in_the_description() -> None:
    bare = moving(Resolution=DATED, **TYPING)
    assert state(only(bare), About.RECOMMENDATION) is EvidenceStatus.UNSEEN
    link = "https://github.com/python/typing-council/issues/41"
    described = only(replace(bare, body=f"Recommended: {link}"))
    found = about(described, About.RECOMMENDATION)
    assert found is not None
    assert (found.found, found.url, found.body) == (EvidenceStatus.THERE, link, "Typing Council")
    (file,) = bare.files
    written = replace(file, after=f"{file.after}\n.. _rec: {link}\n")
    assert (
        state(only(replace(bare, files=(written,))), About.RECOMMENDATION) is EvidenceStatus.THERE
    )


# People's words.


@pytest.mark.parametrize(
    ("author", "statements", "word"),
    [
        ("somebody", approved(), None),
        ("somebody", approved("wim", "otto"), None),
        ("somebody", approved("VERA"), StatementForm.APPROVED),
        ("somebody", approved("vera", head="b" * 40), StatementForm.APPROVED_EARLIER),
        ("vera", approved(), StatementForm.OPENED),
    ],
)
def test_a_delegate_agrees_by_approving_or_opening(
    author: str, statements: PeopleStatements, word: StatementForm | None
) -> None:
    opened = replace(moving(Resolution=DATED, **VERA_DECIDES), author=Login(author))
    delegate = about(only(opened, statements), About.DELEGATE)
    assert delegate is not None
    assert delegate.who == ("Vera Core",)
    assert (delegate.form, delegate.found) == (
        word,
        EvidenceStatus.THERE if word else EvidenceStatus.UNSEEN,
    )
    assert bool(delegate.url) is (word in (StatementForm.APPROVED, StatementForm.APPROVED_EARLIER))


def test_of_several_approvals_the_last_counts() -> None:
    both = (*approved("vera", head="b" * 40).approvals, *approved("vera").approvals)
    opened = moving(Resolution=DATED, **VERA_DECIDES)
    for approvals, word in (
        (both, StatementForm.APPROVED),
        (both[::-1], StatementForm.APPROVED_EARLIER),
    ):
        delegate = about(only(opened, PeopleStatements(HEAD, approvals)), About.DELEGATE)
        assert delegate is not None
        assert delegate.form is word


def test_each_pep_of_one_change_has_its_own_who_decides() -> None:
    council, delegate = moving(Resolution=DATED), moving(Resolution=DATED, **VERA_DECIDES)
    (one,), (other,) = council.files, delegate.files
    both = replace(council, files=(one, replace(other, path="peps/pep-0759.rst")))
    known = context(today=TODAY)
    first, second = status_moves(EvidenceSources(both, known, statements=approved("vera")))
    assert first.decision.decider is Decider.STEERING_COUNCIL
    assert state(first, About.DELEGATE) is None
    assert second.decision.decider is Decider.NAMED_DELEGATE
    assert state(second, About.DELEGATE) is EvidenceStatus.THERE


def test_a_delegate_of_unknown_account_is_known_only_by_the_record() -> None:
    dora = moving(Resolution=DATED, **{"PEP-Delegate": "Dora Delegate"})
    assert state(only(dora, approved("dora")), About.DELEGATE) is EvidenceStatus.UNKNOWN
    delegate_record = RecordedDelegate(
        Login("dora"), Login("edda"), "https://example.org/1", "DORA delegate"
    )
    recorded = replace(approved("dora"), delegate=delegate_record)
    assert state(only(dora, recorded), About.DELEGATE) is EvidenceStatus.THERE
    assert (
        state(only(dora, replace(recorded, approvals=())), About.DELEGATE) is EvidenceStatus.UNSEEN
    )


@pytest.mark.parametrize("called", ["", "Dora Other"])
def test_a_delegate_on_record_by_another_name_is_another_person(called: str) -> None:
    dora = moving(Resolution=DATED, **{"PEP-Delegate": "Dora Delegate"})
    delegate_record = RecordedDelegate(
        Login("dora"), Login("edda"), "https://example.org/1", called
    )
    recorded = replace(approved("dora"), delegate=delegate_record)
    assert state(only(dora, recorded), About.DELEGATE) is EvidenceStatus.UNKNOWN


def test_a_delegate_on_record_whom_no_header_names_counts_by_the_account() -> None:
    delegate_record = RecordedDelegate(Login("vera"), Login("edda"), "https://example.org/1")
    move = only(moving(Resolution=DATED), replace(approved("Vera"), delegate=delegate_record))
    delegate = about(move, About.DELEGATE)
    assert delegate is not None
    assert (delegate.who, delegate.form) == (("Vera Core",), StatementForm.APPROVED)
    assert about(only(moving(Resolution=DATED), approved("Vera")), About.DELEGATE) is None


def test_an_appointed_delegate_on_record_decides_and_the_appointment_is_shown() -> None:
    dora = delegation("dora", 758, name="Dora Delegate", link=COUNCIL_ISSUE)
    for headers in ({}, {"PEP-Delegate": "Dora Delegate"}):
        move = only(moving(Resolution=DATED, **headers), approved("Dora"), delegations=(dora,))
        assert move.decision.decider is Decider.NAMED_DELEGATE
        assert (move.decision.delegate, move.decision.appointed) == ("Dora Delegate", dora)
        assert state(move, About.DELEGATE) is EvidenceStatus.THERE
        appointment = about(move, About.APPOINTMENT)
        assert appointment is not None
        assert (appointment.found, appointment.url) == (EvidenceStatus.THERE, COUNCIL_ISSUE)
    unseen = only(moving(Resolution=DATED), delegations=(dora,))
    assert state(unseen, About.DELEGATE) is EvidenceStatus.UNSEEN
    packaging = moving(Resolution=DATED, **PACKAGING)
    move = only(packaging, approved("dora"), delegations=(dora,))
    assert [one.who for one in move.evidence if one.about is About.DELEGATE][-1] == ("dora",)


def test_an_offer_or_the_record_of_somebody_else_decides_nothing() -> None:
    offer = delegation("dora", 758)
    move = only(moving(Resolution=DATED), approved("dora"), delegations=(offer,))
    assert move.decision.decider is Decider.STEERING_COUNCIL
    assert move.decision.on_record == (offer,)
    assert about(move, About.DELEGATE) is None
    other = delegation("dora", 758, link=COUNCIL_ISSUE)
    named = only(moving(Resolution=DATED, **VERA_DECIDES), approved("dora"), delegations=(other,))
    assert (named.decision.delegate, named.decision.appointed) == ("Vera Core", None)
    assert state(named, About.DELEGATE) is EvidenceStatus.UNSEEN


def test_an_author_whom_the_change_makes_the_delegate_decides_nothing() -> None:
    both = {**WIM, "Author": "Wim Core, Otto Owner"}
    own = moving(was=both, Resolution=DATED, Author="Otto Owner", **{"PEP-Delegate": "Wim Core"})
    for the_change, statements in (
        (replace(own, author=Login("wim")), None),
        (own, approved("wim")),
    ):
        assert about(only(the_change, statements), About.DELEGATE) is None
    recorded = delegation("wim", 758, link=COUNCIL_ISSUE)
    author = only(moving(Resolution=DATED), approved("wim"), delegations=(recorded,))
    assert author.decision.decider is Decider.STEERING_COUNCIL
    assert about(author, About.DELEGATE) is None


def test_any_standing_delegate_speaks_for_a_packaging_pep_without_one() -> None:
    packaging = moving(Resolution=DATED, **PACKAGING)
    assert state(only(packaging), About.DELEGATE) is EvidenceStatus.UNSEEN
    delegate = about(only(packaging, approved("paula")), About.DELEGATE)
    assert delegate is not None
    assert (delegate.found, delegate.who) == (EvidenceStatus.THERE, ("Paula Packaging",))


def test_a_body_in_the_delegate_header_has_no_account() -> None:
    trap = moving(Resolution=DATED, **{"PEP-Delegate": "C API Working Group"})
    move = only(trap, approved("vera"))
    assert move.decision.decider is Decider.STEERING_COUNCIL
    assert about(move, About.DELEGATE) is None


def test_a_council_member_who_approves_is_not_the_council() -> None:
    move = only(moving(Resolution=DATED, **TYPING), approved("tina"))
    member = about(move, About.MEMBER)
    assert member is not None
    assert (member.who, member.body) == (("Tina Typing",), "Typing Council")
    assert state(move, About.RECOMMENDATION) is EvidenceStatus.UNSEEN
    left = only(moving(Resolution=DATED, **TYPING), approved("tina"), today=date(2026, 2, 1))
    assert about(left, About.MEMBER) is None


@pytest.mark.parametrize(
    ("login", "day", "headers", "body"),
    [
        ("pablogsal", date(2026, 11, 30), {}, "Steering Council"),
        ("pablogsal", date(2026, 11, 30), TYPING, "Steering Council"),
        ("pablogsal", date(2020, 12, 15), {}, None),
        ("gpshead", date(2026, 11, 30), {}, None),
        ("pablogsal", date(2026, 11, 30), {"PEP-Delegate": "Vera Core"}, None),
        ("pablogsal", date(2026, 11, 30), PACKAGING, None),
        ("rgommers", date(2026, 11, 30), PACKAGING, "Packaging Council"),
        ("rgommers", date(2026, 10, 31), PACKAGING, None),
        ("rgommers", date(2026, 11, 30), {}, None),
        ("rgommers", date(2026, 11, 30), PACKAGING | {"Author": "Ralf Gommers"}, None),
    ],
)
def test_a_member_of_the_council_that_decides_is_told_and_is_not_the_council(
    login: str, day: date, headers: dict[str, Any], body: str | None
) -> None:
    councils = default_policy().people
    the_policy = council_since(
        date(2026, 11, 1),
        steering_council=councils.steering_council,
        packaging_council=councils.packaging_council,
    )
    change_made = moving(Resolution=DATED, **headers)
    move = only(change_made, approved(login), policy=the_policy, today=day)
    member = about(move, About.MEMBER)
    assert (member.body if member is not None else None) == body
    if body is not None:
        (words,) = [one for one in move_in_text(move, day) if "who belongs to" in one]
        assert words.endswith("that alone is not its decision.")


@pytest.mark.parametrize("topic", [{}, PACKAGING])
def test_an_author_who_is_named_as_the_delegate_does_not_decide(topic: dict[str, Any]) -> None:
    own = moving(Resolution=DATED, **topic, **{"PEP-Delegate": "Wim Core <wim at example.org>"})
    record = RecordedDelegate(Login("wim"), Login("edda"), "https://github.com/python/peps/pull/1")
    move = only(replace(own, author=Login("wim")), replace(approved("wim"), delegate=record))
    assert move.decision.decider in (Decider.STEERING_COUNCIL, Decider.PACKAGING_DELEGATES)
    assert state(move, About.DELEGATE) in (None, EvidenceStatus.UNSEEN)


@pytest.mark.parametrize(
    ("after", "author", "statements", "found"),
    [
        ("Withdrawn", "wim", approved(), EvidenceStatus.THERE),
        ("Withdrawn", "otto", approved("wim"), EvidenceStatus.THERE),
        ("Withdrawn", "otto", approved(), EvidenceStatus.UNSEEN),
        ("Withdrawn", "edda", approved(), EvidenceStatus.UNSEEN),
        ("Deferred", "edda", approved(), EvidenceStatus.THERE),
        ("Deferred", "otto", approved("EDDA"), EvidenceStatus.THERE),
        ("Deferred", "otto", approved("vera"), EvidenceStatus.UNSEEN),
    ],
)
def test_authors_withdraw_and_editors_may_defer(
    after: str, author: str, statements: PeopleStatements, found: EvidenceStatus
) -> None:
    opened = replace(moving("Draft", after), author=Login(author))
    move = only(opened, statements)
    assert state(move, About.AUTHORS) is found
    assert not [one for one in move.lacking if one.about is About.AUTHORS]


def test_of_two_editors_approvals_the_first_by_account_counts() -> None:
    both = approved("edda", "zora")
    opened = replace(moving("Draft", "Deferred"), author=Login("otto"))
    for statements in (both, replace(both, approvals=both.approvals[::-1])):
        known = context(
            today=TODAY, editors=frozenset({Login("zora"), Login("edda"), Login("abe")})
        )
        (move,) = status_moves(EvidenceSources(opened, known, statements=statements))
        word = about(move, About.AUTHORS)
        assert word is not None
        assert word.url == both.approvals[0].url


def test_where_an_authors_account_is_unknown_nothing_is_said_against_them() -> None:
    unknown = {"Author": "Wim Core <wim at example.org>,\n        Olga Outsider <o at example.org>"}
    assert (
        state(only(moving("Draft", "Withdrawn", **unknown)), About.AUTHORS)
        is EvidenceStatus.UNKNOWN
    )
    by_nobody = replace(moving("Draft", "Withdrawn"), author=None)
    assert state(only(by_nobody), About.AUTHORS) is EvidenceStatus.UNKNOWN


def test_offline_nobody_speaks_and_nothing_is_missed_that_only_people_could_give() -> None:
    known = context(today=TODAY)
    for headers in (VERA_DECIDES, TYPING, PACKAGING, {}):
        (move,) = status_moves(EvidenceSources(moving(Resolution=DATED, **headers), known))
        assert {one.about for one in move.evidence} <= {About.RESOLUTION, About.PYTHON_VERSION}
    (withdrawn,) = status_moves(EvidenceSources(moving("Draft", "Withdrawn"), known))
    assert [one.about for one in withdrawn.evidence] == [About.RESOLUTION]


# What the PEP itself shows.

BANNER = ".. canonical-doc:: :ref:`python:except`"


def finished(banner: str = BANNER, **headers: Any) -> Change:
    base = moving("Accepted", "Final", Resolution=DATED, **headers)
    (file,) = base.files
    after = (file.after or "").replace("\n\n\nAbstract", f"\n\n{banner}\n\n\nAbstract", 1)
    return replace(base, files=(replace(file, after=after),))


@pytest.mark.parametrize(
    ("banner", "headers", "found", "value"),
    [
        (BANNER, {}, EvidenceStatus.THERE, "canonical-doc"),
        ("", {}, EvidenceStatus.MISSING, "canonical-doc"),
        ("", PACKAGING, EvidenceStatus.MISSING, "canonical-pypa-spec"),
        (BANNER, TYPING, EvidenceStatus.THERE, "canonical-doc"),
        (BANNER.replace("doc::", "doc:"), {}, EvidenceStatus.MISSING, "canonical-doc"),
        (BANNER.replace(":ref:", "ref:"), {}, EvidenceStatus.PARTLY, "canonical-doc"),
    ],
)
def test_a_final_pep_shows_its_documentation(
    banner: str, headers: dict[str, Any], found: EvidenceStatus, value: str
) -> None:
    documentation = about(only(finished(banner, **headers)), About.DOCUMENTATION)
    assert documentation is not None
    assert (documentation.found, documentation.value) == (found, value)


def test_what_an_editor_set_aside_is_not_missing() -> None:
    bare, known = finished(""), context(today=TODAY)
    (move,) = status_moves(
        EvidenceSources(bare, known, waived=("canonical-doc",), statements=PeopleStatements(HEAD))
    )
    assert state(move, About.DOCUMENTATION) is EvidenceStatus.SET_ASIDE
    assert move.lacking == ()


def test_a_final_pep_of_another_type_needs_neither_documentation_nor_version() -> None:
    move = only(moving("Accepted", "Final", Type="Process", Resolution=DATED))
    assert [one.about for one in move.evidence] == [About.RESOLUTION]


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({}, EvidenceStatus.THERE),
        ({"Python-Version": None}, EvidenceStatus.MISSING),
        (PACKAGING, None),
        ({"Topic": "Release", "Python-Version": None}, None),
    ],
)
def test_a_pep_that_is_accepted_or_final_says_for_which_version(
    headers: dict[str, Any], found: EvidenceStatus | None
) -> None:
    assert state(only(finished(**headers)), About.PYTHON_VERSION) is found
    accepted = moving(was={}, Resolution=DATED, **headers)
    assert state(only(accepted), About.PYTHON_VERSION) is found


def test_a_version_with_a_finding_is_partly_there() -> None:
    mistyped = moving(was={}, Resolution=DATED, **{"Python-Version": "3.15, banana"})
    assert state(only(mistyped), About.PYTHON_VERSION) is EvidenceStatus.PARTLY


def test_present_evidence_stays_though_a_finding_on_it_was_set_aside() -> None:
    mistyped = moving(was={}, Resolution=DATED, **{"Python-Version": "3.15, banana"})
    known = context(today=TODAY)
    (move,) = status_moves(
        EvidenceSources(
            mistyped, known, waived=("python-version",), statements=PeopleStatements(HEAD)
        )
    )
    assert state(move, About.PYTHON_VERSION) is EvidenceStatus.THERE


def superseded(**headers: Any) -> Change:
    return moving("Final", "Superseded", was={}, **headers)


def others(text: str) -> dict[PepNumber, Any]:
    return {PepNumber(759): parse_preamble(text)}


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (pep_text(759, Status="Accepted", Replaces="758"), EvidenceStatus.THERE),
        (pep_text(759, Status="Accepted", Replaces="7, 758,"), EvidenceStatus.THERE),
        (pep_text(759, Status="Accepted"), EvidenceStatus.MISSING),
        (pep_text(759, Status="Accepted", Replaces="no numbers"), EvidenceStatus.UNKNOWN),
    ],
)
def test_the_successor_says_the_same(other: str, found: EvidenceStatus) -> None:
    move = only(superseded(**{"Superseded-By": "759"}), related_headers=others(other))
    assert state(move, About.SUCCESSOR) is EvidenceStatus.THERE
    back = about(move, About.SUCCESSOR_BACK)
    assert back is not None
    assert (back.found, back.status, back.numbers) == (found, "Accepted", (759,))


def test_a_successor_in_the_same_change_is_looked_at_there() -> None:
    base = superseded(**{"Superseded-By": "759"})
    new = modified(pep_text(759), pep_text(759, Replaces="758"), "peps/pep-0759.rst")
    move = only(replace(base, files=(*base.files, new)))
    back = about(move, About.SUCCESSOR_BACK)
    assert back is not None
    assert (back.found, back.status) == (EvidenceStatus.THERE, "Draft")


def test_a_successor_that_could_not_be_read_is_unknown() -> None:
    move = only(superseded(**{"Superseded-By": "759"}))
    assert state(move, About.SUCCESSOR_BACK) is EvidenceStatus.UNKNOWN


def test_a_superseded_pep_names_its_successor_and_a_withdrawn_one_may() -> None:
    assert state(only(superseded()), About.SUCCESSOR) is EvidenceStatus.MISSING
    assert state(only(moving("Draft", "Withdrawn")), About.SUCCESSOR) is None
    named = moving("Draft", "Withdrawn", was={}, **{"Superseded-By": "759"})
    assert state(only(named), About.SUCCESSOR) is EvidenceStatus.THERE


def test_of_several_peps_each_has_its_own_story() -> None:
    first, second = moving(Resolution=DATED), finished()
    (other,) = second.files
    both = replace(first, files=(*first.files, replace(other, path="peps/pep-0760.rst")))
    known = context(today=TODAY)
    moves = status_moves(
        EvidenceSources(both, known, run_rules(both, known), statements=PeopleStatements(HEAD))
    )
    assert [(one.number, one.kind) for one in moves] == [
        (758, MoveKind.ACCEPTANCE),
        (760, MoveKind.FINALISATION),
    ]


MINUTES = "https://www.python.org/psf/records/board/minutes/2025-08-13/#new-business"


def test_how_packaging_is_governed_needs_the_boards_approval_which_is_linked_somewhere() -> None:
    topics = {"Topic": "Governance, Packaging", "Type": "Process", "Python-Version": None}
    the_change = replace(moving(**topics), body="")
    known = {"today": date(2025, 9, 1)}
    move = only(the_change, PeopleStatements(HEAD), **known)
    assert state(move, About.APPROVAL) is EvidenceStatus.UNSEEN
    told = "\n".join(move_in_text(move, date(2025, 9, 1)))
    board = "the board of the Python Software Foundation"
    assert f"Who decides: the Steering Council and {board}." in told
    assert f"Not found: a link to the approval of {board}." in told
    described = only(replace(the_change, body=f"Approved: {MINUTES}."), None, **known)
    found = about(described, About.APPROVAL)
    assert found is not None
    assert (found.found, found.url) == (EvidenceStatus.THERE, MINUTES)
    (file,) = the_change.files
    written = replace(file, after=f"{file.after}\n{MINUTES}\n")
    appended = only(replace(the_change, files=(written,)), None, **known)
    assert state(appended, About.APPROVAL) is EvidenceStatus.THERE
    assert state(only(moving(**PACKAGING), None, **known), About.APPROVAL) is None
