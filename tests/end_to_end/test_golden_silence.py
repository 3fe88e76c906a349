"""Real pull requests of python/peps on which the bot must find nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.peps.change import FileChange, FileStatus
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.past import PastClock, harness_on_past_day, morning, reopened, repository_on
from tests.replay.history import CODEOWNERS, with_number

pytestmark = pytest.mark.real_data

NEW_PEP_FORM = (
    "## Basic requirements (all PEP Types)\n\n"
    "* [x] PEP has next available number, & set in filename (``pep-NNNN.rst``), PR title and "
    "``PEP`` header\n"
    "* [x] Title clearly, accurately and concisely describes the content\n"
    "* [x] Core dev/PEP editor listed as ``Author`` or ``Sponsor``, and formally confirmed their "
    "approval\n"
    "* [x] Authors/sponsor added to ``.github/CODEOWNERS`` for the PEP\n"
)


def is_untouched(harness: Harness, number: int) -> bool:
    return not (harness.labels(number) or harness.comments(number) or harness.conclusions(number))


async def test_a_new_pep_form_on_an_infrastructure_line_of_codeowners_is_no_new_pep(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    day = morning(8, 12, 2025)
    files = repository_on(shared_data, day)
    owners = files[CODEOWNERS]
    changed = owners.replace("\n.github/", "\n.codespell/  @hugovk\n.github/", 1)
    assert changed != owners
    async with harness_on_past_day(tmp_path, pem, shared_data, files, PastClock(day)) as harness:
        number = await harness.simulator.open_pull_request(
            REPOSITORY,
            by="newcomer",
            title="Own the list of words",
            body=NEW_PEP_FORM,
            files={CODEOWNERS: changed},
            number=5038,
        )
        await harness.wait_until_idle()
        assert harness.answers("pull_request")[-1] == "accepted"
        assert is_untouched(harness, number)
        assert harness.writes() == []


TOML = FileChange(
    "release_management/python-releases.toml",
    FileStatus.MODIFIED,
    before='"3.14.2" = 2026-02-03\n',
    after='"3.14.2" = 2025-12-05\n',
)


async def test_a_release_schedule_with_its_source_gets_a_green_check_and_no_word(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4731)
    merged = replace(merged, change=replace(merged.change, files=(*merged.change.files, TOML)))
    async with reopened(
        tmp_path, pem, shared_data, merged, morning(5, 12, 2025), by="vstinner"
    ) as (harness, number):
        assert harness.labels(number) == set()
        assert harness.comments(number) == []
        assert harness.conclusions(number) == ["success"]
        assert harness.annotations(number) == []
        head = harness.simulator.pull_request(REPOSITORY, number).head_sha
        (run,) = harness.simulator.check_runs(REPOSITORY, head)
        assert (run.summary or "").startswith("Release schedule of PEP 719 and 745.")


async def test_a_small_edit_of_a_final_pep_gets_a_green_check_and_no_comment(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4485)
    async with reopened(
        tmp_path, pem, shared_data, merged, morning(7, 7, 2025), by="passer-by"
    ) as (harness, number):
        assert number == 4485
        assert harness.labels(number) == set()
        assert harness.comments(number) == []
        assert harness.conclusions(number) == ["success"]
        assert harness.annotations(number) == []
        assert harness.writes() == [("POST", f"/repos/{REPOSITORY}/check-runs")]
        head = harness.simulator.pull_request(REPOSITORY, number).head_sha
        (run,) = harness.simulator.check_runs(REPOSITORY, head)
        assert run.name == "PEP editor checks"
        assert (run.summary or "").startswith("PEP 695 (Final): 1 line changed, editorial.")
