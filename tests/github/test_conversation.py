"""Acts are what people did, once each; ours is only what this app wrote."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from bot.github.read.conversation import (
    conversation,
    parse_comment,
    parse_review,
)
from bot.github.read.conversation_reader import EarlierConversation, read_conversation
from bot.peps.people import Login
from bot.review.snapshot import Conversation, OwnComment
from bot.rules.engine.context import Act, ActKind
from tests.github.reading import (
    APP,
    COMMENTS,
    NOON,
    PULL,
    SUBJECT,
    FakeGitHub,
    comment,
    review,
    stamp,
)

ACT_URL = "https://github.example/comment-0"


def conversation_of(
    reviews: list[dict[str, object]] = [],  # noqa: B006
    comments: list[dict[str, object]] = [],  # noqa: B006
    remembered: list[Act] = [],  # noqa: B006
) -> Conversation:
    return conversation(
        [parsed for entry in reviews if (parsed := parse_review(entry))],
        [parsed for entry in comments if (parsed := parse_comment(entry))],
        remembered,
        APP,
    )


def act(kind: ActKind, url: str = ACT_URL, minute: int = 0, login: str = "vstinner") -> Act:
    return Act(Login(login), kind, NOON + timedelta(minutes=minute), url)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("APPROVED", ActKind.CONSENT),
        ("CHANGES_REQUESTED", ActKind.WITHDRAWAL),
        ("DISMISSED", ActKind.WITHDRAWAL),
        ("COMMENTED", ActKind.COMMENTED),
    ],
)
def test_a_review_says_what_its_state_says(state: str, kind: ActKind) -> None:
    assert [found.kind for found in conversation_of([review("vstinner", state)]).acts] == [kind]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("/pep sponsor", ActKind.CONSENT),
        ("I agree.\n/pep sponsor", ActKind.CONSENT),
        ("/pep unsponsor", ActKind.WITHDRAWAL),
        ("/pep sponsor\n/pep unsponsor", ActKind.WITHDRAWAL),
        ("/pep sponsor @someone-else", ActKind.COMMENTED),
        ("> /pep sponsor\n\nWhat does this do?", ActKind.COMMENTED),
        ("Looks good", ActKind.COMMENTED),
    ],
)
def test_a_comment_says_what_its_lines_say(body: str, kind: ActKind) -> None:
    assert [found.kind for found in conversation_of(comments=[comment("vstinner", body)]).acts] == [
        kind
    ]


def test_an_edited_comment_is_only_something_said() -> None:
    edited = comment("vstinner", "/pep sponsor", updated_at=stamp(NOON + timedelta(minutes=5)))
    assert [found.kind for found in conversation_of(comments=[edited]).acts] == [ActKind.COMMENTED]


def test_what_an_event_showed_stands_though_the_comment_was_edited_since() -> None:
    edited = comment("vstinner", "thanks", updated_at=stamp(NOON + timedelta(minutes=5)))
    found = conversation_of(comments=[edited], remembered=[act(ActKind.CONSENT)]).acts
    assert {one.kind for one in found} == {ActKind.CONSENT, ActKind.COMMENTED}


def test_an_act_seen_both_ways_counts_once() -> None:
    found = conversation_of(
        comments=[comment("vstinner", "/pep sponsor")], remembered=[act(ActKind.CONSENT)]
    )
    assert found.acts == (act(ActKind.CONSENT),)


def test_an_approval_that_was_dismissed_is_no_consent_whatever_an_event_showed() -> None:
    dismissed = review("vstinner", "DISMISSED")
    approved = act(ActKind.CONSENT, url=str(dismissed["html_url"]))
    assert [one.kind for one in conversation_of([dismissed], remembered=[approved]).acts] == [
        ActKind.WITHDRAWAL
    ]


def test_the_day_of_a_dismissal_comes_from_the_event_where_one_showed_it() -> None:
    dismissed = review("vstinner", "DISMISSED", minute=1)
    ended = act(ActKind.WITHDRAWAL, url=str(dismissed["html_url"]), minute=9)
    between = comment("vstinner", "/pep sponsor", minute=4)
    kinds = [one.kind for one in conversation_of([dismissed], [between], [ended]).acts]
    assert kinds == [ActKind.CONSENT, ActKind.WITHDRAWAL]


def test_a_sponsor_line_inside_a_review_is_known_from_its_event() -> None:
    comment_by = review("vstinner", "COMMENTED")
    line = act(ActKind.CONSENT, url=str(comment_by["html_url"]))
    assert ActKind.CONSENT in {
        one.kind for one in conversation_of([comment_by], remembered=[line]).acts
    }


def test_acts_are_ordered_oldest_first() -> None:
    found = conversation_of(
        [review("a", "APPROVED", 3)],
        [comment("b", "x", 1)],
        [act(ActKind.COMMENTED, "u", 2, "c")],
    )
    assert [one.login for one in found.acts] == ["b", "c", "a"]


def test_programs_and_gone_accounts_do_not_act() -> None:
    found = conversation_of(
        [review("helper[bot]", "APPROVED", kind="Bot"), review(None, "APPROVED", 1)],
        [
            comment("helper[bot]", "/pep sponsor", kind="Bot"),
            comment("vstinner", "/pep sponsor", 1, performed_via_github_app={"id": 5}),
            comment(None, "/pep sponsor", 2),
        ],
    )
    assert found.acts == ()


def test_a_comment_is_ours_by_marker_and_author() -> None:
    body = "<!-- pep-bot:summary -->\nThank you"
    own_comment = comment(
        "pep-editor-bot[bot]", body, 1, kind="Bot", performed_via_github_app={"id": 99}
    )
    renamed = comment("old-name[bot]", body, 2, kind="Bot", performed_via_github_app={"id": 99})
    reply = comment("pep-editor-bot[bot]", "<!-- pep-bot:reply IC_kw1 -->\nDone", 3, kind="Bot")
    stranger = comment("mallory", body, 4)
    other_bot = comment("other[bot]", body, 5, kind="Bot", performed_via_github_app={"id": 5})
    unmarked = comment("pep-editor-bot[bot]", "hello", 6, kind="Bot")
    found = conversation_of(comments=[unmarked, other_bot, stranger, reply, renamed, own_comment])
    assert found.own_comments == (
        OwnComment(1001, "summary", body),
        OwnComment(1002, "summary", body),
        OwnComment(1003, "reply IC_kw1", ""),
    )
    assert [one.login for one in found.acts] == ["mallory"]


def test_changes_are_requested_by_those_whose_latest_review_does() -> None:
    found = conversation_of(
        [
            review("still", "CHANGES_REQUESTED", 1),
            review("still", "COMMENTED", 2),
            review("done", "CHANGES_REQUESTED", 1),
            review("Done", "APPROVED", 2),
            review("dismissed", "DISMISSED", 1),
            review("again", "APPROVED", 1),
            review("again", "CHANGES_REQUESTED", 2),
            review("helper[bot]", "CHANGES_REQUESTED", 2, kind="Bot"),
        ]
    )
    assert found.changes_requested.keys() == {"still", "again"}


def test_approvals_are_of_those_whose_latest_review_approves() -> None:
    found = conversation_of(
        [
            review("still", "APPROVED", 1),
            review("still", "COMMENTED", 2),
            review("against", "APPROVED", 1),
            review("Against", "CHANGES_REQUESTED", 2),
            review("dismissed", "DISMISSED", 1),
            review("again", "DISMISSED", 1),
            review("again", "APPROVED", 2),
            review("helper[bot]", "APPROVED", 2, kind="Bot"),
        ]
    )
    assert [one.login for one in found.approvals] == ["still", "again"]
    assert all(one.url for one in found.approvals)


def test_people_are_told_by_mentions_and_by_mail() -> None:
    comments = [
        comment("nova", "@vera and @Wim, @python/pep-editors, may I?", 1),
        comment("nova", "I e-mailed them.", 2),
        comment("dependabot[bot]", "@edda", 3, kind="Bot"),
        comment(None, "@edda", 4),
    ]
    found = conversation_of(comments=comments).mentions
    assert found is not None
    assert [(one.login, one.at.minute - NOON.minute) for one in found] == [
        ("vera", 1),
        ("Wim", 1),
        (None, 2),
    ]


def test_a_review_that_is_still_written_says_nothing() -> None:
    pending = {**review("vstinner", "PENDING"), "submitted_at": None}
    assert conversation_of([pending]).acts == ()


@pytest.mark.parametrize("entry", [None, 3, [], {}, {"id": True}, {"user": 3, "state": 4}])
def test_odd_answers_are_passed_over(entry: object) -> None:
    assert parse_review(entry) is None
    assert parse_comment(entry) is None


async def test_reading_costs_two_requests() -> None:
    github = FakeGitHub()
    github.answers[f"{PULL}/reviews"] = [review("vstinner", "APPROVED", 2)]
    github.answers[COMMENTS] = [comment("warsaw", "hm", 1)]
    found, _ = await read_conversation(github, SUBJECT, [], APP)
    assert [one.kind for one in found.acts] == [ActKind.COMMENTED, ActKind.CONSENT]
    assert sorted(github.requests) == [COMMENTS, f"{PULL}/reviews"]


def comment_by(login: str, body: str, id_: int, minute: int, **fields: object) -> dict[str, object]:
    url = f"https://github.example/pull/1#issuecomment-{id_}"
    return comment(login, body, minute, id=id_, html_url=url, **fields)


def own_comment(id_: int, minute: int, mark: str) -> dict[str, object]:
    return comment_by(
        "pep-editor-bot[bot]",
        f"<!-- pep-bot:{mark} -->\nHello {minute}",
        id_,
        minute,
        kind="Bot",
        performed_via_github_app={"id": 99},
    )


async def test_reading_on_comes_to_the_same_as_reading_all() -> None:
    github = FakeGitHub()
    everything: dict[int, dict[str, object]] = {}
    earlier: EarlierConversation | None = None

    async def read(minute: int, *, deleted: int | None = None) -> Conversation:
        """Both ways; what was read on is what is read on from."""
        nonlocal earlier
        if deleted is not None:
            del everything[deleted]
        listed = list(everything.values())
        github.answers[COMMENTS] = listed
        if earlier is not None and earlier.until is not None:
            since = stamp(earlier.until - timedelta(minutes=1))
            newer = [one for one in listed if str(one["updated_at"]) >= since]
            github.answers[f"{COMMENTS}?since={quote(since)}"] = newer
            earlier = replace(earlier, deleted=frozenset({deleted} - {None}))
        whole, texts = await read_conversation(github, SUBJECT, [], APP)
        github.requests.clear()
        found, commanded = await read_conversation(github, SUBJECT, [], APP, earlier)
        assert found == whole
        assert {one.id for one in commanded} <= {one.id for one in texts}
        earlier = EarlierConversation(found, NOON + timedelta(minutes=minute))
        return found

    github.answers[f"{PULL}/reviews"] = [review("vstinner", "APPROVED", 2)]
    everything[1] = comment_by("warsaw", "/pep sponsor", 1, 1)
    everything[2] = own_comment(2, 3, "summary")
    everything[3] = comment_by("nova", "Thanks.", 3, 4)
    overview = (
        "### Documentation build overview\n\n"
        "[<kbd> Preview build </kbd>](https://pep-previews--7.org.readthedocs.build/)"
    )
    everything[6] = comment_by("read-the-docs-community[bot]", overview, 6, 4, kind="Bot")
    everything[7] = comment_by("nova", overview, 7, 4)
    assert (await read(5)).previews == {6: "pep-previews--7.org.readthedocs.build"}
    everything[4] = comment_by("nova", "And now, @vera?", 4, 10)
    found = await read(10)
    assert [one.login for one in found.mentions or ()] == ["vera"]
    assert (len(found.acts), set(found.previews)) == (5, {6})
    # An edit is newer than what was read, however old the comment is.
    everything[1] = everything[1] | {"body": "no", "updated_at": stamp(NOON + timedelta(hours=1))}
    everything[2] = everything[2] | {"updated_at": stamp(NOON + timedelta(hours=1))}
    everything[5] = own_comment(5, 61, "merged")
    found = await read(61)
    assert [one.id for one in found.own_comments] == [2, 5]
    assert ActKind.CONSENT not in {one.kind for one in found.acts if one.login == "warsaw"}
    github.answers[f"{PULL}/reviews"] = [review("vstinner", "DISMISSED", 2)]
    assert len((await read(62, deleted=3)).acts) == 4
    assert [one.id for one in (await read(63, deleted=2)).own_comments] == [5]
    assert (await read(64, deleted=6)).previews == {}
    since = quote(stamp(NOON + timedelta(minutes=62)))
    assert github.requests == [f"{PULL}/reviews", f"{COMMENTS}?since={since}"]
