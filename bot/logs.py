"""Structured logs: one event per line, with the work it belongs to, and without secrets.

They hold names, texts and paths that strangers chose. JSON escapes them; on a console, control
characters are written out, so that nobody can repaint the console or forge a line.
"""

import logging
import re
import sys
import unicodedata
from collections.abc import MutableMapping
from contextlib import AbstractContextManager, suppress
from threading import Lock
from typing import Any, TextIO

_HAS_RICH = "rich" in sys.modules
if not _HAS_RICH:
    # structlog imports rich if it can, to color tracebacks: 4 MB for a server, which has JSON logs.
    sys.modules["rich"] = None  # type: ignore[assignment]  # makes the import fail
import structlog  # noqa: E402
from structlog.contextvars import bind_contextvars, bound_contextvars  # noqa: E402

if not _HAS_RICH:
    del sys.modules["rich"]

from bot.settings import LogFormat  # noqa: E402

get_logger = structlog.get_logger
"""Makes the logger of a module. Modules use this one, so that structlog is loaded as here."""

_SECRET = re.compile(
    # Installation tokens may carry a JWT behind their prefix, dots and dashes included.
    r"\bgh[a-z]_[A-Za-z0-9_.-]{10,}|\bgithub_pat_\w+|\beyJ[\w-]{8,}\.[\w.-]+"
    r"|(?i:\b(?:bearer|token|basic) +)[A-Za-z0-9._~+/=-]{16,}|(?<=://)[^/\s@]{1,200}@"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?"
)

_HINT = re.compile(r"[_ ]|eyJ|://")
"""Each secret has one of these; most ids and names have none, and are not searched any further."""

_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def configure_logs(form: LogFormat, level: int = logging.INFO) -> None:
    """Send structlog's events, and the libraries' log records, to stderr in one form.

    Args:
        form: JSON for log collectors, or a form for people.
        level: Events below this level are left out.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.format_exc_info,
        redact,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderers: list[structlog.typing.Processor] = (
        [add_missing_fields, structlog.processors.JSONRenderer()]
        if form is LogFormat.JSON
        else [escape_control_characters, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    lines = _Lines(sys.stderr)
    structlog.configure(
        processors=[*shared, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: lines,
    )
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    for chatty in ("aiohttp.access", "alembic", "gidgethub"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


class _Lines:
    """Where all lines go. Whatever the stream's reader does, it ends no work that logs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = Lock()  # Lines come from several threads.

    def write(self, text: str) -> None:
        """Write a whole line at once; the libraries' records come here."""
        with self._lock, suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()

    def flush(self) -> None:
        """Each line is flushed already."""

    def msg(self, line: str) -> None:
        """Write one of structlog's events."""
        self.write(f"{line}\n")

    debug = info = warning = error = critical = msg


def show_errors_only() -> None:
    """For commands whose output is not a log: log only bugs, on stderr."""
    configure_logs(LogFormat.CONSOLE, logging.ERROR)


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace whatever looks like a token, a JWT or a private key, in every field."""
    for key, value in event.items():
        if type(value) is str:  # nearly always, so this is short
            if _HINT.search(value):
                event[key] = _SECRET.sub("[secret]", value)
        elif value is not None:
            event[key] = _redact_value(value)
    return event


def add_missing_fields(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Add the fields that every line has, as null if they are not known."""
    for field in FIELDS:
        event.setdefault(field, None)
    return event


def escape_control_characters(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Write control characters out, for people, and leave out fields that are not known.

    A traceback keeps its lines, indented, below the line it belongs to.
    """
    for name in [field for field in FIELDS if event.get(field, "") is None]:
        del event[name]
    traceback_lines = str(event.pop("exception", "")).splitlines()
    if isinstance(error := event.get("error"), str):
        event["error"], *more = error.split("\n")
        traceback_lines = more + traceback_lines
    for key, value in event.items():
        event[key] = _escape_value(value)
    if traceback_lines:
        event["exception"] = "\n".join(f"    {_escape(line)}" for line in traceback_lines)
    return event


def _escape_value(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_escape_value(one) for one in value]
    return _escape(value) if isinstance(value, str) else value


def _escape(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        f"\\u{ord(letter):04x}" if unicodedata.category(letter) in _INVISIBLE_CATEGORIES else letter
        for letter in text
    )


def _redact_value(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str) and not _HINT.search(value):
        return value
    if isinstance(value, (list, tuple)):
        return [_redact_value(one) for one in value]
    return _SECRET.sub("[secret]", str(value))


FIELDS = ("delivery", "installation", "subject", "rule")
"""Fields of every line: the delivery's id, the installation's id, what the delivery is about
(`owner/name#12`, `owner/name` or `installation:12`), and the rule that the line is about."""


def log_context(
    *, delivery: str | None, subject: str | None = None
) -> AbstractContextManager[None]:
    """Begin a piece of work: lines within the block carry its fields, and none of earlier work.

    Args:
        delivery: The delivery's id; None if it has no valid one.
        subject: What the work is about.
    """
    fields: dict[str, Any] = dict.fromkeys(FIELDS)
    return bound_contextvars(**fields | {"delivery": delivery, "subject": subject})


def add_log_fields(**fields: str | int | None) -> None:
    """Add fields that have become known, until the work ends.

    Args:
        fields: Some of `FIELDS`.
    """
    bind_contextvars(**fields)
