import pytest

from bot.peps.change import Change
from bot.peps.people import Login
from bot.rules.engine.assessment import ConsentState
from bot.rules.engine.context import Act, ActKind
from bot.rules.engine.eligibility import consent
from bot.rules.engine.finding import Severity
from bot.rules.engine.pull_request_text import linked_post
from tests.processor_time import processor_seconds_below
from tests.rules.builders import (
    act,
    added,
    change,
    context,
    finding,
    findings,
    modified,
    pep_text,
)

VERA = Login("Vera")
POST = "https://discuss.python.org/t/91337/47"
ITEM = "* [x] Core dev/PEP editor listed as ``Author`` or ``Sponsor``, and formally confirmed"

CONSENT = act(ActKind.CONSENT, minute=1)
LATER_CONSENT = act(ActKind.CONSENT, minute=3)
WITHDRAWAL = act(ActKind.WITHDRAWAL, minute=2)
COMMENTED = act(ActKind.COMMENTED, minute=4)
EARLY_COMMENTED = act(ActKind.COMMENTED, minute=0)
BY_ANOTHER = act(ActKind.CONSENT, login="wim")


@pytest.mark.parametrize(
    ("acts", "state", "expected_act"),
    [
        ((), ConsentState.AWAITED, None),
        ((CONSENT,), ConsentState.GIVEN, CONSENT),
        ((BY_ANOTHER,), ConsentState.AWAITED, None),
        ((CONSENT, WITHDRAWAL), ConsentState.WITHDRAWN, WITHDRAWAL),
        ((CONSENT, WITHDRAWAL, LATER_CONSENT), ConsentState.GIVEN, LATER_CONSENT),
        ((WITHDRAWAL, CONSENT), ConsentState.WITHDRAWN, WITHDRAWAL),
        ((COMMENTED,), ConsentState.SAID_ELSEWHERE, COMMENTED),
        ((EARLY_COMMENTED, COMMENTED), ConsentState.SAID_ELSEWHERE, COMMENTED),
        ((CONSENT, COMMENTED), ConsentState.GIVEN, CONSENT),
        ((WITHDRAWAL, COMMENTED), ConsentState.WITHDRAWN, WITHDRAWAL),
    ],
)
def test_the_latest_word_of_the_sponsors_own_account_counts(
    acts: tuple[Act, ...], state: ConsentState, expected_act: Act | None
) -> None:
    expected = (state, expected_act.url if expected_act else None)
    assert consent(VERA, change(), context(acts=acts)) == expected


def test_the_pull_requests_author_has_agreed_by_opening_it() -> None:
    the_change = change(author=Login("vera"))
    assert consent(VERA, the_change, context()) == (ConsentState.GIVEN, None)
    withdrawn = context(acts=(WITHDRAWAL,))
    assert consent(VERA, the_change, withdrawn)[0] is ConsentState.WITHDRAWN


def test_nobody_agrees_for_an_account_nobody_knows() -> None:
    assert consent(None, change(), context(acts=(CONSENT,)))[0] is ConsentState.AWAITED
    linked = change(body=f"{ITEM} {POST}")
    assert consent(None, linked, context()) == (ConsentState.SAID_ELSEWHERE, POST)


