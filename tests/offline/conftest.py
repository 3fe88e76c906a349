from pathlib import Path

import pytest

from tests.offline.builders import CORE_TEAM, Repository, repository


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    return repository(tmp_path / "repo")


@pytest.fixture
def core_team(tmp_path: Path) -> str:
    file = tmp_path / "core-team.csv"
    file.write_text(CORE_TEAM)
    return str(file)
