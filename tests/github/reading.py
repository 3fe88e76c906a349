"""A GitHub that only answers reads, and a store that only remembers: what the readers need."""

import difflib
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from uritemplate import expand

from bot.github.client.app import AppIdentity
from bot.github.client.client import Gone, TooLarge
from bot.peps.number import Claim, PepNumber
from bot.review.number_inputs import StoredNumbers
from bot.review.snapshot import Memory
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Act
from bot.store.documents import Document

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
REPOSITORY = Repository("python/peps", 7)
SUBJECT = Subject(REPOSITORY, 4422)
APP = AppIdentity(99, "pep-editor-bot")
ROOT = "/repos/python/peps"
PULL = f"{ROOT}/pulls/4422"
COMMENTS = f"{ROOT}/issues/4422/comments"
TREE = f"{ROOT}/git/trees/main?recursive=1"
EDITORS = "/orgs/python/teams/pep-editors/members"
CORE_TEAM = "/repos/python/devguide/contents/core-team/core-team.csv"
CSV = "Victor Stinner,vstinner,2010-01-30,,\nBarry Warsaw,warsaw,1995-01-01,,\n"
CODEOWNERS = "*  @python/pep-editors\n\npeps/pep-0790.rst  @warsaw\n"
PEP = "PEP: 791\nTitle: imath\nAuthor: A. N. Author\nStatus: Draft\n\nAbstract\n========\n"


def blob_sha(text: str | bytes) -> str:
    """Git's own name for a blob."""
    content = text.encode() if isinstance(text, str) else text
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def patch_of(before: str, after: str) -> str:
    """The `patch` GitHub gives for a change: unified hunks without file names."""
    lines = difflib.unified_diff(_git_lines(before), _git_lines(after))
    hunks = [line for line in lines if not line.startswith(("--- \n", "+++ \n"))]
    text = "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in hunks
    )
    return text.removesuffix("\n")


def _git_lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return [line for line in lines if line]


def user(login: str | None, kind: str = "User") -> object:
    return None if login is None else {"login": login, "type": kind}


def stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class FakeGitHub:
    """Answers by URL, requests recorded; blobs are kept by SHA as by the real client."""

    def __init__(self) -> None:
        self.answers: dict[str, object] = {}
        self.blobs: dict[str, bytes] = {}
        self.requests: list[str] = []
        self._cached_blobs: set[str] = set()
        self.tree: dict[str, str] = {}
        self.files: list[dict[str, object]] = []
        self.answers[ROOT] = {"default_branch": "main"}
        self.answers[f"{PULL}/files"] = self.files
        self.answers[f"{PULL}/reviews"] = []
        self.answers[COMMENTS] = []
        self.answers[EDITORS] = [{"login": "hugovk"}]
        self.answers[CORE_TEAM] = CSV.encode()
        self.publish(".github/CODEOWNERS", CODEOWNERS)
        self.publish("peps/pep-0790.rst", "PEP: 790\n")
        self.open_pull_request()

    def publish(self, path: str, text: str | bytes) -> None:
        """Put a file on the base branch."""
        self.tree[path] = self.blob(text)
        self.answers[TREE] = {
            "tree": [
                {"path": path, "type": "blob", "mode": "100644", "sha": sha}
                for path, sha in self.tree.items()
            ],
            "truncated": False,
        }

    def blob(self, text: str | bytes) -> str:
        content = text.encode() if isinstance(text, str) else text
        self.blobs[blob_sha(content)] = content
        return blob_sha(content)

    def open_pull_request(self, **fields: object) -> None:
        self.answers[PULL] = pull(4422, **fields)

    def change(
        self, path: str, before: str | None, after: str | bytes | None, **fields: object
    ) -> None:
        """Have the pull request change a file, listed as GitHub lists it."""
        status = "added" if before is None else "removed" if after is None else "modified"
        file: dict[str, object] = {"filename": path, "status": status, "changes": 1}
        file["sha"] = self.blob(after if after is not None else before or "")
        if not isinstance(after, bytes):
            file["patch"] = patch_of(before or "", after or "")
        self.files.append({**file, **fields})

    async def get(self, url: str, variables: Mapping[str, str | int] | None = None) -> object:
        return self._answer(expand(url, variables or {}))

    async def pages(
        self, url: str, variables: Mapping[str, str | int] | None = None
    ) -> AsyncIterator[object]:
        answer = self._answer(expand(url, variables or {}))
        assert isinstance(answer, list)
        for item in answer:
            yield item

    async def raw(
        self, url: str, variables: Mapping[str, str | int] | None = None, *, cap: int = 2_000_000
    ) -> bytes:
        path = expand(url, variables or {})
        sha = path.rpartition("/")[2]
        if "/git/blobs/" in path and path not in self.answers:
            if sha in self._cached_blobs:
                return self.blobs[sha]
            self.requests.append(path)
            if sha not in self.blobs:
                raise Gone(path)
            if len(self.blobs[sha]) > cap:
                raise TooLarge(path)
            self._cached_blobs.add(sha)
            return self.blobs[sha]
        answer = self._answer(path)
        assert isinstance(answer, bytes)
        return answer

    def _answer(self, url: str) -> object:
        self.requests.append(url)
        answer = self.answers.get(url, Gone(url))
        if isinstance(answer, InTurn):
            answer = answer.items.pop(0) if len(answer.items) > 1 else answer.items[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class InTurn:
    """Different answers one after the other, the last one for good."""

    def __init__(self, *items: object) -> None:
        self.items = list(items)


def pull(number: int, **fields: object) -> dict[str, object]:
    return {
        "number": number,
        "state": "open",
        "merged": False,
        "title": "PEP 791: imath",
        "user": user("skirpichev"),
        "body": None,
        "draft": False,
        "labels": [],
        "created_at": stamp(NOON),
        "updated_at": stamp(NOON),
        "head": {"sha": "a" * 40, "repo": {"full_name": "skirpichev/peps"}},
        "base": {"ref": "main", "sha": "b" * 40},
        **fields,
    }


def review(login: str | None, state: str, minute: int = 0, kind: str = "User") -> dict[str, object]:
    return {
        "user": user(login, kind),
        "state": state,
        "submitted_at": stamp(NOON + timedelta(minutes=minute)),
        "html_url": f"https://github.example/review-{login}-{minute}",
    }


def comment(
    login: str | None, body: str, minute: int = 0, *, kind: str = "User", **fields: object
) -> dict[str, object]:
    at = stamp(NOON + timedelta(minutes=minute))
    return {
        "id": 1000 + minute,
        "user": user(login, kind),
        "body": body,
        "created_at": at,
        "updated_at": at,
        "html_url": f"https://github.example/comment-{minute}",
        "performed_via_github_app": None,
        **fields,
    }


class FakeClients:
    """One installation client, and an anonymous one."""

    def __init__(self, github: FakeGitHub, anonymous: FakeGitHub | None = None) -> None:
        self.github = github
        self.nobody = anonymous or FakeGitHub()

    async def for_repository(self, full_name: str, installation: int) -> FakeGitHub:
        assert (full_name, installation) == (REPOSITORY.full_name, REPOSITORY.installation)
        return self.github

    async def anonymous(self) -> FakeGitHub:
        return self.nobody


class FakeStore:
    """What the readers keep, in memory."""

    def __init__(self) -> None:
        self.claimed: dict[int, frozenset[PepNumber]] = {}
        self.complete = True
        self.memories: dict[int, Memory] = {}
        self.known_acts: list[Act] = []
        self.setters: dict[str, str] = {}
        self.documents: dict[str, Document] = {}

    async def stored_numbers(self, repository: Repository) -> StoredNumbers:
        found = [Claim(n, pr) for pr, numbers in self.claimed.items() for n in sorted(numbers)]
        return StoredNumbers(tuple(found), self.complete)

    async def set_claims(self, subject: Subject, numbers: Iterable[PepNumber]) -> frozenset[int]:
        before, after = self.claimed.pop(subject.number, frozenset()), frozenset(numbers)
        if after:
            self.claimed[subject.number] = after
        return frozenset(before ^ after)

    async def complete_claims(self, repository: Repository, complete: bool) -> None:
        self.complete = complete

    async def reviewed(self, repository: Repository) -> Mapping[int, Memory]:
        return self.memories

    async def remember_if_unknown(self, subject: Subject, memory: Memory) -> None:
        self.memories.setdefault(subject.number, memory)

    async def acts(self, subject: Subject) -> list[Act]:
        return self.known_acts

    async def labelers(self, subject: Subject) -> Mapping[str, str]:
        return dict(self.setters)

    async def set_labeler(self, subject: Subject, label: str, login: str | None) -> None:
        self.setters.pop(label, None)
        if login is not None:
            self.setters[label] = login

    async def document(self, name: str) -> Document | None:
        return self.documents.get(name)

    async def keep_document(self, name: str, document: Document) -> None:
        self.documents[name] = document


class Clock:
    """A clock that is moved by hand."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()


async def unlimited() -> None:
    return
