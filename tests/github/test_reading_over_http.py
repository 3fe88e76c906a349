"""The reader, the real client and a simulated GitHub together: the texts and the budget hold."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.github.client.app import AppIdentity
from bot.github.client.http_client import GitHubClients
from bot.github.read.base_branch_reader import BaseBranchReader
from bot.github.read.claims_sweep import sweep_claims
from bot.github.read.discussion_reader import DiscussionReader
from bot.github.read.people_reader import PeopleReader
from bot.github.read.snapshot_reader import SnapshotReader
from bot.github.read.surroundings import Surroundings
from bot.review.snapshot import CommentMemory, Memory, Snapshot
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import ActKind
from github_simulator import GitHubSimulator
from tests.github.reading import CODEOWNERS, CSV, PEP, FakeStore, unlimited
from tests.markup_readers import NullMarkupReader

PEPS = "python/peps"
OWNERS = ".github/CODEOWNERS"
OWNED = CODEOWNERS + "peps/pep-0791.rst  @vstinner\n"
OLD = "PEP: 790\nTitle: Old\n\n" + "".join(f"Line {n}.\n" for n in range(60))


def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


KEY = private_key()


class Harness:
    """python/peps on a simulated GitHub, and a reader that has a client to it."""

    def __init__(
        self, simulator: GitHubSimulator, session: aiohttp.ClientSession, installation: int
    ) -> None:
        self.simulator = simulator
        self.repository = Repository(PEPS, installation)
        self.store = FakeStore()
        self.clients = GitHubClients(
            session, app_id="99", private_key=KEY, api_url=simulator.api_url
        )
        people = PeopleReader(self.clients, self.store, lambda: datetime.now(UTC))
        self.reader = SnapshotReader(
            self.clients,
            BaseBranchReader(self.store),
            DiscussionReader(self.store, people, AppIdentity(99, "pep-editor-bot")),
            Surroundings(self.store, lambda: datetime.now(UTC)),
            NullMarkupReader(),
        )

    async def open(self, files: dict[str, str | None]) -> Subject:
        number = await self.simulator.open_pull_request(
            PEPS, by="skirpichev", title="PEP 791: imath", files=files
        )
        return Subject(self.repository, number)

    async def read(self, subject: Subject, memory: Memory | None = None) -> Snapshot:
        return (await self.reader.read(subject, memory or Memory())).snapshot

    async def cost(self, subject: Subject, memory: Memory | None = None) -> list[str]:
        """The reads of one review, tokens left out."""
        self.simulator.clear_requests()
        await self.read(subject, memory)
        return [request.path for request in self.simulator.requests if request.method == "GET"]


async def install(simulator: GitHubSimulator) -> int:
    """python/peps with its people, and the app installed on it."""
    for login in ("skirpichev", "vstinner", "hugovk", "warsaw"):
        simulator.add_user(login)
    simulator.create_organization("python")
    simulator.create_team("python", "pep-editors", ["hugovk"])
    simulator.create_repository(
        PEPS,
        {OWNERS: CODEOWNERS, "peps/pep-0790.rst": OLD, "README.md": "a\n"},
        collaborators={"vstinner": "write", "warsaw": "write", "hugovk": "write"},
    )
    simulator.create_repository("python/devguide", {"core-team/core-team.csv": CSV})
    simulator.register_app(
        99,
        "pep-editor-bot",
        private_key_pem=KEY,
        secret="secret",
        webhook_url="http://127.0.0.1:9/webhook",
        permissions={
            "contents": "read",
            "metadata": "read",
            "members": "read",
            "pull_requests": "write",
            "issues": "write",
            "checks": "write",
        },
        events=[],
    )
    return await simulator.install_app([PEPS])


@pytest.fixture
async def harness() -> AsyncIterator[Harness]:
    simulator = GitHubSimulator()
    async with simulator.serve(), aiohttp.ClientSession() as session:
        yield Harness(simulator, session, await install(simulator))


async def test_one_edited_pep_and_codeowners_cost_six_reads_when_warm(harness: Harness) -> None:
    new = OLD.replace("Line 30.", "Line thirty.")
    warm = await harness.open({"peps/pep-0790.rst": OLD + "\nMore.\n"})
    await harness.read(warm)
    subject = await harness.open({"peps/pep-0790.rst": new, OWNERS: OWNED})
    assert len(await harness.cost(subject)) == 6
    change = (await harness.read(subject)).change
    texts = {file.path: (file.before, file.after) for file in change.files}
    assert texts == {"peps/pep-0790.rst": (OLD, new), OWNERS: (CODEOWNERS, OWNED)}
    assert (change.codeowners_before, change.codeowners_after) == (CODEOWNERS, OWNED)


async def test_a_cold_new_pep_is_read_whole_within_sixteen(harness: Harness) -> None:
    subject = await harness.open({"peps/pep-0791.rst": PEP, OWNERS: OWNED})
    assert len(await harness.cost(subject)) <= 16
    snapshot = await harness.read(subject)
    assert snapshot.degraded == ()
    assert snapshot.context.editors == {"hugovk"}
    assert snapshot.context.core_team is not None
    assert snapshot.context.numbers.published == {790}
    assert [claim.number for claim in snapshot.context.numbers.claims] == [791]


async def test_infrastructure_and_pushes_of_no_interest_cost_two_reads(harness: Harness) -> None:
    infrastructure = await harness.open({"README.md": "b\n"})
    await harness.read(infrastructure)
    assert len(await harness.cost(infrastructure)) == 2
    subject = await harness.open({"peps/pep-0791.rst": PEP})
    snapshot = await harness.read(subject)
    memory = Memory(comments={"summary": CommentMemory(1, "")}, conversation=snapshot.conversation)
    await harness.simulator.push(PEPS, subject.number, {"README.md": "c\n"})
    assert len(await harness.cost(subject, memory)) == 2


async def test_comments_and_reviews_are_read(harness: Harness) -> None:
    subject = await harness.open({"peps/pep-0791.rst": PEP})
    edited = await harness.simulator.comment(PEPS, subject.number, "warsaw", "hello")
    await harness.simulator.comment(PEPS, subject.number, "vstinner", "/pep sponsor")
    review = await harness.simulator.review(PEPS, subject.number, "hugovk", "APPROVED")
    acts = {act.login: act.kind for act in (await harness.read(subject)).context.acts}
    assert acts == {
        "warsaw": ActKind.COMMENTED,
        "vstinner": ActKind.CONSENT,
        "hugovk": ActKind.CONSENT,
    }
    await harness.simulator.dismiss_review(PEPS, subject.number, review, "hugovk")
    await harness.simulator.delete_comment(PEPS, edited, "warsaw")
    acts = {act.login: act.kind for act in (await harness.read(subject)).context.acts}
    assert acts == {"vstinner": ActKind.CONSENT, "hugovk": ActKind.WITHDRAWAL}


async def test_labels_that_instruct_are_an_editors_though_their_events_were_missed(
    harness: Harness,
) -> None:
    subject = await harness.open({"peps/pep-0791.rst": PEP})
    await harness.simulator.label(PEPS, subject.number, "hugovk", "skip number")
    await harness.simulator.label(PEPS, subject.number, "warsaw", "skip sponsor")
    snapshot = await harness.read(subject)
    assert snapshot.labels == {"skip number", "skip sponsor"}
    assert snapshot.instructions == {"skip number"}


async def test_a_deleted_fork_does_not_keep_the_texts_away(harness: Harness) -> None:
    subject = await harness.open({"peps/pep-0791.rst": PEP})
    await harness.simulator.delete_head_repository(PEPS, subject.number)
    snapshot = await harness.read(subject)
    assert snapshot.change.files[0].after == PEP


async def test_github_reports_an_unknown_owner(harness: Harness) -> None:
    owners = CODEOWNERS + "peps/pep-0791.rst  @nobody-at-all\n"
    subject = await harness.open({"peps/pep-0791.rst": PEP, OWNERS: owners})
    errors = (await harness.read(subject)).context.owners_errors
    assert errors is not None
    assert [error.line for error in errors] == [4]


async def test_a_renumbering_keeps_the_text_before(harness: Harness) -> None:
    new = OLD.replace("PEP: 790", "PEP: 792")
    subject = await harness.open({"peps/pep-0790.rst": None, "peps/pep-0792.rst": new})
    files = (await harness.read(subject)).change.files
    assert [(f.path, f.previous_path, f.before, f.after) for f in files] == [
        ("peps/pep-0792.rst", "peps/pep-0790.rst", OLD, new)
    ]


async def test_a_sweep_knows_every_claim(harness: Harness) -> None:
    first = await harness.open({"peps/pep-0791.rst": PEP})
    second = await harness.open({"README.md": "b\n"})
    client = await harness.clients.for_repository(PEPS, harness.repository.installation)
    sweep = await sweep_claims(client, harness.store, harness.repository, pace=unlimited)
    assert sweep.to_review == (first.number, second.number)
    assert harness.store.claimed == {first.number: {791}}
