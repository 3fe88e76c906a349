import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)
FIRST = "https://discuss.python.org/t/pep-758/61172"
SECOND = "https://discuss.python.org/t/91337"


def with_threads(discussed: str, history: str, status: str = "Draft") -> str:
    headers = {"Discussions-To": discussed, "Status": status, "Post-History": history}
    return pep_text(758, **headers)


def test_a_newer_thread_in_the_history_is_reported_at_the_thread() -> None:
    history = f"`18-Sep-2024 <{SECOND}>`__, `14-Jul-2024 <{FIRST}>`__"
    found = finding("post-history-thread", change(modified(SOUND, with_threads(FIRST, history))))
    assert (found.severity, found.line, found.columns) == (Severity.NOTICE, 5, (17, 58))
    assert found.message == (
        "The newest thread in `Post-History` is `https://discuss.python.org/t/91337`, "
        "but `Discussions-To` links `https://discuss.python.org/t/61172`."
    )


@pytest.mark.parametrize(
    ("discussed", "history"),
    [
        (SECOND, f"`14-Jul-2024 <{FIRST}>`__, `18-Sep-2024 <{SECOND}>`__,"),
        (FIRST, f"`14-Jul-2024 <{SECOND}>`__, `14-Jul-2024 <{FIRST}/>`__"),
        (FIRST, "`14-Jul-2024 <https://discuss.python.org/t/61172>`__"),
        (FIRST, f"\n  `14-Jul-2024 <{FIRST}/26>`__,\n  18-Sep-2024"),
        (FIRST, "14-Jul-2024"),
        ("Pending", f"`14-Jul-2024 <{FIRST}>`__"),
        ("python-dev@python.org", f"`14-Jul-2024 <{FIRST}>`__"),
        (FIRST, f"`14-Jul-2024 <{SECOND}>`__, yesterday"),
        (FIRST, f"`14-Jul-2024<{SECOND}>`__"),
        ("https://example.org/t/12", f"`14-Jul-2024 <{SECOND}>`__"),
    ],
)
def test_one_thread_however_written_is_fine(discussed: str, history: str) -> None:
    text = with_threads(discussed, history)
    assert findings("post-history-thread", change(modified(SOUND, text, PATH))) == []


@pytest.mark.parametrize("status", ["Accepted", "Final", "Active"])
def test_after_the_decision_threads_need_not_be_linked(status: str) -> None:
    text = with_threads(FIRST, f"`18-Sep-2024 <{SECOND}>`__", status)
    assert findings("post-history-thread", change(modified(SOUND, text, PATH))) == []


def test_an_edit_elsewhere_is_no_occasion() -> None:
    text = with_threads(FIRST, f"`18-Sep-2024 <{SECOND}>`__")
    assert findings("post-history-thread", change(modified(text, f"{text}x\n", PATH))) == []
