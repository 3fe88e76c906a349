"""Every real edit of a PEP shows in the section it is in."""

from pathlib import Path

import pytest

from bot.peps.document import SectionStatus, changed_sections
from bot.peps.number import is_pep_path
from tests.replay.history import load


def worded(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


@pytest.mark.real_data
@pytest.mark.parametrize(
    "every",
    [
        pytest.param(10, id="every tenth pull request"),
        pytest.param(1, id="every pull request", marks=pytest.mark.exhaustive),
    ],
)
def test_no_real_edit_is_missed_and_few_sections_come_or_go(shared_data: Path, every: int) -> None:
    statuses = dict.fromkeys(SectionStatus, 0)
    history = load(shared_data)
    for row in range(0, len(history), every):
        for file in history.files(row):
            before, after = file.before, file.after
            if before is None or after is None or not is_pep_path(file.path):
                continue
            changes = changed_sections(before, after)
            assert bool(changes) is (worded(before) != worded(after)), history.number(row)
            for change in changes:
                statuses[change.status] += 1
    assert statuses[SectionStatus.CHANGED] > 10 * max(
        statuses[SectionStatus.NEW], statuses[SectionStatus.REMOVED]
    )
