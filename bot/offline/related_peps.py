"""The headers of PEPs that a change names as related without touching them."""

from bot.offline.files import Files
from bot.peps.number import PepNumber, pep_path
from bot.peps.preamble import Preamble, parse_preamble
from bot.rules.change import Change
from bot.rules.edits.relations import related_numbers


def related_headers(change: Change, files: Files) -> dict[PepNumber, Preamble]:
    """Read them where they are; one that is not there, or is no text, is missing."""
    found: dict[PepNumber, Preamble] = {}
    for number in related_numbers(change):
        path = pep_path(number)
        text = files.text(path) if path in files.paths else None
        if isinstance(text, str):
            found[number] = parse_preamble(text)
    return found
