"""A new issue: by policy its topic's label and a line with links; a blank one is for the digest."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.commands.log import CommandComment
from bot.commands.result import SetLabel
from bot.commands.text import Place
from bot.concurrency import offload
from bot.github.client.client import Client, Clients
from bot.github.read.base_branch import BaseBranch
from bot.github.read.changed_texts import read_blob
from bot.github.read.repository import BaseBranchReader
from bot.github.write.command_effects import EffectWriter
from bot.github.write.replies import AnswerWriter
from bot.handlers import payload as read
from bot.handlers.payload import Payload
from bot.inbox.delivery import Delivery
from bot.peps.number import PepNumber, next_number
from bot.peps.preamble import parse_preamble
from bot.review.number_inputs import ledger_of
from bot.review.render.issue import (
    Issue,
    NamedPep,
    asks_number,
    is_blank,
    is_left_blank,
    issue_line,
    named_peps,
    number_answer,
    topics_of,
)
from bot.review.snapshot import PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.commands import CommandStore, DigestStore
from bot.store.protocol import Intent, Store

SOURCE = "issue"
"""Stands for the issue itself where a text would stand: its line is said once."""

BLANK = "blank issue by a newcomer"
"""Why such an issue is in the digest."""

_COST_OF_MARKDOWN = 8

_log = structlog.get_logger()


class IssueTriage:
    """Sorts new issues. Every step may be repeated; nothing is said twice."""

    def __init__(
        self,
        *,
        clients: Clients,
        facts: BaseBranchReader,
        store: Store,
        commands: CommandStore,
        digest: DigestStore,
        effects: EffectWriter,
        answers: AnswerWriter,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._facts = facts
        self._store = store
        self._commands = commands
        self._digest = digest
        self._effects = effects
        self._answers = answers
        self._clock = clock

    async def opened(self, subject: Subject, payload: Payload, delivery: Delivery) -> None:
        """Handle a new issue; one about no PEP costs no request.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        text = read.text_in(payload, "issues")
        if text is None or text.by_program:
            return
        issue = Issue(read.issue_title(payload), text.body or "", text.association)
        cost = _COST_OF_MARKDOWN * len(issue.body)
        if await offload(cost, lambda: is_blank(issue) or is_left_blank(issue)):
            await self._digest.note(subject, BLANK, issue.title, self._clock())
            _log.info("noted for the digest", reason=BLANK)
            return
        numbers = await offload(cost, lambda: named_peps(issue))
        wants_number = asks_number(issue)
        if not numbers and not wants_number:
            return
        client = await self._clients.for_repository(
            subject.repository.full_name, subject.repository.installation
        )
        default = read.default_branch(payload)
        facts = await self._facts.at(client, subject.repository, default=default)
        policy = facts.policy
        if not (policy.issues.links or policy.issues.topics):
            return
        if await self._commands.heard(subject, SOURCE) is not None:
            return
        peps = await self._peps(client, subject.repository, facts, numbers)
        if policy.issues.topics:
            for label in topics_of(peps, policy.labels.topics):
                await self._effects.make(
                    client, subject, SetLabel(label), SOURCE, delivery.id, policy.labels
                )
        said: list[str] = []
        if policy.issues.links and wants_number:
            said.append(number_answer(await self._next(subject.repository, facts)))
        if policy.issues.links and peps:
            said.append(issue_line(peps, policy.links))
        heard = CommandComment(
            source=SOURCE,
            place=Place.DESCRIPTION,
            id=subject.number,
            author=text.author,
            url=text.url,
            at=text.at,
            answers=tuple((SOURCE, told) for told in said),
            standing=(SOURCE,),
        )
        await self._say(client, subject, heard, delivery)

    async def _say(
        self, client: Client, subject: Subject, heard: CommandComment, delivery: Delivery
    ) -> None:
        intent = Intent("comment", heard.marker)
        own: dict[str, int] = {}
        if intent in await self._store.intents(subject):
            own = await self._answers.standing(client, subject)
        answered = await self._answers.answer(client, subject, heard, own, delivery.id)
        await self._commands.keep(subject, answered)
        await self._store.fulfil(subject, intent)

    async def _peps(
        self,
        client: Client,
        repository: Repository,
        facts: BaseBranch,
        numbers: Sequence[PepNumber],
    ) -> list[NamedPep]:
        open_ones = {
            number: memory
            for number, memory in (await self._store.reviewed(repository)).items()
            if memory.state is PullRequestState.OPEN
        }
        found = []
        for number in numbers:
            if number not in facts.published:
                continue
            text = await read_blob(client, repository, facts.blobs.get(number))
            if isinstance(text, str):
                touching = [pull for pull, memory in open_ones.items() if number in memory.touches]
                preamble = parse_preamble(text)
                found.append(NamedPep(number, preamble, tuple(sorted(touching))))
        return found

    async def _next(self, repository: Repository, facts: BaseBranch) -> PepNumber:
        claims, complete = await self._store.claims(repository)
        ledger = ledger_of(
            facts.policy,
            facts.published,
            claims,
            claims_complete=complete,
            reservations=await self._commands.reservations(repository),
        )
        return next_number(ledger)
