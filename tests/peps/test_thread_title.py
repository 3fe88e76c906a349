import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.links import title_may_match_pep
from bot.peps.number import PepNumber


@pytest.mark.parametrize(
    ("thread", "number", "title"),
    [
        ("PEP 758: Allow except without parentheses", 758, "Something else"),
        ("PEP 0758", 758, "Something else"),
        ("Dropping the parentheses of except", None, "Allow except without parentheses"),
        ("How we package things", None, "Better packaging"),
        ("Inlined TypedDicts", 764, "Inlined typed dictionaries"),
        ("Anything", None, "Adding support for Python modules"),
        ("Anything", None, ""),
    ],
)
def test_a_number_or_a_word_of_weight_is_enough(
    thread: str, number: int | None, title: str
) -> None:
    assert title_may_match_pep(thread, None if number is None else PepNumber(number), title)


@pytest.mark.parametrize(
    ("thread", "number", "title"),
    [
        ("PEP 7581: Tuples", 758, "Allow except without parentheses"),
        ("Adding support for tuples", 758, "Adding support for generators"),
        ("What is your favourite editor?", None, "Calmer queues"),
    ],
)
def test_words_that_every_title_has_are_not(thread: str, number: int | None, title: str) -> None:
    assert not title_may_match_pep(thread, None if number is None else PepNumber(number), title)


@given(st.text(max_size=800), st.text(max_size=800))
def test_any_title_can_be_read(thread: str, title: str) -> None:
    assert title_may_match_pep(thread, PepNumber(758), title) in {True, False}
