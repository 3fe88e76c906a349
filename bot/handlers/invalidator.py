"""Finds pull requests whose verdict depends on something that changed elsewhere, to review them.

What can change is a number (claimed, given up, published, withdrawn), a line of CODEOWNERS on the
base branch, the policy, or the people. Whatever reported the change, the reaction is the same:
compare the inputs each open pull request was judged by with the present ones, and review those for
which they differ. So it does not matter if a push was lost, was too large to list its files or
rewrote history, and a change that two events report leads to one review.
"""

from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256

from bot.app import App
from bot.github.client.client import Gone
from bot.github.read.base_branch import BaseBranch
from bot.handlers.events import Job
from bot.handlers.jobs import queue_job, queue_reviews
from bot.logs import get_logger
from bot.peps.number import NumberLedger, PepNumber
from bot.review.number_inputs import ledger_of, number_inputs
from bot.review.snapshot import Memory, PullRequestState, Snapshot
from bot.review.subject import Repository, Subject
from bot.rules.engine.kind import ChangeKind
from bot.store.documents import EDITORS_SEEN, JUDGED_BY, Document
from bot.store.memories import BegunReview
from bot.store.rows import Intent

MAX_REPEATED_REVIEWS = 5
"""How often in a row a review may cause the next review of the same pull request."""

MAX_REVIEWS_AN_HOUR = 10
"""How many reviews others' claims may cause before a pull request gets none for an hour."""

_REPEAT_MARK = "-again-"

CLAIMS_CHANGED = Intent("claims", "")
"""The intent to have others reviewed after a pull request's claims changed."""

_log = get_logger()


async def review_others(
    app: App,
    repository: Repository,
    cause: str,
    *,
    bases: Iterable[str] = (),
    excluding: Collection[int] = (),
    base_changed: bool = False,
    claims_changed: bool = False,
) -> None:
    """Queue reviews of the open pull requests whose inputs differ from those of their verdict.

    Args:
        app: The app.
        repository: Where something changed.
        cause: The delivery that reported it.
        bases: Branches to check, besides those into which numbered PEPs are to be merged.
        excluding: Pull requests that are reviewed anyway.
        base_changed: Whether a base branch may have moved, so that it must be read again.
        claims_changed: Whether another pull request's claim changed. Its author may change it
            as often as they like, so after `MAX_REVIEWS_AN_HOUR` reviews the rest is left to
            the next sweep.

    Raises:
        GitHubFailure: A base branch could not be read.
    """
    async with app.invalidation_lock:
        if base_changed:
            await app.base_branch.forget(repository)
        numbered = await app.store.numbered(repository)
        named = {memory.base for memory in numbered.values() if memory.base}
        for base in sorted(named | set(bases)):
            base_branch = await _read_base_branch(app, repository, base)
            if base_branch is None:
                continue
            name, criteria = JUDGED_BY.of(repository, base), base_branch.criteria
            known = await app.store.document(name)
            changed = known is not None and known.text != criteria
            candidates = await open_pull_requests(app, repository) if changed else numbered
            ledger = await _ledger(app, repository, base_branch)
            # If this runs again after another change of the policy, the cause must differ.
            cause_digest = _digest(cause, criteria)
            for number, memory in candidates.items():
                if memory.base != base or number in excluding:
                    continue
                subject = Subject(repository, number)
                inputs = _number_inputs(subject, memory, ledger, base_branch)
                if changed or (
                    inputs != memory.number_inputs
                    and (not claims_changed or _allow_review(app, subject))
                ):
                    await _review_again(app, subject, memory, inputs, cause_digest)
            if changed or known is None:
                await _store_document(app, name, criteria)


async def record_claims(
    app: App,
    subject: Subject,
    begun: BegunReview,
    claimed: frozenset[PepNumber],
    delivery: str,
    *,
    merged: bool = False,
) -> None:
    """Record what the pull request claims, and queue reviews of others that this concerns.

    The claims are stored first, or the reviews might not see them, together with the intent: if
    the process dies before they are queued, it makes the repeated review queue them. It stands
    until the review has ended.

    Args:
        app: The app.
        subject: The pull request.
        begun: What was known when its review began.
        claimed: The numbers it claims now.
        delivery: The delivery that led to this, used as the cause of the queued reviews.
        merged: Whether it was merged, so that its number is not free but published.
    """
    if begun.claimed != claimed:
        await app.store.set_claims(subject, claimed, intent=CLAIMS_CHANGED)
    elif CLAIMS_CHANGED not in begun.unfinished:
        return
    await review_others(
        app,
        subject.repository,
        delivery,
        excluding=[subject.number],
        base_changed=merged,
        claims_changed=not merged,
    )


async def review_touching(
    app: App, repository: Repository, peps: Collection[int], cause: str, excluding: int = 0
) -> None:
    """Queue reviews of the open pull requests that touch these PEPs, but of one."""
    opened = await open_pull_requests(app, repository) if peps else {}
    touching = {one for one, memory in opened.items() if not memory.touches.isdisjoint(peps)}
    await queue_reviews(app, repository, touching - {excluding}, cause)


