"""Who is in office, and which body decides, on different dates."""

from datetime import date, timedelta
from itertools import chain

import pytest

from bot.peps.number import PepNumber
from bot.policy.bodies import BodyRole
from bot.policy.in_office import (
    bodies_for_pep,
    decider_by_number,
    deciding_body,
    final_authority,
    members_of,
    named_body,
    office_holders,
    standing_delegations,
    voting_body,
)
from bot.policy.load import PolicyInvalid, default_policy, parse_policy

SWITCH = "[bodies.packaging-council]\ndecides_since = 2026-11-01\n"
BEFORE, AFTER = date(2026, 10, 31), date(2026, 11, 1)
BODY = """
[bodies.guild]
name = "Guild"
part = "{part}"
since = 2026-01-01
reason = "Because."
source = "https://example.org/"
{more}
"""


def test_every_entry_has_its_days_reason_end_and_source() -> None:
    policy = default_policy()
    for key, body in policy.bodies.items():
        assert body.reason.endswith("."), key
        assert body.ends_when.endswith("."), key
        assert body.source.startswith("https://"), key
    for held in policy.people.packaging_delegates:
        assert held.reason.endswith("."), held.name
        assert held.ends_when.endswith("."), held.name


def test_on_every_day_exactly_one_body_has_the_last_word() -> None:
    policy = default_policy()
    day, last = date(2000, 6, 13), date(2027, 1, 1)
    while day < last:
        deciding = [
            body.name for body in policy.bodies.values() if not body.topics and body.decides_on(day)
        ]
        assert len(deciding) == 1, day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2018, 7, 11), "bdfl"),
        (date(2018, 7, 12), "core-team"),
        (date(2019, 2, 3), "core-team"),
        (date(2019, 2, 4), "steering-council"),
        (date(2026, 11, 26), "steering-council"),
    ],
)
def test_the_last_word_passed_on(day: date, key: str) -> None:
    found = final_authority(default_policy(), day)
    assert found is not None
    assert found[0] == key


def test_before_python_nobody_decided() -> None:
    assert final_authority(default_policy(), date(1990, 1, 1)) is None


def test_the_packaging_council_exists_without_deciding_until_somebody_sets_the_day() -> None:
    policy = default_policy()
    assert policy.bodies["packaging-council"].exists_on(date(2026, 4, 16))
    assert deciding_body(policy, ["Packaging"], date(2030, 1, 1)) is None
    assert len(office_holders(policy, date(2030, 1, 1)).packaging_delegates) == 2


def test_the_day_alone_makes_it_decide_and_ends_the_standing_delegations() -> None:
    policy = parse_policy(SWITCH)
    assert deciding_body(policy, ["Packaging"], BEFORE) is None
    assert len(office_holders(policy, BEFORE).packaging_delegates) == 2
    body = deciding_body(policy, ["Packaging"], AFTER)
    assert body is not None
    assert body.name == "Packaging Council"
    assert office_holders(policy, AFTER).packaging_delegates == ()
    assert office_holders(policy, AFTER).typing_council, "other offices stay"


@pytest.mark.parametrize("topics", [["Typing"], ["Packaging", "Typing"], []])
def test_it_decides_on_nothing_that_is_not_packaging_alone(topics: list[str]) -> None:
    assert deciding_body(parse_policy(SWITCH), topics, AFTER) is None


def test_pep_13_is_the_core_teams_to_this_day() -> None:
    found = decider_by_number(default_policy(), PepNumber(13), date(2026, 11, 26))
    assert found is not None
    assert found[0] == "core-team"
    assert decider_by_number(default_policy(), PepNumber(14), date(2026, 11, 26)) is None
    assert decider_by_number(default_policy(), None, date(2026, 11, 26)) is None


@pytest.mark.parametrize(
    ("title", "concerned"),
    [
        ("C API to import-export Python integers", True),
        ("A New C-API for Thread-Local Storage in CPython", True),
        ("Limited C API for Extending Opaque Types", True),
        ("``PyBytesWriter``: a (C API) writer", True),
        ("STABLE ABI for the Future", True),
        ("ABI features as environment markers", False),
        ("Atomic APIs", False),
        ("Public APIs", False),
    ],
)
def test_a_title_shows_what_concerns_the_c_api(title: str, concerned: bool) -> None:
    found = bodies_for_pep(default_policy(), BodyRole.ADVISES, (), title, date(2025, 1, 1))
    assert bool(found) is concerned


def test_nobody_is_asked_who_is_not_there_yet() -> None:
    policy, day = default_policy(), date(2023, 11, 19)
    assert bodies_for_pep(policy, BodyRole.ADVISES, (), "C API", day) == ()
    assert bodies_for_pep(policy, BodyRole.RECOMMENDS, ("Typing",), "", day) == ()


def test_nobody_recommends_on_how_they_are_governed() -> None:
    policy, day = default_policy(), date(2026, 1, 1)
    assert bodies_for_pep(policy, BodyRole.RECOMMENDS, ("Governance", "Typing"), "", day) == ()
    title = "C API Working Group Charter"
    assert bodies_for_pep(policy, BodyRole.ADVISES, ("Governance",), title, day) == ()


def test_a_body_is_known_by_its_name() -> None:
    policy, day = default_policy(), date(2025, 1, 1)
    named = named_body(policy, "the C API working group <x@y>", day)
    assert named is not None
    assert named.part is BodyRole.ADVISES
    assert named_body(policy, "Petr Viktorin", day) is None


