"""The PEPs of 31-Dec-2025, and what the rules are told on that day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.peps.number import PepNumber, number_in_path
from bot.peps.preamble import parse_preamble
from bot.policy.load import default_policy
from bot.rules.context import Context
from tests.peps.builders import pep_tree
from tests.rules.builders import context, ledger


def tree(data: Path) -> dict[PepNumber, str]:
    """Every PEP at the end of 2025, by its number."""
    return {
        number: text
        for path, text in pep_tree(data).texts.items()
        if (number := number_in_path(path)) is not None
    }


def owners(data: Path) -> str:
    """CODEOWNERS at the end of 2025."""
    return pep_tree(data).codeowners


def on_the_day(texts: Mapping[PepNumber, str]) -> Context:
    """What was known on the last day."""
    return replace(
        context(numbers=ledger(range(1, 816), claims={})),
        today=date(2025, 12, 31),
        policy=default_policy(),
        others={number: parse_preamble(text) for number, text in texts.items()},
    )
