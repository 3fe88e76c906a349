"""A store filled as after some weeks, and the pages served from it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.commands.log import first_processed
from bot.commands.text import LoggedCommand, Place, Text
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.review.decision.submission import Submission
from bot.review.published_peps import published_from_text
from bot.review.snapshot import Memory, PullRequestState, QueueEntry, Since
from bot.review.subject import Repository, Subject
from bot.store.commands import CommandStore
from bot.store.database import open_database
from bot.store.documents import Visibility
from bot.store.register import RegisterStore
from bot.store.store import Store
from bot.store.submissions import SubmissionStore
from bot.web.page_routes import PageRoutes
from tests.rules.builders import pep_text

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PEPS = Repository("python/peps", 7)
SECRET = Repository("python/psrt", 7)
HOSTILE = "<script>alert(1)</script> \u202eevil\u202c & 'x' \"y\""
_OPEN = PullRequestState.OPEN


def make_memory(
    title: str,
    turn: str,
    *,
    waited: int,
    idle: int = 0,
    kind: str = "new PEP",
    opener: str = "nova",
    draft: bool = False,
    state: PullRequestState = _OPEN,
    numbers: tuple[int, ...] = (),
    touches: tuple[int, ...] = (),
) -> Memory:
    """A pull request that waits for so many days, and was touched so many days ago."""
    since = NOW - timedelta(days=waited)
    return Memory(
        state=state,
        head_sha="f" * 40,
        labels={"new-pep": "", "awaiting editor": ""} if kind == "new PEP" else {},
        numbers=frozenset(numbers),
        touches=frozenset(touches),
        adds=frozenset(numbers) if kind == "new PEP" else frozenset(),
        is_new_pep=kind == "new PEP",
        since={
            "finding:sponsor-consent:0123456789ab": Since(since, "pull_request opened"),
            "finding:python-version:0123456789ab": Since(NOW, "pull_request synchronize"),
            "label:new-pep": Since(since, "pull_request opened"),
        },
        queue_entry=QueueEntry(
            title=title,
            opener=Login(opener),
            opened=date(2026, 2, 1),
            draft=draft,
            kind=kind,
            turn=turn,
            since=since,
            active_at=NOW - timedelta(days=idle),
        ),
    )


PULLS = {
    4838: make_memory(
        "PEP 815: Deprecate RECORD.jws and RECORD.p7s", "editor", waited=9, idle=9, opener="ada"
    ),
    4901: make_memory("PEP 818: A calmer way to wait", "editor", waited=3, idle=2, numbers=(818,)),
    4903: make_memory(
        "PEP 750: Mark as Final", "editor", waited=1, kind="finalisation", touches=(750,)
    ),
    4822: make_memory(
        "PEP 798: Mark as Accepted", "decision", waited=16, idle=12, kind="decision", touches=(798,)
    ),
    4910: make_memory(HOSTILE, "sponsor", waited=5, idle=1, opener="mallory", numbers=(819,)),
    4777: make_memory(
        "PEP 9999: Template for everything that has a rather long title, longer than any line on a "
        "telephone could be",
        "author",
        waited=40,
        idle=33,
    ),
    4915: make_memory("PEP 821: Frozen lists", "author", waited=0, numbers=(821,)),
    4880: make_memory("PEP 817: Sketch of an idea", "author", waited=20, idle=4, draft=True),
    4911: make_memory("Bump the linter", "", waited=2, idle=2, kind="infrastructure"),
    4899: make_memory("PEP 8: Mend a word", "merged", waited=2, state=PullRequestState.MERGED),
    4700: make_memory(
        "PEP 798: Unpacking", "merged", waited=99, state=PullRequestState.MERGED, numbers=(798,)
    ),
    4850: make_memory("Add a PEP about me", "closed", waited=3, state=PullRequestState.CLOSED),
}


PUBLISHED = tuple(
    published_from_text(
        PepNumber(number), "b", pep_text(number, **headers), NOW - timedelta(days=60)
    )
    for number, headers in (
        (750, {"Title": "Template Strings", "Status": "Accepted"}),
        (
            798,
            {
                "Title": "Unpacking in Comprehensions",
                "Topic": "Typing",
                "Discussions-To": "https://discuss.python.org/t/1",
            },
        ),
        (
            819,
            {
                "Title": HOSTILE,
                "PEP-Delegate": "<img src=x> `a` <x@x.example>",
                "Discussions-To": "javascript:alert(1)",
                "Topic": "<b>Typing</b>",
            },
        ),
    )
)
ISSUE = Submission(
    tracker="python/steering-council",
    number=326,
    pep=PepNumber(798),
    title=HOSTILE,
    url="https://github.com/python/steering-council/issues/326",
    is_open=True,
    opened_at=NOW - timedelta(days=20),
    closed_at=None,
)


APPOINTED_IN = "https://github.com/python/steering-council/issues/259"


def _given(minute: int, login: str, canonical: str, note: str) -> LoggedCommand:
    at, url = NOW - timedelta(days=9 - minute), f"https://github.com/python/peps/pull/4838#{minute}"
    order = (minute, 1)
    return LoggedCommand(
        f"IC_{minute}", canonical, 0, 4838, Login(login), at, order, url, note=note
    )


DELEGATIONS = (
    _given(1, "ada", "delegate", "798 Ada Merritt"),
    _given(2, "edith", f"delegate @dora 798 because {APPOINTED_IN} {HOSTILE}", "798 Dora"),
    _given(3, "edith", "delegate end @dora 798 because she asked to", "798"),
    _given(4, "edith", f"delegate @ada 798 because {APPOINTED_IN}", "798 Ada Merritt"),
    _given(5, "mallory", "delegate 750", "750 <b>Mallory</b>"),
)
"""Ada's offer gave way to Dora, and Dora to Ada."""

