"""The commands about the people of a PEP: its sponsors, and whose turn it is."""

from dataclasses import replace
from typing import Any

import pytest

from bot.commands.result import CommandResult, Retitle, SetLabel, TakeLabelOff, nothing_to_do
from bot.commands.role import Role
from bot.peps.people import Login
from bot.review.overrides import AcceptedSponsor, Overrides
from bot.review.snapshot import Snapshot
from bot.rules.engine.context import ActKind
from tests.builders import NOW, edit, new_pep, other_change, review_context, snapshot
from tests.commands.contexts import context_on, run_command
from tests.rules.builders import act, added, change, pep_text

LINK = "https://discuss.python.org/t/1/2"


def two_peps(**headers: str | None) -> Snapshot:
    """Olga's pull request with two new PEPs; the headers given are those of the second."""
    first = added(pep_text(791, Author="Olga Outsider <o at e.org>, Wim Core <w at e.org>"))
    second = added(pep_text(792, Title="jmath", **headers), "peps/pep-0792.rst")
    return snapshot(change(first, second, author=Login("olga")))


OUTSIDERS = snapshot(new_pep(pep_text(Sponsor=None), author=Login("olga")))


def asked(text: str, seen: Snapshot, *roles: Role, **values: Any) -> CommandResult:
    return run_command(text, context_on(seen, *roles, **values))


def test_whoever_may_sponsor_agrees_for_themselves_and_others_are_told_who_may() -> None:
    assert asked("sponsor", OUTSIDERS, commenter="nobody").reply.startswith(
        "A sponsor is a core dev"
    )
    assert not asked("sponsor", OUTSIDERS, commenter="nobody").done
    thanks = asked("sponsor", OUTSIDERS, commenter="Wim")
    assert thanks.done
    assert thanks.reply.startswith("Thank you! This counts as soon as the header")
    named = snapshot(new_pep(author=Login("olga")))
    assert asked("sponsor", named, commenter="vera") == CommandResult(True), "the header names her"
    assert "adds no PEP" in asked("sponsor", snapshot(other_change()), commenter="wim").reply


def test_no_author_of_one_of_several_peps_sponsors_them() -> None:
    seen = two_peps(Author="Otto Owner <o at e.org>", Sponsor=None)
    for login in ("wim", "otto"):
        assert asked("sponsor", seen, commenter=login) == CommandResult(
            False, "Nobody can sponsor their own PEP."
        )
    refused = asked("sponsor @Otto", seen, Role.AUTHOR, commenter="olga")
    assert refused == CommandResult(False, "Nobody can sponsor their own PEP.")


def test_where_each_pep_has_a_core_developer_as_author_no_sponsor_is_needed() -> None:
    both = two_peps(Author="Vera Core <v at e.org>", Sponsor=None)
    assert "No sponsor is needed" in asked("sponsor", both, commenter="nobody").reply
    one = two_peps(Sponsor=None)
    assert "No sponsor is needed" not in asked("sponsor", one, commenter="nobody").reply


def test_people_who_may_sponsor_are_asked_once_each_and_three_at_most() -> None:
    question = asked("sponsor @wim", OUTSIDERS, Role.AUTHOR, commenter="olga")
    assert (question.done, question.mention) == (True, "wim")
    assert "the author of “imath” asks whether you would sponsor it, as a core" in question.reply
    assert "“imath and jmath”" in asked("sponsor @Edda", two_peps(), Role.AUTHOR).reply
    nobody = asked("sponsor @nobody", OUTSIDERS, Role.AUTHOR)
    assert (nobody.done, nobody.mention) == (False, None)
    assert nobody.reply.startswith("`@nobody` is not among the people who may sponsor")

    def after(*logins: str) -> CommandResult:
        overrides = Overrides(asked=frozenset(map(Login, logins)))
        return asked("sponsor @wim", OUTSIDERS, Role.AUTHOR, overrides=overrides)

    assert (after("edda", "Wim").done, after("edda", "Wim").mention) == (True, None)
    assert "was already asked here" in after("edda", "Wim").reply
    assert after("a", "b").mention == "wim"
    assert not after("a", "b", "c").done
    assert "Enough people have been asked" in after("a", "b", "c").reply


def test_without_the_core_team_list_nobody_is_refused_as_sponsor() -> None:
    unread = replace(OUTSIDERS, context=review_context(core_team=None))
    assert asked("sponsor", unread, commenter="wim").done
    assert "I cannot read the core team list now" in asked("sponsor", unread, commenter="wim").reply
    assert not asked("sponsor @wim", unread, Role.AUTHOR).done
    assert (
        "I cannot read the core team list now" in asked("sponsor @wim", unread, Role.AUTHOR).reply
    )


def test_an_accepted_sponsor_is_neither_author_nor_opener_nor_oneself() -> None:
    def accepted(login: str, seen: Snapshot, commenter: str = "edda") -> CommandResult:
        return asked(f"accept-sponsor @{login} because {LINK}", seen, commenter=commenter)

    seen = two_peps(Author="Otto Owner <o at e.org>")
    for login in ("olga", "Wim", "otto"):
        assert accepted(login, seen) == CommandResult(False, "Nobody can sponsor their own PEP.")
    assert accepted("edda", seen).reply == "To sponsor it yourself, use `/pep sponsor`."
    assert "adds no PEP" in accepted("somebody", snapshot(other_change())).reply


