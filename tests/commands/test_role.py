"""The roles of accounts on a pull request, and attempts to fake one."""

from dataclasses import replace

import pytest

from bot.commands.role import Role, roles_of, roles_on
from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.people import Login
from tests.rules.builders import added, change, context, pep_text

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
