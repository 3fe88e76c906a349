"""The tests that the threat model names exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
ROW = re.compile(r"^\| (?!attack|mistake)[^|-][^|]* \| [^|]* \| ([^|]*) \|$", re.MULTILINE)


def test_every_test_it_names_is_there() -> None:
    named = re.findall(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`", PAGE)
    assert len(named) > 40
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (path := ROOT / "tests" / file).is_file()
        or not re.search(rf"^(async )?def {name}\(", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert not missing


def test_every_row_names_a_test() -> None:
    shown = ROW.findall(PAGE)
    assert len(shown) == PAGE.count("\n| ") - PAGE.count("\n| attack") - PAGE.count("\n| mistake")
    assert all("::" in one for one in shown)
