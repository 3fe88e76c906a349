"""What every log line tells of the work it belongs to: delivery, installation, subject and rule.

The fields are bound once, where the work begins, and fill up while more is learnt; whatever is
logged meanwhile, by libraries too, carries them. Where one is not known, or does not apply, it
stands there as null, so that whoever searches may rely on it.
"""

from contextlib import AbstractContextManager
from typing import Any

from structlog.contextvars import bind_contextvars, bound_contextvars

FIELDS = ("delivery", "installation", "subject", "rule")
"""On every line: the delivery's id, the installation's, `owner/name#12` (or `owner/name`, or
`installation:12`, whatever the delivery is about), and the rule that a line is about."""


def on_every_line(
    *, delivery: str | None, subject: str | None = None
) -> AbstractContextManager[None]:
    """Begin work: lines within the block carry its fields, and none of an earlier work's.

    Args:
        delivery: The delivery's id; None if it has no good one.
        subject: What it is about.
    """
    fields: dict[str, Any] = dict.fromkeys(FIELDS)
    return bound_contextvars(**fields | {"delivery": delivery, "subject": subject})


def on_lines_from_now(**known: str | int | None) -> None:
    """Fill in fields that have become known, until the work ends.

    Args:
        known: Some of `FIELDS`.
    """
    bind_contextvars(**known)
