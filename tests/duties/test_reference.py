"""docs/pep-1.md lists every duty, and each rule and command that serves one."""

import re
import tarfile

import pytest

from bot.commands.registry import all_commands
from bot.peps.changed_pep import PepText
from bot.rules.engine.registry import all_rules
from tests.conftest import SHARED_DATA
from tests.duties.reference import PAGE, State, read_duties, reference, sections_of, url
from tests.web.filled_store import pages_of

DUTIES = read_duties()
_SENTENCE = 5
"""So many words in quotation marks are a quotation, not a name."""


def test_the_page_of_duties_says_what_the_data_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "docs/pep-1.md is behind; write it with `.uv/bin/uv run python -m tests.duties.reference`"
    )


def test_every_rule_is_in_a_row_of_each_section_that_it_names_as_its_source() -> None:
    named = {(row.section, name) for row in DUTIES.rows for name in row.names}
    missing = [
        (rule.id, section)
        for rule in all_rules()
        for section in sections_of(rule)
        if (section, rule.id) not in named
    ]
    assert missing == [], "name the rule in a row of tests/duties/duties.toml"


def test_rules_that_mention_or_link_pep_1_name_the_section_that_they_link() -> None:
    for rule in all_rules():
        if re.search(r"PEP 1\b", rule.source):
            assert sections_of(rule), f"the source of {rule.id} is written `PEP 1 § SECTION`"
        if "/pep-0001/" in rule.link:
            assert rule.link in [*map(url, sections_of(rule))], rule.id


def test_every_command_serves_a_duty_or_is_said_to_serve_none() -> None:
    named = {name for row in DUTIES.rows for name in row.names}
    serving = {one.verb for one in all_commands() if f"/pep {one.verb}" in named}
    assert serving & DUTIES.other_commands.keys() == set()
    assert serving | DUTIES.other_commands.keys() == {one.verb for one in all_commands()}


def test_every_place_is_named_and_its_page_is_on_the_server() -> None:
    named = {name for row in DUTIES.rows for name in row.names}
    assert DUTIES.places.keys() - named == set()
    routes = {resource.canonical for resource in pages_of("sqlite://").router.resources()}
    pages = {one.page for one in DUTIES.places.values() if one.page}
    assert {f"/{{owner}}/{{name}}/{page}" for page in pages} <= routes


def test_only_what_is_prepared_leaves_something_and_only_people_need_no_bot() -> None:
    for row in DUTIES.rows:
        assert bool(row.left) == (row.state is State.PREPARED), row
        assert row.names or row.state is State.PEOPLE, row


@pytest.fixture
def pep_1() -> PepText:
    """PEP 1 at the end of 2025; it is near the front of the archive."""
    with tarfile.open(SHARED_DATA / "peps-2025-12-31.tar.xz") as tree:
        member = next(file for file in tree if file.name.endswith("peps/pep-0001.rst"))
        (file,) = filter(None, [tree.extractfile(member)])
        return PepText(file.read().decode())


@pytest.mark.real_data
def test_every_section_of_pep_1_has_its_duties_or_none_in_its_order(pep_1: PepText) -> None:
    titles = [section.title.casefold() for section in pep_1.body.sections]
    listed = [*DUTIES.sections, *DUTIES.no_duties]
    assert set(titles) - {one.casefold() for one in listed} == set()
    assert [one for one in titles if one in map(str.casefold, DUTIES.sections)] == [
        one.casefold() for one in DUTIES.sections
    ]
    # PEP 1 has a history of its own only since 2026.
    assert {one for one in listed if one.casefold() not in titles} == {"Change History"}


@pytest.mark.real_data
def test_rules_quote_pep_1_word_for_word(pep_1: PepText) -> None:
    text = " ".join(pep_1.text.split()).replace("``", "`")
    quoted = [
        (rule.id, words)
        for rule in all_rules()
        if sections_of(rule)
        for words in re.findall(r'["“]([^"“”]+)["”]', rule.doc)
        if len(words.split()) >= _SENTENCE
    ]
    assert len(quoted) >= 10
    assert [one for one in quoted if one[1] not in text] == []
