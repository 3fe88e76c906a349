"""Whether the title of a thread may be about a PEP."""

import re
import unicodedata

from bot.peps.number import PepNumber

_LONGEST = 500
_WORD = re.compile(r"[^\W_]{3,}")
# Words that titles share without being about the same thing.
_COMMON_WORDS = """
pep peps python cpython the and for with from into not new add adding added use using support
supporting allow allowing more better make making that this type types module modules draft proposal
discussion idea ideas pre core standard library
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_STEM = 5
"""Letters by which a word is known in whatever form: `packages`, `packaging`."""


def may_be_about(thread: str, number: PepNumber | None, title: str) -> bool:
    """Whether a thread's title names the PEP's number or shares a word of weight with its title.

    Precision counts: where the PEP's title has no such word, everything may be about it.

    Args:
        thread: The thread's title.
        number: The PEP's number; None for a placeholder.
        title: The PEP's own title.
    """
    if number is not None and re.search(rf"(?<![0-9])0{{0,3}}{number}(?![0-9])", thread[:_LONGEST]):
        return True
    wanted = _words(title)
    return not wanted or bool(wanted & _words(thread))


def _words(text: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    return frozenset(word[:_STEM] for word in _WORD.findall(folded) if word not in _COMMON)
