"""A pull request's outlook changes exactly when something else would be said of its numbers."""

import pytest

from bot.peps.number import Claim, PepNumber
from bot.policy.load import default_policy
from bot.review.number_inputs import UNNUMBERED, StoredNumbers, ledger_of, number_inputs

POLICY = default_policy()
OWN = 10


def seen(
    number: int = 842,
    published: tuple[int, ...] = (840, 841),
    claims: dict[int, int] | None = None,
    *,
    complete: bool = True,
    codeowners: str | None = "* @python/pep-editors\n",
) -> str:
    """The outlook of pull request 10 with a number, among others' claims (pull request: PEP)."""
    others = {20: 850} if claims is None else claims
    mine = {} if number == UNNUMBERED else {OWN: number}
    ledger = ledger_of(
        POLICY,
        frozenset(map(PepNumber, published)),
        StoredNumbers(
            tuple(Claim(PepNumber(pep), pull) for pull, pep in {**others, **mine}.items()),
            claims_complete=complete,
        ),
    )
    return number_inputs([number], OWN, ledger, POLICY, codeowners)


@pytest.mark.parametrize(
    "moved",
    [
        {"published": (840, 841, 842)},
        {"published": (840, 841, 843)},
        {"claims": {5: 842}},
        {"complete": False},
        {"codeowners": "* @python/pep-editors\npeps/pep-0842.rst @ada\n"},
        {"codeowners": "* @python/others\n"},
        {"codeowners": None},
    ],
)
def test_what_concerns_its_number_changes_the_digest(moved: dict[str, object]) -> None:
    assert seen(**moved) != seen()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "moved",
    [
        {"published": (500, 840, 841)},
        {"published": (840, 841, 4000)},
        {"claims": {}},
        {"claims": {20: 842}},
        {"claims": {20: 843, 21: 844}},
        {"codeowners": "# Owners\n* @python/pep-editors\npeps/pep-0840.rst @ada\n"},
    ],
)
def test_what_happens_to_other_numbers_does_not_change_the_digest(moved: dict[str, object]) -> None:
    assert seen(**moved) == seen()  # type: ignore[arg-type]


def test_a_placeholder_depends_on_the_suggested_number() -> None:
    waiting = seen(UNNUMBERED)
    assert seen(UNNUMBERED, claims={20: 842}) != waiting
    assert seen(UNNUMBERED, published=(840, 841, 900)) != waiting
    assert seen(UNNUMBERED, claims={20: 843}) == waiting


def test_a_low_number_depends_on_the_one_to_take_instead() -> None:
    assert seen(42, claims={20: 842}) != seen(42)
    assert seen(42, claims={20: 843}) == seen(42)


def test_a_number_that_is_published_is_nobodys_claim_any_more() -> None:
    published = (840, 841, 842)
    assert seen(published=published, claims={5: 842}) == seen(published=published)


def test_without_a_number_the_digest_is_empty() -> None:
    ledger = ledger_of(POLICY, frozenset(), StoredNumbers())
    assert number_inputs([], OWN, ledger, POLICY, None) == ""
