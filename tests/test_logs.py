"""Log lines: one event each, with their delivery, and without secrets."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import pytest
import structlog

from bot.logs import configure_logs, redact
from bot.settings import LogFormat

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
def json_logs() -> Iterator[list[dict[str, object]]]:
    """Logs as a server writes them; the lines are there once the block is left."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    written = io.StringIO()
    lines: list[dict[str, object]] = []
    with redirect_stderr(written):
        configure_logs(LogFormat.JSON)
        try:
            yield lines
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
            logging.captureWarnings(False)
            structlog.reset_defaults()
    lines += [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.parametrize("secret", SECRETS)
def test_whatever_looks_like_a_credential_is_blotted_out(secret: str) -> None:
    told = redact(None, "info", {"event": f"got {secret} here", "nested": [{"x": secret}]})
    for part in ("abcdefghijklmnop", "c2ln", "bmF0", "dXJl", "MIIE", "11ABC"):
        assert part not in str(told)
    assert "[secret]" in str(told["event"])


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


def test_logs_do_not_go_to_the_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with json_logs() as lines:
        structlog.get_logger().info("one")
    assert len(lines) == 1
    assert capsys.readouterr().out == ""


def test_blotting_out_takes_linear_time() -> None:
    for text in (
        "ghs_" + "a" * 2_000_000,
        "eyJ" * 700_000,
        "-----BEGIN " * 200_000,
        "://" * 700_000,
    ):
        assert redact(None, "info", {"event": text})
