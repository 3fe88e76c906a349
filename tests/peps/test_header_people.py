import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.headers import LONGEST_VALUE, Person, parse_people
from bot.peps.preamble import parse_preamble
from tests.peps.builders import PepTree


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Victor Stinner <vstinner@python.org>", [("Victor Stinner", "vstinner@python.org")]),
        ("Victor Stinner <v at python.org>", [("Victor Stinner", "v at python.org")]),
        ("Joanna Jablonski", [("Joanna Jablonski", None)]),
        ("A One <a@b.c>,\nB Two <d@e.f>,", [("A One", "a@b.c"), ("B Two", "d@e.f")]),
        ("A One, B Two", [("A One", None), ("B Two", None)]),
        ("A One\nB Two", [("A One", None), ("B Two", None)]),
        (
            "Fred L. Drake, Jr. <f@acm.org>, Skip Montanaro",
            [("Fred L. Drake, Jr.", "f@acm.org"), ("Skip Montanaro", None)],
        ),
        ("Sri Lanka, Iva Jung", [("Sri Lanka", None), ("Iva Jung", None)]),
        ("A Very Long Name\n<a@b.c>,\nB Two", [("A Very Long Name", "a@b.c"), ("B Two", None)]),
        ("a@b.c (A One)", [("A One", "a@b.c")]),
        ("A One a@b.c", [("A One", "a@b.c")]),
        ("A One a at b.c", [("A One", "a at b.c")]),
        ("Look at Me", [("Look at Me", None)]),
        ("  A   One  ", [("A One", None)]),
        ("A One <a@b.c", [("A One", "a@b.c")]),
    ],
)
def test_people_as_headers_write_them(value: str, expected: list[tuple[str, str | None]]) -> None:
    assert parse_people(value) == tuple(Person(*person) for person in expected)


@pytest.mark.parametrize(
    "value",
    ["", "TBD", "TODO", "Pending", "???", "[TBD]", "tbd.", ",,,\n,", "None", "<a@b.c>", "a@b.c"],
)
def test_placeholders_and_nameless_entries_are_nobody(value: str) -> None:
    assert parse_people(value) == ()


@given(st.text(alphabet="aB .,<>@()\n\tJrIl\u0130é-", max_size=60))
def test_a_name_is_never_an_address_and_never_empty(value: str) -> None:
    for person in parse_people(value):
        assert person.name.strip() == person.name != ""
        assert "@" not in person.name
        assert not {"<", ">"} & set(person.name)


def test_only_the_beginning_of_a_hostile_value_is_read() -> None:
    people = parse_people("Ada L, " * 1_000_000)
    assert 1 < len(people) <= LONGEST_VALUE
    assert len(parse_people(", Jr." * 500_000)) <= 1


@pytest.mark.real_data
def test_every_pep_names_its_authors_without_address_or_comma(tree: PepTree) -> None:
    odd = {
        person.name
        for text in tree.texts.values()
        for head in [parse_preamble(text)]
        for person in head.authors + head.sponsors + head.delegates
        if "@" in person.name or "," in person.name or len(person.name.split()) > 5
    }
    assert odd == {"Fred L. Drake, Jr.", "The Python core team and community"}
