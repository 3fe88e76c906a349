"""The rule on edits of other people's PEPs."""

from typing import Any

import pytest

from bot.peps.people import Login
from bot.rules.engine.context import ActKind
from bot.rules.engine.finding import Severity
from tests.rules.builders import act, change, context, finding, findings, modified, pep_text

RULE = "others-pep"
WIMS = {"Author": "Wim Core <wim at example.org>", "Sponsor": None}
OWNERS = "peps/pep-0695.rst  @some-owner\n"


def edited(by: str | None = "stranger", path: str = "peps/pep-0695.rst", **headers: Any) -> Any:
    text = pep_text(695, **(WIMS | headers))
    after = text + "Further words.\n"
    author = Login(by) if by else None
    return change(modified(text, after, path), before=OWNERS, author=author)


def test_a_strangers_edit_is_reported_without_a_place() -> None:
    found = finding(RULE, edited())
    assert (found.severity, found.path, found.pep) == (Severity.NOTICE, None, 695)
    assert "Wim Core" in found.message


@pytest.mark.parametrize("by", ["WIM", "Some-Owner", "late-but-editor", "vera", "edda", "otto"])
def test_authors_owners_and_the_team_may(by: str) -> None:
    editors = frozenset({Login("edda"), Login("late-but-editor")})
    assert findings(RULE, edited(by), context(editors=editors)) == []


def test_the_sponsor_may() -> None:
    the_change = edited("tina", Sponsor="Tina Typing")
    assert findings(RULE, the_change) == []


def test_an_authors_approval_ends_it_and_a_strangers_does_not() -> None:
    approved = context(acts=(act(ActKind.CONSENT, "wim"),))
    assert findings(RULE, edited(), approved) == []
    other = context(acts=(act(ActKind.CONSENT, "passer-by"), act(ActKind.COMMENTED, "wim", 1)))
    assert len(findings(RULE, edited(), other)) == 1


def test_where_one_authors_account_is_unknown_nothing_is_reported() -> None:
    both = "Wim Core <wim at example.org>,\n        Olga Outsider <olga at example.org>"
    assert findings(RULE, edited(Author=both)) == []


def test_without_the_team_or_the_opener_nothing_is_reported() -> None:
    assert findings(RULE, edited(None)) == []
    assert findings(RULE, edited(), context(core_team=None)) == []


def test_small_fixes_of_decided_peps_and_schedules_are_left_alone() -> None:
    assert findings(RULE, edited(Status="Final")) == []
    assert findings(RULE, edited(Status="Active", Topic="Release")) == []
