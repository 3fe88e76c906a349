"""The sweep over all open pull requests: which PEP numbers they claim, and which need a review.

It runs when the bot first sees a repository and regularly after that. It may be interrupted at any
point and run again: an unchanged head is not read again, and the claims count as complete only
once every open pull request has been read.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.github.client.client import Client, Gone, variables
from bot.github.read.pull_request import PullRequest, parse_pull_request
from bot.github.read.pull_request_files import claimed_numbers, list_files
from bot.peps.number import PepNumber
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep found.

    Attributes:
        to_review: Pull requests that changed since they were remembered, or never were, ascending.
            The first sweep remembers all of them, so that later ones do not review pull requests
            older than the installation until something happens on them.
        bases: The branches into which open pull requests are to be merged, ascending.
        is_private: Whether the repository is not public; None if no response said.
    """

    to_review: tuple[int, ...]
    bases: tuple[str, ...]
    is_private: bool | None = None


async def sweep_claims(
    client: Client,
    store: Store,
    repository: Repository,
    *,
    pace: Callable[[], Awaitable[None]],
    placeholders: frozenset[PepNumber] = frozenset(),
) -> Sweep:
    """Update the claims of a repository, with one request for each unknown head.

    Args:
        client: The client of the repository.
        store: Keeps the claims. A review has to record its claims before it remembers the head,
            since a remembered head is not read again.
        repository: Which repository.
        pace: Called before each list of files is read, to spread the requests in time or, by
            raising a `GitHubFailure`, to leave the rest for later.
        placeholders: Numbers that claim nothing.

    Raises:
        GitHubFailure: A list could not be read; what was found until then is kept.
    """
    remembered = await store.reviewed(repository)
    known = await store.stored_numbers(repository)
    claimants = {claim.pull_request for claim in known.claims}
    pulls = await _open_pull_requests(client, repository)
    to_review = {pull.number for pull in pulls if _needs_review(pull, remembered.get(pull.number))}
    for pull in pulls:
        memory = remembered.get(pull.number)
        same_head = memory is not None and memory.head_sha == pull.head_sha
        if same_head and memory and (pull.number in claimants or not memory.is_new_pep):
            continue
        subject = Subject(repository, pull.number)
        await pace()
        try:
            files = (await list_files(client, subject)).files
        except Gone:
            # It was listed a moment ago, so leave it to the review to find out why.
            to_review.add(pull.number)
            continue
        await store.set_claims(subject, claimed_numbers(files, placeholders))
        if memory is None and not known.claims_complete:
            new_memory = Memory(head_sha=pull.head_sha, updated_at=pull.updated_at)
            await store.remember_if_unknown(subject, new_memory)
    listed = {pull.number for pull in pulls}
    remembered_open = {
        number
        for number, memory in remembered.items()
        if memory.state is PullRequestState.OPEN and number not in listed
    }
    for number in sorted((claimants - listed) | remembered_open):
        # The list is read page by page, so it may lack one that was opened meanwhile: ask.
        is_open = await _is_open(client, repository, number)
        if is_open:
            continue
        if is_open is None or number in remembered_open:
            to_review.add(number)
        if is_open is False:
            await store.set_claims(Subject(repository, number), ())
    await store.complete_claims(repository, True)
    visibilities = {pull.in_private_repository for pull in pulls} - {None}
    return Sweep(
        tuple(sorted(to_review)),
        tuple(sorted({pull.base_ref for pull in pulls})),
        is_private=True in visibilities if visibilities else None,
    )


async def _open_pull_requests(client: Client, repository: Repository) -> list[PullRequest]:
    """All open ones, newest first, so that one opened meanwhile makes us miss no other."""
    found: dict[int, PullRequest] = {}
    url = "/repos/{owner}/{repo}/pulls{?state,sort,direction}"
    place = variables(repository, state="open", sort="created", direction="desc")
    async for entry in client.pages(url, place):
        pull = parse_pull_request(entry)
        found[pull.number] = pull
    return list(found.values())


def _needs_review(pull: PullRequest, memory: Memory | None) -> bool:
    if memory is None or memory.updated_at is None:
        return True
    # No state: remembered by the first sweep, and not reviewed since.
    if memory.state not in (PullRequestState.OPEN, None):
        return True
    return (
        pull.updated_at is None
        or pull.updated_at > memory.updated_at
        or pull.head_sha != memory.head_sha
        # Retargeted (a branch was renamed), or remembered by a version that did not store it.
        or (memory.state is not None and pull.base_ref != memory.base)
    )


async def _is_open(client: Client, repository: Repository, number: int) -> bool | None:
    """Whether it is open; None if GitHub does not find it, perhaps only for a moment."""
    try:
        answer = await client.get(
            "/repos/{owner}/{repo}/pulls/{number}", variables(repository, number=number)
        )
        return parse_pull_request(answer).state is PullRequestState.OPEN
    except Gone:
        return None
