"""Rules whose code raises an exception, as a real rule might one day."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.peps.change import Change
from bot.rules.engine import registry
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding

TRAP = "Here it stumbles."
"""A faulty rule fails on a text that contains this."""


@contextmanager
def failing_rules(*rules: str, on_run: Callable[[str], object] = str) -> Iterator[None]:
    """Inside the block, these rules fail if a changed file contains the trap.

    Each calls `on_run` with its id when it runs.
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
