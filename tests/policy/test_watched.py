import pytest

from bot.policy.load import is_relevant_path


@pytest.mark.parametrize(
    ("path", "watched"),
    [
        ("peps/pep-0791.rst", True),
        (".github/CODEOWNERS", True),
        ("docs/CODEOWNERS", True),
        (".github/pep-bot.toml", True),
        ("peps/pep-0791/figure.svg", False),
        ("README.rst", False),
    ],
)
def test_peps_codeowners_and_the_policy_are_read(path: str, watched: bool) -> None:
    assert is_relevant_path(path) is watched
