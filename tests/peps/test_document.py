import pytest

from bot.peps.document import thread_url, title_numbers
from tests.processor_time import processor_seconds_below


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("PEP 791: imath --- module", (791,)),
        ("PEP 719, 745: 3.13.11 and 3.14.2 were released", (719, 745)),
        ("PEPs 1 & 2: tidy", (1, 2)),
        ("PEP 1 and 2: tidy", (1, 2)),
        ("PEP 1, 2, and 12: tidy", (1, 2, 12)),
        ("PEP 503 & PEP 691: link", (503, 691)),
        ("PEP 601/602: x", (601, 602)),
        ("PEP-8: spaces", (8,)),
        ("pep 8: spaces", (8,)),
        (" PEP 0791: blank before", (791,)),
        ("PEP 738 (new): Android", (738,)),
        ("PEP 705 Link to new thread", (705,)),
        ("PEP 9999: my idea", (9999,)),
        ("PEP 1, 1: twice", (1,)),
        ("PEP 791", (791,)),
        ("PEP 12, 3.14 is out", (12,)),
        ("PEP 12 3.14 is out", (12,)),
    ],
)
def test_titles_that_begin_with_their_pep(title: str, expected: tuple[int, ...]) -> None:
    assert title_numbers(title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Infra: Only add preview links",
        "Mark PEP 831 as Accepted",
        "Withdraw PEP 759",
        "PEP: an idea",
        "PEP XXXX: an idea",
        "PEP 12345: five digits",
        "PEP 3.14: a version",
        "PEP 8x: x",
        "PEPPER 12: x",
    ],
)
def test_titles_that_begin_otherwise_name_none(title: str) -> None:
    assert title_numbers(title) == ()


def test_a_hostile_title_takes_no_time() -> None:
    with processor_seconds_below(0.5):
        title_numbers("PEP 1" + ", 1" * 1_000_000)
        title_numbers("PEP " + " " * 2_000_000 + "1")
        title_numbers("PEP 1 and " * 200_000)


@pytest.mark.parametrize(
    "url",
    [
        "https://discuss.python.org/t/91337",
        "https://discuss.python.org/t/91337/",
        "https://discuss.python.org/t/pep-791-imath/91337",
        "https://discuss.python.org/t/pep-791-imath/91337/47",
        "https://mail.python.org/archives/list/typing-sig@python.org/thread/2P3I4OMVSCJ2/",
        "https://mail.python.org/pipermail/python-dev/2015-March/138732.html",
        "  https://discuss.python.org/t/91337\n",
    ],
)
def test_threads_are_recognized(url: str) -> None:
    assert thread_url(url) == url.strip()


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Pending",
        "python-dev@python.org",
        "http://discuss.python.org/t/91337",
        "https://discuss.python.org/c/peps/19",
        "https://discuss.python.org/t/slug-only",
        "https://discuss.python.org.evil.example/t/1",
        "https://evil.example/t/1",
        "https://user@discuss.python.org/t/1",
        "https://discuss.python.org/t/1?next=//evil.example",
        "https://discuss.python.org/t/a)b/1",
        "https://discuss.python.org/t/<b>/1",
        "https://discuss.python.org/t/1 and more",
        "https://discuss.python.org:99999999/t/1",
        "https://[discuss.python.org/t/1",
        "javascript:alert(1)",
        "https://mail.python.org/mailman/listinfo/python-dev",
        "https://discuss.python.org/t/" + "a" * 20_000 + "/1",
    ],
)
def test_everything_else_is_no_thread(value: str) -> None:
    assert thread_url(value) is None
