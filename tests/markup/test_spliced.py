"""Docutils and all rules together, on PEPs that were cut and put together again anyhow."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup.read import read_markup
from bot.rules.document.markup import texts_to_parse, with_markup
from bot.rules.registry import run_rules
from tests.pep_tree import unpack_tree
from tests.rules.builders import added, change, context, modified, pep_text

SLIPS = (
    "See the `spec`__.",
    "See __ and `x`_ and |y|.",
    ".. _a: b_",
    "__ https://example.org",
    ".. [1] note",
    "* item\n\n  .. code-block:: python",
    "Heading\n=======",
    "=======\nOver\n=======",
    "::",
    "\t- x",
    "+---+\n| a |\n+---+",
    "``open",
    ":pep:`1` :rfc:`2` :ref:`x`",
)
"""Slips that authors make, each a paragraph."""

MADE_UP = tuple(f"{pep_text(791)}\n{slip}\n" for slip in SLIPS)


def assert_every_place_is_in_the_text(before: str | None, after: str) -> None:
    """Parse a changed PEP, run all rules on it, and look where their findings are."""
    file = added(after) if before is None else modified(before, after, "peps/pep-0791.rst")
    changed = change(file)
    said = {path: read_markup(text) for path, text in texts_to_parse(changed).items()}
    last = max(1, len(after.removesuffix("\n").split("\n")))
    for found in run_rules(with_markup(changed, said), context()):
        if found.path == file.path and found.line is not None:
            assert 1 <= found.line <= last, found


def cut_and_spliced(texts: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Pieces of some of the texts, one after another, with and without a line end at the end."""

    def piece(text: str) -> st.SearchStrategy[str]:
        places = st.integers(0, len(text))
        return st.tuples(places, places).map(lambda ends: text[min(ends) : max(ends)])

    pieces = st.lists(st.sampled_from(texts).flatmap(piece), min_size=1, max_size=4)
    ends = st.sampled_from(("", "\n", "\n\n", "\n \n", "\r\n"))
    return st.tuples(pieces.map("\n".join), st.sampled_from(("", *SLIPS)), ends).map("".join)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_last_line_has_its_place(slip: str) -> None:
    for end in ("", "\n", "\n\n\n"):
        assert_every_place_is_in_the_text(None, f"{pep_text(791)}\n{slip}{end}")


@given(before=st.sampled_from((None, *MADE_UP)), after=cut_and_spliced(MADE_UP))
def test_every_finding_has_a_place_in_what_was_spliced(before: str | None, after: str) -> None:
    assert_every_place_is_in_the_text(before, after)


@pytest.mark.real_data
@pytest.mark.exhaustive
def test_every_finding_has_a_place_in_real_peps_that_were_spliced(
    tmp_path: Path, shared_data: Path
) -> None:
    unpack_tree(shared_data, tmp_path)
    texts = tuple(path.read_text("utf-8") for path in sorted(tmp_path.rglob("pep-*.rst"))[::40])

    @given(before=st.sampled_from(texts), after=cut_and_spliced(texts))
    def spliced(before: str, after: str) -> None:
        assert_every_place_is_in_the_text(before, after)

    spliced()
