"""python/peps as it was on a past day, built from the replayed pull requests."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.peps.change import FileStatus
from bot.peps.number import PepNumber, pep_path
from tests.end_to_end.harness import REPOSITORY, Harness, running_harness
from tests.replay.history import CODEOWNERS, Merged, load

EDITORS = ("hugovk", "AA-Turner")

_OWNER = re.compile(r"@([A-Za-z0-9-]+)(?![A-Za-z0-9/-])")


class PastClock:
    """A clock that runs at normal speed from a chosen time on."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def set(self, moment: datetime) -> None:
        """Continue from this time."""
        self._behind = datetime.now(UTC) - moment

    def __call__(self) -> datetime:
        """The clock's present time."""
        return datetime.now(UTC) - self._behind


def morning(day: int, month: int, year: int) -> datetime:
    """Nine o'clock, UTC."""
    return datetime(year, month, day, 9, tzinfo=UTC)


def repository_on(data: Path, moment: datetime) -> dict[str, str]:
    """The files of python/peps as that day began; PEPs exist, but their text is invented."""
    first = load(data).first_since(moment.date())
    files = {pep_path(number): short_text(number) for number in first.context.numbers.published}
    return files | {CODEOWNERS: first.change.codeowners_before or ""}


def repository_for(data: Path, merged: Merged, moment: datetime) -> dict[str, str]:
    """The same, with the real text of the files that a replayed pull request changes."""
    before = {
        file.previous_path or file.path: file.before
        for file in merged.change.files
        if file.before is not None
    }
    return repository_on(data, moment) | before


@asynccontextmanager
async def harness_on_past_day(
    folder: Path,
    pem: str,
    data: Path,
    files: Mapping[str, str],
    clock: PastClock,
    *,
    owners_after: str = "",
    claims: Mapping[int, int] | None = None,
    editors: Sequence[str] = EDITORS,
) -> AsyncIterator[Harness]:
    """A harness with a repository of a past day, on which the bot has already been running.

    Args:
        folder: The folder of the bot's store.
        pem: The app's private key.
        data: The folder of real data.
        files: The files of the repository.
        clock: A clock set to that day.
        owners_after: CODEOWNERS as a pull request will leave it; everybody in it has access.
        claims: PEP numbers that older pull requests claim, each with the pull request's number.
        editors: Who the PEP editors are.
    """
    owners = set(_OWNER.findall(files[CODEOWNERS] + owners_after)) - set(editors)
    async with running_harness(
        folder,
        pem,
        files=files,
        core_team=(data / "core-team-2025-12-31.csv").read_text("utf-8"),
        editors=editors,
        people=[*editors, *owners],
        writers=sorted(owners),
        clock=clock,
        bots_clock=clock,
    ) as harness:
        for number, pull_request in (claims or {}).items():
            await harness.simulator.open_pull_request(
                REPOSITORY,
                by=f"author-of-{number}",
                title=f"PEP {number}: Something else",
                files={pep_path(PepNumber(number)): short_text(number)},
                number=pull_request,
            )
        await harness.wait_until_idle()
        clock.set(clock() + timedelta(minutes=1))
        harness.simulator.clear_requests()
        yield harness


@asynccontextmanager
async def reopened(
    folder: Path,
    pem: str,
    data: Path,
    merged: Merged,
    moment: datetime,
    *,
    by: str,
    body: str = "",
    claims: Mapping[int, int] | None = None,
) -> AsyncIterator[tuple[Harness, int]]:
    """A harness in which a replayed pull request is open with its own number, title and files."""
    clock = PastClock(moment)
    files = repository_for(data, merged, moment)
    after = merged.change.codeowners_after or ""
    async with harness_on_past_day(
        folder, pem, data, files, clock, owners_after=after, claims=claims
    ) as harness:
        number = await harness.simulator.open_pull_request(
            REPOSITORY,
            by=by,
            title=merged.title,
            body=body,
            files=changed_files(merged),
            number=merged.pull_request,
        )
        await harness.wait_until_idle()
        yield harness, number


def changed_files(merged: Merged) -> dict[str, str | bytes | None]:
    """The text of each file after a replayed pull request; None for files that it removes."""
    files: dict[str, str | bytes | None] = {}
    for file in merged.change.files:
        if file.previous_path is not None:
            files[file.previous_path] = None
        files[file.path] = None if file.status is FileStatus.REMOVED else file.after
    return files


def short_text(number: int) -> str:
    """A short PEP, for when only its existence matters."""
    return (
        f"PEP: {number}\nTitle: Something else\nAuthor: Guido van Rossum <guido@mail.example>\n"
        "Status: Draft\nType: Standards Track\nCreated: 01-Jan-2020\n\n\nAbstract\n========\n"
    )
