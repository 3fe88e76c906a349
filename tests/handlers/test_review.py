"""One review: read, judge, compare, write only the difference; repeated without harm."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.github.client.client import Gone, TryLater
from bot.github.read.pull_request import Hint
from bot.github.read.snapshot_reader import Reading
from bot.handlers.invalidator import MAX_REPEATED_REVIEWS
from bot.handlers.review import review_pull_request
from bot.inbox.delivery import Delivery
from bot.peps.number import Claim, PepNumber
from bot.policy.model import Policy
from bot.review.snapshot import Base, Conversation, Memory, OwnComment, PullRequestState, Snapshot
from bot.review.subject import Subject
from bot.store.rows import Intent
from bot.store.store import Store
from tests.apps import NotingInbox, fake_app
from tests.builders import (
    HEAD,
    new_pep,
    other_change,
    repository,
    review_context,
    snapshot,
    subject,
)
from tests.handlers.conftest import Desk, FakeBaseBranchReader
from tests.rules.builders import ledger, pep_text

COMMENT = "/repos/{owner}/{repo}/issues/comments/{id}"
COMMENTS = "/repos/{owner}/{repo}/issues/{number}/comments"
CHECK_RUNS = "/repos/{owner}/{repo}/check-runs"


@dataclass
class FakeGitHub:
    """The pull request on GitHub, as far as the bot writes to it; reads are snapshots of it."""

    state: Snapshot
    journal: list[str] = field(default_factory=list)
    comments: dict[int, str] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    gone: bool = False
    fresh: list[bool] = field(default_factory=list)

    # What the reader asks for.

    async def read(
        self,
        subject: Subject,
        memory: Memory,
        hint: Hint,
        *,
        whole_conversation: bool = False,
        **_: object,
    ) -> Reading:
        if self.gone:
            raise Gone("no such pull request")
        self.fresh.append(hint.conversation_changed or whole_conversation)
        conversation = memory.conversation
        if conversation is None or self.fresh[-1]:
            own = [
                OwnComment(id_, body.split("pep-bot:")[1].split(" ")[0], body)
                for id_, body in self.comments.items()
            ]
            conversation = replace(self.state.conversation, own_comments=tuple(own))
        state = replace(self.state, subject=subject, conversation=conversation)
        return Reading(replace(state, set_at=hint.set_at))

    # What the writer and the search for lost creates ask for.

    async def for_repository(self, full_name: str, installation: int) -> "FakeGitHub":
        return self

    async def pages(
        self, url: str, variables: Mapping[str, Any] | None = None
    ) -> AsyncIterator[Any]:
        for run in self.runs:
            if variables is None or variables["head_sha"] == run["head_sha"]:
                yield run

    async def post(self, url: str, variables: Mapping[str, Any], data: Any) -> Any:
        self.journal.append(f"POST {url}")
        made = {"id": 100 + len(self.journal)}
        if url == COMMENTS:
            self.comments[made["id"]] = data["body"]
        elif url == CHECK_RUNS:
            self.runs.append({**made, **data, "app": {"id": 4711}})
        elif url.endswith("/{number}/labels"):
            self.state = replace(self.state, labels=self.state.labels | set(data["labels"]))
        if url in self.away:
            raise TryLater("the answer was lost")
        return made

    async def patch(self, url: str, variables: Mapping[str, Any], data: Any) -> Any:
        self.journal.append(f"PATCH {url}")
        if url == COMMENT:
            if variables["id"] not in self.comments:
                raise Gone("no such comment")
            self.comments[int(variables["id"])] = data["body"]
        return {}

    async def put(self, url: str, variables: Mapping[str, Any], data: Any) -> Any:
        self.journal.append(f"PUT {url}")
        self.state = replace(self.state, labels=frozenset(data["labels"]))

    async def delete(self, url: str, variables: Mapping[str, Any]) -> None:
        self.journal.append(f"DELETE {url}")
        self.state = replace(self.state, labels=self.state.labels - {variables["name"]})


@dataclass
class Harness:
    """A reviewer over a real store and writer, and the page it works on."""

    database: Any
    github: FakeGitHub = field(default_factory=lambda: FakeGitHub(snapshot()))
    base_branch: FakeBaseBranchReader = field(default_factory=FakeBaseBranchReader)
    inbox: NotingInbox = field(default_factory=NotingInbox)
    base: Policy | None = None
    """The policy at the base, where it is another than the one that reviews see."""

    async def review(
        self, delivery: str = "d1", *, conversation_changed: bool = False, is_young: bool = False
    ) -> list[str]:
        """Review once; returns what was written meanwhile."""
        before = len(self.github.journal)
        seen = self.github.state.context
        self.base_branch.published = set(seen.numbers.published)
        self.base_branch.policy = self.base or seen.policy
        await self.store.complete_claims(repository(), seen.numbers.claims_complete)
        app = fake_app(
            self.database,
            inbox=self.inbox,
            clients=self.github,
            reader=self.github,
            base_branch=self.base_branch,
        )
        hint = Hint(delivery, conversation_changed=conversation_changed, is_young=is_young)
        await review_pull_request(app, subject(), hint)
        return self.github.journal[before:]

    @property
    def store(self) -> Store:
        return Store(self.database)

    @property
    def queued(self) -> list[Delivery]:
        return self.inbox.queued

    def change(self, **values: Any) -> None:
        self.github.state = replace(self.github.state, **values)


@pytest.fixture
async def harness(desk: Desk) -> Harness:
    names = ("new-pep", "needs sponsor", "awaiting author", "awaiting sponsor", "awaiting editor")
    await desk.store.add_known_labels(repository(), names)
    return Harness(desk.database)


async def test_a_repeated_review_writes_nothing(harness: Harness) -> None:
    first = await harness.review()
    assert [line.split()[0] for line in first] == ["POST", "POST", "POST"]
    assert await harness.review() == []
    assert await harness.review(conversation_changed=True) == []


async def test_what_was_seen_is_remembered(harness: Harness) -> None:
    harness.change(context=claiming(791), base=Base("main"))
    await harness.review()
    memory = await harness.store.recall(subject())
    assert (memory.state, memory.head_sha) == (PullRequestState.OPEN, HEAD)
    assert memory.base == "main"
    assert memory.is_new_pep
    assert memory.numbers == {791}
    assert set(memory.labels) == {"new-pep", "awaiting sponsor"}


async def test_infrastructure_is_only_remembered(harness: Harness) -> None:
    harness.change(change=other_change())
    assert await harness.review() == []
    memory = await harness.store.recall(subject())
    assert (memory.state, memory.conversation) == (PullRequestState.OPEN, None)


@pytest.mark.parametrize("lost", [COMMENTS, CHECK_RUNS])
async def test_a_create_whose_answer_was_lost_is_found_and_not_repeated(
    harness: Harness, lost: str
) -> None:
    harness.github.away = {lost}
    with pytest.raises(TryLater):
        await harness.review()
    harness.github.away = set()
    written = await harness.review()
    assert f"POST {lost}" not in written
    assert len(harness.github.comments) == 1
    assert len(harness.github.runs) == 1
    assert await harness.review() == []
    assert await harness.store.intents(subject()) == []


@pytest.mark.parametrize("heads", [("a" * 40, "b" * 40), ("b" * 40, "a" * 40)])
async def test_of_two_check_runs_whose_answers_were_lost_that_of_the_present_head_is_known(
    harness: Harness, heads: tuple[str, str]
) -> None:
    harness.github.away = {CHECK_RUNS}
    for head in heads:
        harness.change(head_sha=head)
        with pytest.raises(TryLater):
            await harness.review()
    harness.github.away = set()
    await harness.review()
    assert [run["head_sha"] for run in harness.github.runs] == list(heads)


async def test_an_unfinished_comment_has_the_conversation_read_again(harness: Harness) -> None:
    await harness.review()
    await harness.store.intend(subject(), Intent("comment", "summary"))
    await harness.review()
    assert harness.github.fresh == [False, True]


async def test_a_comment_a_person_deleted_never_comes_back(harness: Harness) -> None:
    await harness.review()
    harness.github.comments.clear()
    assert await harness.review(conversation_changed=True) == []
    for sponsor in (None, "Wim Core", None):
        harness.change(change=new_pep(pep_text(Sponsor=sponsor)))
        await harness.review(conversation_changed=True)
    assert harness.github.comments == {}


async def test_a_comment_found_after_the_memory_was_lost_is_known_from_then_on(
    harness: Harness,
) -> None:
    await harness.review()
    await harness.store.remember(subject(), Memory())
    assert f"POST {COMMENTS}" not in await harness.review()
    harness.github.comments.clear()
    harness.change(change=new_pep(pep_text(Sponsor=None)))
    await harness.review(conversation_changed=True)
    assert harness.github.comments == {}


async def test_a_label_that_a_person_took_off_stays_off(harness: Harness) -> None:
    await harness.review()
    harness.change(labels=frozenset({"new-pep"}))
    assert await harness.review() == []
    assert await harness.review() == []


async def test_after_the_merge_there_is_one_more_comment(harness: Harness) -> None:
    await harness.review()
    harness.change(state=PullRequestState.MERGED)
    assert await harness.review() == [f"POST {COMMENTS}"]
    assert await harness.review() == []
    assert ["pep-bot:merged" in body for body in harness.github.comments.values()] == [False, True]


async def test_an_old_merged_pull_request_on_which_somebody_speaks_is_left_in_peace(
    harness: Harness,
) -> None:
    old = new_pep(opened=datetime(2019, 1, 1, tzinfo=UTC).date())
    harness.change(state=PullRequestState.MERGED, change=old)
    assert await harness.review(conversation_changed=True) == []
    assert await harness.review(conversation_changed=True) == []


def claiming(number: int, complete: bool = True) -> Any:
    claims = (Claim(PepNumber(number), subject().number),)
    return review_context(numbers=replace(ledger(complete=complete), claims=claims))


async def test_others_that_hang_on_a_claimed_number_are_reviewed_too(harness: Harness) -> None:
    other = Subject(repository(), 5000)
    await harness.store.remember(
        other,
        Memory(state=PullRequestState.OPEN, numbers=frozenset({791}), base="main", is_new_pep=True),
    )
    harness.change(context=claiming(791))
    await harness.review("cause")
    assert [(one.event, one.key) for one in harness.queued] == [("review", other.key)]
    await harness.review("cause")
    assert len(harness.queued) == 1


async def test_a_pull_request_not_found_soon_after_its_event_keeps_its_number(
    harness: Harness,
) -> None:
    harness.change(context=claiming(791))
    await harness.review()
    harness.github.gone = True
    with pytest.raises(Gone):
        await harness.review(is_young=True)
    claims = (await harness.store.stored_numbers(repository())).claims
    assert [claim.number for claim in claims] == [791]


async def test_a_pull_request_that_is_gone_claims_nothing_any_more(harness: Harness) -> None:
    harness.change(context=claiming(791))
    await harness.review()
    harness.github.gone = True
    with pytest.raises(Gone):
        await harness.review()
    claims = (await harness.store.stored_numbers(repository())).claims
    assert claims == ()


async def test_while_claims_are_incomplete_a_sweep_is_asked_for(harness: Harness) -> None:
    harness.change(context=claiming(791, complete=False))
    await harness.review("cause")
    assert [one.event for one in harness.queued] == ["first_sweep"]
    harness.queued.clear()
    harness.change(change=other_change())
    await harness.review("cause")
    assert harness.queued == []


async def test_what_never_settles_is_not_reviewed_without_end(harness: Harness) -> None:
    labels = harness.base_branch.policy.labels.model_copy(update={"new_pep": "fresh"})
    harness.base = harness.base_branch.policy.model_copy(update={"labels": labels})
    await harness.review("72d3162e-cc78-11e3-81ab-4c9367dc0958")
    reviews = 1
    while harness.queued:
        await harness.review(harness.queued.pop().id)
        reviews += 1
    assert reviews == 1 + MAX_REPEATED_REVIEWS


async def test_an_empty_conversation_is_remembered_as_read(harness: Harness) -> None:
    await harness.review()
    memory = await harness.store.recall(subject())
    assert isinstance(memory.conversation, Conversation)
