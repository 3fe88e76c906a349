import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.engine.finding import MAX_CODE, MAX_NAME, join_names, safe_code, safe_name


@pytest.mark.parametrize(
    ("written", "harmless"),
    [
        ("Łukasz Langa", "Łukasz Langa"),
        ("Seán O’Neill, Jr. (CPython)", "Seán O’Neill, Jr. (CPython)"),
        ("李雷", "李雷"),
        ("नरेन्द्र", "नरेन्द्र"),
        ("@python/pep-editors", "pythonpep-editors"),
        ("Eve #4422", "Eve 4422"),
        ("Eve <script>alert(1)</script>", "Eve scriptalert(1)script"),
        ("[Eve](https://evil.example)", "Eve(httpsevil.example)"),
        ("www.evil.example", "www evil.example"),
        ("WWW.evil.example", "WWW evil.example"),
        ("GH-12", "GH 12"),
        ("Eve\u202egro\u200b", "Evegro"),
        ("Eve\x00\x1b[31m", "Eve31m"),
        ("*Eve* _x_ `y` ~z~", "Eve x y z"),
        ("Eve\n\n# Heading", "Eve Heading"),
        ("da39a3ee5e6b4b0d", "da39a3"),
        ("@@@", "(a name without letters)"),
        ("", "(a name without letters)"),
    ],
)
def test_a_name_keeps_its_letters_and_loses_its_teeth(written: str, harmless: str) -> None:
    assert safe_name(written) == harmless


def test_marks_cannot_be_piled_on_a_letter() -> None:
    assert len(safe_name("Z" + "\u0301" * 50)) <= 4


@given(st.text(max_size=300))
def test_a_name_is_always_short_and_made_of_harmless_characters(text: str) -> None:
    harmless = safe_name(text)
    assert 0 < len(harmless) <= MAX_NAME
    for letter in harmless:
        assert unicodedata.category(letter)[0] in "LMN" or letter in " .-'’,()…"


@pytest.mark.parametrize(
    ("written", "escaped"),
    [
        ("PEP: 0791", "`PEP: 0791`"),
        ("`` ` ``", "`'' ' ''`"),
        ("a\nb\tc", "`a b c`"),
        ("\u202eabc\u2066\x07", "`abc`"),
        ("@everyone", "`@everyone`"),
        ("  ", "`(empty)`"),
    ],
)
def test_code_is_one_span_without_backticks_within(written: str, escaped: str) -> None:
    assert safe_code(written) == escaped


@given(st.text(max_size=2000))
def test_code_is_always_a_single_short_line_between_two_backticks(text: str) -> None:
    escaped = safe_code(text)
    assert escaped.count("`") == 2
    assert escaped[0] == escaped[-1] == "`"
    assert len(escaped) <= MAX_CODE + 2
    assert len(escaped.splitlines()) == 1


def test_words_are_listed_as_in_a_sentence() -> None:
    assert join_names(()) == ""
    assert join_names(("A",)) == "A"
    assert join_names(("A", "B", "C")) == "A, B and C"
    assert join_names(("A", "B"), "or") == "A or B"
