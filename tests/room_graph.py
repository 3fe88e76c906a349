"""The imports between the rooms of the bot, as a picture: `python -m tests.room_graph` prints it.

The files beside the rooms, which put them together or serve all, are left out.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).resolve().parents[1] / "bot"


def room_of(module: list[str]) -> str | None:
    """The room of a module below `bot`, by the parts of its name; None beside the rooms."""
    return module[0] if module and (BOT / module[0]).is_dir() else None


def imports(file: Path) -> Iterator[list[str]]:
    """The modules of the bot that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bot."):
            yield node.module.split(".")[1:]


def rooms() -> dict[str, set[str]]:
    """Which rooms each room imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(BOT.rglob("*.py")):
        if (room := room_of(list(file.relative_to(BOT).parts))) is not None:
            others = {other for each in imports(file) if (other := room_of(each)) is not None}
            found[room] |= others - {room}
    return dict(found)


def picture(graph: dict[str, set[str]]) -> str:
    """The graph for Mermaid; an arrow is left out where others lead there, too."""
    names = {room: f"r{place}" for place, room in enumerate(sorted(graph))}
    lines = [f'  {names[room]}["{room}"]' for room in sorted(graph)]
    for room in sorted(graph):
        lines += [
            f"  {names[room]} --> {names[other]}"
            for other in sorted(graph[room])
            if not any(other in _reached(graph, between) for between in graph[room] - {other})
        ]
    return "\n".join(["flowchart TD", *lines])


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        for room in graph.get(ahead.pop(), set()) - seen:
            seen.add(room)
            ahead.append(room)
    return seen


if __name__ == "__main__":
    print(picture(rooms()))  # noqa: T201 - what it is for
