"""What `check` says of a rule whose code failed: one line, for whoever reports the fault."""

import traceback
from dataclasses import replace

from bot.offline.printable import printable
from bot.rules.change import Change, Context
from bot.rules.engine import RuleFailed, run_rules

_LONGEST = 300
_OWN = "bot."


def failure_line(failure: RuleFailed, change: Change, context: Context) -> str:
    """What failed, on which file, and what to do about it.

    Args:
        failure: The rule that failed.
        change: What it was given.
        context: What it knew.
    """
    path = _culprit(failure, change, context)
    where = f" on {printable(path)}" if path is not None else ""
    what = "".join(traceback.format_exception_only(failure.fault))
    return (
        f"The rule {failure.rule} failed{where} through a fault of the bot, not of your text, and "
        "what it has to say is missing. Please report this line: "
        f"{printable(what, _LONGEST)} [{_place(failure)}, {failure.id}]"
    )


def _culprit(failure: RuleFailed, change: Change, context: Context) -> str | None:
    """The first file on which the rule fails if given nothing else; None if it takes several."""
    for file in change.files:
        failures: list[RuleFailed] = []
        alone = replace(change, files=(file,), files_complete=False)
        run_rules(alone, context, {failure.rule}, failures.append)
        if failures:
            return file.path
    return None


def _place(failure: RuleFailed) -> str:
    """Where in the bot's own code it failed."""
    places = [
        (str(frame.f_globals.get("__name__")), line)
        for frame, line in traceback.walk_tb(failure.fault.__traceback__)
    ]
    module, line = next(
        (place for place in reversed(places) if place[0].startswith(_OWN)), places[-1]
    )
    return f"{module}, line {line}"
