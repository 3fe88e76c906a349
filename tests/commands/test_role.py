"""The roles of accounts on a pull request, and attempts to fake one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.commands.role import Role, roles_of, roles_on
from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.people import Login
from bot.policy.load import default_policy
from bot.policy.model import Policy
from tests.rules.builders import added, change, context, council_since, pep_text, policy

PATH = "peps/pep-0695.rst"
EVERYBODY = Role.ANYONE


def roles(login: str, the_change: Change, **more: object) -> set[Role]:
    known = replace(context(editors=frozenset({Login("Edda")})), **more)
    return set(roles_of(Login(login), the_change, known)) - {EVERYBODY}


def edited(before: str, after: str) -> Change:
    return change(FileChange(PATH, FileStatus.MODIFIED, before=before, after=after))


def test_accounts_are_compared_without_case() -> None:
    opened = replace(change(added(pep_text())), author=Login("Nova"))
    assert roles("nova", opened) == {Role.AUTHOR}
    assert roles("edda", opened) == {Role.EDITOR}
    assert roles("mallory", opened) == set()


def test_whom_the_header_names_is_author_or_sponsor_if_the_account_is_known() -> None:
    text = pep_text(Author="Vera Core <vera@x.example>, Nobody Known <n@x.example>")
    proposed = change(added(text))
    assert Role.AUTHOR in roles("vera", proposed)
    assert Role.AUTHOR not in roles("nobody", proposed)
    assert roles("vera", change(added(pep_text(Sponsor="Vera Core <v@x.example>")))) >= {
        Role.SPONSOR
    }


def test_nobody_becomes_a_delegate_by_a_header_of_the_pull_request_itself() -> None:
    named = pep_text(**{"PEP-Delegate": "Vera Core <v@x.example>"})
    assert Role.DECIDER not in roles("vera", change(added(named)))
    assert Role.DECIDER not in roles("vera", edited(pep_text(), named))
    assert Role.DECIDER in roles("vera", edited(named, pep_text()))
    assert Role.DECIDER in roles("vera", edited(named, named + "\nMore.\n"))


def test_nobody_becomes_an_author_of_a_published_pep_by_editing_its_header() -> None:
    mine = pep_text(Author="Vera Core <v@x.example>")
    theirs = pep_text(Author="Wim Core <w@x.example>")
    assert Role.AUTHOR not in roles("vera", edited(theirs, mine))
    assert Role.AUTHOR in roles("vera", edited(mine, theirs))


@pytest.mark.parametrize("status", [FileStatus.ADDED, FileStatus.MODIFIED])
def test_what_cannot_be_read_makes_nobody_anything(status: FileStatus) -> None:
    assert roles("vera", change(FileChange(PATH, status))) == set()


def test_a_delegate_of_one_pep_has_no_say_in_a_new_one_beside_it() -> None:
    named = pep_text(**{"PEP-Delegate": "Vera Core <v@x.example>"})
    published = FileChange(PATH, FileStatus.MODIFIED, before=named, after=named + "More.\n")
    proposed = added(pep_text(Sponsor="Nobody Known <n@x.example>"))
    assert Role.DECIDER in roles("vera", change(published))
    assert Role.DECIDER not in roles("vera", change(published, proposed))
    assert Role.DECIDER not in roles("vera", change(proposed, published))
    own = replace(change(published), author=Login("vera"))
    assert Role.DECIDER not in roles("vera", own)


def test_a_standing_delegate_decides_on_packaging_and_others_do_not() -> None:
    packaging, other = pep_text(Topic="Packaging"), pep_text(Topic="Typing")
    for login, text, decides in (
        ("paula", packaging, True),
        ("Paula", packaging, True),
        ("paula", other, False),
        ("wim", packaging, False),
    ):
        assert (Role.DECIDER in roles(login, edited(text, text + "More.\n"))) is decides, login
        assert (Role.DECIDER in roles(login, change(added(text)))) is decides, login


def test_of_two_editors_each_is_one() -> None:
    two = frozenset({Login("Edda"), Login("otto")})
    opened = change(added(pep_text()))
    for login in ("edda", "OTTO"):
        assert roles(login, opened, editors=two) == {Role.EDITOR}
    assert roles("wim", opened, editors=two) == set()
    assert roles("edda", opened, editors=None) == set()


def test_on_published_peps_an_author_of_one_does_not_decide_on_another() -> None:
    delegated = pep_text(701, **{"PEP-Delegate": "Vera Core <v@x.example>"}, Sponsor=None)
    written = pep_text(702, Author="Vera Core <v@x.example>", Sponsor=None)
    vera = Login("Vera")
    assert roles_on(vera, [delegated, pep_text(703, Sponsor=None)], context()) == {Role.DECIDER}
    assert roles_on(vera, [delegated, written], context()) == {Role.AUTHOR}
    assert roles_on(vera, [], context()) == set()


def council_policy(day: date | None = None) -> Policy:
    """The policy of the tests with the councils of python/peps; packaging passes over on a day."""
    councils = default_policy().people
    values = {
        "steering_council": councils.steering_council,
        "packaging_council": councils.packaging_council,
    }
    return council_since(day, **values) if day is not None else policy(**values)


@pytest.mark.parametrize(
    ("login", "day", "headers", "decides"),
    [
        ("pablogsal", date(2026, 11, 30), {}, True),
        ("PabloGSal", date(2026, 11, 30), {"Topic": "Typing"}, True),
        ("gpshead", date(2025, 12, 12), {}, True),
        ("gpshead", date(2025, 12, 13), {}, False),
        ("pablogsal", date(2026, 11, 30), {"Topic": "Packaging"}, True),
        ("pablogsal", date(2026, 11, 30), {"Topic": "Release"}, False),
        ("pablogsal", date(2026, 11, 30), {"PEP-Delegate": "Vera Core <v@x.example>"}, True),
        ("rgommers", date(2026, 11, 30), {"Topic": "Packaging"}, False),
        ("rgommers", date(2026, 11, 30), {}, False),
    ],
)
def test_members_of_the_council_that_decides_are_deciders(
    login: str, day: date, headers: dict[str, str], decides: bool
) -> None:
    text = pep_text(Sponsor=None, **headers)
    for the_change in (change(added(text)), edited(text, text + "More.\n")):
        found = roles(login, the_change, today=day, policy=council_policy())
        assert (Role.DECIDER in found) is decides


def test_the_packaging_councils_members_decide_from_its_day_on() -> None:
    day = date(2026, 11, 1)
    text = pep_text(Topic="Packaging", Sponsor=None)
    for login, today, decides in (
        ("rgommers", day - timedelta(days=1), False),
        ("rgommers", day, True),
        ("paula", day - timedelta(days=1), True),
        ("paula", day, False),
        ("pablogsal", day - timedelta(days=1), True),
        ("pablogsal", day, False),
    ):
        found = roles(login, change(added(text)), today=today, policy=council_policy(day))
        assert (Role.DECIDER in found) is decides, (login, today)


def test_a_council_member_does_not_decide_on_their_own_pep_nor_on_an_election() -> None:
    day = date(2026, 11, 30)
    opened = replace(change(added(pep_text(Sponsor=None))), author=Login("pablogsal"))
    assert roles("pablogsal", opened, today=day, policy=council_policy()) == {Role.AUTHOR}
    election = pep_text(8108, Topic="Governance", Sponsor=None)
    proposed = change(added(election, "peps/pep-8108.rst"))
    assert roles("pablogsal", proposed, today=day, policy=council_policy()) == set()
