"""Timed work after merges is named so that every process calls it by the same name."""

import json

from bot.handlers.internal_jobs import register_of, reminder_of, reminders_of
from bot.inbox.delivery import DeliveryKind, Priority
from bot.schedule import day_of
from tests.builders import NOW, repository, subject


def test_a_day_has_one_run_and_a_round_one_reading_whoever_queues_them() -> None:
    day = day_of(NOW)
    assert reminders_of(repository(), day, NOW).id == f"self:reminders:python/peps:{day}"
    assert register_of(repository(), "r1", NOW) == register_of(repository(), "r1", NOW)
    assert register_of(repository(), "r1", NOW).id != register_of(repository(), "r2", NOW).id


def test_a_reminder_waits_for_reviews_of_its_pull_request_and_is_one_a_day() -> None:
    job = reminders_of(repository(), day_of(NOW), NOW)
    reminder = reminder_of(subject(7), job.id, NOW)
    assert (reminder.key, reminder.kind) == (subject(7).key, DeliveryKind.ACT)
    assert reminder.priority is Priority.SWEEP
    assert reminder.id == f"self:remind:{subject(7).key}:{day_of(NOW)}"
    assert json.loads(reminder.payload)["number"] == 7
