"""Rules with a fault in their code, as some day one will have."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.peps.change import Change
from bot.rules.engine import registry
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding

TRAP = "Here it stumbles."
"""What a text must hold for a rule to fail."""


@contextmanager
def failing_rules(*rules: str, on_run: Callable[[str], object] = str) -> Iterator[None]:
    """These rules fail wherever a changed file holds the trap, until the block is left.

    Each tells `on_run` its id when it runs.
    """
    working = {one.id: one for one in registry.all_rules()}

    def with_failure(one: registry.Rule) -> registry.Rule:
        def check(change: Change, context: Context) -> Iterable[Finding]:
            on_run(one.id)
            if any(TRAP in (file.after or "") for file in change.files):
                raise LookupError("no such thing")
            return one.check(change, context)

        return replace(one, check=check)

    registry._REGISTERED.update({rule: with_failure(working[rule]) for rule in rules})
    try:
        yield
    finally:
        registry._REGISTERED.update(working)
