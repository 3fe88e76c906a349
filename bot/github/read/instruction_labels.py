"""Labels by which people instruct the bot, and who set them.

Labels that instruct it (`skip …`, `bot: paused`) count if an editor set them. Labels for stages and
for new PEPs count as set by a person unless the bot set them.

Anybody with triage permission can set a label, and so can programs, but only an editor may instruct
the bot. Who set a label is recorded from the `labeled` event, or, if that was missed, read from the
issue's list of events ("List issue events"). A webhook may arrive late, after somebody else has set
the label again, so for instructions only the list counts, which has the order.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.github.client.app import AppIdentity
from bot.github.client.client import (
    Client,
    Gone,
    NotAllowed,
    Refused,
    id_at,
    moment_at,
    text_at,
    variables,
)
from bot.github.read.accounts import LocalAccountResolver, trust_logins_here
from bot.github.read.pull_request import LAG_READS, LAG_SECONDS, Sleep
from bot.peps.people import Actor, Login
from bot.policy.labels import LabelNames
from bot.review.stage import stage_labels
from bot.review.subject import Subject
from bot.store.store import Store

_CLOCK_TOLERANCE = timedelta(seconds=10)
"""How far GitHub's time of an event may be before the time the pull request has for it."""

_APP_SUFFIX = "[bot]"
"""The ending of the logins of apps."""

GHOST_ACCOUNT = "ghost"
"""The login GitHub shows for an account that was deleted."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """Who set the present labels, as far as known.

    Attributes:
        labels: The instruction labels that count.
        notes: What could not be read, as sentences for people.
        by_people: The labels, in lower case, that a person is known to have set, and who did.
    """

    labels: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    by_people: Mapping[str, Login] = field(default_factory=dict)


def instruction_labels(labels: Iterable[str], names: LabelNames) -> frozenset[str]:
    """Those of the labels that instruct the bot, regardless of case as on GitHub."""
    return frozenset(label for label in labels if names.is_instruction(label))


@dataclass(frozen=True, slots=True)
class PresentLabels:
    """The labels of a pull request.

    Attributes:
        present: All labels it has now.
        names: What the policy calls the bot's labels.
        ours: The labels we remember having set; None if nothing is remembered yet.
        set_at: The labels, in lower case, that the current events set, and when.
    """

    present: frozenset[str]
    names: LabelNames
    ours: Collection[str] | None = None
    set_at: Mapping[str, datetime] = field(default_factory=dict)


class InstructionReader:
    """Finds the instruction labels that an editor set."""

    def __init__(self, store: Store, app: AppIdentity, sleep: Sleep = asyncio.sleep) -> None:
        """Remember who set which label in `store`; `sleep` if the list of events lags."""
        self._store = store
        self._app = app
        self._sleep = sleep

    async def read(
        self,
        client: Client,
        subject: Subject,
        labels: PresentLabels,
        editors: frozenset[Login] | None,
        resolve_accounts: LocalAccountResolver = trust_logins_here,
    ) -> Instructions:
        """Find the labels that count; asks GitHub only about new or unknown ones.

        The app's own account counts too, since it sets such a label only on a command from
        somebody who is allowed to.

        Args:
            client: Reads the repository.
            subject: The pull request.
            labels: Its labels. Who set a label that is gone is forgotten here, or it would count
                for the next person who sets it.
            editors: The editors; None if they could not be read, and then nobody counts.
            resolve_accounts: Returns the logins of those who set labels.

        Raises:
            TryLater: GitHub is unreachable.
        """
        candidates = (
            instruction_labels(labels.present, labels.names) if editors is not None else frozenset()
        )
        present_labels = {label.casefold() for label in labels.present}
        just_set = dict(labels.set_at)
        unproven = {label for label in just_set if labels.names.is_instruction(label)}
        setters: dict[str, str] = {}
        for label, login in (await self._store.labelers(subject)).items():
            if label.casefold() in present_labels - unproven:
                setters[label.casefold()] = login
            else:
                await self._store.set_labeler(subject, label, None)
        notes: tuple[str, ...] = ()
        needed = candidates | _labels_people_may_set(labels)
        missing = {label for label in needed if label.casefold() not in setters}
        if missing:
            try:
                read = await _setters_since(client, subject, missing, just_set, self._sleep)
            except (Gone, NotAllowed, Refused):
                read = {}
                if missing & candidates:
                    notes = ("I could not read who set the labels that control the bot.",)
            accounts = await resolve_accounts(list(read.values()))
            for label in sorted(missing):
                if actor := read.get(label.casefold()):
                    setter = accounts.name(actor)
                    setters[label.casefold()] = setter
                    await self._store.set_labeler(subject, label, setter)
        trusted = {login.casefold() for login in editors or ()} | {self._app.login.casefold()}
        return Instructions(
            frozenset(
                label
                for label in candidates
                if setters.get(label.casefold(), "").casefold() in trusted
            ),
            notes,
            {
                label: Login(login)
                for label, login in setters.items()
                if not login.endswith(_APP_SUFFIX)
            },
        )


def _labels_people_may_set(labels: PresentLabels) -> frozenset[str]:
    """Stage and new-PEP labels that we did not set, so that a person may have."""
    if labels.ours is None:
        return frozenset()
    own = {label.casefold() for label in labels.ours}
    stage_names = {
        label.casefold()
        for label in (*stage_labels(labels.names).values(), labels.names.new_pep)
        if label
    }
    return frozenset(label for label in labels.present if label.casefold() in stage_names - own)


async def _setters_since(
    client: Client,
    subject: Subject,
    labels: Iterable[str],
    set_at: Mapping[str, datetime],
    sleep: Sleep,
) -> dict[str, Actor]:
    """Who set each label last, unless that was before the time the current event gives.

    GitHub's replicas lag, so a list that does not contain the event yet is read again.
    """
    needed = {label.casefold() for label in labels}
    known = await _last_setters(client, subject)
    for _ in range(LAG_READS):
        if not any(_is_older(known.get(label), set_at.get(label)) for label in needed):
            break
        await sleep(LAG_SECONDS)
        known = await _last_setters(client, subject)
    return {
        label: setter
        for label, (setter, at) in known.items()
        if not _is_older((setter, at), set_at.get(label))
    }


def _is_older(known: tuple[Actor, datetime | None] | None, than: datetime | None) -> bool:
    if than is None:
        return False
    at = None if known is None else known[1]
    return at is None or at + _CLOCK_TOLERANCE < than


async def _last_setters(
    client: Client, subject: Subject
) -> dict[str, tuple[Actor, datetime | None]]:
    setters: dict[str, tuple[Actor, datetime | None]] = {}
    async for event in client.pages(
        "/repos/{owner}/{repo}/issues/{number}/events",
        variables(subject.repository, number=subject.number),
    ):
        label = text_at(event, "label", "name")
        if label is None:
            continue
        if text_at(event, "event") == "labeled":
            login = Login(text_at(event, "actor", "login") or GHOST_ACCOUNT)
            setter = Actor(login, id_at(event, "actor", "id"))
            setters[label.casefold()] = (setter, moment_at(event, "created_at"))
        elif text_at(event, "event") == "unlabeled":
            setters.pop(label.casefold(), None)
    return setters
