"""`/pep delegate`: offers, recorded appointments, and their ends."""

from dataclasses import replace
from typing import Any

import pytest

from bot.commands.context import BaseBranchPeps
from bot.commands.log import overrides_of
from bot.commands.result import CommandResult
from bot.commands.role import Role
from bot.peps.change import FileChange, FileStatus
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.policy.in_office import Delegation
from bot.review.snapshot import Base, Snapshot
from tests.builders import new_pep, other_change, review_context, snapshot
from tests.commands.contexts import context_on, run_command
from tests.commands.test_log import logged_command
from tests.rules.builders import added, change, delegation, pep_text

LINK = "https://github.com/python/steering-council/issues/259"
OUTSIDERS = snapshot(new_pep(author=Login("olga")))


def asked(
    text: str, seen: Snapshot | None, *roles: Role, is_default: bool = True, **values: Any
) -> CommandResult:
    base = Base("main", is_default=is_default)
    context = seen.context if seen is not None else review_context()
    texts = values.pop("texts", {})
    published = BaseBranchPeps(base, context, texts)
    return run_command(text, context_on(seen, *roles, published=published, **values))


def seen_with(*delegations: Delegation, **headers: str | None) -> Snapshot:
    context = review_context(delegations=delegations)
    return snapshot(new_pep(pep_text(**headers), author=Login("olga")), context=context)


def test_a_core_developer_offers_and_hears_what_to_do() -> None:
    result = asked("delegate", OUTSIDERS, Role.ANYONE, commenter="wim")
    assert (result.done, result.note) == (True, "791 Wim Core")
    assert result.reply == (
        "Wim Core offers to decide on PEP 791 as its PEP-Delegate. Two steps are **yours** "
        "(PEP 1):\n\n"
        "1. [Tell the Steering Council](https://github.com/python/steering-council/issues/new?"
        "title=PEP%20791%3A%20offer%20to%20be%20its%20PEP-Delegate&body=I%20offer%20to%20decide"
        "%20on%20PEP%20791%20as%20its%20PEP-Delegate.%0A%0Ahttps%3A%2F%2Fpeps.python.org%2Fpep-0791"
        "%2F%0A) (prefilled form; you send it).\n"
        "2. Tell the authors and the sponsor (I do not know the account of Olga Outsider), with a "
        "line like this:\n\n"
        "       @Vera I offer to decide on PEP 791 as its PEP-Delegate.\n\n"
        "The Steering Council usually approves. Once it has, an editor records it with "
        "`/pep delegate @wim 791 because LINK`."
    )


def test_an_offer_is_by_number_on_an_issue_too() -> None:
    draft = pep_text(758, Sponsor=None)
    texts = {PepNumber(758): draft}
    result = asked("delegate 758", None, Role.ANYONE, commenter="vera", texts=texts)
    assert (result.done, result.note) == (True, "758 Vera Core")
    assert "sponsor (I do not know the account of Olga Outsider).\n" in result.reply
    decided = {PepNumber(758): draft.replace("Draft", "Final")}
    refused = asked("delegate 758", None, Role.ANYONE, commenter="vera", texts=decided)
    assert (refused.done, refused.reply) == (False, "PEP 758 is not waiting for a decision.")
    assert "Which PEP?" in asked("delegate", None, Role.ANYONE, commenter="vera").reply
    assert "Which PEP?" in asked("delegate", snapshot(other_change())).reply


def test_nobody_offers_who_cannot_be_seen_to_be_a_core_developer() -> None:
    stranger = asked("delegate", OUTSIDERS, Role.ANYONE, commenter="nobody")
    assert (stranger.done, "I cannot find you among them" in stranger.reply) == (False, True)
    unread = snapshot(OUTSIDERS.change, context=review_context(core_team=None))
    assert (
        "I cannot read the core team list now" in asked("delegate", unread, commenter="wim").reply
    )


@pytest.mark.parametrize("login", ["olga", "Wim"])
def test_nobody_decides_on_their_own_pep(login: str) -> None:
    own = snapshot(new_pep(pep_text(Author="Wim Core <w at e.org>"), author=Login("olga")))
    for text in ("delegate", f"delegate @{login} because {LINK}"):
        result = asked(text, own, commenter=login)
        assert not result.done
        assert "nobody decides on their own PEP" in result.reply


def test_whoever_opens_an_edit_of_a_pep_is_no_author_of_it() -> None:
    text = pep_text()
    file = FileChange("peps/pep-0791.rst", FileStatus.MODIFIED, before=text, after=f"{text}\nMore.")
    assert asked("delegate", snapshot(change(file, author=Login("wim"))), commenter="wim").done


def test_an_appointment_needs_the_link_that_shows_it() -> None:
    result = asked("delegate @wim", OUTSIDERS)
    assert (result.done, result.reply.startswith("What shows the appointment?")) == (False, True)


def test_a_delegate_is_recorded_by_the_name_in_the_header_or_on_the_list() -> None:
    def recorded(login: str, delegate: str | None) -> CommandResult:
        seen = seen_with(**{"PEP-Delegate": delegate})
        return asked(f"delegate @{login} because {LINK}", seen)

    assert recorded("dora", "Dora Stranger").note == "791 Dora Stranger"
    for delegate in (None, "Dora Stranger, Eve Stranger", "C API Working Group"):
        assert (recorded("dora", delegate).note, recorded("dora", delegate).done) == ("791", True)
        assert "Then use this command again" in recorded("dora", delegate).reply
    assert recorded("wim", None).note == "791 Wim Core"


