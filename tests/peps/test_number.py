import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.number import (
    NumberLedger,
    PepNumber,
    free_numbers,
    highest_ordinary_number,
    is_pep_path,
    is_placeholder_word,
    next_number,
    number_in_path,
    older_claimant,
    pep_path,
)
from tests.peps.builders import PepTree, claim, ledger, numbers

PYTHON = {"special": numbers(666, 754, 801), "taken_ahead": numbers(777, 789)}


def test_a_number_and_its_path_name_each_other() -> None:
    assert pep_path(PepNumber(8)) == "peps/pep-0008.rst"
    assert number_in_path("peps/pep-0008.rst") == 8
    assert number_in_path(pep_path(PepNumber(8107))) == 8107


@pytest.mark.parametrize(
    "path",
    [
        "peps/pep-845.rst",
        "peps/pep-10845.rst",
        "pep-0845.rst",
        "peps/pep-0845.txt",
        "peps/pep-0845.rst/x",
        "peps/pep-0845.rst\n",
        "peps/pep-٠٨٤٥.rst",
        "peps/PEP-0845.rst",
        "/peps/pep-0845.rst",
        "peps/pep-XXXX.rst",
        "",
    ],
)
def test_only_the_four_digit_path_carries_a_number(path: str) -> None:
    assert number_in_path(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "peps/pep-0791.rst",
        "peps/pep-9999.rst",
        "peps/pep-845.rst",
        "peps/pep-10845.rst",
        "peps/pep-XXXX.rst",
        "peps/pep-xxxx.rst",
        "peps/pep-NNNN.rst",
        "peps/pep-????.rst",
        "peps/pep-TBD.rst",
    ],
)
def test_a_pep_source_is_recognized_by_place_and_name(path: str) -> None:
    assert is_pep_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "peps/pep-0789-example.png",
        "peps/pep-0789-example.rst",
        "peps/pep-0012/pep-NNNN.rst",
        "peps/pep-0817/notes.rst",
        "pep-0791.rst",
        "peps/pep-0791.md",
        "peps/contents.rst",
        "peps/pep-.rst",
        "peps/pep-my-idea.rst",
        "docs/peps/pep-0791.rst",
        "peps/pep-" + "9" * 10_000 + ".rst",
    ],
)
def test_auxiliary_and_other_files_are_no_pep_sources(path: str) -> None:
    assert not is_pep_path(path)


@pytest.mark.parametrize("word", ["XXXX", "xx", "NNNN", "n", "????", "####", "TBD", "todo", "0000"])
def test_placeholder_words(word: str) -> None:
    assert is_placeholder_word(word)


@pytest.mark.parametrize("word", ["9999", "0791", "XXNN", "", "TBDX", "X1"])
def test_other_words_are_no_placeholders(word: str) -> None:
    assert not is_placeholder_word(word)


def test_the_highest_ordinary_number_leaves_out_jokes_and_numbers_taken_ahead() -> None:
    assert highest_ordinary_number(ledger(1, 753, 754, 777, 801, 3141, 8107, **PYTHON)) == 753


def test_without_published_peps_the_first_number_is_1() -> None:
    assert next_number(ledger()) == 1


def test_the_next_number_is_nobody_elses() -> None:
    known = ledger(
        790,
        791,
        reserved={PepNumber(792): "kept"},
        claims=(claim(793, 4432), claim(794, 4440)),
    )
    assert next_number(known) == 795


def test_a_pull_request_may_keep_the_number_it_claims() -> None:
    known = ledger(790, claims=(claim(791, 4422),))
    assert next_number(known) == 792
    assert next_number(known, for_pull_request=4422) == 791


def test_one_of_two_claimants_cannot_have_the_number_for_itself() -> None:
    known = ledger(790, claims=(claim(791, 4422), claim(791, 4430)))
    assert next_number(known, for_pull_request=4422) == 792


def test_the_next_number_for_791_as_its_editors_knew_it() -> None:
    known = ledger(
        *range(700, 778), *range(779, 786), 787, 788, 789, 790, 801,
        claims=(claim(778, 3786), claim(786, 4360)),
        **PYTHON,
    )  # fmt: skip
    assert next_number(known) == 791
    assert free_numbers(known) == ()


def test_numbers_taken_ahead_do_not_lift_the_next_one() -> None:
    known = ledger(*range(700, 776), 777, 789, 801, claims=(claim(778, 3786),), **PYTHON)
    assert next_number(known) == 776


def test_free_numbers_are_those_nobody_uses_among_the_forty_below() -> None:
    known = ledger(
        *(set(range(1, 101)) - {59, 60, 70, 80, 90}),
        reserved={PepNumber(80): "kept"},
        claims=(claim(90, 12),),
    )
    assert free_numbers(known) == (60, 70)
    assert free_numbers(known, for_pull_request=12) == (60, 70, 90)


def test_the_oldest_pull_request_has_the_number() -> None:
    known = ledger(claims=(claim(791, 30), claim(791, 20), claim(792, 10), claim(791, 25)))
    assert older_claimant(known, PepNumber(791), 30) == 20
    assert older_claimant(known, PepNumber(791), 20) is None
    assert older_claimant(known, PepNumber(793), 30) is None


@given(
    published=st.frozensets(st.integers(1, 60).map(PepNumber)),
    special=st.frozensets(st.integers(1, 60).map(PepNumber)),
    reserved=st.dictionaries(st.integers(1, 80).map(PepNumber), st.just("kept")),
    claimed=st.lists(st.tuples(st.integers(1, 80), st.integers(1, 9))),
    own=st.integers(1, 9),
)
def test_the_next_number_is_the_first_unused_one_above_the_highest_ordinary_number(
    published: frozenset[PepNumber],
    special: frozenset[PepNumber],
    reserved: dict[PepNumber, str],
    claimed: list[tuple[int, int]],
    own: int,
) -> None:
    known = NumberLedger(
        published,
        reserved,
        tuple(claim(number, pull) for number, pull in claimed),
        special=special,
    )
    found = next_number(known, for_pull_request=own)
    taken = published | reserved.keys() | {number for number, pull in claimed if pull != own}
    assert found not in taken
    assert set(range(highest_ordinary_number(known) + 1, found)) <= taken


@pytest.mark.real_data
def test_the_tree_of_2025_12_31_worked_out_by_hand(tree: PepTree) -> None:
    # The run ends … 810, 811, 814, 815, 816; 754, 777, 789 and 801 stand outside of it, and so do
    # 2026 and the thousands from 3000. Below 816 nobody used 786, 795-797, 805, 812 and 813.
    known = NumberLedger(tree.published, {PepNumber(801): "kept"}, **PYTHON)
    assert highest_ordinary_number(known) == 816
    assert next_number(known) == 817
    assert free_numbers(known) == (786, 795, 796, 797, 805, 812, 813)
