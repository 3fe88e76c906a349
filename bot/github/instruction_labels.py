"""Labels that instruct the bot (`skip …`, `bot: paused`), and whether an editor set them.

Anybody with triage permission can set a label, and so can other programs; only an editor's word
counts. Who set one is recorded from the `labeled` event; where that was missed, the issue's list of
events tells ("List issue events").
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.github.app_identity import AppIdentity
from bot.github.client import Client
from bot.github.failure import Gone, NotAllowed, Refused
from bot.github.json_fields import text_at
from bot.github.repository_url import variables
from bot.peps.people import Login
from bot.policy.model import LabelNames
from bot.review.subject import Subject
from bot.store.protocol import Store

GONE_ACCOUNT = "ghost"
"""The account GitHub shows in place of one that was deleted."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """What is known of who set the labels that stand.

    Attributes:
        labels: The instruction labels that count.
        notes: What could not be read, for people.
        by_people: The names, in lower case, of labels that were seen being set by a person.
    """

    labels: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    by_people: frozenset[str] = frozenset()


def instruction_labels(labels: Iterable[str], names: LabelNames) -> frozenset[str]:
    """The labels among these that would instruct the bot. Case does not matter, as on GitHub."""
    prefix, paused = names.skip_prefix.casefold(), names.paused.casefold()
    return frozenset(
        label
        for label in labels
        if (paused and label.casefold() == paused)
        or (prefix and label.casefold().startswith(prefix))
    )


async def read_instructions(
    client: Client,
    store: Store,
    subject: Subject,
    present: frozenset[str],
    names: LabelNames,
    editors: frozenset[Login] | None,
    app: AppIdentity,
) -> Instructions:
    """Which instruction labels an editor set; no request unless an event was missed.

    `present` are all labels the pull request has now: who set one that is gone is forgotten here,
    lest it vouch for somebody else's. The app's own account counts too, since it sets such a label
    only when somebody commands it who may.

    Raises:
        TryLater: GitHub is out of reach.
    """
    candidates = instruction_labels(present, names)
    standing = {label.casefold() for label in present}
    setters: dict[str, str] = {}
    for label, login in (await store.labelers(subject)).items():
        if label.casefold() in standing:
            setters[label.casefold()] = login
        else:
            await store.set_labeler(subject, label, None)
    by_people = frozenset(setters)
    if not candidates or editors is None:
        return Instructions(by_people=by_people)
    trusted = {login.casefold() for login in editors} | {app.login.casefold()}
    notes: tuple[str, ...] = ()
    missing = {label for label in candidates if label.casefold() not in setters}
    if missing:
        try:
            read = await _last_setters(client, subject)
        except (Gone, NotAllowed, Refused):
            read = {}
            notes = ("It could not be read who set the labels that instruct the bot.",)
        for label in sorted(missing):
            if setter := read.get(label.casefold()):
                setters[label.casefold()] = setter
                await store.set_labeler(subject, label, setter)
    return Instructions(
        frozenset(
            label for label in candidates if setters.get(label.casefold(), "").casefold() in trusted
        ),
        notes,
        by_people,
    )


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
