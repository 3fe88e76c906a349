"""Real pull requests through signed webhooks: GitHub shows what the code without I/O computes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.inbox.delivery import DeliveryState
from tests.end_to_end.replayed_history import BotOutput, replayed_history
from tests.replay.history import load
from tests.replay.reviewed import Replay, replay
from tests.replay.sample import PARTS, sample, whole_sample

pytestmark = pytest.mark.real_data

APRIL = (3736, 3762, 3761, 3764)
"""Of April 2024: three change a status, the last one adds a PEP and touches CODEOWNERS."""


async def test_what_stands_on_github_in_one_april_is_what_the_pure_core_says(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    lives = Replay(load(shared_data))
    rows = [lives.history.row_of(number) for number in APRIL]
    await assert_alike(tmp_path, pem, shared_data, lives, rows)


@pytest.mark.exhaustive
@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", PARTS)
async def test_what_stands_on_github_is_what_the_pure_core_says(
    tmp_path: Path, pem: str, shared_data: Path, part: str
) -> None:
    lives = replay(shared_data)
    await assert_alike(tmp_path, pem, shared_data, lives, sample(lives, part))


async def assert_alike(
    folder: Path, pem: str, data: Path, lives: Replay, rows: Sequence[int]
) -> None:
    """Before and after the merge of each, what people see is what the pure core says."""
    async with replayed_history(folder, pem, data, lives, rows) as replayed:
        for row in range(rows[0], rows[-1] + 1):
            await replayed.reach(row)
            if row not in rows:
                continue
            predicted = lives.reviewed(row)
            before = await replayed.present(row)
            assert before == BotOutput.predicted(predicted), predicted.merged.title
            after = await replayed.merge(row)
            left = tuple(comment.body for comment in predicted.after.desired.comments)
            assert after.comments == before.comments + left, predicted.merged.title
            assert (after.labels, after.check_run) == (before.labels, before.check_run)
        assert replayed.harness.server is not None
        records = await replayed.harness.server.inbox.records()
        assert {record.state for record in records} == {DeliveryState.DONE}
        assert {record.attempts for record in records} == {1}
        assert [record.error for record in records if record.error] == []


@pytest.mark.exhaustive
def test_the_parts_hold_the_whole_sample(shared_data: Path) -> None:
    lives = replay(shared_data)
    parts = [row for part in PARTS for row in sample(lives, part)]
    assert parts == list(whole_sample(lives))
    assert len(parts) >= 140
