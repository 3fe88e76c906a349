"""Labels by which people speak to the bot, and who set them.

Those that instruct it (`skip …`, `bot: paused`) count if an editor set them; those of stages, and
the one for new PEPs, are a person's word unless the bot itself set them.

Anybody with triage permission can set a label, and so can other programs; only an editor's word
counts. Who set one is recorded from the `labeled` event; where that was missed, the issue's list of
events tells ("List issue events").
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bot.github.app_identity import AppIdentity
from bot.github.client import Client
from bot.github.failure import Gone, NotAllowed, Refused
from bot.github.json_fields import text_at
from bot.github.repository_url import variables
from bot.peps.people import Login
from bot.policy.label_names import LabelNames
from bot.review.stage import stage_labels
from bot.review.subject import Subject
from bot.store.protocol import Store

_PROGRAM = "[bot]"
"""How the accounts of apps end."""

GONE_ACCOUNT = "ghost"
"""The account GitHub shows in place of one that was deleted."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What is known of who set the labels that stand.

    Attributes:
        labels: The instruction labels that count.
        notes: What could not be read, for people.
        by_people: The labels, in lower case, of which a person is known to have set them, and who.
    """

    labels: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    by_people: Mapping[str, Login] = field(default_factory=dict)


def instruction_labels(labels: Iterable[str], names: LabelNames) -> frozenset[str]:
    """The labels among these that would instruct the bot. Case does not matter, as on GitHub."""
    return frozenset(label for label in labels if names.instructs(label))


async def read_instructions(
    client: Client,
    store: Store,
    subject: Subject,
    present: frozenset[str],
    names: LabelNames,
    editors: frozenset[Login] | None,
    app: AppIdentity,
    ours: Collection[str] | None = None,
) -> Instructions:
    """Which instruction labels an editor set; no request unless an event was missed.

    The app's own account counts too, since it sets such a label only when somebody commands it who
    may.

    Args:
        client: Reads the repository.
        store: Remembers who set which label.
        subject: The pull request.
        present: All labels it has now: who set one that is gone is forgotten here, lest it vouch
            for somebody else's.
        names: What the policy calls the bot's labels.
        editors: Who the editors are; None if that could not be read, and nobody counts.
        app: Who we are.
        ours: The labels that are remembered as set by us; None where nothing is remembered yet.

    Raises:
        TryLater: GitHub is out of reach.
    """
    candidates = instruction_labels(present, names) if editors is not None else frozenset()
    standing = {label.casefold() for label in present}
    setters: dict[str, str] = {}
    for label, login in (await store.labelers(subject)).items():
        if label.casefold() in standing:
            setters[label.casefold()] = login
        else:
            await store.set_labeler(subject, label, None)
    notes: tuple[str, ...] = ()
    wanted = candidates | _said_by_label(present, names, ours)
    missing = {label for label in wanted if label.casefold() not in setters}
    if missing:
        try:
            read = await _last_setters(client, subject)
        except (Gone, NotAllowed, Refused):
            read = {}
            if missing & candidates:
                notes = ("It could not be read who set the labels that instruct the bot.",)
        for label in sorted(missing):
            if setter := read.get(label.casefold()):
                setters[label.casefold()] = setter
                await store.set_labeler(subject, label, setter)
    trusted = {login.casefold() for login in editors or ()} | {app.login.casefold()}
    return Instructions(
        frozenset(
            label for label in candidates if setters.get(label.casefold(), "").casefold() in trusted
        ),
        notes,
        {label: Login(login) for label, login in setters.items() if not login.endswith(_PROGRAM)},
    )


def _said_by_label(
    present: frozenset[str], names: LabelNames, ours: Collection[str] | None
) -> frozenset[str]:
    """Labels by which a person may say whose turn it is, or that a PEP is new, unlike us."""
    if ours is None:
        return frozenset()
    own = {label.casefold() for label in ours}
    saying = {label.casefold() for label in (*stage_labels(names).values(), names.new_pep) if label}
    return frozenset(label for label in present if label.casefold() in saying - own)


async def _last_setters(client: Client, subject: Subject) -> dict[str, str]:
    setters: dict[str, str] = {}
    async for event in client.pages(
        "/repos/{owner}/{repo}/issues/{number}/events",
        variables(subject.repository, number=subject.number),
    ):
        label = text_at(event, "label", "name")
        if label is None:
            continue
        if text_at(event, "event") == "labeled":
            setters[label.casefold()] = text_at(event, "actor", "login") or GONE_ACCOUNT
        elif text_at(event, "event") == "unlabeled":
            setters.pop(label.casefold(), None)
    return setters
