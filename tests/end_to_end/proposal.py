"""Opening new PEPs on a desk, complete unless told otherwise."""

from collections.abc import Mapping

from tests.end_to_end.conftest import AUTHOR, EDITOR, pep, with_line
from tests.end_to_end.desk import REPOSITORY, Desk

PATH = "peps/pep-0842.rst"
LINE = f"{PATH}  @ada"

Files = Mapping[str, str | bytes | None]


async def propose(
    desk: Desk,
    text: str | None = None,
    *,
    number: int = 842,
    line: str | None = LINE,
    title: str = "",
    body: str = "",
    by: str = AUTHOR,
    files: Files | None = None,
    draft: bool = False,
    calm: bool = True,
) -> int:
    """Open a pull request with a new PEP and its CODEOWNERS line; returns its number.

    Args:
        desk: Where.
        text: The PEP's text; a complete one unless told.
        number: Its number.
        line: Its CODEOWNERS line; None to leave CODEOWNERS alone.
        title: The pull request's title; one that agrees unless told.
        body: The description.
        by: Who opens it.
        files: Everything it changes, instead of the PEP and its line.
        draft: Whether it is a draft.
        calm: Whether to wait until the bot is done.
    """
    path = f"peps/pep-{number:04}.rst"
    if files is None:
        files = {path: text if text is not None else pep(number)}
        if line is not None:
            files[".github/CODEOWNERS"] = with_line(line.replace(PATH, path))
    opened = await desk.simulator.open_pull_request(
        REPOSITORY,
        by=by,
        title=title or f"PEP {number}: A calmer way",
        body=body,
        files=files,
        draft=draft,
    )
    if calm:
        await desk.calm()
    return opened


async def set_policy(desk: Desk, toml: str) -> None:
    """Put a policy on the default branch."""
    await desk.simulator.commit(REPOSITORY, {".github/pep-bot.toml": toml}, by=EDITOR)
    await desk.calm()


def without_spaces(text: str) -> str:
    """A text on one line, as a reader takes it in."""
    return " ".join(text.split())
