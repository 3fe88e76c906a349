"""Faults are told with their place and without secrets."""

import pytest

from bot.inbox.backoff import describe_fault, without_secrets


def _raised(message: str) -> Exception:
    with pytest.raises(_Odd) as raised:
        _fail(message)
    return raised.value


def _fail(message: str) -> None:
    raise _Odd(message)


class _Odd(Exception):
    """A fault of the kind that nobody foresaw."""


def test_the_first_line_is_the_fault_and_the_place_follows() -> None:
    first, *rest = describe_fault(_raised("no such label")).splitlines()
    assert first.endswith("_Odd: no such label")
    assert any("test_fault.py" in line and "_fail" in line for line in rest)


def test_causes_are_reported() -> None:
    fault = RuntimeError("unreadable")
    fault.__cause__ = KeyError("head")
    text = describe_fault(fault)
    assert text.startswith("RuntimeError: unreadable")
    assert "because of KeyError: 'head'" in text


@pytest.mark.parametrize(
    "secret",
    [
        "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuv",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
        "Bearer abcdefgh0123456789abcdef",
        "https://user:hunter2@example.org/",
    ],
)
def test_no_credential_is_kept(secret: str) -> None:
    text = describe_fault(_raised(f"refused: {secret} (401)"))
    for part in ("16C7e42F", "ABCDEFG0", "c2lnbmF0", "MIIEp", "abcdefgh0", "hunter2"):
        assert part not in text
    assert "refused" in text
    assert "[secret]" in text


@pytest.mark.parametrize(
    "text", ["x" * 2_000_000, "-----BEGIN " * 180_000, "://a" * 500_000, "token " * 330_000]
)
def test_long_hostile_messages_are_cut_and_cost_little(text: str) -> None:
    assert len(describe_fault(_raised(text))) <= 6_000


def test_ordinary_words_stay() -> None:
    text = "404 for GET /repos/python/peps/pulls/1: token of the installation"
    assert without_secrets(text) == text
