"""A sample of real new PEPs over the years, through signed webhooks to what stands on GitHub."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from bot.inbox.delivery import DeliveryState
from tests.end_to_end.past import reopened
from tests.replay.history import with_number

pytestmark = pytest.mark.real_data

SAMPLE = (
    # 2023
    (3266, 724),
    (3455, 729),
    (3476, 731),
    (3508, 8105),
    (3523, 734),
    (3541, 735),
    # 2024
    (3551, 736),
    (3599, 739),
    (3618, 740),
    (3441, 728),
    (3764, 745),
    (3782, 789),
    (3834, 2026),
    (3870, 751),
    (3947, 755),
    (4015, 760),
    (4036, 777),
    (4048, 762),
    (4123, 766),
    # 2025
    (3853, 748),
    (4218, 772),
    (4281, 775),
    (4328, 783),
    (4448, 794),
    (4572, 804),
    (4664, 8107),
    (4732, 816),
)
"""Pull requests with the PEP each adds: all kinds, topics and odd numbers."""


@pytest.mark.parametrize(("pull_request", "pep"), SAMPLE)
async def test_a_real_new_pep_gets_one_comment_one_check_and_one_stage(
    tmp_path: Path, pem: str, shared_data: Path, pull_request: int, pep: int
) -> None:
    merged = with_number(shared_data, pull_request)
    day = datetime.combine(merged.day, time(9), UTC)
    async with reopened(tmp_path, pem, shared_data, merged, day, by="its-author") as (desk, number):
        assert desk.server is not None
        records = await desk.server.inbox.records()
        assert {record.state for record in records} == {DeliveryState.DONE}
        assert {record.attempts for record in records} == {1}
        assert [record.error for record in records if record.error] == []

        assert f"PEP {pep}" in desk.comment(number)
        (conclusion,) = desk.conclusions(number)
        assert conclusion in ("success", "neutral")
        labels = desk.labels(number)
        assert "new-pep" in labels
        assert len([label for label in labels if label.startswith("awaiting ")]) == 1
        assert [note for note in desk.annotations(number) if note[2] == "failure"] == []
