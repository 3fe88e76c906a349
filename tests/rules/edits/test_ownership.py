"""The rule on taking over a PEP, and who counts as asked."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.peps.people import Login
from bot.rules.edits.ownership import awaited_answer
from bot.rules.engine.context import ActKind, Context, Mention
from bot.rules.engine.finding import Finding, Severity
from tests.rules.builders import (
    act,
    change,
    context,
    finding,
    findings,
    modified,
    pep_text,
    policy,
    renamed,
)

RULE = "ownership"
EDITH, MALLORY = "Edith Quill <edith at example.org>", "Mallory Mint <mallory at example.org>"
WIM = "Wim Core <wim at example.org>"
ASKED = datetime(2025, 4, 20, 9, tzinfo=UTC)
POLICY = policy(known={"Edith Quill": Login("edith-quill"), "Mallory Mint": Login("mallory-mint")})


def authored(*authors: str, **headers: str | None) -> str:
    return pep_text(840, Author=",\n        ".join(authors), Sponsor=None, **headers)


def handed(
    before: tuple[str, ...] = (EDITH,),
    after: tuple[str, ...] = (MALLORY,),
    by: str | None = "mallory-mint",
    **more: Any,
) -> Any:
    file = modified(authored(*before), authored(*after), "peps/pep-0840.rst")
    return change(file, author=Login(by) if by else None, **more)


def known(**values: Any) -> Context:
    return context(policy=POLICY, **values)


def mention(login: str | None = "edith-quill", at: datetime = ASKED) -> Mention:
    return Mention(Login(login) if login else None, at, "https://github.com/#issuecomment-1")


def advice(found: Finding) -> str:
    return f"{found.action}. {found.message} {found.help}"


def test_a_stranger_who_takes_over_is_told_to_ask_and_given_the_line() -> None:
    found = finding(RULE, handed(), known())
    assert (found.severity, found.path, found.line) == (Severity.WARNING, "peps/pep-0840.rst", 3)
    assert found.message == "This hands PEP 840 from Edith Quill to Mallory Mint."
    assert "mention Edith Quill and the editors here" in found.help
    assert "stays a co-author" in found.help
    assert "An approval from Edith Quill settles it." in found.help
    assert "the editors decide" in found.help
    assert found.paste == (
        "@edith-quill @python/pep-editors I would like to take over PEP 840, because …"
    )
    assert "@" not in advice(found)


@pytest.mark.parametrize("by", ["edith-quill", "Edith-Quill"])
def test_an_author_may_hand_it_over(by: str) -> None:
    assert findings(RULE, handed(by=by), known()) == []


def test_the_latest_word_of_the_author_counts() -> None:
    said = [act(ActKind.CONSENT, "edith-quill"), act(ActKind.COMMENTED, "edith-quill", 1)]
    assert findings(RULE, handed(), known(acts=tuple(said))) == []
    said.append(act(ActKind.WITHDRAWAL, "edith-quill", 2))
    assert len(findings(RULE, handed(), known(acts=tuple(said)))) == 1
    other = (act(ActKind.CONSENT, "vera"), act(ActKind.COMMENTED, "edith-quill", 1))
    assert len(findings(RULE, handed(), known(acts=other))) == 1


@pytest.mark.parametrize("by", [None, "mallory-mint", "edda", "edith-quill"])
def test_a_new_co_author_is_no_takeover(by: str | None) -> None:
    assert findings(RULE, handed(after=(EDITH, MALLORY), by=by), known()) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Edith Quill <edith at example.org>", "Edith Quill <e.q@example.com>"),
        ("Edith Quill", "Edith M. Quill"),
        ("Edith Quill", "E. Quill"),
        ("Edith Quil", "Edith Quill"),
        ("Edith Quill", "QUILL, Jr."),
        ("Edith Quill <edith at example.org>", "Edda Marlow <edith@example.org>"),
        ("Ethan Smith <ethan@example.org>", "Emma Harper Smith <emma@example.org>"),
        ("Verotschka", "Vera Core"),
        ("Vera Core", "Verotschka <v@example.org>"),
        ("Édith Quill", "edith  quill"),
    ],
)
def test_a_corrected_name_or_address_is_left_alone(before: str, after: str) -> None:
    if after == "QUILL, Jr.":
        after = "Edith Quill, Jr."
    assert findings(RULE, handed((before,), (after,)), known()) == []


def test_people_of_one_family_are_several_people() -> None:
    found = finding(RULE, handed(("Wei Wang",), ("Li Wang",)), known())
    assert "from Wei Wang to Li Wang" in found.message
    accounts = policy(known={"Edith Quill": Login("eq"), "Edit Quill": Login("other")})
    assert len(findings(RULE, handed(after=("Edit Quill",)), context(policy=accounts))) == 1


def test_one_author_who_takes_another_off_is_noticed() -> None:
    found = finding(RULE, handed((EDITH, WIM), (WIM,), by="wim"), known())
    assert (found.severity, found.paste) == (Severity.NOTICE, None)
    assert found.message == "Edith Quill is no longer listed as an author of PEP 840."
    replaced = finding(RULE, handed((EDITH, WIM), (WIM, MALLORY), by="wim"), known())
    assert replaced.severity is Severity.NOTICE
    assert findings(RULE, handed((EDITH, WIM), (WIM,), by="edith-quill"), known()) == []
    approved = known(acts=(act(ActKind.CONSENT, "edith-quill"),))
    assert findings(RULE, handed((EDITH, WIM), (WIM,), by="wim"), approved) == []


def test_several_who_go_are_named_together() -> None:
    both = handed((EDITH, "Olga Outsider", WIM), (WIM,), by="wim")
    found = finding(RULE, both, known())
    assert found.message == (
        "Edith Quill and Olga Outsider are no longer listed as authors of PEP 840."
    )


def test_whoever_replaces_one_of_the_authors_asks_the_one_who_goes() -> None:
    found = finding(RULE, handed((EDITH, WIM), (WIM, MALLORY)), known())
    assert found.severity is Severity.WARNING
    assert found.message == (
        "This replaces Edith Quill with Mallory Mint among the authors of PEP 840."
    )
    assert (found.paste or "").startswith("@edith-quill @python/pep-editors ")


def test_offline_it_says_the_same() -> None:
    found = finding(RULE, handed(by=None), known(pull_request=None))
    assert found.message == "This hands PEP 840 from Edith Quill to Mallory Mint."


def test_an_unknown_account_is_asked_by_mail() -> None:
    the_change = handed(("Olga Outsider",))
    found = finding(RULE, the_change, known())
    assert "ask Olga Outsider by e-mail" in found.help
    assert found.paste == (
        "@python/pep-editors I e-mailed Olga Outsider on DD-Mmm-YYYY. "
        "I would like to take over PEP 840, because …"
    )
    assert awaited_answer(the_change, known(mentions=(mention(),))) is None
    answer = awaited_answer(the_change, known(mentions=(mention(None),)))
    assert answer is not None
    assert (answer.names, answer.since) == (("Olga Outsider",), ASKED)


def test_the_editors_are_mentioned_as_the_policy_names_them() -> None:
    teams = POLICY.model_copy(
        update={"editors": POLICY.editors.model_copy(update={"teams": frozenset({"o/team"})})}
    )
    assert "@o/team I" in (finding(RULE, handed(), context(policy=teams)).paste or "")
    logins = POLICY.model_copy(
        update={"editors": POLICY.editors.model_copy(update={"logins": frozenset({"edda"})})}
    )
    assert "@edda I" in (finding(RULE, handed(), context(policy=logins)).paste or "")


def test_once_asked_the_days_are_counted_from_the_first_mention() -> None:
    later = mention(at=ASKED.replace(day=25))
    asked = known(mentions=(mention("other"), mention(), later), today=date(2025, 5, 19))
    found = finding(RULE, handed(), asked)
    assert (found.severity, found.paste) == (Severity.WARNING, None)
    assert "Edith Quill was asked on 20-Apr-2025." in found.help
    assert "without an answer by 20-May-2025, the editors decide" in found.help
    over = known(mentions=(mention(),), today=date(2025, 5, 20))
    assert "so now the editors decide" in finding(RULE, handed(), over).help
    week = POLICY.model_copy(update={"ownership_days": 7})
    answer = awaited_answer(handed(), context(policy=week, mentions=(mention(),)))
    assert answer is not None
    assert answer.until == date(2025, 4, 27)


def test_all_who_go_have_to_be_asked() -> None:
    the_change = handed((EDITH, WIM))
    assert awaited_answer(the_change, known(mentions=(mention(),))) is None
    later = ASKED.replace(day=22)
    both = known(mentions=(mention(), mention("WIM", later)))
    answer = awaited_answer(the_change, both)
    assert answer is not None
    assert (answer.names, answer.since) == (("Edith Quill", "Wim Core"), later)
    assert "were asked on 22-Apr-2025" in finding(RULE, the_change, both).help


def test_of_two_peps_the_one_nobody_was_asked_about_keeps_it_the_authors_turn() -> None:
    other = modified(authored(WIM), authored(MALLORY), "peps/pep-0841.rst")
    both = change(*handed().files, other, author=Login("mallory-mint"))
    assert len(findings(RULE, both, known())) == 2
    assert awaited_answer(both, known(mentions=(mention(),))) is None
    assert awaited_answer(handed(by="edith-quill"), known(mentions=(mention(),))) is None


def test_new_and_moved_peps_and_missing_headers_are_left_to_other_rules() -> None:
    moved = renamed(authored(EDITH), "peps/pep-0840.rst", "peps/pep-0841.rst")
    assert findings(RULE, change(moved, author=Login("mallory-mint")), known()) == []
    gone = modified(authored(EDITH), pep_text(840, Author=None), "peps/pep-0840.rst")
    assert findings(RULE, change(gone, author=Login("mallory-mint")), known()) == []


def test_a_stranger_can_write_no_mention_into_the_comment() -> None:
    found = finding(RULE, handed(("A @all `x`",), ("[B](u) @everyone",)), known())
    assert "@" not in advice(found)
    assert "[" not in advice(found)


def test_a_hundred_names_on_either_side_take_no_time() -> None:
    before = tuple(f"Name {number} of {'x' * 60}{number}" for number in range(100))
    after = tuple(f"{'y' * 60}{number} Other {number}" for number in range(100))
    found = finding(RULE, handed(before, after), known())
    assert "and others" in found.message
