"""Timed work after merges is named so that every process calls it by the same name."""

import json

from bot.handlers.events import Job, day_of
from bot.handlers.jobs import job_of
from bot.inbox.delivery import DeliveryKind, Priority
from tests.builders import NOW, repository, subject


def test_a_day_has_one_run_and_a_round_one_reading_whoever_queues_them() -> None:
    day = day_of("", NOW)
    assert job_of(Job.REMINDERS, repository(), day, NOW).id == f"self:reminders:python/peps:{day}"
    assert job_of(Job.REGISTER, repository(), "r1", NOW) == job_of(
        Job.REGISTER, repository(), "r1", NOW
    )
    assert (
        job_of(Job.REGISTER, repository(), "r1", NOW).id
        != job_of(Job.REGISTER, repository(), "r2", NOW).id
    )


def test_a_reminder_waits_for_reviews_of_its_pull_request_and_is_one_a_day() -> None:
    look = job_of(Job.REMINDERS, repository(), day_of("", NOW), NOW)
    reminder = job_of(Job.REMIND, subject(7), look.id, NOW)
    assert (reminder.key, reminder.kind) == (subject(7).key, DeliveryKind.ACT)
    assert reminder.priority is Priority.SWEEP
    assert reminder.id == f"self:remind:{subject(7).key}:{day_of('', NOW)}"
    assert json.loads(reminder.payload)["number"] == 7
