"""The PEPs of 31-Dec-2025, and what the rules are told on that day."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.peps.number import PepNumber, number_in_path
from bot.peps.preamble import Preamble, parse_preamble
from bot.policy.load import default_policy
from bot.rules.engine.context import Context
from tests.peps.builders import Texts, pep_tree
from tests.rules.builders import context, ledger


def tree(data: Path) -> Texts[PepNumber]:
    """Every PEP at the end of 2025, by its number."""
    return pep_tree(data).texts.by(number_in_path)


@lru_cache(maxsize=1)
def tree_headers(data: Path) -> dict[int, Preamble]:
    """The header of every PEP in the tree, read once in each process."""
    texts = tree(data)
    return {number: parse_preamble(texts[number]) for number in sorted(texts)}


def owners(data: Path) -> str:
    """CODEOWNERS at the end of 2025."""
    return pep_tree(data).codeowners


def on_the_day(data: Path) -> Context:
    """What was known on the last day."""
    return replace(
        context(numbers=ledger(range(1, 816), claims={})),
        today=date(2025, 12, 31),
        policy=default_policy(),
        related_headers={
            PepNumber(number): header for number, header in tree_headers(data).items()
        },
    )
