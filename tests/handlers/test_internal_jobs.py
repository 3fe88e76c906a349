"""Work the bot gives itself."""

import json
from datetime import timedelta

from bot.handlers.events import Job
from bot.handlers.jobs import job_of
from bot.inbox.delivery import DeliveryKind
from bot.web.webhook import _DELIVERY_ID
from tests.builders import NOW, repository, subject

CAUSE = "72d3162e-cc78-11e3-81ab-4c9367dc0958"


def test_the_same_cause_makes_the_same_delivery() -> None:
    assert job_of(Job.REVIEW, subject(), CAUSE, NOW) == job_of(Job.REVIEW, subject(), CAUSE, NOW)
    assert (
        job_of(Job.REVIEW, subject(), CAUSE, NOW).id
        != job_of(Job.REVIEW, subject(1), CAUSE, NOW).id
    )
    assert (
        job_of(Job.REVIEW, subject(), CAUSE, NOW).id
        != job_of(Job.REVIEW, subject(), "other", NOW).id
    )


def test_a_chain_of_causes_makes_no_longer_ids() -> None:
    first = job_of(Job.SWEEP, repository(), CAUSE, NOW)
    second = job_of(Job.REVIEW, subject(), first.id, NOW)
    third = job_of(Job.SWEEP, repository(), second.id, NOW)
    assert third.id == first.id
    assert second.id == f"self:review:python/peps#4422:{CAUSE}"


def test_no_webhook_can_have_such_an_id() -> None:
    for own in (
        job_of(Job.REVIEW, subject(), CAUSE, NOW),
        job_of(Job.SWEEP, repository(), CAUSE, NOW),
    ):
        assert own.id.startswith("self:")
        assert _DELIVERY_ID.fullmatch(own.id) is None


def test_a_review_queues_with_its_subject_and_a_sweep_with_its_repository() -> None:
    review, sweep = (
        job_of(Job.REVIEW, subject(), CAUSE, NOW),
        job_of(Job.SWEEP, repository(), CAUSE, NOW),
    )
    assert (review.key, review.kind) == (subject().key, DeliveryKind.REVIEW)
    assert (sweep.key, sweep.kind) == ("python/peps", DeliveryKind.ACT)
    assert json.loads(review.payload)["installation"] == {"id": 7}


def test_a_submission_queues_with_its_issue_and_a_run_happens_once_a_day() -> None:
    submission = job_of(Job.SUBMISSION, subject(), CAUSE, NOW)
    assert (submission.key, submission.kind) == (subject().key, DeliveryKind.ACT)
    look = job_of(Job.SUBMISSIONS, repository(), "2026-11-26", NOW)
    assert (
        look.id == job_of(Job.SUBMISSIONS, repository(), "2026-11-26", NOW + timedelta(hours=5)).id
    )
    assert (look.key, look.kind) == ("python/peps", DeliveryKind.ACT)
