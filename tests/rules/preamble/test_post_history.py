import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import change, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)
THREAD = "https://discuss.python.org/t/91337"


def reported(value: str) -> list[tuple[int | None, str]]:
    text = pep_text(758, **{"Post-History": value})
    found = findings("post-history", change(modified(SOUND, text, PATH)))
    assert all(one.severity is Severity.ERROR for one in found)
    return [(one.line, one.message) for one in found]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Pending",
        "14-Jul-2024",
        "14-Jul-2024, 15-Jul-2024",
        f"`14-Jul-2024 <{THREAD}>`__",
        f"14-Jul-2024,\n        `15-Jul-2024 <{THREAD}>`__,\n        `16-Jul-2024 <{THREAD}/>`__,",
        f"`14-Jul-2024 <{THREAD}/26/>`__",
        "`14-Jul-2024 <https://mail.python.org/pipermail/python-dev/2012-April/118544.html>`__",
        f"\n    `18-Feb-2025 <{THREAD}>`__",
    ],
)
def test_days_and_links_with_commas_are_fine(value: str) -> None:
    assert reported(value) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("yesterday", "neither a day nor a link"),
        ("9-Oct-2023", "neither a day nor a link"),
        ("03-Sept-2001", "neither a day nor a link"),
        (THREAD, "neither a day nor a link"),
        (f"`14-Jul-2024<{THREAD}>`__", "A space is missing"),
        (f"`the thread <{THREAD}>`__", "has to be a day"),
        ("`14-Jul-2024 <https://example.org/t/12>`__", "does not lead to a thread"),
        ("`14-Jul-2024 <https://discuss.python.org/c/peps/19>`__", "does not lead to a thread"),
        ("`14-Jul-2024 <javascript:x>`__", "does not lead to a thread"),
    ],
)
def test_other_entries_are_reported_at_their_line(value: str, message: str) -> None:
    ((line, text),) = reported(f"14-Jul-2024,\n              {value}")
    assert message in text
    lines = pep_text(758, **{"Post-History": "x"}).split("\n")
    assert line == lines.index("Post-History: x") + 2


def test_of_very_many_entries_twenty_are_reported() -> None:
    assert len(reported("yesterday, " * 1_000)) == 20
