"""The texts that a batch of deliveries brings, of those that may command anything."""

from collections.abc import Sequence

from bot.commands.text import Text
from bot.events import payload as read
from bot.events.hearing import Hearing
from bot.events.payload import Payload
from bot.inbox.delivery import Delivery
from bot.review.subject import Subject


async def texts_of(
    subject: Subject, payloads: Sequence[tuple[Delivery, Payload]], hearing: Hearing
) -> tuple[Text, ...]:
    """Texts that hold commands or held some, in the order in which they came.

    What programs write and what stands in locked conversations is passed over.
    """
    found = []
    for delivery, payload in payloads:
        text = _text(delivery, payload)
        if text is None or text.by_program or text.locked:
            continue
        # A text that held commands before it was edited counts: the edit may be heard of first.
        said = "" if delivery.event == "check_run" else read.said(payload, delivery.event)
        if "/pep" in f"{text.body or ''}\n{said}" or await hearing.is_known(subject, text):
            found.append(text)
    return tuple(found)


def _text(delivery: Delivery, payload: Payload) -> Text | None:
    if delivery.event == "check_run":
        return read.button(payload, delivery.id, delivery.received_at)
    if delivery.event in ("pull_request", "issues"):
        is_said = delivery.action == "opened" or (
            delivery.action == "edited" and read.changes_body(payload)
        )
        return read.text_in(payload, delivery.event) if is_said else None
    return read.text_in(payload, delivery.event)
