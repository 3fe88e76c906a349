"""Which login an account is known by, and which accounts are refused although a list has theirs."""

import pytest

from bot.peps.people import Accounts, Actor, ListedLogins, Login, accounts, accounts_to_remember


def actor(login: str, account: int | None = None) -> Actor:
    return Actor(Login(login), account)


def listed(*logins: str, **ids: int) -> ListedLogins:
    return ListedLogins(frozenset(map(Login, logins)), ids)


def known(names: ListedLogins, **ids: int) -> Accounts:
    return accounts(ids, names)


EDITORS = listed("Edith", "olga")


@pytest.mark.parametrize(
    ("who", "called"),
    [
        (actor("edith", 1), "edith"),
        (actor("EDITH", 1), "EDITH"),
        (actor("edith-of-old", 1), "Edith"),
        (actor("edith", 77), "edith#77"),
        (actor("olga", 3), "olga"),
        (actor("olga", 1), "Edith"),
        (actor("somebody", 9), "somebody"),
        (actor("edith"), "edith"),
    ],
    ids=[
        "the account meant",
        "in any case",
        "renamed",
        "another under its login",
        "nobody seen under it yet",
        "renamed to another listed login",
        "on no list",
        "without an id, as before ids were read",
    ],
)
def test_rights_follow_the_account_first_seen(who: Actor, called: str) -> None:
    assert known(EDITORS, edith=1).name(who) == called


def test_what_somebody_was_called_may_be_asked_again_and_changes_once_they_are_accepted() -> None:
    refused = known(EDITORS, edith=1).name(actor("edith", 77))
    assert known(EDITORS, edith=1).name(Actor(refused)) == refused
    assert known(EDITORS, edith=77).name(Actor(refused)) == "edith"
    assert known(EDITORS, edith=77).name(actor("edith", 1)) == "edith#1"


def test_no_list_can_name_an_account_that_is_refused() -> None:
    assert "#" in known(EDITORS, edith=1).name(actor("edith", 77))


def test_a_former_login_gives_no_name_and_stays_its_accounts() -> None:
    present = known(listed("edith-of-old"), **{"edith": 1, "edith-of-old": 1})
    assert present.name(actor("edith", 1)) == "edith-of-old"
    assert present.name(actor("edith", 77)) == "edith#77", "lest a list that names it again does"


def test_only_who_takes_a_listed_login_is_refused_and_each_once() -> None:
    found = known(EDITORS, edith=1, gone=2)
    acting = [actor("edith", 77), actor("edith", 77), actor("gone", 78), actor("edith", 1)]
    assert found.refused([*acting, actor("somebody", 9)]) == (actor("edith", 77),)


def test_the_first_to_act_under_a_listed_login_is_known_for_good() -> None:
    acting = [actor("OLGA", 3), actor("olga", 4), actor("edith", 77), actor("somebody", 9)]
    assert accounts_to_remember({"edith": 1}, EDITORS, acting) == {"olga": 3}
    assert accounts_to_remember({"edith": 1, "olga": 3}, EDITORS, acting) == {}
    assert accounts_to_remember({}, EDITORS, [actor("edith")]) == {}


def test_what_those_say_who_keep_a_list_goes_before_what_was_seen() -> None:
    with_id = listed("edith", "olga", edith=5)
    assert accounts_to_remember({"edith": 1}, with_id, [actor("edith", 77)]) == {"edith": 5}
    assert accounts_to_remember({}, with_id, [actor("edith", 77)]) == {"edith": 5}
    assert accounts_to_remember({"edith": 5}, with_id, [actor("edith", 77)]) == {}
