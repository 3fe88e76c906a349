"""A snapshot holds what a review needs, for as few requests as the budget allows."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.github.client.client import Gone, NotAllowed, TryLater
from bot.github.read.base_branch_reader import BaseBranchReader
from bot.github.read.conversation_reader import LargeTextLimit
from bot.github.read.discussion_reader import DiscussionReader
from bot.github.read.people_reader import PeopleReader
from bot.github.read.pull_request import NO_HINT, Hint
from bot.github.read.snapshot_reader import SnapshotReader
from bot.github.read.surroundings import Surroundings
from bot.peps.change import FileStatus, Unreadable
from bot.peps.number import Claim, PepNumber
from bot.review.snapshot import (
    CommentMemory,
    Conversation,
    Memory,
    PullRequestState,
    Snapshot,
)
from bot.rules.engine.context import ActKind, OwnersError
from tests.github.reading import (
    APP,
    CODEOWNERS,
    COMMENTS,
    NOON,
    PEP,
    PULL,
    ROOT,
    SUBJECT,
    TREE,
    Clock,
    FakeClients,
    FakeGitHub,
    FakeStore,
    InTurn,
    blob_sha,
    comment,
    patch_of,
    pull,
    review,
    stamp,
)
from tests.markup_readers import NullMarkupReader

PATH = "peps/pep-0791.rst"
OWNERS = ".github/CODEOWNERS"
OWNED = CODEOWNERS + "peps/pep-0791.rst  @vstinner\n"
ERRORS = f"{ROOT}/codeowners/errors?ref={'a' * 40}"
COMPARE = f"{ROOT}/compare/{'b' * 40}...{'a' * 40}?per_page=1"
NO_MEMORY = Memory()


class Harness:
    """A bot that has seen the repository before."""

    def __init__(self) -> None:
        self.github, self.store, self.clock = FakeGitHub(), FakeStore(), Clock()
        self.waited: list[float] = []
        clients = FakeClients(self.github)
        people = PeopleReader(clients, self.store, self.clock)
        self.reader = SnapshotReader(
            clients,
            BaseBranchReader(self.store),
            DiscussionReader(self.store, people, APP, sleep=self._sleep),
            Surroundings(self.store, self.clock),
            NullMarkupReader(),
            self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    async def read(
        self, memory: Memory = NO_MEMORY, hint: Hint = NO_HINT, **options: object
    ) -> Snapshot:
        reading = await self.reader.read(SUBJECT, memory, hint, **options)  # type: ignore[arg-type]
        return reading.snapshot

    async def requests(self, memory: Memory = NO_MEMORY, **options: object) -> list[str]:
        """What reading costs once the repository is known."""
        self.github.requests.clear()
        await self.read(memory, **options)
        return sorted(self.github.requests)

    async def warm(self) -> None:
        files, self.github.files[:] = list(self.github.files), []
        self.github.change("peps/pep-0790.rst", "PEP: 790\n", "PEP: 790\n\n")
        await self.read()
        self.github.files[:] = files


def new_pep(harness: Harness) -> None:
    harness.github.change(PATH, None, PEP)
    harness.github.change(OWNERS, CODEOWNERS, OWNED)


async def test_a_new_pep_with_its_owners_costs_six_reads() -> None:
    harness = Harness()
    new_pep(harness)
    await harness.warm()
    assert await harness.requests() == sorted(
        [
            PULL,
            f"{PULL}/files",
            f"{ROOT}/git/blobs/{blob_sha(PEP)}",
            f"{ROOT}/git/blobs/{blob_sha(OWNED)}",
            f"{PULL}/reviews",
            COMMENTS,
        ]
    )


async def test_an_edited_pep_with_its_owners_costs_six_reads() -> None:
    harness = Harness()
    harness.github.change(PATH, PEP, PEP + "More.\n")
    harness.github.change(OWNERS, CODEOWNERS, OWNED)
    await harness.warm()
    assert len(await harness.requests()) == 6


async def test_a_cold_start_costs_at_most_sixteen() -> None:
    harness = Harness()
    new_pep(harness)
    harness.github.publish(".github/pep-bot.toml", "")
    assert len(await harness.requests()) <= 16


async def test_a_push_that_changes_nothing_of_interest_costs_two_reads() -> None:
    harness = Harness()
    new_pep(harness)
    snapshot = await harness.read()
    memory = Memory(comments={"summary": CommentMemory(1, "")}, conversation=snapshot.conversation)
    harness.github.files.append({"filename": "README.md", "status": "modified", "sha": "d" * 40})
    harness.github.open_pull_request(head={"sha": "e" * 40, "repo": None})
    assert await harness.requests(memory) == [PULL, f"{PULL}/files"]


@pytest.mark.parametrize(
    "path", [".github/workflows/test.yml", "peps/conf.py", "peps/pep-0001/a.png"]
)
async def test_infrastructure_costs_two_reads(path: str) -> None:
    harness = Harness()
    harness.github.change(path, "a\n", "b\n")
    await harness.warm()
    assert await harness.requests() == [PULL, f"{PULL}/files"]
    assert (await harness.read()).conversation == Conversation()


async def test_owners_of_infrastructure_cost_two_reads_and_are_exact() -> None:
    harness = Harness()
    after = CODEOWNERS.replace("*  @python/pep-editors", "*  @python/pep-editors\n/docs/  @new")
    harness.github.change(OWNERS, CODEOWNERS, after)
    await harness.warm()
    assert await harness.requests() == [PULL, f"{PULL}/files"]
    change = (await harness.read()).change
    assert (change.codeowners_before, change.codeowners_after) == (CODEOWNERS, after)


async def test_where_the_bot_wrote_before_it_reads_on_though_nothing_is_of_interest() -> None:
    harness = Harness()
    harness.github.change("README.md", "a\n", "b\n")
    body = "<!-- pep-bot:summary -->\nhello"
    harness.github.answers[COMMENTS] = [comment(APP.login, body, kind="Bot")]
    snapshot = await harness.read(Memory(comments={"summary": CommentMemory(1000, "")}))
    assert [own.body for own in snapshot.conversation.own_comments] == [body]


async def test_a_remembered_conversation_is_read_again_only_when_asked() -> None:
    harness = Harness()
    new_pep(harness)
    memory = Memory(conversation=Conversation(mentions=()), labels={"new-pep": "adds a PEP"})
    harness.github.answers[f"{PULL}/reviews"] = [review("vstinner", "APPROVED")]
    assert (await harness.read(memory)).context.acts == ()
    acts = (await harness.read(memory, Hint(conversation_changed=True))).context.acts
    assert [act.kind for act in acts] == [ActKind.CONSENT]


async def test_a_conversation_is_read_again_if_nobody_looked_whom_it_mentions() -> None:
    harness = Harness()
    new_pep(harness)
    harness.github.answers[COMMENTS] = [comment("nova", "@vera, look", 1)]
    snapshot = await harness.read(Memory(conversation=Conversation(), labels={"new-pep": "new"}))
    assert [one.login for one in snapshot.context.mentions] == ["vera"]


async def test_a_mention_in_the_description_counts_from_the_reading_that_saw_it_first() -> None:
    harness = Harness()
    new_pep(harness)
    harness.github.open_pull_request(body="May I, @vera?")
    opened = (await harness.read()).conversation
    assert opened.mentions is not None
    (vera,) = opened.mentions
    assert (vera.login, vera.url) == ("vera", "")
    later = stamp(vera.at + timedelta(days=9))
    harness.github.open_pull_request(body="May I, @Vera, @vera and @wim?", updated_at=later)
    memory = Memory(conversation=opened, labels={"new-pep": "new"})
    for hint in (Hint(), Hint(conversation_changed=True)):
        found = (await harness.read(memory, hint)).context.mentions
        assert [(one.login, (one.at - vera.at).days) for one in found] == [
            ("vera", 0),
            ("wim", 9),
        ], hint
    harness.github.open_pull_request(body="May I?", updated_at=later)
    assert (await harness.read(memory)).context.mentions == ()


async def test_a_conversation_nobody_needed_before_is_read_once_a_pep_is_touched() -> None:
    harness = Harness()
    harness.github.change("README.md", "a\n", "b\n")
    before = await harness.read()
    harness.github.answers[f"{PULL}/reviews"] = [review("vstinner", "APPROVED")]
    new_pep(harness)
    snapshot = await harness.read(Memory(conversation=before.conversation))
    assert [act.kind for act in snapshot.context.acts] == [ActKind.CONSENT]


async def test_a_snapshot_describes_the_pull_request() -> None:
    harness = Harness()
    new_pep(harness)
    harness.github.open_pull_request(
        title="PEP 791: imath", body="text", draft=True, labels=[{"name": "new-pep"}]
    )
    harness.clock.now = datetime(2025, 6, 3, 1, tzinfo=UTC)
    snapshot = await harness.read()
    assert snapshot.state is PullRequestState.OPEN
    assert snapshot.head_sha == "a" * 40
    assert snapshot.labels == {"new-pep"}
    assert snapshot.updated_at == NOON
    assert snapshot.degraded == ()
    change = snapshot.change
    assert (change.title, change.author, change.body) == ("PEP 791: imath", "skirpichev", "text")
    assert (change.draft, change.opened) == (True, date(2025, 6, 1))
    assert change.files[0].status is FileStatus.ADDED
    assert (change.files[0].before, change.files[0].after) == (None, PEP)
    assert (change.codeowners_path, change.codeowners_before) == (OWNERS, CODEOWNERS)
    assert change.codeowners_after == OWNED
    context = snapshot.context
    assert context.today == date(2025, 6, 3)
    assert context.numbers.published == {790}
    assert context.editors == {"hugovk"}
    assert context.pull_request == 4422
    assert context.core_team is not None
    assert context.owners_errors is None


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"state": "closed"}, PullRequestState.CLOSED),
        ({"state": "closed", "merged": True}, PullRequestState.MERGED),
    ],
)
async def test_closed_and_merged_pull_requests_are_read_and_claim_nothing(
    fields: dict[str, object], state: PullRequestState
) -> None:
    harness = Harness()
    new_pep(harness)
    harness.github.open_pull_request(**fields)
    snapshot = await harness.read()
    assert snapshot.state is state
    assert snapshot.context.numbers.claims == ()


async def test_claims_are_the_stores_and_its_own_are_its_files() -> None:
    harness = Harness()
    new_pep(harness)
    harness.store.claimed = {
        4300: frozenset({PepNumber(778)}),
        4422: frozenset({PepNumber(700)}),
    }
    harness.store.complete = False
    numbers = (await harness.read()).context.numbers
    assert numbers.claims == (Claim(PepNumber(778), 4300), Claim(PepNumber(791), 4422))
    assert not numbers.claims_complete


async def test_a_deleted_head_repository_changes_nothing() -> None:
    harness = Harness()
    new_pep(harness)
    harness.github.open_pull_request(head={"sha": "a" * 40, "repo": None}, user=None)
    snapshot = await harness.read()
    assert snapshot.change.author is None
    assert snapshot.change.files[0].after == PEP


async def test_an_answer_older_than_the_webhook_is_read_again() -> None:
    harness = Harness()
    new = NOON + timedelta(minutes=1)
    harness.github.answers[PULL] = InTurn(
        pull(4422), pull(4422), pull(4422, updated_at=stamp(new), title="new")
    )
    assert (await harness.read(hint=Hint(min_updated_at=new))).change.title == "new"
    assert harness.waited == [1.0, 1.0]


async def test_a_lag_without_end_is_not_waited_out() -> None:
    harness = Harness()
    snapshot = await harness.read(hint=Hint(min_updated_at=NOON + timedelta(minutes=1)))
    assert snapshot.updated_at == NOON
    assert len(harness.waited) == 3


async def test_a_deleted_pull_request_raises_gone() -> None:
    harness = Harness()
    harness.github.answers[PULL] = Gone("no such pull request")
    with pytest.raises(Gone):
        await harness.read()


async def test_a_base_branch_deleted_after_the_merge_is_read_by_its_commit() -> None:
    harness = Harness()
    new_pep(harness)
    harness.github.open_pull_request(merged=True, base={"ref": "release", "sha": "b" * 40})
    harness.github.answers[f"{ROOT}/git/trees/{'b' * 40}?recursive=1"] = harness.github.answers[
        TREE
    ]
    harness.github.publish("peps/pep-0795.rst", "PEP: 795\n")
    assert (await harness.read()).context.numbers.published == {790}


async def test_the_pull_request_tells_which_branch_is_the_default_one() -> None:
    harness = Harness()
    new_pep(harness)
    base = {"ref": "main", "sha": "b" * 40, "repo": {"default_branch": "trunk"}}
    harness.github.open_pull_request(base=base)
    policy = harness.github.blob('[editors]\nlogins = ["warsaw"]\n')
    entry = {"path": ".github/pep-bot.toml", "mode": "100644", "sha": policy}
    harness.github.answers[TREE.replace("main", "trunk")] = {"tree": [entry]}
    context = (await harness.read()).context
    assert (context.editors, context.numbers.published) == ({"warsaw"}, {790})
    assert ROOT not in harness.github.requests


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PEP: \xff\n", Unreadable.NOT_TEXT),
        (b"PEP: \0\n", Unreadable.NOT_TEXT),
        (b"x" * 2_000_001, Unreadable.TOO_LARGE),
    ],
)
async def test_a_text_that_cannot_be_read_is_marked_unreadable(
    content: bytes, why: Unreadable
) -> None:
    harness = Harness()
    harness.github.change(PATH, None, content)
    file = (await harness.read()).change.files[0]
    assert (file.after, file.unreadable) == (None, why)


@pytest.mark.parametrize("sha", ["f" * 40, None])
async def test_a_missing_blob_is_marked_unreadable(sha: str | None) -> None:
    harness = Harness()
    harness.github.change(PATH, None, PEP, sha=sha)
    assert (await harness.read()).change.files[0].unreadable is Unreadable.DELETED


async def test_an_outage_while_reading_texts_is_for_later() -> None:
    harness = Harness()
    harness.github.change(PATH, None, PEP)
    harness.github.answers[f"{ROOT}/git/blobs/{blob_sha(PEP)}"] = TryLater("down")
    with pytest.raises(TryLater):
        await harness.read()


async def test_a_renamed_pep_has_its_text_before() -> None:
    harness = Harness()
    before = PEP.replace("791", "9999")
    harness.github.change(
        PATH, before, PEP, status="renamed", previous_filename="peps/pep-9999.rst"
    )
    file = (await harness.read()).change.files[0]
    assert (file.previous_path, file.before, file.after) == ("peps/pep-9999.rst", before, PEP)


async def test_a_file_renamed_without_a_change_has_one_text() -> None:
    harness = Harness()
    harness.github.change(
        PATH, "", PEP, status="renamed", previous_filename="a.rst", patch=None, changes=0
    )
    file = (await harness.read()).change.files[0]
    assert file.before == file.after == PEP


async def test_a_removed_pep_costs_no_blob() -> None:
    harness = Harness()
    harness.github.change(PATH, PEP, None)
    await harness.warm()
    assert not any("/git/blobs/" in request for request in await harness.requests())
    file = (await harness.read()).change.files[0]
    assert (file.status, file.before, file.after) == (FileStatus.REMOVED, PEP, None)


@pytest.mark.parametrize(
    "patch", [None, patch_of("a\n", "something else\n"), "@@ -1 +1 @@\n-\ufffd\n+a"]
)
async def test_without_a_patch_that_fits_the_text_before_is_of_the_merge_base(
    patch: str | None,
) -> None:
    harness = Harness()
    before = PEP + "Old.\n"
    harness.github.change(PATH, before, PEP, patch=patch)
    harness.github.answers[COMPARE] = {"merge_base_commit": {"sha": "9" * 40}}
    harness.github.answers[f"{ROOT}/git/trees/{'9' * 40}?recursive=1"] = {
        "tree": [{"path": PATH, "mode": "100644", "sha": harness.github.blob(before)}]
    }
    snapshot = await harness.read()
    assert snapshot.change.files[0].before == before
    assert snapshot.degraded == ()


async def test_without_a_merge_base_the_tip_of_the_base_is_used_and_noted() -> None:
    harness = Harness()
    harness.github.change(PATH, "old\n", PEP, patch=None)
    harness.github.answers[COMPARE] = NotAllowed("no")
    harness.github.answers[f"{ROOT}/git/trees/{'b' * 40}?recursive=1"] = {
        "tree": [{"path": PATH, "mode": "100644", "sha": harness.github.blob("tip\n")}]
    }
    snapshot = await harness.read()
    assert snapshot.change.files[0].before == "tip\n"
    assert len(snapshot.degraded) == 1


async def test_a_missing_text_before_is_noted() -> None:
    harness = Harness()
    harness.github.change(PATH, "old\n", PEP, patch=None)
    snapshot = await harness.read()
    assert snapshot.change.files[0].before is None
    assert len(snapshot.degraded) == 2


async def test_a_change_of_every_pep_reads_a_hundred_texts_and_says_so() -> None:
    harness = Harness()
    for number in range(1, 151):
        harness.github.change(f"peps/pep-{number:04}.rst", "a\n", f"PEP: {number}\n")
    new_pep(harness)
    snapshot = await harness.read()
    assert len(snapshot.change.files) == 100
    assert {PATH, OWNERS} <= {file.path for file in snapshot.change.files}
    assert "52" in snapshot.degraded[0]


async def test_an_owner_nobody_knows_is_asked_for() -> None:
    harness = Harness()
    harness.github.change(OWNERS, CODEOWNERS, CODEOWNERS + "peps/pep-0791.rst  @nobody\n")
    harness.github.answers[ERRORS] = {
        "errors": [{"line": 4, "kind": "Unknown owner", "message": "make sure"}, {"kind": "odd"}]
    }
    errors = (await harness.read()).context.owners_errors
    assert errors == (OwnersError(4, "Unknown owner", "make sure"),)


async def test_an_optional_answer_that_is_refused_degrades_and_says_so() -> None:
    harness = Harness()
    harness.github.change(OWNERS, CODEOWNERS, CODEOWNERS + "peps/pep-0791.rst  @nobody\n")
    snapshot = await harness.read()
    assert snapshot.context.owners_errors is None
    assert len(snapshot.degraded) == 1


async def test_a_repository_that_gets_its_first_codeowners_has_it_after() -> None:
    harness = Harness()
    harness.github.tree.clear()
    harness.github.publish("peps/pep-0790.rst", "PEP: 790\n")
    harness.github.change("CODEOWNERS", None, CODEOWNERS)
    change = (await harness.read()).change
    assert change.codeowners_path == "CODEOWNERS"
    assert (change.codeowners_before, change.codeowners_after) == (None, CODEOWNERS)


async def test_removed_owners_leave_none() -> None:
    harness = Harness()
    harness.github.change(OWNERS, CODEOWNERS, None)
    change = (await harness.read()).change
    assert (change.codeowners_before, change.codeowners_after) == (CODEOWNERS, None)


async def test_instruction_labels_of_an_editor_are_in_the_snapshot() -> None:
    harness = Harness()
    new_pep(harness)
    harness.store.setters = {"skip number": "hugovk", "skip sponsor": "mallory"}
    labels = [{"name": "skip number"}, {"name": "skip sponsor"}, {"name": "new-pep"}]
    harness.github.open_pull_request(labels=labels)
    assert (await harness.read()).instructions == {"skip number"}


async def test_unreadable_editors_and_lists_do_not_fail_a_review() -> None:
    harness = Harness()
    new_pep(harness)
    for url in list(harness.github.answers):
        if "/orgs/" in url or "core-team" in url:
            harness.github.answers[url] = NotAllowed("no")
    clients = FakeClients(harness.github)
    clients.nobody.answers.clear()
    harness.reader = SnapshotReader(
        clients,
        BaseBranchReader(harness.store),
        DiscussionReader(harness.store, PeopleReader(clients, harness.store, harness.clock), APP),
        Surroundings(harness.store, harness.clock),
        NullMarkupReader(),
    )
    snapshot = await harness.read()
    assert (snapshot.context.core_team, snapshot.context.editors) == (None, None)
    # That there is no list is for the rule `sponsor` to say.
    assert len(snapshot.degraded) == 2, "the editors, and who the owners are"


async def test_odd_answers_become_a_poor_snapshot_not_a_crash() -> None:
    harness = Harness()
    harness.github.answers[PULL] = {"number": 4422, "head": {"sha": "a" * 40}, "labels": 3}
    harness.github.answers[f"{PULL}/files"] = [None, {}, {"filename": PATH, "status": 5}]
    harness.github.answers[f"{PULL}/reviews"] = [None, {"state": 1}]
    harness.github.answers[COMMENTS] = ["odd"]
    snapshot = await harness.read()
    assert snapshot.change.files[0].unreadable is Unreadable.DELETED
    assert snapshot.updated_at is None
    assert any("does not list all files" in note for note in snapshot.degraded)


LONG = PEP + "x" * 1_500_000


def long_peps(harness: Harness, count: int) -> None:
    for number in range(count):
        harness.github.change(f"peps/pep-08{number:02}.rst", None, f"{LONG}{number}")


def texts_read(found: Snapshot) -> int:
    return sum(file.after is not None for file in found.change.files)


async def test_much_text_is_held_by_one_review_at_a_time_and_little_by_any() -> None:
    harness, limit = Harness(), LargeTextLimit()
    long_peps(harness, 2)
    async with limit.permit() as first, limit.permit() as second, limit.permit() as third:
        assert texts_read(await harness.read(permit=first)) == 2
        waiting = asyncio.create_task(harness.read(permit=second))
        await asyncio.sleep(0)
        small = Harness()
        new_pep(small)
        assert texts_read(await small.read(permit=third)) == 2
        assert not waiting.done()
        first.release()
        assert texts_read(await waiting) == 2


async def test_a_review_that_fails_gives_its_turn_back() -> None:
    harness, limit = Harness(), LargeTextLimit()
    long_peps(harness, 1)

    async def failing() -> None:
        async with limit.permit() as permit:
            await harness.read(permit=permit)
            raise TryLater("down")

    with pytest.raises(TryLater):
        await failing()
    async with limit.permit() as permit:
        assert texts_read(await harness.read(permit=permit)) == 1


@pytest.mark.exhaustive
async def test_long_texts_are_read_up_to_eight_megabytes_together() -> None:
    harness = Harness()
    long_peps(harness, 9)
    found = await harness.read()
    assert texts_read(found) == 6
    assert any("3 of its files were not read" in note for note in found.degraded)


@pytest.mark.parametrize(
    ("state", "known_head", "conflicts"),
    [
        ("dirty", "", True),
        ("clean", "a" * 40, False),
        ("blocked", "a" * 40, False),
        ("unknown", "", False),
        # GitHub works it out anew after each push to the base: until then the last answer holds.
        ("unknown", "a" * 40, True),
        (None, "a" * 40, True),
        ("unknown", "c" * 40, False),
    ],
)
async def test_a_conflict_is_what_github_last_said_of_this_head(
    state: str | None, known_head: str, *, conflicts: bool
) -> None:
    harness = Harness()
    harness.github.open_pull_request(mergeable_state=state)
    harness.github.change(PATH, None, PEP)
    snapshot = await harness.read(Memory(base="main", conflicting_head=known_head))
    assert snapshot.conflicts is conflicts
