from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.names import LONGEST_NAME, MatchKind, NameMatch, fold_name, match_name
from bot.peps.people import CoreTeamMember
from bot.peps.preamble import parse_preamble
from bot.policy.bodies import Appointment
from bot.policy.load import default_policy
from tests.peps.builders import PepTree, added_peps, core_team, member
from tests.processor_time import processor_seconds_below


def found(name: str, *listed: str, **aliases: str) -> tuple[MatchKind, str | None]:
    match = match_name(name, [member(other, login=other) for other in listed], aliases)
    return match.kind, match.member.name if match.member else None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Łukasz Langa", "LUKASZ langa"),
        ("Éric Araujo", "Eric Araujo"),
        ("Erlend Egeberg Åasland", "erlend egeberg aasland"),
        ("Filipe Laíns", "Filipe Lai\u0301ns"),
        ("Ｖｉｃｔｏｒ Stinner", "Victor Stinner"),
        ("Søren Æbelø", "Soren Aebelo"),
        ("Walter Weiß", "walter weiss"),
        ("Steven D'Aprano", "Steven D’Aprano"),
        ("Gregory P. Smith", "gregory p  smith"),
        ("C.A.M. Gerlach", "CAM Gerlach"),
        ("P. J. Eby", "PJ Eby"),
        ("Jean-Paul Calderone", "Jean Paul Calderone"),
        ("Fred L. Drake, Jr.", "Fred L Drake Jr"),
    ],
)
def test_names_that_differ_in_dress_only_fold_alike(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("Ken Jin", "Kenjin"), ("Na Donghee", "Donghee Na"), ("王伟", "王芳")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


def test_the_same_letters_are_exact() -> None:
    assert found("victor STINNER", "Victor Stinner") == (MatchKind.EXACT, "Victor Stinner")


def test_an_exact_name_wins_over_a_probable_one() -> None:
    assert found("Eric Smith", "Eric V. Smith", "Eric Smith") == (MatchKind.EXACT, "Eric Smith")


def test_an_alias_leads_to_the_name_on_the_list() -> None:
    assert found("Mariatta Wijaya", "Mariatta", **{"Mariatta Wijaya": "Mariatta"}) == (
        MatchKind.ALIAS,
        "Mariatta",
    )


def test_an_alias_works_from_either_side() -> None:
    assert found("Mariatta", "Mariatta Wijaya", **{"Mariatta Wijaya": "Mariatta"}) == (
        MatchKind.ALIAS,
        "Mariatta Wijaya",
    )


def test_an_alias_of_somebody_absent_finds_nobody() -> None:
    assert found("Nick Coghlan", "Nick Other", **{"Nick Coghlan": "Alyssa Coghlan"}) == (
        MatchKind.NONE,
        None,
    )


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Erlend Aasland", "Erlend Egeberg Aasland"),
        ("Terry Jan Reedy", "Terry Reedy"),
        ("Fred L. Drake, Jr.", "Fred Drake"),
        ("Martin von Löwis", "Martin v. Löwis"),
    ],
)
def test_middle_names_may_be_missing_on_either_side(name: str, listed: str) -> None:
    assert found(name, listed) == (MatchKind.PROBABLE, listed)


def test_a_name_that_may_mean_several_is_unclear() -> None:
    people = [member("Eric V. Smith", "one"), member("Eric B. Smith", "two")]
    assert match_name("Eric Smith", people, {}) == NameMatch(
        MatchKind.UNCLEAR, candidates=tuple(people)
    )


def test_two_accounts_of_one_name_are_unclear() -> None:
    people = [member("Ann Lee", "one"), member("Ann Lee", "two")]
    assert match_name("ann lee", people, {}).kind is MatchKind.UNCLEAR


