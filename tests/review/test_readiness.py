"""How ready a PEP is: each item answered both ways, and the forms parsed back."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.number import PepNumber
from bot.policy.load import default_policy
from bot.review.decision.readiness import ItemStatus, Readiness, readiness
from bot.review.decision.submission import Submission
from bot.review.render.new_pep import render_readiness
from tests.rules.builders import COPYRIGHT, context, pep_text

DAY = date(2025, 12, 31)
THREAD = "https://discuss.python.org/t/92548"
POSTS = f"`19-May-2025 <{THREAD}>`__"
OWNERS = "* @python/pep-editors\npeps/pep-0791.rst  @vera\n"
SECTIONS = (
    "Motivation",
    "Rationale",
    "Specification",
    "Backwards Compatibility",
    "Security Implications",
    "How to Teach This",
    "Reference Implementation",
    "Rejected Ideas",
)
READY = {"Discussions-To": THREAD, "Post-History": POSTS}


def complete(**headers: str | None) -> str:
    """A PEP that lacks nothing that can be seen, but for what the headers say."""
    text = pep_text(**{**READY, **headers})
    sections = "\n".join(f"{name}\n{'=' * len(name)}\n\nWords.\n\n" for name in SECTIONS)
    return text.replace("\n".join(COPYRIGHT), f"{sections}\n{chr(10).join(COPYRIGHT)}")


def readiness_of(
    text: str = "",
    owners: str | None = OWNERS,
    submissions: Sequence[Submission] = (),
    /,
    **headers: str | None,
) -> Readiness:
    return readiness(
        PepNumber(791),
        text or complete(**headers),
        owners,
        context(today=DAY, policy=default_policy()),
        submissions,
    )


def issue(tracker: str, number: int = 53, *, closed: bool = False, pep: int = 791) -> Submission:
    opened = datetime(2025, 12, 1, 12, tzinfo=UTC)
    return Submission(
        tracker=tracker,
        number=number,
        pep=PepNumber(pep),
        title=f"PEP {pep}",
        url=f"https://github.com/{tracker}/issues/{number}",
        is_open=not closed,
        opened_at=opened,
        closed_at=opened + timedelta(days=20) if closed else None,
    )


def statuses(found: Readiness) -> dict[str, str]:
    return {item.name: item.status.value for item in found.items}


def test_a_pep_that_lacks_nothing_that_can_be_seen() -> None:
    found = readiness_of()
    assert statuses(found) == {
        "status": "yes",
        "discussed": "yes",
        "announced": "people",
        "codeowners": "yes",
        "rules": "yes",
        "sections": "yes",
        "endorsements": "people",
    }
    rendered = render_readiness(found, "Draft")
    assert rendered.startswith("**I found nothing missing for PEP 791.**")
    assert "I never do." in rendered


@pytest.mark.parametrize(("content", "told"), [("* Which way?", True), ("None yet.", False)])
def test_people_judge_whether_open_issues_are_settled(content: str, told: bool) -> None:
    section = f"Open Issues\n===========\n\n{content}\n\n\nCopyright\n"
    found = readiness_of(complete().replace("Copyright\n", section, 1))
    assert (statuses(found).get("open-issues") == "people") is told
    rendered = render_readiness(found, "Draft")
    assert ("- what its section `Open Issues` lists is settled;" in rendered) is told


@pytest.mark.parametrize(
    ("headers", "item", "answer", "words"),
    [
        ({"Status": "Deferred"}, "status", "no", "`Status` is `Deferred`"),
        ({"Status": "Provisional"}, "status", "yes", ""),
        ({"Discussions-To": "Pending"}, "discussed", "no", "`/pep thread URL` prepares"),
        ({"Discussions-To": None}, "discussed", "no", "links no thread"),
        ({"Post-History": "19-May-2025"}, "discussed", "no", "`Post-History` links no thread."),
        ({"Post-History": "Pending"}, "discussed", "no", "`Post-History` links no thread."),
        ({"Discussions-To": "https://discuss.python.org/t/7"}, "discussed", "no", "t/7`, is not"),
        ({"Discussions-To": f"{THREAD.replace('/t/', '/t/imath/')}/"}, "discussed", "yes", ""),
        ({"Topic": "Typing"}, "announced", "people", "not only under Typing"),
        ({"Topic": "Typing"}, "recommendation", "no", "no recommendation of the Typing Council"),
        ({"Title": "A C API for imath"}, "opinion", "people", "C API Working Group should give"),
        ({"PEP-Delegate": "C API Working Group"}, "delegate", "no", "cannot be a delegate"),
        ({"Created": "yesterday"}, "rules", "no", "The text has errors (line "),
    ],
)
def test_each_item_is_answered(
    headers: dict[str, str | None], item: str, answer: str, words: str
) -> None:
    found = readiness_of(**headers)
    (one,) = (one for one in found.items if one.name == item)
    assert (one.status.value, words in one.message) == (answer, True)
    rendered = render_readiness(found, "Draft")
    assert ("missing:**" in rendered) is bool(found.with_status(ItemStatus.NO))
    assert found.form is not None
    assert found.form.partition("&title")[0] in rendered, "the link is given all the same"


def test_a_post_in_place_of_its_thread_is_no_lack_of_a_discussion() -> None:
    found = readiness_of(**{"Discussions-To": f"{THREAD}/1"})
    assert statuses(found)["announced"] == "people"
    assert statuses(found)["discussed"] == "yes"


def test_a_number_that_no_issue_has_is_no_recommendation() -> None:
    link = "https://github.com/python/typing-council/issues/"
    text = complete(Topic="Typing")
    assert statuses(readiness_of(f"{text}\n{link}49\n"))["recommendation"] == "yes"
    assert statuses(readiness_of(f"{text}\n{link}1234567890\n"))["recommendation"] == "no"


def test_without_a_thread_only_that_is_missing() -> None:
    found = readiness_of(**{"Discussions-To": "Pending"})
    assert [item.name for item in found.with_status(ItemStatus.NO)] == ["discussed"]
    assert "one thing is missing" in render_readiness(found, "Draft")
    assert "announced" not in render_readiness(found, "Draft")


@pytest.mark.parametrize(
    ("owners", "answer"),
    [
        (OWNERS, "yes"),
        ("* @python/pep-editors\n", "no"),
        ("* @python/pep-editors\n# peps/pep-0791.rst\n", "no"),
        ("peps/pep-0791.rst\n", "no"),
        (None, "people"),
    ],
)
def test_codeowners_at_the_base_counts(owners: str | None, answer: str) -> None:
    assert statuses(readiness_of("", owners))["codeowners"] == answer


@pytest.mark.parametrize(
    ("link", "answer"),
    [
        ("https://github.com/python/typing-council/issues/53", "yes"),
        ("https://github.com/Python/Typing-Council/issues/53#issuecomment-1", "yes"),
        ("https://github.com/python/typing-council/issues/new", "no"),
        ("https://github.com/python/typing-council/", "no"),
        ("https://evil.example/python/typing-council/issues/53", "no"),
    ],
)
def test_a_recommendation_is_seen_where_its_issue_is_linked(link: str, answer: str) -> None:
    text = complete(Topic="Typing").replace("\nWords.\n", f"\nSee `it <{link}>`__.\n", 1)
    found = readiness_of(text)
    assert statuses(found)["recommendation"] == answer
    assert ("recommendation of the Typing Council](" in render_readiness(found, "Draft")) is (
        answer == "yes"
    )


TYPING, CAPI = "python/typing-council", "capi-workgroup/decisions"
COUNCIL = "python/steering-council"
CAPI_TITLE = {"Title": "A C API for imath"}


@pytest.mark.parametrize(
    ("tracker", "closed", "headers", "answer", "words"),
    [
        (
            TYPING,
            False,
            {"Topic": "Typing"},
            "no",
            (
                "- The Typing Council was asked for its recommendation, but the PEP does not link "
                f"it: [issue #53](https://github.com/{TYPING}/issues/53), open since 01-Dec-2025.\n"
            ),
        ),
        (
            TYPING,
            True,
            {"Topic": "Typing"},
            "people",
            (
                "- the Typing Council, which was asked, gave its recommendation; the "
                "PEP does not link it ([issue "
                f"#53](https://github.com/{TYPING}/issues/53), closed on "
                "21-Dec-2025);\n"
            ),
        ),
        (
            CAPI,
            False,
            CAPI_TITLE,
            "people",
            (
                "- the C API Working Group, which was asked, gave its opinion; the PEP does not "
                f"link it ([issue #53](https://github.com/{CAPI}/issues/53), "
                "open since 01-Dec-2025);\n"
            ),
        ),
    ],
)
def test_who_was_asked_before_is_linked_and_is_not_asked_again(
    tracker: str, closed: bool, headers: dict[str, str], answer: str, words: str
) -> None:
    found = readiness_of(complete(**headers), OWNERS, [issue(tracker, closed=closed)])
    what = "recommendation" if tracker == TYPING else "opinion"
    assert statuses(found)[what] == answer, "an issue is no word of theirs, open or closed"
    rendered = render_readiness(found, "Draft")
    assert words in rendered
    assert f"{tracker}/issues/new" not in rendered
    assert found.form is not None


def test_a_link_in_the_text_says_more_than_an_issue() -> None:
    text = complete(Topic="Typing").replace(
        "\nWords.\n", f"\nSee `it <https://github.com/{TYPING}/issues/7>`__.\n", 1
    )
    found = readiness_of(text, OWNERS, [issue(TYPING)])
    assert statuses(found)["recommendation"] == "yes"
    assert "issues/53" not in render_readiness(found, "Draft")


@pytest.mark.parametrize("one", [issue(TYPING, pep=790), issue("somebody/typing-council")])
def test_an_issue_of_another_pep_or_another_tracker_is_none(one: Submission) -> None:
    rendered = render_readiness(readiness_of(complete(Topic="Typing"), OWNERS, [one]), "Draft")
    assert "issues/53" not in rendered
    assert f"{TYPING}/issues/new" in rendered


@pytest.mark.parametrize("thread", [THREAD, "Pending"])
def test_what_the_council_has_is_not_handed_to_it_again(thread: str) -> None:
    text = complete(**{"Discussions-To": thread})
    found = readiness_of(text, OWNERS, [issue(COUNCIL, 326)])
    rendered = render_readiness(found, "Draft")
    assert found.form is None
    assert "issues/new" not in rendered
    assert (
        f"Submitted to the Steering Council: [issue #326](https://github.com/{COUNCIL}/issues/326),"
        " open since 01-Dec-2025."
    ) in rendered
    assert "It does not need a second issue there." in rendered
    assert "does not go to" not in rendered
    assert ("**PEP 791 is submitted, but one thing is missing:**" in rendered) is (
        thread == "Pending"
    )


def test_a_closed_council_issue_is_shown_and_can_be_opened_again() -> None:
    found = readiness_of(complete(), OWNERS, [issue(COUNCIL, 326, closed=True)])
    rendered = render_readiness(found, "Draft")
    assert "closed on 21-Dec-2025; no decision recorded in the PEP." in rendered
    assert found.form is not None
    assert found.form in rendered


def test_a_section_that_is_not_there_is_for_people() -> None:
    found = readiness_of(complete().replace("How to Teach This", "Pedagogy"))
    (item,) = (one for one in found.items if one.name == "sections")
    assert (item.status, "`How to Teach This`" in item.message) == (ItemStatus.PEOPLE, True)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Topic": "Packaging"}, "It does not go to the Steering Council's tracker:"),
        ({"Topic": "Packaging"}, "no Steering Council issue is needed"),
        (
            {"Topic": "Packaging", "PEP-Delegate": "Paul Moore"},
            "Paul Moore as PEP-Delegate, by the standing delegation",
        ),
        ({"PEP-Delegate": "Wim Core"}, "Wim Core as PEP-Delegate, if the Steering Council has"),
        ({"Topic": "Release"}, "does not have to be submitted to anybody:"),
        ({"PEP": "8107", "Type": "Process"}, "does not have to be submitted to anybody:"),
        ({"Status": "Final"}, "is not waiting for a decision"),
    ],
)
def test_a_pep_decided_elsewhere_says_where(headers: dict[str, str], words: str) -> None:
    found = readiness_of(**headers)
    rendered = render_readiness(found, headers.get("Status", "Draft"))
    assert words in rendered
    assert found.form is None
    assert "steering-council/issues/new" not in rendered


TITLES = (
    (
        st.text(
            st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=300
        )
        | st.sampled_from(
            [
                "A & B #1: 100 % ?",
                "Ünïcödé – 数学 🐍",
                "\"quoted\" 'too' [x](y) `c`",
                "x" * 900,
                "a=b&c",
            ]
        )
    )
    .map(lambda title: " ".join(title.split()))
    .filter(bool)
)


@given(TITLES)
def test_the_form_parsed_back_has_this_title_and_nothing_else(title: str) -> None:
    found = readiness_of(complete(Title=title))
    assert found.form is not None
    parts = urlsplit(found.form)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == (
        "https",
        "github.com",
        "/python/steering-council/issues/new",
        "",
    )
    assert parse_qs(parts.query, strict_parsing=True) == {
        "template": ["pep-submission.md"],
        "labels": ["PEP"],
        "title": [f"PEP 791 -- {title[:200]}"],
    }
    rendered = render_readiness(found, "Draft")
    assert f"({found.form})" in rendered, "in Markdown it is the same address"


def test_a_title_on_several_lines_is_one_in_the_form() -> None:
    found = readiness_of(complete(Title="One\n  two"))
    assert found.form is not None
    assert parse_qs(urlsplit(found.form).query)["title"] == ["PEP 791 -- One two"]


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_no_text_becomes_markup(body: str, title: str, status: str) -> None:
    text = f"PEP: 791\nTitle: {title}\nStatus: {status}\nDiscussions-To: {body}\n\n{body}\n"
    for words in (text, text.replace(f"Status: {status}", "Status: Draft")):
        rendered = re.sub("`[^`]*`", "", render_readiness(readiness_of(words), status))
        assert "@" not in rendered.replace("(at)", "")
        assert "<" not in rendered.replace("&lt;", "")


def test_the_steering_councils_form_is_given_once_the_pep_is_published() -> None:
    found = readiness(
        PepNumber(791),
        complete(),
        OWNERS,
        context(today=DAY, policy=default_policy()),
        is_published=False,
    )
    assert found.form is None
    rendered = render_readiness(found, "Draft")
    assert "**Before you submit PEP 791, one thing is missing:**" in rendered
    assert "You can submit it to the Steering Council once it is published: use this" in rendered
    assert "steering-council/issues/new" not in rendered
    assert "a second issue" not in rendered
