from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.diff import touched_lines
from tests.processor_time import processor_seconds_below


@pytest.mark.parametrize(
    ("before", "after", "touched"),
    [
        ("a\nb\nc\n", "a\nX\nc\n", {2}),
        ("a\nb\nc\n", "a\nb\nn\nc\n", {3}),
        ("a\nb\nc\n", "a\nc\n", set()),
        ("a\nb\nc\n", "c\na\nb\n", {1}),
        ("a\n\nb\n\nc\n", "a\n\nX\n\nb\n\nc\n", {3, 4}),
        ("a\r\nb\r\n", "a\nb\n", set()),
        ("a\nb", "a\nb\n", set()),
        (None, "a\nb\n", {1, 2}),
        ("", "a\n", {1}),
        ("a\n", None, set()),
        ("a\n", "", set()),
        ("a\n", "a\n", set()),
    ],
)
def test_touched_are_the_lines_that_are_new_or_changed(
    before: str | None, after: str | None, touched: set[int]
) -> None:
    assert touched_lines(before, after) == touched


lines = st.lists(st.sampled_from("abcdefgh "), max_size=30).map(
    lambda some: "".join(f"{line}\n" for line in some)
)


@given(lines, lines)
def test_what_is_not_touched_stood_there_before_in_the_same_order(before: str, after: str) -> None:
    touched = touched_lines(before, after)
    kept = [
        line for number, line in enumerate(after.splitlines(), start=1) if number not in touched
    ]
    rest = iter(before.splitlines())
    assert all(line in rest for line in kept)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (lambda many: "x\n" * many, lambda many: "x\n" * (many - many // 5) + "y\n"),
        (lambda many: counted(range(many)), lambda many: counted(range(0, -many, -1))),
        (lambda many: counted(range(many)), lambda many: counted(range(many, 0, -1))),
        (lambda many: "a\nb\n" * many, lambda many: "b\na\na\n" * (many - many // 5)),
    ],
    ids=["one line repeated", "nothing common", "turned round", "two lines repeated"],
)
def test_long_texts_of_any_kind_are_compared_in_time_that_does_not_explode(
    before: Callable[[int], str], after: Callable[[int], str]
) -> None:
    old, new = before(20_000), after(20_000)
    with processor_seconds_below(2):
        touched_lines(old, new)


def counted(numbers: Iterable[int]) -> str:
    """Each number on a line of its own."""
    return "".join(f"{number}\n" for number in numbers)