def test_what_is_left_to_do_for_a_delegate_goes_by_who_it_is() -> None:
    seen = seen_with(Topic="Packaging")
    wim = asked(f"delegate @wim because {LINK}", seen).reply
    assert wim == (
        "Wim Core is recorded as PEP-Delegate of PEP 791. What is left:\n\n1. Add Wim Core to "
        "the header, below `Sponsor`, as `PEP-Delegate: Name <email>`."
    )
    standing = asked(f"delegate @Paula because {LINK}", seen).reply
    assert "core team list" not in standing, "the standing delegation covers it"
    named = seen_with(**{"PEP-Delegate": "Wim Core <w at e.org>"})
    assert asked(f"delegate @wim because {LINK}", named).reply == (
        "Wim Core is recorded as PEP-Delegate of PEP 791."
    )
    assert "cannot find this account" in asked(f"delegate @dora because {LINK}", seen).reply
    two = snapshot(change(added(pep_text(791)), added(pep_text(792), "peps/pep-0792.rst")))
    assert (
        "PEP 791 and PEP 792: add the number" in asked(f"delegate @wim because {LINK}", two).reply
    )


def test_without_a_number_or_on_a_branch_of_ones_own_nothing_is_recorded() -> None:
    unnumbered = snapshot(new_pep(pep_text(9999), path="peps/pep-9999.rst"))
    assert "9999 is a placeholder" in asked("delegate", unnumbered, commenter="wim").reply
    given = f"delegate @wim because {LINK}"
    elsewhere = asked(given, OUTSIDERS, Role.DECIDER, is_default=False)
    assert (elsewhere.done, "default branch" in elsewhere.reply) == (False, True)
    assert asked(given, OUTSIDERS, Role.DECIDER).done
    assert asked(given, OUTSIDERS, Role.EDITOR, is_default=False).done


def test_an_offer_is_made_once() -> None:
    again = asked("delegate", seen_with(delegation("wim")), commenter="Wim")
    assert (again.is_idle, again.reply.startswith("You offered it [already](")) == (True, True)
    appointed = seen_with(delegation("wim", link=LINK))
    assert "are its recorded delegate" in asked("delegate", appointed, commenter="wim").reply


def test_a_delegation_is_ended_by_whose_it_is_or_an_editor() -> None:
    seen = seen_with(delegation("vera", name="Vera Core", link=LINK), delegation("wim"))
    stranger = asked("delegate end @vera because no", seen, Role.ANYONE, commenter="wim")
    assert not stranger.done
    own = asked("delegate end @Vera because I step down", seen, Role.ANYONE, commenter="vera")
    assert (own.done, own.note) == (True, "791")
    assert own.reply == (
        "The delegation of Vera Core on PEP 791 has ended. Remove the name from `PEP-Delegate` "
        "until somebody else is appointed."
    )
    offer = asked("delegate end @wim because declined", seen)
    assert offer.reply == "The offer of `@wim` on PEP 791 has ended."
    assert asked("delegate end @dora because no", seen).is_idle
    accepted = seen_with(delegation("vera", name="Vera Core", link=LINK), Status="Accepted")
    assert asked("delegate end @vera because asked to", accepted).reply == (
        "The delegation of Vera Core on PEP 791 has ended. The PEP is Accepted. If the Steering "
        "Council asked them to step down, that decision no longer counts and the PEP is a Draft "
        "again (PEP 1)."
    )


def on_record(*given: tuple[str, str, str]) -> list[tuple[str, bool, bool, str]]:
    """What is on record after these commands: of each its text, who gave it, and its note."""
    commands = [
        replace(logged_command(text, minute, note=note), login=Login(login))
        for minute, (text, login, note) in enumerate(given)
    ]
    return [
        (f"{one.login} {one.pep}", one.is_appointment, one.stands, one.end_reason)
        for one in overrides_of(commands).delegations
    ]


def test_the_record_is_kept_by_pep_and_a_new_delegate_follows_the_old() -> None:
    appoint = f"delegate @dora because {LINK} she knows it"
    offers = (("delegate", "vera", "791 Vera Core"), ("delegate 791", "vera", "791 Vera Core"))
    assert on_record(*offers) == [("vera 791", False, True, "")], "once"
    assert on_record(*offers, ("delegate 792", "vera", "792 Vera Core"))[1][0] == "vera 792"
    replaced = on_record(*offers, (appoint, "edda", "791"))
    assert replaced == [
        ("vera 791", False, False, "Another delegate was appointed."),
        ("dora 791", True, True, ""),
    ]
    ended = ("delegate end @Dora because she stepped down", "edda", "791")
    assert on_record((appoint, "edda", "791"), ended) == [
        ("dora 791", True, False, "she stepped down")
    ]
    elsewhere = ("delegate end @dora 792 because no", "edda", "792")
    assert on_record((appoint, "edda", "791"), elsewhere)[0][2]
    corrected = on_record((appoint, "edda", "791"), (appoint, "edda", "791 Dora Stranger"))
    assert corrected == [("dora 791", True, True, "")]


def test_what_an_earlier_version_recorded_holds_on_its_pull_request_alone() -> None:
    before = overrides_of([logged_command("delegate @dora", note="Dora Stranger")])
    assert before.delegations == ()
    assert before.delegate is not None
    assert (before.delegate.login, before.delegate.name) == ("dora", "Dora Stranger")
