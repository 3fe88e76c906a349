"""Everything in a pull request is hostile: no rule may be slow or repeat what was written."""

from collections.abc import Iterator

import pytest

from bot.github.read.pull_request_change import MOST_ERRORS
from bot.peps.change import Change
from bot.peps.codeowners import parse_codeowners
from bot.rules.engine.context import OwnersError
from bot.rules.engine.registry import run_rules
from tests.processor_time import processor_seconds_below
from tests.rules.builders import CODEOWNERS, added, context, owners_with, pep_text

SIZES = pytest.mark.parametrize(
    ("size", "seconds"),
    [
        pytest.param(30_000, 1, id="30 kB"),
        pytest.param(1_000_000, 10, id="1 MB", marks=pytest.mark.exhaustive),
    ],
)
"""The length of a text, and the processor time that all rules together may take for it."""


@pytest.fixture(scope="module", autouse=True)
def _no_large_file_is_remembered() -> Iterator[None]:
    """Clear the cache of parsed files, which hold a hundred thousand line objects each here."""
    yield
    parse_codeowners.cache_clear()


@SIZES
@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("PEP: ...", "9"),
        (pep_text(Author="..."), "a, "),
        (pep_text(Sponsor="..."), "<"),
        (pep_text(Sponsor="Vera ...Core"), "x "),
        (pep_text(Created="..."), "1"),
        (pep_text(Topic="..."), "Packaging, "),
        ("...", "x"),
        ("...", "PEP: 791\n"),
        ("...", "\n"),
    ],
    ids=["number", "authors", "angles", "words", "day", "topics", "line", "headers", "empty"],
)
def test_a_long_pep_keeps_the_rules_busy_for_a_short_time(
    text: str, piece: str, size: int, seconds: float
) -> None:
    the_change = Change(
        files=(added(filled(text, piece, size)),),
        codeowners_path=CODEOWNERS,
        codeowners_before=owners_with(),
        codeowners_after=owners_with("peps/pep-0791.rst  @vera"),
        title=filled("...", "PEP ", size),
        body=filled("...", "* Core dev/PEP editor listed as ", size),
    )
    with processor_seconds_below(seconds):
        run_rules(the_change, context())


@SIZES
@pytest.mark.parametrize(
    ("owners", "piece"),
    [
        ("peps/pep-0791.rst  ...", "@a "),
        ("... @a\n", "*"),
        ("... @a\n", "peps/**/"),
        ("...", "peps/pep-0791.rst @a\n"),
        ("...", "a @b\n"),
        ("...", "#\n"),
        ("...", "\n"),
    ],
    ids=["owners", "stars", "folders", "repeated", "many", "comments", "blank"],
)
def test_a_long_file_of_owners_keeps_the_rules_busy_for_a_short_time(
    owners: str, piece: str, size: int, seconds: float
) -> None:
    the_change = Change(
        files=(added(pep_text()),),
        codeowners_path=CODEOWNERS,
        codeowners_before=owners_with(),
        codeowners_after=filled(owners, piece, size),
    )
    errors = tuple(OwnersError(line, "Unknown owner", "@a") for line in range(MOST_ERRORS))
    with processor_seconds_below(seconds):
        run_rules(the_change, context(owners_errors=errors))


def filled(text: str, piece: str, size: int) -> str:
    """The text with the dots replaced by as many pieces as fit into a size."""
    return text.replace("...", piece * (size // len(piece)), 1)


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
