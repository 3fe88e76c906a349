import random

import pytest

from bot.peps.headers import ORDER
from bot.rules.engine.finding import Severity
from tests.rules.builders import change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)


def reordered(*names: str) -> str:
    return "\n".join(f"{name}: x" for name in names) + "\n\n\nAbstract\n========\n"


@pytest.mark.parametrize(
    ("names", "wrong", "where"),
    [
        (("PEP", "Title", "Author", "Type", "Status"), "Type", "below `Status`"),
        (("PEP", "Author", "Title", "Status", "Type"), "Author", "below `Title`"),
        (("Title", "PEP", "Author", "Status", "Type"), "Title", "below `PEP`"),
        (("PEP", "Title", "Resolution", "Author", "Status"), "Resolution", "below `Status`"),
        (("Title", "Author", "Status", "PEP"), "PEP", "at the beginning"),
        (("PEP", "Title", "Author", "Created", "Status", "Type"), "Created", "below `Type`"),
    ],
)
def test_the_header_out_of_place_is_named_with_its_place(
    names: tuple[str, ...], wrong: str, where: str
) -> None:
    found = finding("header-order", change(modified(SOUND, reordered(*names), PATH)))
    assert found.message == f"`{wrong}` is out of order; it belongs {where}."
    assert (found.severity, found.line) == (Severity.ERROR, names.index(wrong) + 1)


def test_the_fix_brings_every_order_in_order() -> None:
    shuffler = random.Random(4)
    for _ in range(50):
        names = list(ORDER)
        shuffler.shuffle(names)
        text = reordered(*names)
        found = finding("header-order", change(modified(SOUND, text, PATH)))
        assert found.fix is not None
        assert [line.partition(":")[0] for line in found.fix.lines] == list(ORDER)


def test_continued_lines_move_with_their_header() -> None:
    text = "PEP: 758\nTitle: x\nStatus: Draft\nAuthor: A,\n        B\nType: Process\n\n\n"
    found = finding("header-order", change(modified(SOUND, text, PATH)))
    assert found.fix is not None
    assert found.fix.lines[2:5] == ("Author: A,", "        B", "Status: Draft")


def test_an_old_disorder_is_left_alone_where_the_change_is_elsewhere() -> None:
    old = reordered("PEP", "Author", "Title")
    assert findings("header-order", change(modified(old, old + "More.\n", PATH))) == []


def test_unknown_and_doubled_headers_are_reported_first() -> None:
    for names in (("PEP", "Colour", "Author", "Title"), ("PEP", "Author", "Title", "Author")):
        assert findings("header-order", change(modified(SOUND, reordered(*names), PATH))) == []
