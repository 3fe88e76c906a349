"""Real pull requests of python/peps on which nothing is to be said."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.rules.change import FileChange, FileStatus
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.past import PastClock, desk_in_the_past, morning, reopened, repository_on
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


def is_untouched(desk: Desk, number: int) -> bool:
    return not (desk.labels(number) or desk.comments(number) or desk.conclusions(number))


async def test_a_new_pep_form_on_an_infrastructure_line_of_codeowners_is_no_new_pep(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    day = morning(8, 12, 2025)
    files = repository_on(shared_data, day)
    owners = files[CODEOWNERS]
    changed = owners.replace("\n.github/", "\n.codespell/  @hugovk\n.github/", 1)
    assert changed != owners
    async with desk_in_the_past(tmp_path, pem, shared_data, files, PastClock(day)) as desk:
        number = await desk.simulator.open_pull_request(
            REPOSITORY,
            by="newcomer",
            title="Own the list of words",
            body=NEW_PEP_FORM,
            files={CODEOWNERS: changed},
            number=5038,
        )
        await desk.calm()
        assert desk.answers("pull_request")[-1] == "accepted"
        assert is_untouched(desk, number)
        assert desk.writes() == []


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
    ) as (desk, number):
        assert desk.labels(number) == set()
        assert desk.comments(number) == []
        assert desk.conclusions(number) == ["success"]
        assert desk.annotations(number) == []
        head = desk.simulator.pull_request(REPOSITORY, number).head_sha
        (run,) = desk.simulator.check_runs(REPOSITORY, head)
        assert (run.summary or "").startswith("Release schedule of PEP 719 and 745.")


async def test_a_small_mend_in_a_final_pep_gets_a_green_check_and_no_word(
    tmp_path: Path, pem: str, shared_data: Path
) -> None:
    merged = with_number(shared_data, 4485)
    async with reopened(
        tmp_path, pem, shared_data, merged, morning(7, 7, 2025), by="passer-by"
    ) as (desk, number):
        assert number == 4485
        assert desk.labels(number) == set()
        assert desk.comments(number) == []
        assert desk.conclusions(number) == ["success"]
        assert desk.annotations(number) == []
        assert desk.writes() == [("POST", f"/repos/{REPOSITORY}/check-runs")]
        head = desk.simulator.pull_request(REPOSITORY, number).head_sha
        (run,) = desk.simulator.check_runs(REPOSITORY, head)
        assert run.name == "PEP editor checks"
        assert (run.summary or "").startswith("PEP 695 (Final): 1 line changed, editorial.")
