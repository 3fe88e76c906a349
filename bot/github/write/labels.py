"""Creates the labels that a repository needs before they are set on pull requests.

If a label does not exist, GitHub creates it when it is set: grey and without a description. So
labels are created before they are used, or not used if the policy forbids creating them.
Source: https://docs.github.com/en/rest/issues/labels
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.github.client.client import Client, GitHubFailure, Gone, Refused, TryLater
from bot.github.client.response import variables
from bot.policy.labels import LabelNames
from bot.review.subject import Repository


@dataclass(frozen=True, slots=True)
class LabelStyle:
    """How a label looks in the repository.

    Attributes:
        color: Six hexadecimal digits without `#`.
        description: At most 100 characters.
    """

    color: str
    description: str


UNDESCRIBED = LabelStyle("ededed", "")


def label_styles(names: LabelNames) -> Mapping[str, LabelStyle]:
    """Color and description of each label by the policy's name for it; none for one that is off."""
    styles = {
        names.new_pep: LabelStyle("1d76db", "Adds a PEP"),
        names.needs_sponsor: LabelStyle("e99695", "Nobody who may sponsor the PEP is named"),
        names.needs_codeowners: LabelStyle("e99695", "The PEP's line in CODEOWNERS is missing"),
        names.needs_number: LabelStyle("e99695", "The PEP's number has to change"),
        names.awaiting_author: LabelStyle("fbca04", "The next step is the author's"),
        names.awaiting_sponsor: LabelStyle("fbca04", "The next step is the sponsor's"),
        names.awaiting_editor: LabelStyle("0e8a16", "The next step is a PEP editor's"),
        names.awaiting_decision: LabelStyle("5319e7", "The next step is the deciding body's"),
        names.decision: LabelStyle("5319e7", "A PEP's status moves"),
        names.infrastructure: LabelStyle("c5def5", "Touches no PEP"),
        names.editorial: LabelStyle("c5def5", "Changes the wording of a PEP only"),
        names.paused: LabelStyle("cccccc", "The bot was told to keep quiet here"),
    }
    for topic, name in names.topics.items():
        styles[name] = LabelStyle("bfdadc", f"PEPs on the topic {topic}"[:100])
    return {name: style for name, style in styles.items() if name}


log = structlog.get_logger(__name__)


class KnownLabels(Protocol):
    """The part of the store that remembers which labels exist."""

    async def known_labels(self, repository: Repository) -> frozenset[str]:
        """Names of labels known to exist in the repository."""

    async def add_known_labels(self, repository: Repository, names: Iterable[str]) -> None:
        """Remember that labels exist."""


async def usable_labels(
    client: Client,
    store: KnownLabels,
    repository: Repository,
    names: Iterable[str],
    styles: Mapping[str, LabelStyle],
    *,
    create_missing: bool,
    throttle: Callable[[], Awaitable[None]],
) -> frozenset[str]:
    """Those of `names` that exist in the repository; missing ones are created if allowed.

    A label that GitHub refuses to make costs no other label: it is logged and left out.

    Args:
        client: Asks GitHub.
        store: Remembers which labels exist, so that each is looked up once.
        repository: The repository.
        names: The labels wanted.
        styles: Color and description of each.
        create_missing: Whether the policy lets the bot create labels.
        throttle: Awaited before each creation.

    Raises:
        bot.github.client.client.TryLater: It may succeed later.
        bot.github.client.client.GitHubFailure: None of them could be made or looked for.
    """
    desired = frozenset(names)
    # GitHub ignores case in label names.
    known = {name.lower() for name in await store.known_labels(repository)}
    usable = {name for name in desired if name.lower() in known}
    refusal: GitHubFailure | None = None
    for name in sorted(desired - usable):
        try:
            if create_missing:
                await throttle()
                await _make(client, repository, name, styles.get(name, UNDESCRIBED))
            elif not await _exists(client, repository, name):
                log.info("label missing", label=name)
                continue
        except TryLater:
            raise
        except GitHubFailure as failure:
            refusal = failure
            log.warning("label refused", label=name, reason=str(failure))
            continue
        usable.add(name)
        await store.add_known_labels(repository, (name,))
    if refusal is not None and not usable:
        raise refusal
    return frozenset(usable)


async def _make(client: Client, repository: Repository, name: str, style: LabelStyle) -> None:
    data = {"name": name, "color": style.color, "description": style.description}
    try:
        await client.post("/repos/{owner}/{repo}/labels", variables(repository), data)
    except Refused as refusal:
        # GitHub does not always name the reason.
        if "already_exists" not in str(refusal) and not await _exists(client, repository, name):
            raise


async def _exists(client: Client, repository: Repository, name: str) -> bool:
    try:
        await client.get("/repos/{owner}/{repo}/labels/{name}", variables(repository, name=name))
    except Gone:
        return False
    return True
