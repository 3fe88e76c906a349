"""The labels on an issue or pull request, and creating those that a repository needs.

If a label does not exist, GitHub creates it when it is set: grey and without a description. So
labels are created before they are used, or not used if the policy forbids creating them.
Source: https://docs.github.com/en/rest/issues/labels
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.github.client.client import Client, GitHubFailure, Gone, Refused, TryLater, variables
from bot.github.write.outbox import Destination, Outbox, Result, Write, WriteKind
from bot.logs import get_logger
from bot.policy.labels import LabelNames
from bot.review.subject import Repository

log = get_logger(__name__)

_LABELS = "/issues/{number}/labels"


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
        names.needs_sponsor: LabelStyle("e99695", "Names nobody who may sponsor the PEP"),
        names.needs_codeowners: LabelStyle(
            "e99695", "The PEP's CODEOWNERS line is missing or wrong"
        ),
        names.needs_number: LabelStyle("e99695", "The PEP's number has to change"),
        names.awaiting_author: LabelStyle("fbca04", "Waiting for the author"),
        names.awaiting_sponsor: LabelStyle("fbca04", "Waiting for the sponsor to agree"),
        names.awaiting_editor: LabelStyle("0e8a16", "Waiting for a PEP editor"),
        names.awaiting_decision: LabelStyle("5319e7", "Waiting for those who decide on the PEP"),
        names.decision: LabelStyle("5319e7", "Changes the status of a PEP"),
        names.infrastructure: LabelStyle("c5def5", "Touches no PEP"),
        names.editorial: LabelStyle("c5def5", "Changes only the wording of a PEP"),
        names.paused: LabelStyle("cccccc", "Stops the bot from writing here"),
    }
    for topic, name in names.topics.items():
        styles[name] = LabelStyle("bfdadc", f"PEPs on the topic {topic}"[:100])
    return {name: style for name, style in styles.items() if name}


def put_labels(kind: WriteKind, names: Sequence[str]) -> Write:
    """The write that adds labels, or replaces all labels if `kind` is `SET_LABELS`."""
    detail, data = ", ".join(names), {"labels": list(names)}
    if kind is WriteKind.SET_LABELS:
        return Write(kind, detail, "PUT", _LABELS, data)
    return Write(kind, detail, "POST", _LABELS, data)


async def remove_label(outbox: Outbox, to: Destination, kind: WriteKind, name: str) -> Result:
    """Remove a label; it is fine if somebody was quicker.

    Raises:
        TryLater: It may succeed later.
    """
    place = {"name": name}
    removed = await outbox.send(to, Write(kind, name, "DELETE", _LABELS + "/{name}", place=place))
    if removed.is_gone and not removed.is_refused:
        log.info("label already gone", label=name)
    return removed


async def usable_labels(
    outbox: Outbox, to: Destination, kind: WriteKind, names: Sequence[str], policy: LabelNames
) -> Sequence[str] | None:
    """Those of `names` that exist in the repository; missing ones are created if allowed.

    A label that GitHub refuses to make costs no other label: it is logged and left out. If none is
    left because of that, the write that needs them counts as refused. Which labels exist is
    remembered, so that each is looked up once.

    Args:
        outbox: Makes the writes; in a dry run all labels count as usable.
        to: The issue or pull request.
        kind: The write that needs them.
        names: The labels wanted.
        policy: What the policy calls the bot's labels, and whether the bot may create labels.

    Returns:
        The usable labels; None if GitHub refused to make or show any.

    Raises:
        TryLater: It may succeed later.
    """
    if outbox.dry_run:
        return names
    repository, styles = to.subject.repository, label_styles(policy)
    # GitHub ignores case in label names.
    known = {name.lower() for name in await outbox.store.known_labels(repository)}
    usable = {name for name in names if name.lower() in known}
    refusal: GitHubFailure | None = None
    for name in sorted(set(names) - usable):
        try:
            if policy.create_missing:
                await outbox.wait_for_turn(to.subject)
                await _make(to.client, repository, name, styles.get(name, UNDESCRIBED))
            elif not await _exists(to.client, repository, name):
                log.info("label missing", label=name)
                continue
        except TryLater:
            raise
        except GitHubFailure as failure:
            refusal = failure
            log.warning("label refused", label=name, reason=str(failure))
            continue
        usable.add(name)
        await outbox.store.add_known_labels(repository, (name,))
    if refusal is not None and not usable:
        outbox.refuse(kind, refusal)
        return None
    return [name for name in names if name in usable]


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