@pytest.mark.parametrize(
    ("part", "more"),
    [
        ("advises", "decides_since = 2026-02-01"),
        ("decides", "decides_until = 2026-02-01"),
        ("decides", "decides_since = 2026-02-01\ndecides_until = 2026-02-01"),
        ("decides", "until = 2026-01-01"),
        ("rules", ""),
        ("decides", 'tracker = "http://example.org/"'),
        ("decides", 'tracker = "https://example.org/) [x](y"'),
    ],
)
def test_days_and_addresses_that_cannot_be_are_refused(part: str, more: str) -> None:
    assert "guild" in parse_policy(BODY.format(part="decides", more="")).bodies
    with pytest.raises(PolicyInvalid):
        parse_policy(BODY.format(part=part, more=more))


def test_a_part_nobody_knows_is_answered_with_those_there_are() -> None:
    with pytest.raises(PolicyInvalid, match="`decides`, `recommends`"):
        parse_policy(BODY.format(part="rules", more=""))


def test_a_misspelt_body_is_refused_rather_than_taken_for_a_new_one() -> None:
    with pytest.raises(PolicyInvalid, match="key is missing"):
        parse_policy("[bodies.packaging-counsil]\ndecides_since = 2026-11-01\n")


def test_standing_delegations_to_people_end_when_a_body_has_the_topic() -> None:
    before, after = (standing_delegations(parse_policy(toml)) for toml in ("", SWITCH))
    assert [(one.login, one.until) for one in before] == [("pfmoore", None), ("dstufft", None)]
    assert [(one.name, one.since, one.until) for one in after] == [
        ("Paul Moore", date(2019, 5, 14), AFTER),
        ("Donald Stufft", date(2019, 5, 14), AFTER),
        ("Packaging Council", AFTER, None),
    ]
    moore = default_policy().people.packaging_delegates[0]
    resigned = moore.model_copy(update={"until": date(2025, 1, 1)})
    people = parse_policy(SWITCH).people.model_copy(update={"packaging_delegates": (resigned,)})
    found = standing_delegations(parse_policy(SWITCH).model_copy(update={"people": people}))
    assert found[0].until == date(2025, 1, 1), "earlier than the body began"
    assert all(one.reason and one.source and one.ends_when for one in after)


@pytest.mark.parametrize(
    ("day", "members"),
    [
        (date(2019, 2, 3), ""),
        (date(2019, 2, 4), "warsaw brettcannon willingc gvanrossum ncoghlan"),
        (date(2019, 12, 16), "warsaw brettcannon willingc Yhg1s vstinner"),
        (date(2020, 12, 16), "warsaw brettcannon willingc Yhg1s pablogsal"),
        (date(2021, 12, 16), "brettcannon Yhg1s pablogsal encukou gpshead"),
        (date(2022, 12, 15), "brettcannon Yhg1s pablogsal gpshead emilyemorehouse"),
        (date(2023, 12, 12), "warsaw Yhg1s pablogsal gpshead emilyemorehouse"),
        (date(2024, 12, 10), "warsaw pablogsal gpshead emilyemorehouse corona10"),
        (date(2025, 12, 13), "warsaw Yhg1s pablogsal corona10 savannahostrowski"),
    ],
)
def test_the_steering_council_of_each_term(day: date, members: str) -> None:
    found = office_holders(default_policy(), day).steering_council
    assert {one.login for one in found} == set(members.split())


def test_on_every_day_the_steering_council_has_five_members() -> None:
    people, day = default_policy().people, date(2019, 2, 4)
    while day < date(2027, 1, 1):
        assert len([one for one in people.steering_council if one.is_in_office_on(day)]) == 5, day
        day += timedelta(days=1)


def test_the_packaging_council_was_elected_on_a_day_and_has_no_known_cohorts() -> None:
    policy = default_policy()
    assert not office_holders(policy, date(2026, 9, 14)).packaging_council
    elected = office_holders(policy, date(2026, 9, 15)).packaging_council
    assert {one.login for one in elected} == {
        "brettcannon", "dstufft", "henryiii", "pradyunsg", "rgommers",
    }  # fmt: skip
    assert {one.until for one in elected} == {None}


def test_each_member_of_a_council_has_reason_end_and_source() -> None:
    people = default_policy().people
    councils = (people.packaging_council, people.steering_council, people.typing_council)
    for one in chain(*councils):
        assert one.reason.endswith("."), one.name
        assert one.ends_when.endswith("."), one.name
        assert one.source.startswith("https://"), one.name


def test_members_are_found_by_their_body_on_a_day() -> None:
    policy = parse_policy(SWITCH)
    for key, login in (("typing-council", "carljm"), ("packaging-council", "rgommers")):
        assert login in {one.login for one in members_of(policy, policy.bodies[key], AFTER)}
    for key in ("core-team", "c-api-working-group"):
        assert members_of(policy, policy.bodies[key], AFTER) == ()
    assert members_of(policy, None, AFTER) == ()


@pytest.mark.parametrize(
    ("title", "voters"),
    [
        ("2027 Term Steering Council election", "core team"),
        ("2027 Packaging Council election", "Packaging Council"),
        ("2027 Typing Council election", "core team"),
        ("", "core team"),
    ],
)
def test_the_packaging_council_is_not_elected_by_the_core_team(title: str, voters: str) -> None:
    found = voting_body(default_policy(), title, date(2027, 8, 1))
    assert found is not None
    assert found.name == voters
