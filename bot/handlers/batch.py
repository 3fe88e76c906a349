"""What a batch of deliveries brings: texts that may have commands, and labels."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.commands.text import Text
from bot.handlers import payload as read
from bot.handlers.command_runner import CommandRunner
from bot.handlers.payload import Payload
from bot.inbox.delivery import Delivery
from bot.review.subject import Subject


async def texts_of(
    subject: Subject, payloads: Sequence[tuple[Delivery, Payload]], runner: CommandRunner
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
        if "/pep" in f"{text.body or ''}\n{all_text}" or await runner.was_processed(subject, text):
            if text.locked:
                await runner.ignore(subject, text)
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
