"""What operators are told of rules whose code failed."""

from collections.abc import Iterable

import structlog

from bot.inbox.fault import describe_fault
from bot.metrics import Metrics
from bot.rules.registry import RuleFailed

_log = structlog.get_logger()


def tell_failures(failures: Iterable[RuleFailed], metrics: Metrics) -> None:
    """Log and count each, with the id that people on GitHub were given."""
    for failure in failures:
        metrics.rule_failure(failure.rule)
        _log.error(
            "rule failed",
            rule=failure.rule,
            id=failure.id,
            error=describe_fault(failure.fault),
        )
