import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import change, finding, findings, longer, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200e", "\u200b", "\ufeff", "\u2060"])
@pytest.mark.parametrize("where", ["header", "body"])
def test_a_character_that_nobody_sees_is_named(character: str, where: str) -> None:
    words = f"vera{character}core"
    text = pep_text(758, Title=words) if where == "header" else longer(SOUND, words)
    found = finding("hidden-characters", change(modified(SOUND, text, PATH)))
    assert found.severity is Severity.WARNING
    assert f"U+{ord(character):04X}" in found.message
    assert character not in found.message
    line = text.split("\n")[(found.line or 0) - 1]
    assert character in line
    if where == "header":
        assert found.fix is not None
        assert found.fix.lines == (line.replace(character, ""),)
    else:
        assert found.fix is None, "below the header it may be the subject"


def test_a_name_with_a_letter_of_another_alphabet_is_reported() -> None:
    text = pep_text(758, Author="Ver\u0430 Core <vera@example.org>")
    found = finding("hidden-characters", change(modified(SOUND, text, PATH)))
    assert "two alphabets" in found.message
    assert (found.line, found.columns) == (3, (9, 12))


@pytest.mark.parametrize(
    "author",
    [
        "Łukasz Langa",
        "\u0418\u0432\u0430\u043d",
        "Γιώργος Core",
        "Martin v. Löwis",
        "李 Core",
        "नमस्ते",
    ],
)
def test_names_in_their_own_letters_are_fine(author: str) -> None:
    text = pep_text(758, Author=f"{author} <a@example.org>")
    assert findings("hidden-characters", change(modified(SOUND, text, PATH))) == []


@pytest.mark.parametrize(
    "words", ["Δx in physics", "\U0001f469\u200d\U0001f4bb", "naïve – “quoted”"]
)
def test_the_body_may_use_every_letter(words: str) -> None:
    assert findings("hidden-characters", change(modified(SOUND, longer(SOUND, words), PATH))) == []


def test_what_stood_there_before_is_left_alone() -> None:
    old = longer(SOUND, "turned\u202e around")
    assert findings("hidden-characters", change(modified(old, longer(old, "More."), PATH))) == []


def test_joiners_belong_to_the_words_below_the_header_and_hide_in_it() -> None:
    words = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert findings("hidden-characters", change(modified(SOUND, longer(SOUND, words), PATH))) == []
    text = pep_text(758, Title="ver\u200ca")
    assert "U+200C" in finding("hidden-characters", change(modified(SOUND, text, PATH))).message


def test_a_mark_of_byte_order_before_everything_is_left_to_the_form_of_the_header() -> None:
    text = f"\ufeff{SOUND}"
    assert findings("hidden-characters", change(modified(SOUND, text, PATH))) == []
