import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)


@pytest.mark.parametrize("header", ["Author", "Sponsor", "PEP-Delegate", "BDFL-Delegate"])
@pytest.mark.parametrize(
    ("value", "message_part"),
    [
        ("Vera Core <vera@example.org", "lacks one of its brackets"),
        ("Vera Core vera@example.org>", "lacks one of its brackets"),
        ("Vera Core vera@example.org", "lacks its brackets"),
        ("<vera@example.org>", "has no name before it"),
        ("Vera Core<vera@example.org>", "space is missing"),
        ("Vera Core <vera@example.org> Wim Core", "comma may be missing"),
        ("Vera <vera@example.org> Wim <wim@example.org>", "two addresses"),
        ("Vera Core <vera>", "is not an address"),
        ("Vera Core <a@b@c>", "is not an address"),
    ],
)
def test_an_entry_that_is_no_person_is_reported_without_its_address(
    header: str, value: str, message_part: str
) -> None:
    found = finding("people", change(modified(SOUND, pep_text(758, **{header: value}), PATH)))
    assert found.severity is Severity.ERROR
    assert message_part in found.message
    assert "example.org" not in f"{found.message} {found.help}"


@pytest.mark.parametrize(
    "value",
    [
        "Vera Core",
        "Vera Core <vera@example.org>",
        "Paul Moore <p.f.moore at gmail.com>",
        "Vera Core <vera@example.org>, Wim Core",
        "Vera Core <vera@example.org>,\n        Wim Core",
        "Vera Core,\n        Wim Core,",
        "Ada Lovelace, Jr. <ada@example.org>",
        "M.-A. Lemburg",
    ],
)
def test_people_as_pep_1_writes_them_are_fine(value: str) -> None:
    assert findings("people", change(modified(SOUND, pep_text(758, Author=value), PATH))) == []


def test_a_forgotten_comma_is_put_in() -> None:
    text = pep_text(758, Author="Vera Core\n        Wim Core")
    found = finding("people", change(modified(SOUND, text, PATH)))
    assert (found.line, found.fix and found.fix.lines) == (3, ("Author: Vera Core,",))


def test_a_line_too_far_to_the_right_is_moved() -> None:
    text = pep_text(758, Author="Vera Core,\n          Wim Core")
    found = finding("people", change(modified(SOUND, text, PATH)))
    assert (found.line, found.fix and found.fix.lines) == (4, ("        Wim Core",))


def test_a_long_line_is_judged_whole_and_fixed_whole() -> None:
    people = ", ".join(f"Person Number{n} <p{n}@example.org>" for n in range(60))
    assert len(people) > 2_000
    fine = pep_text(758, Author=f"{people},\n        Wim Core")
    assert findings("people", change(modified(SOUND, fine, PATH))) == []
    text = pep_text(758, Author=f"{people}\n        Wim Core")
    found = finding("people", change(modified(SOUND, text, PATH)))
    assert (found.fix and found.fix.lines) == (f"Author: {people},",)
