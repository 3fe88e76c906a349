import shutil
from pathlib import Path

import pytest

from tests.offline.builders import CORE_TEAM, Repository, repository


@pytest.fixture(scope="session")
def first_commit(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository to copy: git takes longer to make one."""
    return repository(tmp_path_factory.mktemp("first") / "repo")


@pytest.fixture
def repo(tmp_path: Path, first_commit: Repository) -> Repository:
    shutil.copytree(first_commit.root, tmp_path / "repo")
    return Repository(tmp_path / "repo")


@pytest.fixture
def core_team(tmp_path: Path) -> str:
    file = tmp_path / "core-team.csv"
    file.write_text(CORE_TEAM)
    return str(file)