def test_one_person_in_two_offices_is_clear() -> None:
    offices = [
        Appointment(
            name="Paul Moore", login="pfmoore", since=date(2019, 1, 1), scope=scope, source="s"
        )
        for scope in ("metadata", "index")
    ]
    match = match_name("Paul Moore", offices, {})
    assert match.kind is MatchKind.EXACT
    assert match.member is offices[0]


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("Guido", "Guido van Rossum"),
        ("Rossum", "Guido van Rossum"),
        ("Mariatta Wijaya", "Mariatta"),
        ("J. Smith", "John Smith"),
        ("R. Murray", "R. David Murray"),
        ("Russell Magee", "Russell Keith-Magee"),
        ("Rossum Guido", "Guido van Rossum"),
        ("Victor Stiner", "Victor Stinner"),
        ("", "Victor Stinner"),
        ("???", "???"),
        ("C API Working Group", "Carl Group"),
        ("x" * (LONGEST_NAME + 1), "x" * (LONGEST_NAME + 1)),
    ],
)
def test_no_wild_guesses(name: str, listed: str) -> None:
    assert found(name, listed) == (MatchKind.NONE, None)


NAMES = st.text(max_size=30) | st.text(alphabet="ab .-'É,", max_size=12)


@given(NAMES, st.lists(NAMES, max_size=6), st.dictionaries(NAMES, NAMES, max_size=3))
def test_every_name_gets_an_answer_that_agrees_with_itself(
    name: str, listed: list[str], aliases: dict[str, str]
) -> None:
    people = [member(other, login=None) for other in listed]
    match = match_name(name, people, aliases)
    if match.kind is MatchKind.NONE:
        assert match.member is None
        assert match.candidates == ()
    elif match.kind is MatchKind.UNCLEAR:
        assert match.member is None
        assert len(match.candidates) > 1
        assert set(match.candidates) <= set(people)
    else:
        assert match.member in people
        assert match.candidates == ()


def test_a_name_made_of_accents_takes_no_time() -> None:
    hostile = "a" + "\u0301\u0323" * 1_000_000
    with processor_seconds_below(0.5):
        assert match_name(hostile, [member("Ada L")], {}).kind is MatchKind.NONE
        assert fold_name(hostile) == "a"


@pytest.mark.real_data
def test_sponsors_of_the_replayed_peps_resolve_but_the_one_outside_the_core_team(
    shared_data: Path,
) -> None:
    team, aliases = core_team(shared_data), default_policy().people.aliases
    kinds: Counter[MatchKind] = Counter()
    unknown = set()
    for day, text in added_peps(shared_data):
        for person in parse_preamble(text).sponsors:
            match = match_name(
                person.name, team.by_name, aliases, lambda one, day=day: one.is_member_on(day)
            )
            kinds[match.kind] += 1
            if match.member is None:
                unknown.add(person.name)
    # Eric Traut sponsored PEP 764 as a member of the Typing Council.
    assert unknown == {"Eric Traut"}
    assert kinds == {MatchKind.EXACT: 38, MatchKind.ALIAS: 3, MatchKind.NONE: 1}


@pytest.mark.real_data
def test_every_replayed_pep_has_a_core_author_or_an_eligible_sponsor(shared_data: Path) -> None:
    policy, team = default_policy(), core_team(shared_data)
    without_sponsor: set[str] = set()
    for day, text in added_peps(shared_data):
        head = parse_preamble(text)
        eligible: list[CoreTeamMember | Appointment] = [
            *(one for one in team.members if one.is_member_on(day)),
            *(held for held in policy.people.typing_council if held.is_in_office_on(day)),
        ]
        if not any(
            match_name(person.name, eligible, policy.people.aliases).member
            for person in head.authors + head.sponsors
        ):
            without_sponsor.add(head.value("PEP") or "")
    assert without_sponsor == set()


@pytest.mark.real_data
def test_every_inexact_match_of_the_whole_tree_is_a_known_person(
    tree: PepTree, shared_data: Path
) -> None:
    members, aliases = core_team(shared_data).members, default_policy().people.aliases
    matched = {}
    for text in tree.texts.values():
        head = parse_preamble(text)
        for person in head.authors + head.sponsors + head.delegates:
            match = match_name(person.name, members, aliases)
            assert match.kind is not MatchKind.UNCLEAR, person.name
            if match.kind is MatchKind.PROBABLE and match.member:
                matched[person.name] = match.member.name
    assert matched == {
        "Fred L. Drake, Jr.": "Fred Drake",
        "Martin von Löwis": "Martin v. Löwis",
        "Michael Hudson": "Michael W. Hudson",
        "Terry Reedy": "Terry Jan Reedy",
        "Travis Oliphant": "Travis E. Oliphant",
    }
