"""Fixtures of the end-to-end tests: an invented PEP repository with invented people."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.inbox import backoff
from bot.inbox.delivery import Clock
from bot.peps.number import PepNumber, pep_path
from github_simulator.wire import now_utc
from tests.end_to_end.harness import Harness, running_harness
from tests.rules.builders import COPYRIGHT

AUTHOR = "nova"
STRANGER = "mallory"
SPONSOR = "ada"
EDITOR = "edith"
OTHER_EDITOR = "edmund"

TODAY = datetime.now(UTC).strftime("%d-%b-%Y")
"""Today as a `Created` header has it, so that no rule finds fault with it."""

CORE_TEAM = """\
Ada Merritt,ada,2015-03-01,,
Edith Quill,edith,2012-06-15,,
Olaf Brandt,olaf,2009-01-20,2021-05-01,
"""

CODEOWNERS = """\
*             @python/pep-editors

peps/pep-0840.rst  @edith
peps/pep-0841.rst  @edith
"""


def pep(
    number: int | str = 842,
    *,
    title: str = "A calmer way",
    author: str = "Nova First <nova@mail.example>",
    sponsor: str | None = "Ada Merritt <ada@python.example>",
    status: str = "Draft",
    headers: str = "",
    body: str = "This PEP proposes something.",
) -> str:
    """A PEP's text."""
    sponsor_line = f"Sponsor: {sponsor}\n" if sponsor else ""
    return (
        f"PEP: {number}\nTitle: {title}\nAuthor: {author}\n{sponsor_line}Status: {status}\n"
        f"Type: Standards Track\n{headers}Created: {TODAY}\nPython-Version: 3.16\n\n\n"
        f"Abstract\n========\n\n{body}\n\n\n" + "\n".join(COPYRIGHT) + "\n"
    )


def with_line(line: str) -> str:
    """CODEOWNERS with one more line at its end."""
    return f"{CODEOWNERS}{line}\n"


@pytest.fixture(scope="session")
def pem() -> str:
    """A private key, created once, since creating one takes a while."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class GitHubTime:
    """GitHub's clock: each reading is a second later, since GitHub gives times in seconds."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


class Days:
    """The clock of the bot and of GitHub, which a test puts forward by some days."""

    def __init__(self) -> None:
        self.passed = 0
        self._github = GitHubTime()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.passed)

    def githubs(self) -> datetime:
        """GitHub's time, which never stands still."""
        return self._github() + timedelta(days=self.passed)


def pep_harness(
    folder: Path,
    pem: str,
    bots_clock: Clock = now_utc,
    githubs_clock: Clock | None = None,
    editors: Sequence[str] = (OTHER_EDITOR, EDITOR),
) -> AbstractAsyncContextManager[Harness]:
    """The invented repository with the bot installed and idle.

    The bot's clock may be wrong; GitHub's is right by default.
    """
    files = {
        ".github/CODEOWNERS": CODEOWNERS,
        "README.rst": "PEPs\n",
        "peps/pep-0840.rst": pep(840, author="Edith Quill <edith@python.example>", sponsor=None),
        "peps/pep-0841.rst": pep(
            841, author="Edith Quill <edith@python.example>", sponsor=None, status="Final"
        ),
    }
    return running_harness(
        folder,
        pem,
        files=files,
        core_team=CORE_TEAM,
        editors=editors,
        people=[AUTHOR, STRANGER, SPONSOR, *editors],
        writers=[SPONSOR],
        clock=githubs_clock or GitHubTime(),
        bots_clock=bots_clock,
        wall_clock=now_utc,
    )


def peps_harness(
    folder: Path, pem: str, peps: Mapping[int, str]
) -> AbstractAsyncContextManager[Harness]:
    """A repository of these PEPs, with an editor whom no PEP names, and the bot idle."""
    return running_harness(
        folder,
        pem,
        files={
            ".github/CODEOWNERS": CODEOWNERS,
            **{pep_path(PepNumber(number)): text for number, text in peps.items()},
        },
        core_team=CORE_TEAM,
        editors=["hugo"],
        people=[AUTHOR, STRANGER, SPONSOR, EDITOR, "hugo"],
        writers=[SPONSOR, EDITOR],
        clock=GitHubTime(),
    )


@pytest.fixture(autouse=True)
def fast_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the bot's waits after a fault to a twentieth; later waits are still longer."""
    monkeypatch.setattr(backoff, "FIRST_DELAY", backoff.FIRST_DELAY / 20)


@pytest.fixture
def clock() -> Days:
    """The clock of the harness."""
    return Days()


@pytest.fixture
async def harness(tmp_path: Path, pem: str, clock: Days) -> AsyncIterator[Harness]:
    """The invented repository with the bot installed and idle."""
    async with pep_harness(tmp_path, pem, clock, clock.githubs) as running:
        yield running
