"""Log lines: one event each, with its delivery, and without secrets."""

import io
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import TextIO

import pytest
import structlog

from bot.logs import FIELDS, add_log_fields, configure_logs, log_context, redact
from bot.settings import LogFormat
from tests.processor_time import processor_seconds_below

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI0NzExIn0.c2ln-bmF0_dXJl"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----"
SECRETS = (
    "ghs_abcdefghijklmnop",
    f"ghs_4711_{JWT}",
    "ghp_abcdefghijklmnop",
    "github_pat_11ABC_def",
    JWT,
    KEY,
    KEY.replace("\n", "\\n"),
    KEY[:40],
)


@contextmanager
def logs(form: LogFormat) -> Iterator[io.StringIO]:
    """Logs as a server writes them."""
    written = io.StringIO()
    with logs_to(written, form):
        yield written


@contextmanager
def logs_to(stream: TextIO, form: LogFormat = LogFormat.JSON) -> Iterator[None]:
    """Logs as a server writes them, in a stream of the test's."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    with redirect_stderr(stream):
        configure_logs(form)
        try:
            yield
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
            logging.captureWarnings(False)
            structlog.reset_defaults()


@contextmanager
def json_logs() -> Iterator[list[dict[str, object]]]:
    """Logs as JSON; the lines are available once the block is left."""
    lines: list[dict[str, object]] = []
    with logs(LogFormat.JSON) as written:
        yield lines
    lines += [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.parametrize("secret", SECRETS)
def test_whatever_looks_like_a_credential_is_blotted_out(secret: str) -> None:
    event = {"event": f"got {secret} here", "alone": secret, "nested": [{"x": secret}]}
    redacted = redact(None, "info", event)
    for part in ("abcdefghijklmnop", "c2ln", "bmF0", "dXJl", "MIIE", "11ABC"):
        assert part not in str(redacted)
    assert "[secret]" in str(redacted["event"])
    assert "[secret]" in str(redacted["alone"])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer 0123456789abcdef0123", "Authorization"),
        ("postgresql://bot:pass-word@db/peps", "db/peps"),
    ],
)
def test_headers_and_addresses_lose_their_secret_only(text: str, kept: str) -> None:
    event = str(redact(None, "info", {"event": text})["event"])
    assert kept in event
    assert "pass-word" not in event
    assert "0123456789abcdef" not in event


def test_what_is_no_secret_stays() -> None:
    with json_logs() as lines:
        structlog.get_logger().info("reviewed", kind="new PEP", writes=3, rules=["number"])
    (line,) = lines
    assert (line["event"], line["kind"], line["writes"]) == ("reviewed", "new PEP", 3)
    assert (line["level"], line["rules"]) == ("info", ["number"])


def test_the_delivery_is_on_every_line_within_it() -> None:
    with json_logs() as lines, structlog.contextvars.bound_contextvars(delivery="72d3162e"):
        structlog.get_logger().info("one")
        logging.getLogger("some.library").warning("two")
    assert [line["delivery"] for line in lines] == ["72d3162e"] * 2


def test_every_line_has_all_fields_known_or_not() -> None:
    with json_logs() as lines:
        structlog.get_logger().info("outside")
        logging.getLogger("some.library").warning("outside too")
        with log_context(delivery="d1", subject="python/peps#1"):
            add_log_fields(installation=7, rule="number")
            structlog.get_logger().info("inside")
            structlog.get_logger().info("about another", rule="sponsor")
    *outside, inside, other = [[line[field] for field in FIELDS] for line in lines]
    assert outside == [[None] * 4] * 2
    assert inside == ["d1", 7, "python/peps#1", "number"]
    assert other == ["d1", 7, "python/peps#1", "sponsor"]


def test_what_became_known_in_one_work_is_not_told_of_the_next() -> None:
    with json_logs() as lines:
        for delivery in ("d1", "d2"):
            with log_context(delivery=delivery):
                structlog.get_logger().info("begun")
                add_log_fields(installation=7, subject="python/peps", rule="number")
    assert [[line[field] for field in FIELDS] for line in lines] == [
        ["d1", None, None, None],
        ["d2", None, None, None],
    ]


HOSTILE = (
    "\x1b[2J\x1b[31mred",
    "x\n2025-06-02T12:00:00Z [info     ] forged",
    "x\r2025-06-02T12:00:00Z [info     ] forged",
    '"}\n{"event": "forged"}',
    "x\u2028forged\u2029forged\x85forged\x0bforged\x0cforged",
    "\u202egnp.exe",
    "\x00\x07\x7f\x9b31m",
    "half \ud83d a letter",
)
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ud83d]")


@pytest.mark.parametrize("form", LogFormat)
@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_what_strangers_wrote_neither_forges_a_line_nor_moves_a_cursor(
    hostile: str, form: LogFormat
) -> None:
    with logs(form) as written:
        logger = structlog.get_logger()
        with log_context(delivery=hostile, subject=hostile):
            logger.info(hostile, path=hostile, writes=[hostile], error=hostile)
            logging.getLogger("some.library").warning("%s", hostile)
            try:
                int(hostile)
            except ValueError:
                logger.exception(hostile)
    text = written.getvalue()
    assert not INVISIBLE.search(text)
    lines = text.splitlines()
    assert lines == text.split("\n")[:-1]
    if form is LogFormat.JSON:
        assert [json.loads(line)["level"] for line in lines] == ["info", "warning", "error"]
    else:
        begun = [line for line in lines if not line.startswith("    ")]
        assert [re.findall(r"\[(\w+) *\]", line)[0] for line in begun] == [
            "info",
            "warning",
            "error",
        ]


def test_on_a_console_an_error_is_reported_in_lines_below_its_own() -> None:
    with logs(LogFormat.CONSOLE) as written:
        structlog.get_logger().warning("will retry", error="ValueError: no\n  File a, line 1")
    first, second = written.getvalue().splitlines()
    assert first.endswith("error='ValueError: no'")
    assert second == "      File a, line 1"


def test_an_exception_is_shown_without_its_secret() -> None:
    with json_logs() as lines:
        for logger in (structlog.get_logger(), logging.getLogger("some.library")):
            try:
                int(f"bad credentials {SECRETS[1]}")
            except ValueError:
                logger.exception("failed")
    assert len(lines) == 2
    for line in lines:
        assert "ValueError" in str(line["exception"])
        assert "[secret]" in str(line["exception"])
        assert "bmF0" not in json.dumps(line)


def test_a_line_break_from_outside_begins_no_line() -> None:
    with json_logs() as lines:
        structlog.get_logger().warning("label", name='x\n{"event": "forged"}')
    assert [line["event"] for line in lines] == ["label"]


def test_whoever_no_longer_reads_the_log_stops_no_work() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as raw, logs_to(io.TextIOWrapper(raw)):
        structlog.get_logger().info("nobody reads this")
        logging.getLogger("some.library").warning("nor this")


def test_logs_do_not_go_to_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with json_logs() as lines:
        structlog.get_logger().info("one")
    assert len(lines) == 1
    assert capsys.readouterr().out == ""


def test_blotting_out_takes_linear_time() -> None:
    for text in (
        "ghs_" + "a" * 200_000,
        "eyJ" * 70_000,
        "-----BEGIN " * 20_000,
        "://" * 70_000,
    ):
        with processor_seconds_below(1):
            assert redact(None, "info", {"event": text})
