"""Triages new issues: topic labels and a line with links, if the policy wants them.

Blank issues by newcomers are listed in the digest.
"""

from collections.abc import Sequence

from bot.app import App
from bot.commands.log import CommandComment
from bot.commands.result import SetLabel
from bot.commands.text import Place
from bot.concurrency import offload
from bot.github.client.client import Client
from bot.github.read.base_branch import BaseBranch
from bot.github.read.changed_texts import read_blob
from bot.github.write.command_writes import begun_replies, make_effect, write_answer
from bot.github.write.outbox import Destination
from bot.handlers.event_models import IssueEvent
from bot.inbox.delivery import Delivery
from bot.logs import get_logger
from bot.peps.change import Unreadable
from bot.peps.number import PepNumber, next_number
from bot.peps.preamble import parse_preamble
from bot.review.number_inputs import ledger_of
from bot.review.render.issue import (
    Issue,
    NamedPep,
    asks_for_number,
    is_blank,
    is_left_blank,
    issue_line,
    named_peps,
    number_reply,
    topics_of,
)
from bot.review.snapshot import PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.rows import Intent

SOURCE = "issue"
"""Used in place of a text's id for the issue itself, so that it gets only one reply."""

BLANK = "blank issue by a newcomer"
"""The reason shown in the digest."""

_COST_OF_MARKDOWN = 8

_log = get_logger()


async def triage(app: App, subject: Subject, event: IssueEvent, delivery: Delivery) -> None:
    """Triage a new issue; one that names no PEP costs no request.

    Raises:
        GitHubFailure: GitHub cannot be read or written now.
    """
    text = event.present_text
    if text is None or text.by_program:
        return
    issue = Issue(event.issue.title or "", text.body or "", text.association)
    cost = _COST_OF_MARKDOWN * len(issue.body)
    if await offload(cost, lambda: is_blank(issue) or is_left_blank(issue)):
        await app.digest.note(subject, BLANK, issue.title, app.clock())
        _log.info("noted for the digest", reason=BLANK)
        return
    numbers = await offload(cost, lambda: named_peps(issue))
    asks_number = asks_for_number(issue)
    if not numbers and not asks_number:
        return
    client = await app.clients.for_repository(
        subject.repository.full_name, subject.repository.installation
    )
    default = event.repository.default_branch or "main"
    base_branch = await app.base_branch.at(client, subject.repository, default=default)
    policy = base_branch.policy
    if not (policy.issues.links or policy.issues.topics):
        return
    if await app.commands.processed(subject, SOURCE) is not None:
        return
    to = Destination(client, subject, delivery.id)
    peps = await _load_peps(app, client, subject.repository, base_branch, numbers)
    if policy.issues.topics:
        for label in topics_of(peps, policy.labels.topics):
            await make_effect(app.outbox, to, SetLabel(label), SOURCE, policy.labels)
    lines: list[str] = []
    if policy.issues.links and asks_number:
        lines.append(number_reply(await _next(app, subject.repository, base_branch)))
    if policy.issues.links and peps:
        lines.append(issue_line(peps, policy.links))
    processed = CommandComment(
        source=SOURCE,
        place=Place.DESCRIPTION,
        id=subject.number,
        author=text.author,
        url=text.url,
        at=text.at,
        answers=tuple((SOURCE, line) for line in lines),
        existing=(SOURCE,),
    )
    await _post_reply(app, to, processed)


async def _post_reply(app: App, to: Destination, processed: CommandComment) -> None:
    own = await begun_replies(app.outbox, to, [processed.marker])
    answered = await write_answer(app.outbox, to, processed, own)
    await app.commands.keep(to.subject, answered)
    await app.store.fulfil(to.subject, Intent("comment", processed.marker))


async def _load_peps(
    app: App,
    client: Client,
    repository: Repository,
    base_branch: BaseBranch,
    numbers: Sequence[PepNumber],
) -> list[NamedPep]:
    open_pull_requests = {
        number: memory
        for number, memory in (await app.store.reviewed(repository)).items()
        if memory.state is PullRequestState.OPEN
    }
    found = []
    for number in numbers:
        if number not in base_branch.published:
            continue
        text = await read_blob(client, repository, base_branch.blobs.get(number))
        if not isinstance(text, Unreadable):
            touching = [
                pull for pull, memory in open_pull_requests.items() if number in memory.touches
            ]
            preamble = parse_preamble(text)
            found.append(NamedPep(number, preamble, tuple(sorted(touching))))
    return found


async def _next(app: App, repository: Repository, base_branch: BaseBranch) -> PepNumber:
    known = await app.store.stored_numbers(repository)
    return next_number(ledger_of(base_branch.policy, base_branch.published, known))
