"""A simulated GitHub with a PEP repository as large as the real one, and usual pull requests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.peps.number import PepNumber, pep_path
from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, EDITOR, pep
from tests.end_to_end.harness import REPOSITORY
from tests.end_to_end.process import github

PUBLISHED = range(1, 701)
"""The numbers of the repository's PEPs."""

_OWNED_FROM = 400
_PARAGRAPHS = 60
_PARAGRAPH = "This paragraph says what the one before it said, in words of about equal length. " * 6
_EDITOR_NAME = "Edith Quill <edith@python.example>"
_CORE_TEAM = "".join(f"Member {number},member-{number},2015-03-01,,\n" for number in range(200)) + (
    "Ada Merritt,ada,2015-03-01,,\nEdith Quill,edith,2012-06-15,,\n"
)
_OWNERS = "*             @python/pep-editors\n\n" + "".join(
    f"{pep_path(PepNumber(number))}  @edith\n" for number in PUBLISHED if number >= _OWNED_FROM
)


@asynccontextmanager
async def simulated_repository(pem: str) -> AsyncIterator[GitHubSimulator]:
    """A simulated GitHub with the repository; the app is installed, and nobody listens yet.

    Args:
        pem: The app's private key.
    """
    files = {pep_path(PepNumber(number)): _old_pep(number) for number in PUBLISHED}
    async with github(pem, files | {".github/CODEOWNERS": _OWNERS}, _CORE_TEAM) as simulator:
        await simulator.install_app([REPOSITORY])
        await simulator.settle()
        yield simulator


async def open_new_pep(simulator: GitHubSimulator, number: int, *, send: bool = True) -> int:
    """Open a pull request that adds a PEP of a usual length and its CODEOWNERS line."""
    path = pep_path(PepNumber(number))
    return await simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title=f"PEP {number}: A calmer way",
        files={path: new_pep_text(number), **owners_with(f"{path}  @ada")},
        send=send,
    )


def new_pep_text(number: int) -> str:
    """The text of such a PEP."""
    return pep(number, body=_text("New."))


async def open_pep_edit(simulator: GitHubSimulator, number: int, *, send: bool = True) -> int:
    """Open a pull request that corrects a published PEP."""
    return await simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title=f"PEP {number}: Mend a sentence",
        files={pep_path(PepNumber(number)): _old_pep(number, "Mended.")},
        send=send,
    )


async def open_infrastructure(simulator: GitHubSimulator, turn: int, *, send: bool = True) -> int:
    """Open a pull request that touches no PEP."""
    return await simulator.open_pull_request(
        REPOSITORY,
        by=EDITOR,
        title="Mend the build",
        files={"Makefile": f"all:  # {turn}\n"},
        send=send,
    )


async def open_mixed(simulator: GitHubSimulator, count: int, *, send: bool = True) -> list[int]:
    """Open pull requests of all three kinds; of ten, five are edits and four infrastructure."""
    opened = []
    for turn in range(count):
        match turn % 10:
            case 0:
                opened.append(await open_new_pep(simulator, PUBLISHED.stop + turn, send=send))
            case 1 | 3 | 5 | 7:
                opened.append(await open_infrastructure(simulator, turn, send=send))
            case _:
                number = PUBLISHED[turn % len(PUBLISHED)]
                opened.append(await open_pep_edit(simulator, number, send=send))
    return opened


def owners_with(line: str) -> dict[str, str | bytes | None]:
    """CODEOWNERS with one more line at its end."""
    return {".github/CODEOWNERS": f"{_OWNERS}{line}\n"}


def edited(number: int, first_paragraph: str) -> dict[str, str | bytes | None]:
    """A new PEP's file with another first paragraph."""
    return {pep_path(PepNumber(number)): pep(number, body=_text(first_paragraph))}


def _old_pep(number: int, first_paragraph: str = "Old.") -> str:
    return pep(
        number,
        author=_EDITOR_NAME,
        sponsor=None,
        body=_text(first_paragraph),
        title=f"Idea {number}",
    )


def _text(first_paragraph: str) -> str:
    return "\n\n".join([first_paragraph, *[_PARAGRAPH] * _PARAGRAPHS])
