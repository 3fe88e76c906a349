"""Everything in a pull request is hostile: no rule may be slow or repeat what was written."""

import time

import pytest

from bot.rules.change import Change
from bot.rules.registry import run_rules
from tests.rules.builders import CODEOWNERS, added, context, owners_with, pep_text

TWO_MEGABYTES = 2_000_000


@pytest.mark.parametrize(
    "text",
    [
        "PEP: " + "9" * TWO_MEGABYTES,
        pep_text(Author="a, " * 600_000),
        pep_text(Sponsor="<" * TWO_MEGABYTES),
        pep_text(Sponsor="Vera " + "x " * 900_000 + "Core"),
        pep_text(Created="1" * TWO_MEGABYTES),
        pep_text(Topic="Packaging, " * 180_000),
        "x" * TWO_MEGABYTES,
        "PEP: 791\n" * 220_000,
        "\n" * TWO_MEGABYTES,
    ],
    ids=["number", "authors", "angles", "words", "day", "topics", "line", "headers", "empty"],
)
def test_two_megabytes_of_a_pep_are_judged_in_a_few_seconds(text: str) -> None:
    the_change = Change(
        files=(added(text),),
        codeowners_path=CODEOWNERS,
        codeowners_before=owners_with(),
        codeowners_after=owners_with("peps/pep-0791.rst  @vera"),
        title="PEP " * 500_000,
        body="* Core dev/PEP editor listed as " * 60_000,
    )
    started = time.perf_counter()
    run_rules(the_change, context())
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    "owners",
    [
        "peps/pep-0791.rst  " + "@a " * 600_000,
        "*" * TWO_MEGABYTES + " @a\n",
        "peps/**/" * 240_000 + " @a\n",
        "peps/pep-0791.rst @a\n" * 90_000,
        "a @b\n" * 390_000,
    ],
    ids=["owners", "stars", "folders", "repeated", "many"],
)
def test_two_megabytes_of_codeowners_are_judged_in_a_few_seconds(owners: str) -> None:
    the_change = Change(
        files=(added(pep_text()),),
        codeowners_path=CODEOWNERS,
        codeowners_before=owners_with(),
        codeowners_after=owners,
    )
    started = time.perf_counter()
    run_rules(the_change, context())
    assert time.perf_counter() - started < 20


def test_what_strangers_wrote_stands_in_findings_only_as_code_or_a_harmless_name() -> None:
    evil = "@everyone [x](https://evil.example) <img src=x> `tick` \u202e"
    the_change = Change(
        files=(
            added(pep_text(evil, Author=evil, Sponsor=evil, Created=evil)),
            added(pep_text(evil), "peps/pep-XXXX.rst"),
        ),
        codeowners_path=CODEOWNERS,
        codeowners_before=owners_with(),
        codeowners_after=owners_with(f"peps/pep-0791.rst {evil}"),
        title=f"PEP 790: {evil}",
    )
    found = run_rules(the_change, context())
    assert found
    for one in found:
        for words in (one.message, one.action, one.help):
            prose = "".join(words.split("`")[::2])
            assert words.count("`") % 2 == 0, words
            assert not set("@[]<>\u202e") & set(prose), words
            assert "http" not in prose.replace("httpsevil.example", ""), words
