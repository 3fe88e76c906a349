"""What is worked out from a change once, and kept as long as the change is.

Many rules ask the same of a change. It may hold megabytes of text, and what is worked out from it
many times that, so nothing may outlive the review that it was made for.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from bot.rules.change import Change

P = ParamSpec("P")
R = TypeVar("R")


def once_a_change(
    function: Callable[Concatenate[Change, P], R],
) -> Callable[Concatenate[Change, P], R]:
    """Decorate a plain function of a change; further arguments must be hashable."""

    @wraps(function)
    def kept(change: Change, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (function, args, tuple(kwargs.items()))
        if key not in change.worked_out:
            change.worked_out[key] = function(change, *args, **kwargs)
        result: R = change.worked_out[key]
        return result

    return kept
