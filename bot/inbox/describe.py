"""Deliveries in short words, for `deliveries list` and `deliveries show`.

Payloads and errors carry what strangers wrote: control and formatting characters are written out,
so that nothing here can move a terminal's cursor or turn its text round.
"""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.inbox.delivery import DeliveryRecord, DeliveryState

_KEPT = {"\n", "\t"}
_ERROR_LENGTH = 100


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One line of `deliveries list`, every field short and safe to print.

    Attributes:
        id: What `deliveries show` and `replay` take.
        event: The event with its action, as `pull_request.opened`.
        key: The queue it is in.
        state: Where it is in its life.
        attempts: How often it was begun.
        when: When it came ("3 min ago"), and when a waiting retry is due.
        error: The first line of what went wrong last; empty if nothing did.
    """

    id: str
    event: str
    key: str
    state: DeliveryState
    attempts: int
    when: str
    error: str


def delivery_lines(records: Iterable[DeliveryRecord], now: datetime) -> Sequence[DeliveryLine]:
    """The lines of `deliveries list`, in the order of the records."""
    return [_line(record, now) for record in records]


def show_delivery(record: DeliveryRecord) -> str:
    """All about one delivery: facts, the error in full, and the payload as indented JSON."""
    delivery = record.delivery
    facts = {
        "delivery": delivery.id,
        "event": _event(record),
        "key": delivery.key,
        "kind": delivery.kind.value,
        "state": record.state.value,
        "attempts": str(record.attempts),
        "received": _moment(delivery.received_at),
        "due": _moment(record.run_at) if record.state is DeliveryState.QUEUED else "",
        "finished": "" if record.finished_at is None else _moment(record.finished_at),
    }
    parts = ["\n".join(f"{name + ':':<10} {value}" for name, value in facts.items() if value)]
    if record.error:
        parts.append(f"What went wrong last:\n{record.error}")
    parts.append(f"Payload ({len(delivery.payload):,} bytes):\n{_pretty(delivery.payload)}")
    return printable("\n\n".join(parts))


def in_words(span: timedelta) -> str:
    """A span as it is told to people, such as `3 min`."""
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def printable(text: str) -> str:
    r"""The text with control and formatting characters as `\u…`, line breaks and tabs kept."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(_written_out(character) for character in text)


def _written_out(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character
    return f"\\u{ord(character):04x}"


def _line(record: DeliveryRecord, now: datetime) -> DeliveryLine:
    error = printable((record.error or "").partition("\n")[0])
    return DeliveryLine(
        id=printable(record.delivery.id),
        event=printable(_event(record)),
        key=printable(record.delivery.key),
        state=record.state,
        attempts=record.attempts,
        when=_when(record, now),
        error=error if len(error) <= _ERROR_LENGTH else error[: _ERROR_LENGTH - 1] + "…",
    )


def _event(record: DeliveryRecord) -> str:
    delivery = record.delivery
    return f"{delivery.event}.{delivery.action}" if delivery.action else delivery.event


def _when(record: DeliveryRecord, now: datetime) -> str:
    came = f"{in_words(now - record.delivery.received_at)} ago"
    if record.state is DeliveryState.QUEUED and record.run_at > now:
        return f"{came}, again in {in_words(record.run_at - now)}"
    return came


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _pretty(payload: bytes) -> str:
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return payload.decode("utf-8", "backslashreplace")
