"""Opens new PEPs in a harness, complete by default."""

from collections.abc import Mapping

from tests.end_to_end.conftest import AUTHOR, EDITOR, pep, with_line
from tests.end_to_end.harness import REPOSITORY, Harness

PATH = "peps/pep-0842.rst"
LINE = f"{PATH}  @ada"

Files = Mapping[str, str | bytes | None]


async def propose(
    harness: Harness,
    text: str | None = None,
    *,
    number: int = 842,
    line: str | None = LINE,
    title: str = "",
    body: str = "",
    by: str = AUTHOR,
    files: Files | None = None,
    draft: bool = False,
    wait_until_idle: bool = True,
) -> int:
    """Open a pull request with a new PEP and its CODEOWNERS line; returns its number.

    Args:
        harness: The harness.
        text: The PEP's text; a complete one by default.
        number: Its number.
        line: Its CODEOWNERS line; None to leave CODEOWNERS alone.
        title: The pull request's title; by default one that agrees with the PEP.
        body: The description.
        by: Who opens it.
        files: Everything it changes, instead of the PEP and its line.
        draft: Whether it is a draft.
        wait_until_idle: Whether to wait until the bot is done.
    """
    path = f"peps/pep-{number:04}.rst"
    if files is None:
        files = {path: text if text is not None else pep(number)}
        if line is not None:
            files[".github/CODEOWNERS"] = with_line(line.replace(PATH, path))
    opened = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=by,
        title=title or f"PEP {number}: A calmer way",
        body=body,
        files=files,
        draft=draft,
    )
    if wait_until_idle:
        await harness.wait_until_idle()
    return opened


async def set_policy(harness: Harness, toml: str) -> None:
    """Put a policy on the default branch."""
    await harness.simulator.commit(REPOSITORY, {".github/pep-bot.toml": toml}, by=EDITOR)
    await harness.wait_until_idle()