def test_an_account_is_accepted_by_the_one_name_that_the_header_has() -> None:
    def accepted(login: str, sponsor: str | None) -> CommandResult:
        seen = snapshot(new_pep(pep_text(Sponsor=sponsor), author=Login("olga")))
        return asked(f"accept-sponsor @{login} because {LINK}", seen, commenter="edda")

    stranger = accepted("stranger", "Some *Stranger*, Vera Core")
    assert (stranger.done, stranger.note) == (True, "Some *Stranger*")
    assert stranger.reply.startswith("`@stranger` is accepted as Some Stranger, the sponsor")
    assert accepted("Vera", "Some Stranger, Vera Core") == CommandResult(True), "her name is known"
    for sponsor, why in (
        (None, "names no sponsor yet"),
        ("Vera Core", "`@stranger` is not the sponsor"),
        ("One Stranger, Two Stranger", "several people"),
    ):
        refused = accepted("stranger", sponsor)
        assert not refused.done
        assert why in refused.reply


def test_only_who_agreed_or_is_named_takes_a_consent_back() -> None:
    named = snapshot(new_pep())
    assert asked("unsponsor", named, Role.ANYONE, commenter="Vera").done
    assert not asked("unsponsor", named, Role.ANYONE, commenter="wim").done

    def after(*acts: Any) -> bool:
        seen = snapshot(new_pep(pep_text(Sponsor=None)), context=review_context(acts=acts))
        return asked("unsponsor", seen, Role.ANYONE, commenter="wim").done

    assert after(act(ActKind.CONSENT, "vera"), act(ActKind.CONSENT, "Wim", 1))
    assert not after(act(ActKind.CONSENT, "vera"))
    assert not after(act(ActKind.WITHDRAWAL, "wim"))
    approved_by_a_stranger = snapshot(
        new_pep(), context=review_context(acts=(act(ActKind.CONSENT, "mallory"),))
    )
    assert not asked("unsponsor", approved_by_a_stranger, Role.ANYONE, commenter="mallory").done, (
        "it never counted"
    )
    assert asked("unsponsor @wim", named) == nothing_to_do(
        "`@wim` was not accepted as a sponsor here, so there is nothing to take back."
    )
    accepted = Overrides(accepted=(AcceptedSponsor(Login("Wim"), LINK, Login("edda"), NOW),))
    assert asked("unsponsor @wim", named, overrides=accepted) == CommandResult(True)


def test_only_an_editor_hands_a_pull_request_to_those_who_decide() -> None:
    seen = snapshot(new_pep())
    assert asked("await decision", seen).done
    assert not asked("await decision", seen, Role.AUTHOR).done
    assert asked("await editor", seen, Role.AUTHOR).done
    assert asked("await editor", seen).note, "what is computed now"
    assert "nobody's turn" in asked("await editor", snapshot(other_change())).reply


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_authors_pause_and_resume_on_what_they_opened_and_editors_everywhere(verb: str) -> None:
    seen = snapshot(new_pep(author=Login("olga")))
    assert asked(verb, seen, Role.AUTHOR, commenter="Olga").done
    assert not asked(verb, seen, Role.AUTHOR, commenter="otto").done
    assert asked(verb, seen, commenter="edda").done
    assert not asked(verb, snapshot(new_pep()), Role.AUTHOR, commenter="olga").done


def test_pausing_sets_one_label_and_resuming_takes_it_off_however_it_is_written() -> None:
    seen = snapshot(new_pep())
    assert asked("pause", seen).effects == (SetLabel("bot: paused"),)
    standing = frozenset({"Bot: Paused", "skip sponsor"})
    assert asked("resume", seen, labels=standing).effects == (TakeLabelOff("Bot: Paused"),)
    assert asked("resume", seen) == nothing_to_do(
        "I am not paused here, so there is nothing to resume."
    )
    effects = asked("unskip sponsor number", seen, labels=standing).effects
    assert effects == (TakeLabelOff("skip sponsor"),)


def test_skipping_a_rule_without_a_finding_says_so() -> None:
    seen = snapshot(new_pep(pep_text(Sponsor=None)))
    assert asked("skip sponsor because x", seen) == CommandResult(True)
    result = asked("skip sponsor number codeowners because x", seen)
    assert result.done
    assert result.reply == (
        "There is no finding of `number` and `codeowners` now; later ones will be skipped."
    )


def test_not_yet_is_for_published_peps() -> None:
    assert asked("not-yet 790", OUTSIDERS) == CommandResult(True)
    refusal = "PEP 791 is not published, so nothing is due for it."
    assert asked("not-yet 791", OUTSIDERS) == CommandResult(False, refusal)


def test_a_title_is_corrected_only_where_it_is_wrong_and_can_be_told() -> None:
    wrong = snapshot(new_pep(title="imath"))
    (effect,) = asked("title", wrong).effects
    assert effect == Retitle("PEP 791: imath")
    assert asked("title", snapshot(new_pep())) == CommandResult(True)
    assert not asked("title", snapshot(other_change())).done
    assert asked("title", snapshot(edit("a", "b", title="x"))).effects == (Retitle("PEP 758: x"),)
