"""The graph of imports between packages of the bot; `python -m tests.package_graph` prints it.

The files directly in `bot/`, which put the packages together or serve all of them, are left out.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

BOT = Path(__file__).resolve().parents[1] / "bot"


def package_of(module: list[str]) -> str | None:
    """The package of a module, by the parts of its name below `bot`; None for files in `bot/`."""
    return module[0] if module and (BOT / module[0]).is_dir() else None


def imports(file: Path) -> Iterator[list[str]]:
    """The modules of the bot that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bot."):
            yield node.module.split(".")[1:]


def packages() -> dict[str, set[str]]:
    """Which packages each package imports."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(BOT.rglob("*.py")):
        if (package := package_of(list(file.relative_to(BOT).parts))) is not None:
            others = {other for each in imports(file) if (other := package_of(each)) is not None}
            found[package] |= others - {package}
    return dict(found)


def mermaid(graph: dict[str, set[str]]) -> str:
    """The graph for Mermaid; an arrow is left out if others lead there too."""
    names = {package: f"r{place}" for place, package in enumerate(sorted(graph))}
    lines = [f'  {names[package]}["{package}"]' for package in sorted(graph)]
    for package in sorted(graph):
        lines += [
            f"  {names[package]} --> {names[other]}"
            for other in sorted(graph[package])
            if not any(other in _reached(graph, between) for between in graph[package] - {other})
        ]
    return "\n".join(["flowchart TD", *lines])


def _reached(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        for package in graph.get(ahead.pop(), set()) - seen:
            seen.add(package)
            ahead.append(package)
    return seen


if __name__ == "__main__":
    print(mermaid(packages()))  # noqa: T201 - what it is for