async def review_if_outdated(
    app: App, snapshot: Snapshot, memory: Memory, kind: ChangeKind, delivery: str
) -> None:
    """Queue another review of a pull request if its inputs changed during the review.

    A change elsewhere leads to reviews of those known to depend on it. That this pull request
    does is known only now, so a change during its review is found here.
    """
    subject = snapshot.subject
    if snapshot.state is not PullRequestState.OPEN:
        return
    base_branch = await _read_base_branch(app, subject.repository, snapshot.base.branch)
    if base_branch is None:
        return
    inputs = ""
    if memory.numbers:
        ledger = await _ledger(app, subject.repository, base_branch)
        inputs = _number_inputs(subject, memory, ledger, base_branch)
    if inputs != memory.number_inputs or base_branch.policy != snapshot.context.policy:
        if (repeats := _repeat_count(delivery) + 1) > MAX_REPEATED_REVIEWS:
            # Inputs do not change that often: reviews and this check must permanently disagree.
            _log.error("reviews do not settle", reviews=repeats)
        elif base_branch.policy != snapshot.context.policy or _allow_review(app, subject):
            await _review_again(app, subject, memory, inputs, delivery, repeats)
    elif kind is not ChangeKind.INFRASTRUCTURE and not snapshot.context.numbers.claims_complete:
        await queue_job(app, Job.FIRST_SWEEP, subject.repository, delivery)
    name = JUDGED_BY.of(subject.repository, snapshot.base.branch)
    if await app.store.document(name) is None:
        await _store_document(app, name, base_branch.criteria)


async def core_team_changed(app: App, installation: int, before: Document, text: str) -> None:
    """Queue reviews of open new PEPs, since a new list may change who is eligible.

    Args:
        app: The app.
        installation: The installation whose list it is; only its repositories are concerned.
        before: The previous copy; part of the cause, since a list may change back.
        text: The new list.
    """
    cause = _digest(before.read_at.isoformat(), text)
    for repository in await app.store.repositories():
        if repository.installation == installation:
            await _review_new_peps(app, repository, cause)


async def editors_seen(app: App, repository: Repository, logins: Iterable[str], cause: str) -> None:
    """Queue reviews of all open new PEPs if the editors have changed since the last check.

    Editors may sponsor PEPs, and labels that they set instruct the bot.
    """
    name = EDITORS_SEEN.of(repository)
    text = "\n".join(sorted(login.lower() for login in logins))
    known = await app.store.document(name)
    if known is not None and known.text == text:
        return
    if known is not None:
        await _review_new_peps(app, repository, _digest(cause, text))
    await _store_document(app, name, text)


async def _review_new_peps(app: App, repository: Repository, cause: str) -> None:
    opened = await open_pull_requests(app, repository)
    await queue_reviews(
        app, repository, [one for one, memory in opened.items() if memory.is_new_pep], cause
    )


async def open_pull_requests(app: App, repository: Repository) -> Mapping[int, Memory]:
    """The open pull requests that were reviewed, so none older than the installation."""
    return {
        number: memory
        for number, memory in sorted((await app.store.reviewed(repository)).items())
        if memory.state is PullRequestState.OPEN
    }


async def _read_base_branch(app: App, repository: Repository, base: str) -> BaseBranch | None:
    """The base branch as it is now; None if it does not exist any more."""
    client = await app.clients.for_repository(repository.full_name, repository.installation)
    try:
        return await app.base_branch.at(client, repository, base)
    except Gone:
        return None


async def _ledger(app: App, repository: Repository, base_branch: BaseBranch) -> NumberLedger:
    known = await app.store.stored_numbers(repository)
    return ledger_of(base_branch.policy, base_branch.published, known)


async def _review_again(
    app: App, subject: Subject, memory: Memory, inputs: str, delivery: str, repeats: int = 0
) -> None:
    """Queue a review, and store the inputs it will use, so that it is queued only once.

    It is queued first: after a crash in between, the same cause queues the same delivery, which
    the inbox recognizes. `repeats` is how many reviews in a row led to this one.
    """
    cause = f"{_digest(delivery, inputs)}{_REPEAT_MARK}{repeats}"
    await queue_job(app, Job.REVIEW, subject, cause)
    if inputs != memory.number_inputs:
        await app.store.set_number_inputs(subject, inputs, known=memory.number_inputs)
    _log.info("review queued", subject=subject.key, review=cause)


def _allow_review(app: App, subject: Subject) -> bool:
    """Count a review that others' claims caused; False if there were too many lately.

    Then its inputs are not stored, so that the next sweep or push finds that they differ.
    """
    count = app.review_counts.get(subject.key, 0) + 1
    if count > MAX_REVIEWS_AN_HOUR:
        _log.info("left to the next sweep", subject=subject.key)
        return False
    app.review_counts[subject.key] = count
    return True


async def _store_document(app: App, name: str, text: str) -> None:
    await app.store.keep_document(name, Document(text, app.clock()))


def _number_inputs(
    subject: Subject, memory: Memory, ledger: NumberLedger, base_branch: BaseBranch
) -> str:
    return number_inputs(
        memory.numbers, subject.number, ledger, base_branch.policy, base_branch.codeowners
    )


def _repeat_count(delivery: str) -> int:
    """How many reviews in a row led to this delivery; 0 for a webhook."""
    count = delivery.rpartition(_REPEAT_MARK)[2] if delivery.startswith("self:") else ""
    return int(count) if count.isdecimal() else 0


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:32]