_filled_store: list[bytes] = []
"""The store as it is once it was filled."""


async def fill(folder: Path) -> str:
    """Put a filled store into the folder; returns its `DATABASE_URL`."""
    path = folder / "bot.sqlite3"
    url = f"sqlite:///{path}"
    if _filled_store:
        path.write_bytes(_filled_store[0])
    else:
        await _fill(url)
        _filled_store.append(path.read_bytes())
    return url


async def _fill(url: str) -> None:
    database = await open_database(url)
    store, visibility = Store(database), Visibility(Store(database), lambda: NOW)
    for repository in (PEPS, SECRET):
        await store.add_repository(repository)
        for number, memory in PULLS.items():
            subject = Subject(repository, number)
            await store.remember(subject, memory)
            claims = memory.numbers if memory.state is _OPEN else ()
            await store.set_claims(subject, [PepNumber(pep) for pep in claims])
        await store.complete_claims(repository, True)
        await RegisterStore(database).enter(repository, PUBLISHED)
    await store.add_repository(Repository(ISSUE.tracker, PEPS.installation))
    await SubmissionStore(database, lambda: NOW).keep(ISSUE)
    await visibility.answered(PEPS.full_name, is_private=False, asked_at=NOW)
    await visibility.answered(ISSUE.tracker, is_private=False, asked_at=NOW)
    await visibility.answered(SECRET.full_name, is_private=True, asked_at=NOW)
    await database.close()


async def record_delegations(url: str) -> None:
    """Add the delegations to a filled store."""
    database = await open_database(url)
    for one in DELEGATIONS:
        text = Text(one.source, Place.COMMENT, 1, one.login, one.login, "", one.url, one.at)
        subject = Subject(PEPS, one.subject)
        await CommandStore(database).keep(subject, first_processed(text), [one])
    await database.close()


async def application(folder: Path) -> web.Application:
    """The pages of a filled store."""
    return pages_of(await fill(folder))


def pages_of(url: str, *, lifetime: float = 0, rest: float = 0) -> web.Application:
    """The pages of a store; by default none of them is kept."""
    pages = PageRoutes(
        url, lambda: NOW, api_url="https://api.github.com", lifetime=lifetime, rest=rest
    )
    app = web.Application()
    pages.add_to(app)

    async def close(_: web.Application) -> None:
        await pages.close()

    app.on_cleanup.append(close)
    return app
