"""Subjects and memories, plain and by chance."""

from datetime import UTC, datetime

from hypothesis import strategies as st
from sqlalchemy import select

from bot.peps.people import Login
from bot.review.overrides import ManualLabel
from bot.review.snapshot import (
    Approval,
    CheckRunMemory,
    CommentMemory,
    Conversation,
    Memory,
    OwnComment,
    PullRequestState,
    QueueEntry,
    Since,
)
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Act, ActKind, Mention
from bot.rules.engine.finding import Finding, Need, Severity
from bot.store import schema
from bot.store.rows import WriteRecord
from bot.store.store import Store


async def audit(store: Store, about: Subject | None = None) -> list[WriteRecord]:
    """The audit, newest first, of one pull request or of all: operators read it by SQL, too."""
    query = select(schema.written).order_by(schema.written.c.id.desc())
    rows = await store._database.read(lambda connection: connection.execute(query).all())
    lines = [
        WriteRecord(
            row.at,
            Subject(Repository(row.full_name, row.installation), row.pull_request),
            row.delivery,
            row.write,
            row.detail,
            row.dry_run,
        )
        for row in rows
    ]
    return [line for line in lines if about in (None, line.subject)]


NOON = datetime(2025, 6, 2, 12, tzinfo=UTC)
PEPS = Repository("python/peps", 7)
OTHER = Repository("python/devguide", 7)


def subject(number: int = 1, repository: Repository = PEPS) -> Subject:
    return Subject(repository, number)


def consent(login: str = "brettcannon", at: datetime = NOON, url: str = "https://x/1") -> Act:
    return Act(login=Login(login), kind=ActKind.CONSENT, at=at, url=url)


def memory() -> Memory:
    """One in which every field differs from an empty one's."""
    return Memory(
        state=PullRequestState.OPEN,
        head_sha="a" * 40,
        updated_at=NOON,
        check_run=CheckRunMemory(id=11, head_sha="a" * 40, digest="d1"),
        comments={"summary": CommentMemory(id=12, digest="d2")},
        labels={"new-pep": "new", "needs sponsor": "sponsor:missing"},
        declined={"needs number": "number:9999"},
        conversation=Conversation(
            acts=(consent(),),
            own_comments=(OwnComment(id=12, marker="summary", body="<!-- … -->\n**Hello**"),),
            changes_requested={Login("hugovk"): "a" * 40},
            approvals=(Approval(Login("warsaw"), "https://review.example/1", "a" * 40),),
        ),
        numbers=frozenset({790, 791}),
        number_inputs="d3",
        base="main",
        is_new_pep=True,
        by_hand={"awaiting author": ManualLabel("editor: review", NOON)},
        touches=frozenset({790}),
        adds=frozenset({790}),
        comment_count=3,
        conversation_as_of=NOON,
        conflicting_head="a" * 40,
        merged_at=NOON,
        since={"label:new-pep": Since(NOON, "pull_request opened")},
        queue_entry=QueueEntry(
            title="PEP 790: Calm",
            opener=Login("nova"),
            opened=NOON.date(),
            draft=True,
            kind="new PEP",
            turn="author",
            since=NOON,
            active_at=NOON,
        ),
        last_findings=(
            Finding(
                "sponsor",
                Severity.ERROR,
                "Nobody is named.",
                action="Find a sponsor",
                help="Ask.",
                path="peps/pep-0790.rst",
                line=3,
                pep=790,
                need=Need.SPONSOR,
                paste="Sponsor: Somebody",
                waits_for_person=True,
            ),
        ),
    )


_text = st.text(max_size=20)
_logins = _text.map(Login)
_moments = st.datetimes(timezones=st.just(UTC))
_acts = st.builds(Act, login=_logins, kind=st.sampled_from(ActKind), at=_moments, url=_text)
_ids = st.integers(0, 2**63)

memories = st.builds(
    Memory,
    state=st.none() | st.sampled_from(PullRequestState),
    head_sha=st.none() | _text,
    updated_at=st.none() | _moments,
    check_run=st.none() | st.builds(CheckRunMemory, id=_ids, head_sha=_text, digest=_text),
    comments=st.dictionaries(_text, st.builds(CommentMemory, id=_ids, digest=_text), max_size=3),
    labels=st.dictionaries(_text, _text, max_size=3),
    declined=st.dictionaries(_text, _text, max_size=3),
    conversation=st.none()
    | st.builds(
        Conversation,
        acts=st.lists(_acts, max_size=3).map(tuple),
        own_comments=st.lists(
            st.builds(OwnComment, id=_ids, marker=_text, body=_text), max_size=3
        ).map(tuple),
        changes_requested=st.dictionaries(_logins, _text, max_size=3),
        approvals=st.lists(
            st.builds(Approval, login=_logins, url=_text, head_sha=_text), max_size=2
        ).map(tuple),
        previews=st.dictionaries(_ids, _text, max_size=2),
        mentions=st.none()
        | st.lists(
            st.builds(Mention, login=st.none() | _logins, at=_moments, url=_text), max_size=2
        ).map(tuple),
    ),
    numbers=st.frozensets(st.integers(0, 9999), max_size=5),
    number_inputs=_text,
    base=_text,
    is_new_pep=st.booleans(),
    touches=st.frozensets(st.integers(0, 9999), max_size=3),
    adds=st.frozensets(st.integers(0, 9999), max_size=3),
    comment_count=st.none() | st.integers(0, 99),
    conversation_as_of=st.none() | _moments,
    conflicting_head=_text,
    merged_at=st.none() | _moments,
    by_hand=st.dictionaries(
        _text, st.builds(ManualLabel, overridden=_text, at=_moments), max_size=2
    ),
    queue_entry=st.none()
    | st.builds(
        QueueEntry,
        title=_text,
        opener=_logins,
        opened=st.none() | st.dates(),
        draft=st.booleans(),
        kind=_text,
        turn=_text,
        since=_moments,
        active_at=_moments,
        awaits=_text,
        editors_from=st.none() | _moments,
        obstacles=_text,
    ),
    last_findings=st.lists(
        st.builds(
            Finding,
            rule=_text,
            severity=st.sampled_from(Severity),
            message=_text,
            action=_text,
            help=_text,
            path=st.none() | _text.filter(bool),
            line=st.none() | st.integers(0, 9999),
            pep=st.none() | st.integers(0, 9999),
            need=st.none() | st.sampled_from(Need),
            paste=st.none() | _text.filter(bool),
            waits_for_person=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    since=st.dictionaries(_text, st.builds(Since, at=_moments, event=_text), max_size=2),
)
