"""The store's interface."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.peps.number import Claim, PepNumber
from bot.review.snapshot import Memory
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Act


@dataclass(frozen=True, slots=True)
class Document:
    """The last good copy of a document read from elsewhere, such as the core-team list."""

    text: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """An unfinished step: committed before it begins, fulfilled after it ends.

    `kind` is `check_run` or `comment` for a create on GitHub, with the head's SHA or the comment's
    marker as `detail`; or `claims`, if the pull request's claims changed and others depend on them.
    """

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """A line of the audit: what was written to GitHub (in a dry run: would have been), and why."""

    at: datetime
    subject: Subject
    delivery: str
    write: str
    detail: str
    dry_run: bool


class DocumentStore(Protocol):
    """The part of the store that keeps documents, each under a name."""

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""


class Store(DocumentStore, Protocol):
    """Stores what the bot remembers. Every method is one transaction."""

    async def recall(self, subject: Subject) -> Memory:
        """What is remembered about a pull request; an empty `Memory` if nothing is."""

    async def remember(self, subject: Subject, memory: Memory) -> None:
        """Replace what is remembered about a pull request."""

    async def remember_if_unknown(self, subject: Subject, memory: Memory) -> None:
        """Remember this about a pull request, unless anything is remembered about it already."""

    async def forget_conversation(self, subject: Subject) -> None:
        """Forget a pull request's conversation, so that its next review reads it again."""

    async def reviewed(self, repository: Repository) -> Mapping[int, Memory]:
        """Every remembered pull request of a repository by number."""

    async def listings(
        self, repository: Repository, *, since: datetime | None = ...
    ) -> Mapping[int, Memory]:
        """What lists show of pull requests, by number: state, PEPs, and the queue entry.

        They include all open ones and all merged ones that added a PEP.

        Args:
            repository: The repository.
            since: Also include those that were closed or merged since then.
        """

    async def repositories(self) -> Sequence[Repository]:
        """The repositories the app is known to be installed on."""

    async def add_repository(self, repository: Repository) -> None:
        """Add a repository (again), with its present installation."""

    async def remove_repository(self, full_name: str) -> None:
        """Forget a repository and everything about it."""

    async def claims(self, repository: Repository) -> tuple[tuple[Claim, ...], bool]:
        """The numbers open pull requests claim, and whether all of them have been looked at."""

    async def set_claims(self, subject: Subject, numbers: Iterable[PepNumber]) -> frozenset[int]:
        """Replace what a pull request claims; returns the numbers that came or went."""

    async def complete_claims(self, repository: Repository, complete: bool) -> None:
        """Say whether every open pull request has been looked at."""

    async def numbered(self, repository: Repository) -> Mapping[int, Memory]:
        """The open pull requests that set PEP numbers, ascending, and what is remembered."""

    async def set_number_inputs(self, subject: Subject, number_inputs: str, *, known: str) -> None:
        """Store the number inputs that the next review of a pull request will use.

        Nothing changes if a review has replaced `known` since: another worker may finish the
        review before this one has recorded that it will be done.
        """

    async def add_act(self, subject: Subject, act: Act, source: str) -> None:
        """Store an act that an event reported; `source` (a node id and version) makes it unique."""

    async def acts(self, subject: Subject) -> Sequence[Act]:
        """The acts remembered from events, oldest first."""

    async def set_labeler(self, subject: Subject, label: str, login: str | None) -> None:
        """Remember who set an instruction label; None once it was taken off."""

    async def labelers(self, subject: Subject) -> Mapping[str, str]:
        """Who set the instruction labels that were seen being set."""

    async def known_labels(self, repository: Repository) -> frozenset[str]:
        """Label names known to exist in the repository."""

    async def add_known_labels(self, repository: Repository, names: Iterable[str]) -> None:
        """Remember that labels exist."""

    async def intend(self, subject: Subject, intent: Intent) -> None:
        """Record that a create is about to be requested."""

    async def fulfil(self, subject: Subject, intent: Intent) -> None:
        """Record that the create is done and recorded, or is known not to have happened."""

    async def intents(self, subject: Subject) -> Sequence[Intent]:
        """Creates that were begun and whose end is unknown."""

    async def record_write(self, record: WriteRecord) -> None:
        """Add a line to the audit."""

    async def forget_writes(self, before: datetime) -> int:
        """Delete audit lines from before a moment; returns how many."""

    async def close(self) -> None:
        """Close the database."""
