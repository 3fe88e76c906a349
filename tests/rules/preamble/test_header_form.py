import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("Status:Draft", "Status: Draft"),
        ("Status:\tDraft", "Status: Draft"),
        ("Status : Draft", "Status: Draft"),
    ],
)
def test_a_blank_belongs_behind_the_colon(line: str, mended: str) -> None:
    text = SOUND.replace("Status: Draft", line)
    found = finding("header-form", change(modified(SOUND, text, PATH)))
    assert found.severity is Severity.ERROR
    assert found.line == text.split("\n").index(line) + 1
    assert found.fix is not None
    assert found.fix.lines == (mended,)


@pytest.mark.parametrize("line", ["no header at all", "=====", "https//example.org", "1st: x"])
def test_a_line_that_is_no_header_is_reported(line: str) -> None:
    text = SOUND.replace("Status: Draft", f"Status: Draft\n{line}")
    found = finding("header-form", change(modified(SOUND, text, PATH)))
    assert found.line == text.split("\n").index(line) + 1
    assert "is not a header" in found.message


@pytest.mark.parametrize("before", ["\n", "\ufeff", "\n\n\n"])
def test_the_header_begins_on_the_first_line(before: str) -> None:
    found = finding("header-form", change(added(before + pep_text(791))))
    assert (found.line, found.severity) == (1, Severity.ERROR)
    assert "first line" in found.message


@pytest.mark.parametrize("text", [SOUND, "", "Words alone.\n", SOUND.replace("\n", "\r\n")])
def test_sound_headers_and_none_are_left_to_others(text: str) -> None:
    assert findings("header-form", change(added(text))) == []


def test_a_line_that_is_no_header_is_reported_whatever_the_order_is() -> None:
    text = "Title: x\nPEP: 758\nno header at all\n\n\nAbstract\n========\n"
    found = finding("header-form", change(modified(SOUND, text, PATH)))
    assert found.line == 3
