"""What `queue` says about published PEPs, as text and as JSON."""

import json

from bot.cli.queue import RepositoryQueue, queue_json, queue_text
from tests.review.test_render_queue import HOSTILE, queue


def test_peps_stand_in_sections_of_their_own_on_a_terminal() -> None:
    text = queue_text([RepositoryQueue("python/peps", queue(), ())])
    assert (
        "\nPEPs awaiting a decision\n"
        "  PEP 792 Calm: submitted in `python/steering-council#312`"
        " https://github.com/python/steering-council/issues/312\n" in text
    )
    assert "\nFollow-ups due (`/pep not-yet N` sets them aside)\n  PEP 791 Calm: " in text
    assert "\nNumbers\n  801 reserved by the policy: For Nova." in text


def test_a_title_steers_no_terminal() -> None:
    text = queue_text([RepositoryQueue("python/peps", queue(title="\x1b[2J\u202e" + HOSTILE), ())])
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_programs_get_the_same() -> None:
    told = json.loads(queue_json([RepositoryQueue("python/peps", queue(), ())]))
    assert told["awaiting_decision"] == [
        {
            "pep": 792,
            "title": "Calm",
            "pull_requests": [],
            "issue": "https://github.com/python/steering-council/issues/312",
            "submitted": "2025-05-12T10:00:00+00:00",
            "delegates": [],
        }
    ]
    assert [(one["kind"], one["pep"]) for one in told["follow_ups"]] == [
        ("thread-missing", 791),
        ("thread-missing", 792),
    ]
    assert told["reserved_by_policy"] == {"801": "For Nova."}
