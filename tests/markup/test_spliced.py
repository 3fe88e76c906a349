"""Docutils, all rules and the review together, on PEPs that were cut and put together again anyhow.

Slips that authors make are mixed in. No rule fails, and every finding has a place in its file.
"""

import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.markup.read import read_markup
from bot.peps.change import FileChange
from bot.review.review import review
from bot.review.snapshot import NO_MEMORY, Since
from bot.rules.document.markup import texts_to_parse, with_markup
from tests.builders import snapshot
from tests.rules.builders import added, change, modified, pep_text, renamed

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

INVENTED = tuple(f"{pep_text(791)}\n{slip}\n" for slip in SLIPS)


NOW = Since(datetime(2025, 5, 12, 10, tzinfo=UTC), "pull_request opened")
PATH = "peps/pep-0791.rst"


def assert_a_whole_review(file: FileChange) -> None:
    """Parse a changed PEP and review it, and look where the findings are."""
    changed = change(file)
    markups = {path: read_markup(text) for path, text in texts_to_parse(changed).items()}
    verdict = review(snapshot(with_markup(changed, markups)), NO_MEMORY, NOW).verdict
    assert [repr(failure.fault) for failure in verdict.failures] == []
    last = max(1, len((file.after or "").removesuffix("\n").split("\n")))
    for found in verdict.findings:
        if found.path == file.path and found.line is not None:
            assert 1 <= found.line <= last, found


def cut_and_spliced(texts: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Pieces of some of the texts, one after another, with and without a line end at the end.

    Every other begins as a PEP does, so that rules on headers have something to look at.
    """

    def piece(text: str) -> st.SearchStrategy[str]:
        places = st.integers(0, len(text))
        first = st.one_of(st.just(0), places)
        return st.tuples(first, places).map(lambda ends: text[min(ends) : max(ends)])

    def spliced(pieces: list[str]) -> str:
        return "\n".join(pieces)

    pieces = st.lists(st.sampled_from(texts).flatmap(piece), min_size=1, max_size=4)
    ends = st.sampled_from(("", "\n", "\n\n", "\n \n", "\r\n"))
    slips = st.sampled_from(("", *(f"\n\n{slip}" for slip in SLIPS)))
    return st.tuples(pieces.map(spliced), slips, ends).map("".join)


def changed_files(texts: tuple[str, ...]) -> st.SearchStrategy[FileChange]:
    """A PEP of these pieces that is added, edited or renamed."""
    after, before = cut_and_spliced(texts), st.sampled_from(texts)
    return st.one_of(
        after.map(added),
        st.builds(lambda old, new: modified(old, new, PATH), before, after),
        after.map(lambda text: renamed(text, "peps/pep-9999.rst", PATH)),
    )


def real_peps(data: Path) -> Iterator[str]:
    with tarfile.open(data / "peps-2025-12-31.tar.xz") as tree:
        for member in tree:
            if "/pep-" in member.name and (file := tree.extractfile(member)) is not None:
                yield file.read().decode()


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_last_line_has_its_place(slip: str) -> None:
    for end in ("", "\n", "\n\n\n"):
        assert_a_whole_review(added(f"{pep_text(791)}\n{slip}{end}"))


@given(changed_files(INVENTED))
def test_every_finding_has_a_place_in_what_was_spliced(file: FileChange) -> None:
    assert_a_whole_review(file)


@pytest.mark.real_data
def test_every_finding_has_a_place_in_a_few_real_peps_that_were_spliced(shared_data: Path) -> None:
    texts = tuple(islice(real_peps(shared_data), 30))

    @settings(max_examples=10)
    @given(changed_files(texts))
    def spliced(file: FileChange) -> None:
        assert_a_whole_review(file)

    spliced()


@pytest.mark.real_data
@pytest.mark.exhaustive
def test_every_finding_has_a_place_in_real_peps_that_were_spliced(shared_data: Path) -> None:
    texts = tuple(real_peps(shared_data))

    @settings(max_examples=max(300, settings.default.max_examples))
    @given(changed_files(texts))
    def spliced(file: FileChange) -> None:
        assert_a_whole_review(file)

    spliced()
