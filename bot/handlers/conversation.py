"""Handles events on pull requests and issues: records what people did one by one, then reviews."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from bot.app import App
from bot.commands.grammar.parse import parsing_cost
from bot.commands.identity import consent_added
from bot.commands.log import first_processed
from bot.commands.text import Text
from bot.concurrency import offload
from bot.github.read.pull_request import Hint
from bot.handlers.event_models import ReviewJob
from bot.handlers.events import RERUN
from bot.handlers.handle import Work
from bot.handlers.issue import handle_issue
from bot.handlers.payload import Event
from bot.handlers.review import review_pull_request
from bot.inbox.delivery import Delivery
from bot.logs import get_logger
from bot.peps.people import Login
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Act, ActKind

_log = get_logger()


async def handle_subject(app: App, work: Work[Event], repository: Repository) -> None:
    """Review a pull request; on an issue, sort it and carry out its commands."""
    subject, events = work.subject(repository), work.events
    texts = await _texts_of(app, subject, events)
    if work.event.is_issue:
        await handle_issue(app, work, subject, texts)
        return
    for delivery, event in events:
        await _record_actor(app, subject, delivery, event)
    instants = [at for _, event in events if (at := event.pull_request.updated_at)]
    hint = Hint(
        delivery=work.last.id,
        min_updated_at=max(instants, default=None),
        conversation_changed=any(event.is_conversation for _, event in events),
        event=f"{work.last.event} {work.last.action}".strip(),
        texts=texts,
        events_missed=any(isinstance(event, ReviewJob) for _, event in events),
        set_at=_labels_set(events),
        new_comment_count=sum(event.is_new_comment for _, event in events),
        deleted=frozenset(gone for _, event in events if (gone := event.deleted_comment)),
        rerun=any(delivery.action == RERUN for delivery, _ in events),
        is_young=work.is_young,
    )
    await review_pull_request(app, subject, hint)


async def _record_actor(app: App, subject: Subject, delivery: Delivery, event: Event) -> None:
    """Remember what a person did if GitHub cannot be asked for it later.

    That is who wrote a text (REST does not tell who edited one), and who set a label.
    """
    if event.is_conversation:
        await _record_consent(app, subject, delivery, event)
    elif event.label_change is not None and event.sender is not None:
        label, is_set = event.label_change
        await app.store.set_labeler(subject, label, event.sender if is_set else None)


async def _record_consent(app: App, subject: Subject, delivery: Delivery, event: Event) -> None:
    text = event.present_text
    if text is None or text.body is None:
        return
    if event.is_dismissal:
        # REST tells when a review was submitted, not when it was dismissed.
        at = _happened_at(delivery, event)
        act = Act(Login(text.author), ActKind.WITHDRAWAL, at, text.url, text.account)
        await app.store.add_act(subject, act, f"{text.node_id}:dismissed")
        return
    if not text.is_by_own_hand or text.by_program:
        _log.info("consent ignored; not the author's own text", author=text.author)
        return
    version = sha256(text.body.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    body, before = text.body, text.before
    cost = parsing_cost(body) + parsing_cost(before)
    kind = await offload(cost, lambda: consent_added(body, before))
    if kind is not None:
        # GitHub tells when a review was submitted, even after it was edited.
        at = _happened_at(delivery, event) if event.is_edited_review else text.at
        act = Act(Login(text.author), kind, at, text.url, text.account)
        # Includes the time: an edit back to an earlier text consents again.
        source = f"{text.node_id}:{version}:{at.isoformat()}"
        await app.store.add_act(subject, act, source)


def _happened_at(delivery: Delivery, event: Event) -> datetime:
    """When it happened according to the event, which may have been delivered much later."""
    return event.pull_request.updated_at or delivery.received_at


async def _texts_of(
    app: App, subject: Subject, events: Sequence[tuple[Delivery, Event]]
) -> tuple[Text, ...]:
    """The texts that contain commands or did before an edit, in the order they arrived.

    Texts by programs and texts in locked conversations are skipped, the latter for good.
    """
    found = []
    for delivery, event in events:
        text = event.new_text(delivery)
        if text is None or text.by_program:
            continue
        # A text that had commands before an edit counts, since the edit may arrive first.
        known = await app.commands.processed(subject, text.node_id)
        if known is None and not event.may_have_commands:
            continue
        if not text.locked:
            found.append(text)
        elif known is None:
            # Its current commands are never carried out.
            await app.commands.keep(subject, first_processed(text))
    return tuple(found)


def _labels_set(events: Sequence[tuple[Delivery, Event]]) -> dict[str, datetime]:
    """The labels, in lower case, that these events set last, and when.

    GitHub's times are in whole seconds: within one second, the order of the events counts.
    """
    found: dict[str, datetime] = {}
    for place, (_, event) in enumerate(events):
        if event.label_change is None or event.sender is None:
            continue
        label, is_set = event.label_change
        found.pop(label.casefold(), None)
        if is_set and (at := event.pull_request.updated_at) is not None:
            found[label.casefold()] = at + timedelta(microseconds=place)
    return found
