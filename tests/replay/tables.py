"""Tables of a Markdown report."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; columns that hold numbers alone are set to the right."""
    body = [[_cell(value) for value in row] for row in rows]
    right = [all(row[column].isdigit() for row in body) for column in range(len(head))]
    rule = ["--:" if numeric else "---" for numeric in right]
    return "\n".join(f"| {' | '.join(row)} |" for row in [list(head), rule, *body])


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
