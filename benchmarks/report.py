"""Prints figures as a table for terminals, as Markdown for the documentation, and as JSON."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from benchmarks.cores import can_bind, cores
from benchmarks.figure import Broken, Figure

BEGIN = "<!-- figures: written by `python -m benchmarks --into` -->"
END = "<!-- end of figures -->"
_HEADINGS = ("measured", "figure", "target", "floor", "floor is")

Report = Mapping[str, Sequence[Figure]]


def machine() -> str:
    """The machine on which it was measured, in general terms."""
    bound = "the server on one of its own" if can_bind() else "shared by server and load"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    day = datetime.now(UTC).date()
    return f"{day}, {platform.system()}, {python}, {cores()} cores, {bound}"


def as_table(name: str, figures: Sequence[Figure]) -> Table:
    """One benchmark's figures for the terminal; figures that miss their target are red."""
    table = Table(title=name, title_justify="left")
    for heading in _HEADINGS:
        right = heading in ("figure", "target", "floor")
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    for figure in figures:
        table.add_row(*_cells(figure), style=None if figure.is_met else "red")
    return table


def as_markdown(report: Report) -> str:
    """All figures as one Markdown table."""
    lines = [
        f"Measured: {machine()}.",
        "",
        f"| {' | '.join(_HEADINGS)} |",
        "|---|--:|--:|--:|---|",
    ]
    lines += [
        f"| {' | '.join(_cells(figure))} |" for figures in report.values() for figure in figures
    ]
    return "\n".join(lines)


def write_into(page: Path, report: Report) -> None:
    """Replace the text between the two marks of a page.

    Raises:
        Broken: The page has no marks.
    """
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise Broken(f"{page} lacks the lines {BEGIN} and {END}")
    page.write_text(f"{before}{begin}\n\n{as_markdown(report)}\n\n{end}{after}", "utf-8")


def as_json(report: Report) -> str:
    """All figures for programs."""
    return json.dumps(
        {
            "machine": machine(),
            "figures": [
                {"benchmark": name, **asdict(figure), "is_met": figure.is_met}
                for name, figures in report.items()
                for figure in figures
            ],
        },
        indent=1,
    )


def _cells(figure: Figure) -> tuple[str, ...]:
    floor = figure.floor
    return (
        figure.what,
        _number(figure.value, figure.unit),
        "" if figure.target is None else f"≤ {_number(figure.target, figure.unit)}",
        "" if floor is None else _number(floor.value, figure.unit),
        "" if floor is None else floor.what,
    )


def _number(value: float, unit: str) -> str:
    """A number with three significant digits, never as a power of ten."""
    digits = 0 if value == int(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()
