"""`deliveries`: lists and shows the deliveries in the inbox, and replays them.

Payloads and errors contain strangers' text: control and formatting characters are written out, so
that it cannot move a terminal's cursor or reverse its text.
"""

import asyncio
import json
import sys
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import click
from rich.console import Console
from rich.table import Table

from bot.cli import fail
from bot.inbox.delivery import DeliveryRecord, DeliveryState, InboxUnavailable
from bot.inbox.inbox import Inbox
from bot.inbox.open import open_inbox
from bot.logs import show_errors_only
from bot.settings import SettingsInvalid, read_settings
from bot.store.location import StoreUnusable

T = TypeVar("T")


@click.group()
def deliveries() -> None:
    """List, show and replay deliveries."""


@deliveries.command("list")
@click.option("--state", type=click.Choice(["queued", "running", "done", "dead"]))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_deliveries(state: str | None, limit: int) -> None:
    """List the latest deliveries, newest first."""

    async def read(inbox: Inbox) -> Sequence[DeliveryRecord]:
        return await inbox.records(DeliveryState(state) if state else None, limit)

    table = Table()
    # The part of an id that is shown has to be enough for `show` and `replay`.
    table.add_column("delivery", overflow="fold")
    for column in ("event", "about", "state", "attempts", "received", "error"):
        table.add_column(column)
    for line in delivery_lines(_with_inbox(read), datetime.now(UTC)):
        table.add_row(
            line.id, line.event, line.key, line.state, str(line.attempts), line.when, line.error
        )
    console = Console(
        highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 200
    )
    console.print(table)


@deliveries.command("show")
@click.argument("delivery_id", metavar="ID")
def show(delivery_id: str) -> None:
    """Show one delivery with its payload and its last error."""
    record = _with_inbox(lambda inbox: inbox.record(delivery_id))
    if record is None:
        fail(f"There is no delivery {delivery_id}.", code=1)
    click.echo(delivery_text(record))


@deliveries.command()
@click.argument("delivery_ids", metavar="ID...", nargs=-1, required=True)
def replay(delivery_ids: tuple[str, ...]) -> None:
    """Handle done or dead deliveries again; a running server notices within a second."""

    async def queue(inbox: Inbox) -> list[str]:
        return [delivery for delivery in delivery_ids if not await inbox.replay(delivery)]

    missing = _with_inbox(queue)
    click.echo(f"Queued again: {len(delivery_ids) - len(missing)}")
    if missing:
        fail(f"Not found, or neither done nor dead: {', '.join(missing)}", code=1)


def _with_inbox(use: Callable[[Inbox], Awaitable[T]]) -> T:
    """Use the inbox, while a server may be running on it."""
    show_errors_only()

    async def use_inbox() -> T:
        inbox = await open_inbox(read_settings().database_url, serving=False)
        try:
            return await use(inbox)
        finally:
            await inbox.close()

    try:
        return asyncio.run(use_inbox())
    except (SettingsInvalid, StoreUnusable, InboxUnavailable) as error:
        fail(error)


_PLAIN = {"\n", "\t"}
_ERROR_LENGTH = 100


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One line of `deliveries list`, every field short and safe to print.

    Attributes:
        id: What `deliveries show` and `replay` take.
        event: The event with its action, such as `pull_request.opened`.
        key: The queue it is in.
        state: Whether it waits, runs, is done or dead.
        attempts: How many attempts were started.
        when: When it arrived ("3 min ago"), and when a waiting retry is due.
        error: The first line of the last error; empty if there was none.
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


def delivery_text(record: DeliveryRecord) -> str:
    """Everything about one delivery: facts, the whole error, and the payload as indented JSON."""
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
        parts.append(f"Last error:\n{record.error}")
    parts.append(f"Payload ({len(delivery.payload):,} bytes):\n{_pretty(delivery.payload)}")
    return escape_control("\n\n".join(parts))


def duration_text(span: timedelta) -> str:
    """A duration in words for people, such as `3 min`."""
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def escape_control(text: str) -> str:
    r"""The text with control and formatting characters as `\u…`, line breaks and tabs kept."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(_escape(character) for character in text)


def _escape(character: str) -> str:
    if character in _PLAIN or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character
    return f"\\u{ord(character):04x}"


def _line(record: DeliveryRecord, now: datetime) -> DeliveryLine:
    error = escape_control((record.error or "").partition("\n")[0])
    return DeliveryLine(
        id=escape_control(record.delivery.id),
        event=escape_control(_event(record)),
        key=escape_control(record.delivery.key),
        state=record.state,
        attempts=record.attempts,
        when=_when(record, now),
        error=error if len(error) <= _ERROR_LENGTH else error[: _ERROR_LENGTH - 1] + "…",
    )


def _event(record: DeliveryRecord) -> str:
    delivery = record.delivery
    return f"{delivery.event}.{delivery.action}" if delivery.action else delivery.event


def _when(record: DeliveryRecord, now: datetime) -> str:
    came = f"{duration_text(now - record.delivery.received_at)} ago"
    if record.state is DeliveryState.QUEUED and record.run_at > now:
        return f"{came}, again in {duration_text(record.run_at - now)}"
    return came


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _pretty(payload: bytes) -> str:
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return payload.decode("utf-8", "backslashreplace")
