from pathlib import Path

from bot.offline.files import open_folder
from bot.offline.local_change import related_headers
from bot.peps.number import PepNumber
from tests.offline.builders import Repository, checked, pep
from tests.rules.builders import change, modified, pep_text


def test_headers_of_related_peps_are_read_and_missing_ones_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "peps").mkdir()
    (tmp_path / "peps" / "pep-0700.rst").write_text(pep_text(700), encoding="utf-8")
    after = pep_text(695, **{"Superseded-By": "700, 701"})
    found = related_headers(change(modified(pep_text(695), after)), open_folder(tmp_path))
    assert set(found) == {PepNumber(700)}
    assert found[PepNumber(700)].number == 700


SCHEDULE = """\
PEP: 719
Title: Python 3.13 Release Schedule
Author: Vera Core
Status: Active
Type: Informational
Topic: Release
Created: 26-May-2023
Python-Version: 3.13

- 3.13.0 final: Monday, 2024-10-07
"""


def test_the_release_schedules_of_the_base_tell_what_was_released(repo: Repository) -> None:
    accepted = pep(700, "Vera Core").replace("Status: Draft", "Status: Accepted")
    for version, severity in (("3.13", "warning"), ("3.99", "notice")):
        before = accepted.replace("3.99", version)
        repo.write("peps/pep-0719.rst", SCHEDULE)
        repo.write("peps/pep-0700.rst", before)
        base = repo.commit()
        repo.write("peps/pep-0700.rst", before.replace("Accepted", "Withdrawn"))
        (found,) = checked(repo, "--base", base, "--rule", "status-transition")
        assert found["severity"] == severity
        assert ("released on 07-Oct-2024" in found["message"]) is (severity == "warning")
