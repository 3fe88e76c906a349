import codeowners as oracle
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.peps.codeowners import matches
from tests.processor_time import processor_seconds_below


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*", "peps/pep-0001.rst"),
        ("*.rst", "peps/pep-0001.rst"),
        ("peps/pep-0001.rst", "peps/pep-0001.rst"),
        ("/peps/pep-0001.rst", "peps/pep-0001.rst"),
        ("peps/pep-0001/", "peps/pep-0001/a/b.svg"),
        ("peps/", "docs/peps/x"),
        ("peps", "peps/pep-0001.rst"),
        ("Makefile", "docs/Makefile"),
        ("/peps/*", "peps/conf.py"),
        ("peps/pep-00??.rst", "peps/pep-0001.rst"),
        ("**/logs", "a/b/logs/c"),
        ("peps/**/x.png", "peps/x.png"),
        ("peps/**/x.png", "peps/a/b/x.png"),
        ("peps/**", "peps/a/b"),
        (r"peps/a\ b.rst", "peps/a b.rst"),
        (r"peps/a\*.rst", "peps/a*.rst"),
    ],
)
def test_patterns_match_as_github_says(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("peps/pep-0001.rst", "docs/peps/pep-0001.rst"),
        ("/Makefile", "docs/Makefile"),
        ("/*", "peps/conf.py"),
        ("peps/*", "peps/pep-0001/a.svg"),
        ("peps/pep-0001/", "peps/pep-0001"),
        ("peps/pep-0001/", "peps/pep-0001.rst"),
        ("peps/PEP-0001.rst", "peps/pep-0001.rst"),
        ("pep-0001", "peps/pep-0001.rst"),
        (r"peps/a\*.rst", "peps/ab.rst"),
        ("peps/**", "peps"),
        ("/", "peps"),
    ],
)
def test_patterns_match_nothing_else(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


SEGMENTS = st.sampled_from(["a", "b", "ab", "*", "a*", "*b", "a?", "**"])
PATTERNS = st.builds(
    lambda lead, segments, tail: lead + "/".join(segments) + tail,
    st.sampled_from(["", "/"]),
    st.lists(SEGMENTS, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "abb"]), min_size=1, max_size=5).map("/".join)


@given(PATTERNS, PATHS)
@example("a/**/b", "a/b")
@example("/a/*", "a/b/a")
def test_matching_agrees_with_an_independent_reader(pattern: str, path: str) -> None:
    expected = oracle.CodeOwners(f"{pattern} @somebody").matching_line(path)[1] is not None
    assert matches(pattern, path) is expected


def test_a_pattern_of_stars_takes_no_time() -> None:
    with processor_seconds_below(0.5):
        assert not matches("peps/" + "*a" * 1_000 + "b", "peps/" + "a" * 200)
        assert not matches("**/" * 500 + "x/y", "/".join("a" * 200))