@pytest.mark.parametrize(
    ("body", "link"),
    [
        (f"{ITEM} ({POST})", POST),
        (f"{ITEM}: [here]({POST}).", POST),
        (f"{ITEM}\n  see <{POST}>\n* [x] next", POST),
        (f"{ITEM}\n\n  {POST}", POST),
        (f"- [ ] CORE DEV/PEP EDITOR LISTED AS Sponsor {POST},", POST),
        (
            f"{ITEM} https://github.com/python/peps/pull/4422#issuecomment-1",
            "https://github.com/python/peps/pull/4422#issuecomment-1",
        ),
        (
            f"{ITEM} https://mail.python.org/archives/list/python-dev@python.org/message/ABC/",
            "https://mail.python.org/archives/list/python-dev@python.org/message/ABC/",
        ),
        (f"{ITEM} https://example.org/t/1 {POST}", POST),
        (ITEM, None),
        (f"{ITEM}\n* [x] another item {POST}", None),
        (f"{POST}\n{ITEM}", None),
        (f"{ITEM}\n# Discussion\n{POST}", None),
        (f"<!--\n{ITEM} {POST}\n-->", None),
        (f"The core developer agreed: {POST}", None),
        (f"{ITEM} http://discuss.python.org/t/91337/47", None),
        (f"{ITEM} https://discuss.python.org.evil.example/t/1", None),
        (f"{ITEM} https://evil.example/discuss.python.org/t/1", None),
        (f"{ITEM} https://discuss.python.org@evil.example/t/1", None),
        (f"{ITEM} https://user:pw@discuss.python.org/t/1", None),
        (f"{ITEM} https://discuss.python.org:444/t/1", None),
        (f"{ITEM} https://discuss.python.org/u/vera", None),
        (f"{ITEM} https://github.com/vera", None),
        (f"{ITEM} https://discuss.python.org\\@evil.example/t/1", None),
        ("", None),
    ],
)
def test_only_a_post_on_a_known_site_beside_the_sponsor_item_is_linked(
    body: str, link: str | None
) -> None:
    assert linked_post(body) == link
    state = consent(VERA, change(body=body), context())[0]
    assert state is (ConsentState.SAID_ELSEWHERE if link else ConsentState.AWAITED)


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        ("", "https://"),
        (f"{ITEM} ", "https://discuss.python.org/"),
        ("", "<!--"),
        (f"{ITEM}\n", " \n"),
        (f"{ITEM} https://", "a"),
    ],
)
def test_a_hostile_description_takes_no_time(begin: str, piece: str) -> None:
    body = begin + piece * (2_000_000 // len(piece))
    with processor_seconds_below(1):
        linked_post(body)


def waiting(**more: object) -> Change:
    return change(added(pep_text()), **more)


def test_an_awaited_sponsor_is_reported_without_a_place_so_that_nothing_is_annotated() -> None:
    found = finding("sponsor-consent", waiting())
    assert (found.path, found.line, found.severity) == (None, None, Severity.NOTICE)
    assert found.waits_for_person
    assert found.need is None
    assert "`/pep sponsor`" in found.message


def test_a_sponsor_who_took_it_back_is_waited_for_again() -> None:
    found = finding("sponsor-consent", waiting(), context(acts=(CONSENT, WITHDRAWAL)))
    assert found.waits_for_person


@pytest.mark.parametrize("acts", [(CONSENT,), (COMMENTED,)])
def test_a_sponsor_who_spoke_is_not_waited_for(acts: tuple[Act, ...]) -> None:
    assert findings("sponsor-consent", waiting(), context(acts=acts)) == []


def test_a_linked_post_ends_the_asking() -> None:
    assert findings("sponsor-consent", waiting(body=f"{ITEM} {POST}")) == []


@pytest.mark.parametrize(
    "headers", [{"Sponsor": None}, {"Sponsor": "Nobody Known"}, {"Author": "Wim Core"}]
)
def test_where_no_eligible_sponsor_is_needed_or_named_nobody_is_waited_for(
    headers: dict[str, str | None],
) -> None:
    assert findings("sponsor-consent", change(added(pep_text(**headers)))) == []


def test_offline_nobody_can_be_asked() -> None:
    assert findings("sponsor-consent", waiting(), context(pull_request=None)) == []


def test_of_two_sponsors_one_who_agreed_is_enough() -> None:
    the_change = change(added(pep_text(Sponsor="Wim Core, Vera Core")))
    assert findings("sponsor-consent", the_change, context(acts=(CONSENT,))) == []
    assert len(findings("sponsor-consent", the_change)) == 1


def replaced(before: str | None, after: str | None, **headers: str | None) -> Change:
    texts = (pep_text(840, Sponsor=before), pep_text(840, **({"Sponsor": after} | headers)))
    return change(modified(*texts, "peps/pep-0840.rst"), author=Login("olga"))


def test_a_new_sponsor_of_a_draft_has_to_agree_too() -> None:
    the_change = replaced("Wim Core", "Vera Core")
    found = finding("sponsor-consent", the_change)
    assert (found.severity, found.path, found.pep) == (Severity.NOTICE, None, 840)
    assert "The sponsor Vera Core has not agreed here yet" in found.message
    assert found.waits_for_person
    assert findings("sponsor-consent", the_change, context(acts=(CONSENT,))) == []
    assert findings("sponsor-consent", the_change, context(pull_request=None)) == []
    added_one = replaced("Wim Core", "Wim Core, Vera Core")
    assert "Vera Core" in finding("sponsor-consent", added_one).message


@pytest.mark.parametrize(
    ("before", "after", "headers"),
    [
        ("Vera Core", "Vera Core", {"Author": "Nobody Known"}),
        ("Vera Core", "Vera Core <new@example.org>", {}),
        ("Vera Core", None, {}),
        ("Wim Core", "Vera Core", {"Status": "Accepted"}),
        (None, "Vera Core", {"Author": "Wim Core"}),
        (None, "Nobody Known", {}),
    ],
)
def test_nobody_else_is_asked_about_a_draft(
    before: str | None, after: str | None, headers: dict[str, str | None]
) -> None:
    assert findings("sponsor-consent", replaced(before, after, **headers)) == []
