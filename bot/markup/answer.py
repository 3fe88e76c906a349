"""What docutils said of a text, as bytes: between processes, and in the cache."""

import json

from bot.peps.markup import Markup, MarkupLevel, MarkupProblem


def encode(markup: Markup) -> bytes:
    """An answer as JSON."""
    rows = [(problem.line, int(problem.level), problem.message) for problem in markup.problems]
    return json.dumps([rows, markup.gave_up]).encode()


def decode(answer: bytes) -> Markup:
    """The answer that was encoded.

    Raises:
        ValueError: These bytes are none.
        TypeError: The same.
    """
    rows, gave_up = json.loads(answer)
    return Markup(
        tuple(
            MarkupProblem(int(line), MarkupLevel(level), str(said)) for line, level, said in rows
        ),
        str(gave_up),
    )
