import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)


def messages(value: str) -> list[str]:
    text = pep_text(758, **{"Discussions-To": value})
    return [one.message for one in findings("discussions-to", change(modified(SOUND, text, PATH)))]


@pytest.mark.parametrize(
    "value",
    [
        "Pending",
        "https://discuss.python.org/t/91337",
        "https://discuss.python.org/t/91337/",
        "https://discuss.python.org/t/pep-791-imath/91337",
        "https://discuss.python.org/t/791/91337".replace("791/", "pep-791/"),
        "https://mail.python.org/pipermail/python-dev/2012-April/118544.html",
        "https://mail.python.org/archives/list/python-dev@python.org/thread/ABCDEF12/",
        "python-dev@python.org",
        "dataclasses@googlegroups.com",
    ],
)
def test_threads_and_lists_are_fine(value: str) -> None:
    assert messages(value) == []


@pytest.mark.parametrize(
    "value",
    [
        "",
        "somewhere",
        "pending",
        "https://example.org/t/12",
        "http://discuss.python.org/t/12",
        "https://discuss.python.org/c/peps/19",
        "list@example.org",
        "https://mail.python.org/archives/list/python-dev@python.org/message/ABCDEF12/",
    ],
)
def test_other_places_are_an_error(value: str) -> None:
    (message,) = messages(value)
    assert "not a thread on discuss.python.org" in message


@pytest.mark.parametrize("slug", ["", "pep-791-imath/"])
def test_a_post_gets_its_thread_suggested(slug: str) -> None:
    thread = f"https://discuss.python.org/t/{slug}91337"
    text = pep_text(758, **{"Discussions-To": f"{thread}/47"})
    found = finding("discussions-to", change(modified(SOUND, text, PATH)))
    assert found.severity is Severity.ERROR
    assert found.columns == (17, 16 + len(f"{thread}/47"))
    assert found.fix is not None
    assert found.fix.lines == (f"Discussions-To: {thread}",)
