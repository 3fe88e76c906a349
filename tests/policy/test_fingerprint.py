"""A policy's fingerprint depends on its settings, not on how the file is written."""

import os
import subprocess
import sys

from bot.policy.load import default_policy, fingerprint, parse_policy


def test_other_words_for_the_same_have_the_same_fingerprint() -> None:
    one = parse_policy('[editors]\nlogins = ["ada", "edith"]\nteams = ["python/x"]\n')
    other = parse_policy(
        '# Who edits\neditors.teams = ["python/x"]\neditors.logins=["edith","ada"]'
    )
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(parse_policy("")) == fingerprint(default_policy())


def test_every_setting_counts() -> None:
    texts = [
        "",
        '[labels]\nnew_pep = "fresh"\n',
        '[editors]\nlogins = ["ada"]\n',
        '[rules]\ntabs = "off"\n',
        '[rules]\ntabs = "notice"\n',
        '[numbers]\nordinary = "1-99"\n',
        '[numbers]\nspecial = ["700-702"]\n',
        '[numbers.reserved]\n843 = "Reserved."\n',
        '[numbers.reserved]\n843 = "Reserved for another."\n',
    ]
    assert len({fingerprint(parse_policy(text)) for text in texts}) == len(texts)


def test_it_is_the_same_in_every_process() -> None:
    program = (
        "from bot.policy.load import fingerprint\n"
        "from bot.policy.load import default_policy\n"
        "print(fingerprint(default_policy()))"
    )
    other = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    completed = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": other},
        capture_output=True,
        text=True,
        check=True,
    )
    assert completed.stdout.strip() == fingerprint(default_policy())
