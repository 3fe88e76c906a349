"""A batch of deliveries: acts are noted one by one, then one review is made."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.github.client.client import CredentialsRefused, Gone, NotAllowed, Suspended, TryLater
from bot.handlers.events import Job
from bot.handlers.handle import YOUNG
from bot.handlers.jobs import job_of
from bot.inbox.delivery import Batch, GivenUp, PutOff
from bot.rules.engine.context import ActKind
from bot.store.documents import POLICY_TEXT
from tests.builders import NOW, comment, on_issue, payload, pull_request, repository, subject
from tests.handlers.conftest import Desk, delivery

CONSENT = payload("created", sender="vera", **on_issue(), comment=comment("/pep sponsor"))


def labeled(label: str, sender: str = "edda", action: str = "labeled") -> dict[str, object]:
    return payload(action, sender=sender, label={"name": label}, **pull_request())


async def test_a_batch_is_one_review_not_older_than_its_latest_event(desk: Desk) -> None:
    later = {"pull_request": {"number": 4422, "updated_at": "2025-05-12T12:30:00Z"}}
    await desk.handle(
        ("pull_request", payload("synchronize", **later)),
        ("pull_request", payload("edited", **pull_request())),
    )
    ((reviewed, hint),) = desk.reviews.asked
    assert reviewed == subject()
    assert hint.delivery == "d2"
    assert hint.min_updated_at == datetime(2025, 5, 12, 12, 30, tzinfo=UTC)
    assert not hint.conversation_changed


async def test_one_comment_among_them_has_the_conversation_read_again(desk: Desk) -> None:
    await desk.handle(
        ("issue_comment", CONSENT), ("pull_request", payload("edited", **pull_request()))
    )
    ((_, hint),) = desk.reviews.asked
    assert hint.conversation_changed


async def test_a_consent_is_noted_when_its_author_wrote_it(desk: Desk) -> None:
    await desk.handle(("issue_comment", CONSENT))
    (act,) = await desk.store.acts(subject())
    assert (act.login, act.kind) == ("vera", ActKind.CONSENT)
    assert act.url.endswith("#issuecomment-1")
    assert act.at == datetime(2025, 5, 12, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (
            "issue_comment",
            payload("edited", sender="mallory", **on_issue(), comment=comment("/pep sponsor")),
        ),
        (
            "issue_comment",
            payload("deleted", sender="vera", **on_issue(), comment=comment("/pep sponsor")),
        ),
        ("issue_comment", payload("created", sender="vera", **on_issue(), comment=comment("Yes!"))),
        (
            "issue_comment",
            payload("created", sender="vera", **on_issue(), comment=comment("> /pep sponsor")),
        ),
        (
            "issue_comment",
            payload("created", sender="vera", **on_issue(), comment=comment("/pep sponsor @wim")),
        ),
        (
            "issue_comment",
            payload(
                "created",
                sender="vera",
                **on_issue(),
                comment=comment("/pep sponsor") | {"performed_via_github_app": {"id": 1}},
            ),
        ),
        ("issue_comment", payload("created", sender="vera", **on_issue(), comment={"body": 1})),
        (
            "issue_comment",
            payload("created", sender="vera", **on_issue(), comment=comment("\ud800")),
        ),
    ],
)
async def test_what_is_no_consent_is_not_noted(
    desk: Desk, event: str, data: dict[str, object]
) -> None:
    await desk.handle((event, data))
    assert await desk.store.acts(subject()) == []
    assert len(desk.reviews.asked) == 1


@pytest.mark.parametrize("event", ["pull_request_review", "pull_request_review_comment"])
async def test_a_review_and_its_comments_can_consent_too(desk: Desk, event: str) -> None:
    part = "review" if event == "pull_request_review" else "comment"
    said = comment("Looks good.\n/pep sponsor") | {"submitted_at": "2025-05-12T11:00:00Z"}
    await desk.handle(
        (event, payload("submitted", sender="vera", **pull_request(), **{part: said}))
    )
    assert [act.kind for act in await desk.store.acts(subject())] == [ActKind.CONSENT]


async def test_a_consent_put_into_a_review_later_counts_from_then_on(desk: Desk) -> None:
    text = comment("/pep sponsor") | {"submitted_at": "2025-05-12T11:00:00Z"}
    del text["updated_at"]
    edited = payload("edited", sender="vera", **pull_request(), review=text)
    await desk.handle(("pull_request_review", edited))
    (act,) = await desk.store.acts(subject())
    assert act.at == NOW


async def test_a_dismissal_by_anybody_ends_the_consent_of_the_reviews_author(desk: Desk) -> None:
    dismissed = payload("dismissed", sender="edda", **pull_request(), review=comment("Fine."))
    await desk.handle(("pull_request_review", dismissed))
    (act,) = await desk.store.acts(subject())
    assert (act.login, act.kind, act.at) == ("vera", ActKind.WITHDRAWAL, NOW)


async def test_a_dismissal_received_late_ends_no_consent_given_since(desk: Desk) -> None:
    # Redelivered by hand days later; its payload is as it was then.
    dismissed = payload(
        "dismissed",
        sender="edda",
        pull_request={"number": 4422, "updated_at": "2025-05-12T10:30:00Z"},
        review=comment("Fine."),
    )
    await desk.handle(("issue_comment", CONSENT))
    await desk.handle(("pull_request_review", dismissed))
    kinds = [act.kind for act in await desk.store.acts(subject())]
    assert kinds == [ActKind.WITHDRAWAL, ActKind.CONSENT]


async def test_a_batch_that_comes_twice_notes_its_acts_once(desk: Desk) -> None:
    await desk.handle(("issue_comment", CONSENT))
    await desk.handle(("issue_comment", CONSENT))
    assert len(await desk.store.acts(subject())) == 1


async def test_each_version_of_a_text_is_an_act_of_its_own(desk: Desk) -> None:
    changed = comment("/pep unsponsor") | {"updated_at": "2025-05-12T12:00:00Z"}
    await desk.handle(
        ("issue_comment", CONSENT),
        ("issue_comment", payload("edited", sender="vera", **on_issue(), comment=changed)),
    )
    kinds = [act.kind for act in await desk.store.acts(subject())]
    assert kinds == [ActKind.CONSENT, ActKind.WITHDRAWAL]


async def test_a_text_edited_back_to_its_consent_consents_again(desk: Desk) -> None:
    for hour, body in ((11, "/pep sponsor"), (12, "/pep unsponsor"), (13, "/pep sponsor")):
        text = comment(body) | {"updated_at": f"2025-05-12T{hour}:00:00Z"}
        await desk.handle(
            ("issue_comment", payload("edited", sender="vera", **on_issue(), comment=text))
        )
    kinds = [act.kind for act in await desk.store.acts(subject())]
    assert kinds == [ActKind.CONSENT, ActKind.WITHDRAWAL, ActKind.CONSENT]


async def test_who_set_a_label_is_noted_until_it_is_taken_off(desk: Desk) -> None:
    await desk.handle(("pull_request", labeled("skip sponsor", "mallory")))
    await desk.handle(("pull_request", labeled("skip sponsor", "edda")))
    assert dict(await desk.store.labelers(subject())) == {"skip sponsor": "edda"}
    await desk.handle(("pull_request", labeled("skip sponsor", "mallory", "unlabeled")))
    assert dict(await desk.store.labelers(subject())) == {}


async def test_a_repository_hooks_payload_is_looked_up_by_the_app(desk: Desk) -> None:
    hook = payload("opened", **pull_request())
    del hook["installation"]
    elsewhere = hook | {"repository": {"full_name": "python/cpython"}}
    await desk.handle(("pull_request", elsewhere), key="python/cpython#4422")
    assert desk.reviews.asked == []
    with pytest.raises(PutOff):  # it is known, so that this may pass
        await desk.handle(("pull_request", hook))
    assert desk.reviews.asked == []

    desk.clients.installations["python/peps"] = 7
    await desk.handle(("pull_request", hook))
    assert [one for one, _ in desk.reviews.asked] == [subject()]


async def test_a_repository_not_known_before_is_known_afterwards(desk: Desk) -> None:
    data = payload("opened", **pull_request()) | {"repository": {"full_name": "python/new"}}
    await desk.handle(("pull_request", data), key="python/new#4422")
    assert {one.full_name for one in await desk.store.repositories()} == {
        "python/new",
        "python/peps",
    }


async def test_a_reinstalled_app_reaches_the_repository_by_its_new_installation(desk: Desk) -> None:
    data = payload("opened", **pull_request()) | {"installation": {"id": 8}}
    await desk.handle(("pull_request", data))
    assert list(await desk.store.repositories()) == [repository(installation=8)]
    ((reviewed, _),) = desk.reviews.asked
    assert reviewed.repository.installation == 8


async def test_work_of_its_own_is_a_review_like_any_other(desk: Desk) -> None:
    own = job_of(Job.REVIEW, subject(12), "cause", NOW)
    await desk.handle_batch(Batch(own.key, (own,), 1))
    ((reviewed, hint),) = desk.reviews.asked
    assert reviewed == subject(12)
    assert hint.min_updated_at is None


async def test_a_push_is_no_review_by_itself(desk: Desk) -> None:
    await desk.handle(("push", payload(ref="refs/heads/main", commits=[])), key="python/peps")
    assert desk.reviews.asked == []
    assert desk.base_branch.repositories == [repository()]
    assert await desk.store.document(POLICY_TEXT.of(repository())) is not None


async def test_a_push_to_another_branch_publishes_nothing(desk: Desk) -> None:
    await desk.handle(("push", payload(ref="refs/heads/calm", commits=[])), key="python/peps")
    assert await desk.store.document(POLICY_TEXT.of(repository())) is None


async def test_an_installation_is_handled_without_a_repository(desk: Desk) -> None:
    data = payload("created", repositories=[{"full_name": "python/new"}])
    del data["repository"]
    await desk.handle(("installation", data), key="installation:7")
    assert set(desk.queued_keys) == {"python/new"}


@pytest.mark.parametrize(
    ("age", "may_be_late"),
    [
        (timedelta(), True),
        (YOUNG - timedelta(seconds=1), True),
        (YOUNG, False),
        (-timedelta(seconds=1), False),  # by a clock that was turned back since
    ],
)
async def test_not_found_is_believed_ten_minutes_after_the_latest_event(
    desk: Desk, age: timedelta, may_be_late: bool
) -> None:
    await desk.claim(4422, 791)
    desk.reviews.fault = Gone("404 for GET /repos/python/peps/pulls/4422")
    data = payload("edited", **pull_request())
    old, late = (
        replace(delivery("pull_request", data, name), received_at=NOW - before)
        for name, before in (("d1", timedelta(hours=1)), ("d2", age))
    )
    with pytest.raises(PutOff) if may_be_late else nullcontext():
        await desk.handle_batch(Batch("python/peps#4422", (old, late), 1))
    # Until then it may only be late, and keeps the numbers it claims.
    claims = (await desk.store.stored_numbers(repository())).claims
    assert bool(claims) == may_be_late


async def test_while_an_installation_is_suspended_there_is_nothing_to_do(desk: Desk) -> None:
    desk.reviews.fault = Suspended("403 for POST /app/installations/7/access_tokens")
    with capture_logs() as logs:
        await desk.handle(("pull_request", payload("edited", **pull_request())))
    assert [one["event"] for one in logs] == ["installation suspended"]


async def test_what_github_refuses_is_given_up_and_what_it_puts_off_waits(desk: Desk) -> None:
    data = payload("edited", **pull_request())
    desk.reviews.fault = NotAllowed("403 for POST /repos/python/peps/labels")
    with pytest.raises(GivenUp, match=r"(?s)grant the permission.*403 for POST"):
        await desk.handle(("pull_request", data))
    desk.reviews.fault = CredentialsRefused("GET /app: 401")
    with pytest.raises(PutOff, match="401") as refused:
        await desk.handle(("pull_request", data))
    assert refused.value.at is None
    desk.reviews.fault = TryLater("rate limited", NOW + timedelta(minutes=40))
    with pytest.raises(PutOff, match="rate limited") as limited:
        await desk.handle(("pull_request", data))
    assert limited.value.at == NOW + timedelta(minutes=40)
