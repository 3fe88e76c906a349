"""Which changed files concern PEPs, and which numbers they claim."""

import pytest

from bot.github.read.pull_request_files import (
    MOST_FILES,
    ListedFile,
    claimed_numbers,
    list_files,
    parse_file,
)
from bot.peps.change import FileStatus
from tests.github.reading import PULL, SUBJECT, FakeGitHub, patch_of


def added(path: str) -> ListedFile:
    return ListedFile(path, FileStatus.ADDED)


def renamed(previous: str, path: str) -> ListedFile:
    return ListedFile(path, FileStatus.RENAMED, previous)


@pytest.mark.parametrize(
    ("file", "numbers"),
    [
        (added("peps/pep-0791.rst"), {791}),
        (renamed("peps/pep-9999.rst", "peps/pep-0791.rst"), {791}),
        (renamed("peps/pep-0837.rst", "peps/pep-0840.rst"), {840}),
        (renamed("peps/pep-0791.rst", "peps/pep-0791.rst"), set()),
        (added("peps/pep-9999.rst"), set()),
        (added("peps/pep-XXXX.rst"), set()),
        (added("peps/pep-0791/figure.png"), set()),
        (ListedFile("peps/pep-0791.rst", FileStatus.MODIFIED), set()),
        (ListedFile("peps/pep-0791.rst", FileStatus.REMOVED), set()),
    ],
)
def test_numbers_are_claimed_by_adding_or_renaming(file: ListedFile, numbers: set[int]) -> None:
    assert claimed_numbers([file], frozenset({9999})) == numbers  # type: ignore[arg-type]


def codeowners(before: str, after: str) -> ListedFile:
    return ListedFile(
        ".github/CODEOWNERS", FileStatus.MODIFIED, patch=patch_of(before, after), changes=1
    )


@pytest.mark.parametrize(
    ("file", "touches"),
    [
        (added("peps/pep-0791.rst"), True),
        (added("peps/pep-XXXX.rst"), True),
        (renamed("peps/pep-0791.rst", "elsewhere.txt"), True),
        (added(".github/workflows/test.yml"), False),
        (added("peps/diagram.png"), True),
        (added("peps/idea.md"), True),
        (added("peps/new_tool.py"), False),
        (added("docs/CODEOWNERS"), True),
        (codeowners("", "peps/pep-0791.rst  @vstinner\n"), True),
        (codeowners("/docs @a\n", "/docs @python/pep-editors\n"), False),
        (ListedFile(".github/CODEOWNERS", FileStatus.MODIFIED), True),
    ],
)
def test_a_pull_request_touches_peps_by_its_files(file: ListedFile, touches: bool) -> None:
    assert file.touches_peps is touches


@pytest.mark.parametrize(
    ("status", "previous", "expected"),
    [
        ("added", None, FileStatus.ADDED),
        ("copied", "peps/pep-0001.rst", FileStatus.ADDED),
        ("removed", None, FileStatus.REMOVED),
        ("renamed", "peps/pep-9999.rst", FileStatus.RENAMED),
        ("renamed", None, FileStatus.ADDED),
        ("changed", None, FileStatus.MODIFIED),
        ("something new", None, FileStatus.MODIFIED),
    ],
)
def test_every_status_of_github_has_a_meaning(
    status: str, previous: str | None, expected: FileStatus
) -> None:
    file = parse_file({"filename": "a", "status": status, "previous_filename": previous})
    assert file is not None
    assert file.status is expected


async def test_a_list_at_the_cap_may_lack_files() -> None:
    github = FakeGitHub()
    github.answers[f"{PULL}/files"] = [{"filename": f"f{n}"} for n in range(MOST_FILES)]
    assert not (await list_files(github, SUBJECT)).complete
    github.answers[f"{PULL}/files"] = [{"filename": "f"}]
    assert (await list_files(github, SUBJECT)).complete


@pytest.mark.parametrize(
    "path", ["pep-0845.rst", "peps/pep-0845.md", "peps/Metge.md", "peps/a.png", "peps/a/b.png"]
)
def test_a_proposal_or_file_in_the_wrong_place_is_looked_at_when_it_comes(path: str) -> None:
    assert ListedFile(path, FileStatus.ADDED).touches_peps
    assert not ListedFile(path, FileStatus.MODIFIED).touches_peps


@pytest.mark.parametrize(
    "path", ["README.md", "peps/conf.py", "peps/pep-0789-a.png", "peps/_a/b.png"]
)
def test_other_new_files_cost_no_further_requests(path: str) -> None:
    assert not ListedFile(path, FileStatus.ADDED).touches_peps
