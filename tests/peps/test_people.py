from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.people import (
    CoreTeam,
    CoreTeamMember,
    CoreTeamUnreadable,
    Login,
    parse_core_team,
    same_login,
)
from tests.peps.builders import core_team, member

LIST = """\
Matt Page,mpage,2024-10-10,,
Michael Foord,voidspace,2009-04-01,2025-01-24,For IronPython compatibility; deceased

R\\. David Murray,bitdancer,2009-03-30,,
Steve Holden,holdenweb,2002-06-14,2017-02-10,"Relinquished on 2005-04-07,
        but granted again"
Tim One,,1999-01-01
"""


def test_the_list_is_read_column_by_column() -> None:
    team = parse_core_team(LIST)
    assert team.members == (
        CoreTeamMember("Matt Page", Login("mpage"), date(2024, 10, 10), None),
        CoreTeamMember(
            "Michael Foord",
            Login("voidspace"),
            date(2009, 4, 1),
            date(2025, 1, 24),
            "For IronPython compatibility; deceased",
        ),
        CoreTeamMember("R. David Murray", Login("bitdancer"), date(2009, 3, 30), None),
        CoreTeamMember(
            "Steve Holden",
            Login("holdenweb"),
            date(2002, 6, 14),
            date(2017, 2, 10),
            "Relinquished on 2005-04-07,\n        but granted again",
        ),
        CoreTeamMember("Tim One", None, date(1999, 1, 1), None),
    )


def test_windows_line_ends_and_a_byte_order_mark_are_tolerated() -> None:
    text = "\ufeffMatt Page,mpage,2024-10-10,,\r\nTim One,,1999-01-01,,\r\n"
    assert [one.name for one in parse_core_team(text).members] == ["Matt Page", "Tim One"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("\n\n", 1),
        ("<!DOCTYPE html>\n<p>Not found</p>\n", 1),
        ('{"message": "Not Found", "status": "404"}', 1),
        ("Ada L,ada,2020-01-01,,\nBob M,bob,yesterday,,\n", 2),
        ("Ada L,ada,2020-01-01,,\nBob M,bob,2020-01-01,soon,\n", 2),
        ("Ada L,ada,2020-01-01,,\n,bob,2020-01-01,,\n", 2),
        ("Ada L,@ada,2020-01-01,,\n", 1),
        ("Ada L,ada,2020-01-01,,,,\n", 1),
        ('Ada L,ada,2020-01-01,,"never closed\n', 1),
        ("Name,GitHub username,Joined,Left,Notes\n", 1),
    ],
)
def test_nonsense_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(CoreTeamUnreadable) as refused:
        parse_core_team(text)
    assert refused.value.line == line
    assert f"line {line}:" in str(refused.value)


@given(st.text(alphabet='a,"\n\r2-01\x00\\é', max_size=80))
def test_any_text_is_a_list_or_refused(text: str) -> None:
    with suppress(CoreTeamUnreadable):
        assert parse_core_team(text).members


@pytest.mark.parametrize(
    ("day", "is_in"),
    [
        (date(2019, 12, 31), False),
        (date(2020, 1, 1), True),
        (date(2021, 5, 31), True),
        (date(2021, 6, 1), False),
    ],
)
def test_members_belong_from_the_day_they_join_until_the_day_they_leave(
    day: date, is_in: bool
) -> None:
    team = CoreTeam((member("Ada L", "ada", date(2020, 1, 1), date(2021, 6, 1)),))
    assert team.members[0].is_member_on(day) is is_in
    assert bool(team.member_with_login("ada", day)) is is_in


def test_an_account_is_found_without_case() -> None:
    jelle = member("Jelle Zijlstra", "JelleZijlstra")
    team = CoreTeam((member("Tim One", None), jelle))
    assert team.member_with_login("jellezijlstra", date(2025, 1, 1)) is jelle
    assert team.member_with_login("", date(2025, 1, 1)) is None
    assert same_login("AA-Turner", "aa-turner")
    assert not same_login("AA-Turner", "aaturner")


@pytest.mark.real_data
def test_the_list_of_2025_12_31(shared_data: Path) -> None:
    team = core_team(shared_data)
    day = date(2025, 12, 31)
    victor = team.member_with_login("VSTINNER", day)
    assert victor is not None
    assert victor.joined == date(2010, 1, 30)
    assert all(one.joined for one in team.members)
    assert len({one.name for one in team.members}) == len(team.members)
    present = {one.name for one in team.members if one.is_member_on(day)}
    assert len(present) == sum(one.left is None for one in team.members)
    assert "Mark Dickinson" not in present
    (mark,) = (one for one in team.members if one.name == "Mark Dickinson")
    assert mark.is_member_on(date(2024, 8, 12))
