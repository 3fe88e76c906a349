"""Which requests the bot sends side by side, and which only after the answer to others."""

from collections.abc import Sequence

from rich.table import Table

from github_simulator.api.server import Request

Waterfall = Sequence[tuple[int, Request]]
"""Requests in the order in which they came, each with its wave, counted from 1."""


def up_to_check_run(requests: Sequence[Request]) -> Waterfall:
    """The requests up to the first one that creates a check run.

    A request is in the wave after the last one of which an answer was there when it came.
    """
    waterfall: list[tuple[int, Request]] = []
    for request in sorted(requests, key=lambda one: one.received):
        answered = [wave for wave, one in waterfall if one.answered <= request.received]
        waterfall.append((1 + max(answered, default=0), request))
        if request.method == "POST" and request.path.endswith("/check-runs"):
            break
    return waterfall


def as_table(title: str, waterfall: Waterfall) -> Table:
    """The requests for the terminal, with the time since the first of them."""
    begun = waterfall[0][1].received
    table = Table(title=title, title_justify="left")
    for heading in ("wave", "sent, ms", "answered, ms"):
        table.add_column(heading, justify="right")
    table.add_column("request", overflow="fold")
    for wave, request in waterfall:
        times = [f"{1000 * (at - begun):.0f}" for at in (request.received, request.answered)]
        table.add_row(str(wave), *times, f"{request.method} {request.path}")
    return table
