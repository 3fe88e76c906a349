"""Handles events on pull requests and issues: records what people did one by one, then reviews."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bot.app import App
from bot.commands.consent import consent_added, consent_cost
from bot.commands.text import Text
from bot.concurrency import offload
from bot.handlers import internal_jobs as own
from bot.handlers import payload as read
from bot.handlers.command_runner import ignore, was_processed
from bot.handlers.events import Work
from bot.handlers.issue import handle_issue
from bot.handlers.payload import Payload
from bot.handlers.review import Hint, review_pull_request
from bot.inbox.delivery import Delivery
from bot.peps.people import Login
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Act, ActKind

_log = structlog.get_logger()
_CONVERSATION_EVENTS = ("issue_comment", "pull_request_review", "pull_request_review_comment")


async def handle_subject(app: App, work: Work, repository: Repository) -> None:
    """Review a pull request; on an issue, sort it and carry out its commands."""
    subject, payloads, last = work.subject(repository), work.payloads, work.last
    texts = await texts_of(app, subject, payloads)
    if read.is_issue(work.payload):
        await handle_issue(app, subject, payloads, texts)
        return
    for delivery, single in payloads:
        await _record_actor(app, subject, delivery, single)
    instants = [at for _, single in payloads if (at := read.updated_at(single))]
    hint = Hint(
        delivery=last.id,
        min_updated_at=max(instants, default=None),
        conversation_changed=any(
            delivery.event in _CONVERSATION_EVENTS for delivery, _ in payloads
        ),
        event=f"{last.event} {last.action}".strip(),
        texts=texts,
        events_missed=any(delivery.event == own.REVIEW for delivery, _ in payloads),
        set_at=labels_set(payloads),
        new_comment_count=sum(
            (delivery.event, delivery.action) == ("issue_comment", "created")
            for delivery, _ in payloads
        ),
        deleted=frozenset(
            gone
            for delivery, single in payloads
            if (delivery.event, delivery.action) == ("issue_comment", "deleted")
            and (gone := read.comment_id(single)) is not None
        ),
        rerun=any(delivery.action == own.RERUN for delivery, _ in payloads),
        is_young=work.is_young,
    )
    await review_pull_request(app, subject, hint)


async def _record_actor(app: App, subject: Subject, delivery: Delivery, payload: Payload) -> None:
    """Remember what a person did if GitHub cannot be asked for it later.

    That is who wrote a text (REST does not tell who edited one), and who set a label.
    """
    if delivery.event in _CONVERSATION_EVENTS:
        await _record_consent(app, subject, delivery, payload)
    elif delivery.action in ("labeled", "unlabeled") and (
        label_and_sender := read.label_and_sender(payload)
    ):
        label, sender = label_and_sender
        setter = sender if delivery.action == "labeled" else None
        await app.store.set_labeler(subject, label, setter)


async def _record_consent(app: App, subject: Subject, delivery: Delivery, payload: Payload) -> None:
    text = read.text_in(payload, delivery.event)
    if text is None or text.body is None:
        return
    if delivery.action == "dismissed":
        # REST tells when a review was submitted, not when it was dismissed.
        at = _happened_at(delivery, payload)
        act = Act(Login(text.author), ActKind.WITHDRAWAL, at, text.url, text.account)
        await app.store.add_act(subject, act, f"{text.node_id}:dismissed")
        return
    if not text.is_by_own_hand or text.by_program:
        _log.info("only a text by its author's own hand consents", author=text.author)
        return
    version = sha256(text.body.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    body, before = text.body, text.before
    cost = consent_cost(body) + consent_cost(before)
    kind = await offload(cost, lambda: consent_added(body, before))
    if kind is not None:
        # GitHub tells when a review was submitted, even after it was edited.
        is_edited_review = (delivery.event, delivery.action) == (
            "pull_request_review",
            "edited",
        )
        at = _happened_at(delivery, payload) if is_edited_review else text.at
        act = Act(Login(text.author), kind, at, text.url, text.account)
        # Includes the time: an edit back to an earlier text consents again.
        source = f"{text.node_id}:{version}:{at.isoformat()}"
        await app.store.add_act(subject, act, source)


def _happened_at(delivery: Delivery, payload: Payload) -> datetime:
    """When it happened according to the event, which may have been delivered much later."""
    return read.updated_at(payload) or delivery.received_at


async def texts_of(
    app: App, subject: Subject, payloads: Sequence[tuple[Delivery, Payload]]
) -> tuple[Text, ...]:
    """The texts that contain commands or did before an edit, in the order they arrived.

    Texts by programs and texts in locked conversations are skipped, the latter for good.
    """
    found = []
    for delivery, payload in payloads:
        text = _text(delivery, payload)
        if text is None or text.by_program:
            continue
        # A text that had commands before an edit counts, since the edit may arrive first.
        all_text = "" if delivery.event == "check_run" else read.all_text(payload, delivery.event)
        if "/pep" in f"{text.body or ''}\n{all_text}" or await was_processed(app, subject, text):
            if text.locked:
                await ignore(app, subject, text)
            else:
                found.append(text)
    return tuple(found)


def _text(delivery: Delivery, payload: Payload) -> Text | None:
    if delivery.event == "check_run":
        return read.button(payload, delivery.id, delivery.received_at)
    # Closing an issue or dismissing a review writes no text, although the event contains one.
    is_new_text = delivery.action in ("opened", "created", "submitted", "deleted") or (
        delivery.action == "edited" and read.changes_body(payload)
    )
    return read.text_in(payload, delivery.event) if is_new_text else None


def labels_set(payloads: Sequence[tuple[Delivery, Payload]]) -> dict[str, datetime]:
    """The labels, in lower case, that these events set last, and when.

    GitHub tells times in seconds: of two labels of one second the one heard of later is later.
    """
    found: dict[str, datetime] = {}
    for place, (delivery, payload) in enumerate(payloads):
        if delivery.action in ("labeled", "unlabeled") and (
            changed_label := read.label_and_sender(payload)
        ):
            found.pop(changed_label[0].casefold(), None)
            if delivery.action == "labeled" and (at := read.updated_at(payload)) is not None:
                found[changed_label[0].casefold()] = at + timedelta(microseconds=place)
    return found
