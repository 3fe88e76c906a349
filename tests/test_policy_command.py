"""`policy check` checks a policy file offline."""

from pathlib import Path

import pytest

from tests.end_to_end.process import command_here


def test_a_policy_in_order_says_so(tmp_path: Path) -> None:
    file = tmp_path / "pep-bot.toml"
    file.write_text("[reminders]\nquiet_days = 40\n")
    ended = command_here({}, "policy", "check", str(file))
    assert (ended.code, ended.out) == (0, f"{file}: nothing to fix\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n[lables]\n", ":2: lables: Unknown key; did you mean `labels`?"),
        ("[rules]\nno-such-rule = false\n", ":2: rules.no-such-rule: "),
        ("[reminders]\nquiet_days = 'soon'\n", ":2: reminders.quiet_days: "),
        ("[reminders\n", ":1: "),
    ],
)
def test_each_problem_has_its_key_line_and_reason(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "pep-bot.toml"
    file.write_text(text)
    ended = command_here({}, "policy", "check", str(file))
    assert ended.code == 1
    assert f"{file}{said}" in ended.out


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    ended = command_here({}, "policy", "check", str(tmp_path / "none.toml"))
    assert (ended.code, "none.toml cannot be read" in ended.err) == (2, True)
