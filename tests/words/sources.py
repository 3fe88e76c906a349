"""Reads sentences out of the source, so that texts no situation shows are read as well."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_LOGS = {"log", "logger", "_log", "re"}
"""What these are called with is for operators, or no text at all."""

_LEAST = 2
_WORD = re.compile(r"(?<![\w.{/-])[A-Za-z]+'?[a-z]*(?![\w}/-])")


def sentences(file: Path) -> Iterator[str]:
    """The texts of a file that people may read, in its order.

    What a program fills in is shown as the code in braces. Docstrings are left out, and so are
    patterns and the words of log entries.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    yield from dict.fromkeys(
        text for text in _texts(tree) if len(_WORD.findall(_without_code(text))) >= _LEAST
    )


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join(_part(value) for value in node.values)
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                yield from _texts(value.value)
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Call) and _is_log(node.func):
        return
    for child in ast.iter_child_nodes(node):
        yield from _texts(child)


def _is_log(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in _LOGS
    )


def _part(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    assert isinstance(value, ast.FormattedValue)
    return f"{{{ast.unparse(value.value)}}}"


def _without_code(text: str) -> str:
    return re.sub(r"`[^`]*`|\{[^}]*\}|https?:\S+", " ", text)
