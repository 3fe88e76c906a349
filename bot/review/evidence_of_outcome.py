"""Evidence in the PEP itself that it is finished, or that another takes its place."""

import re
from collections.abc import Iterator

from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble
from bot.review.evidence import About, Evidence, Found, Seen
from bot.rules.document.canonical_doc import CANONICAL, directive_for
from bot.rules.preamble.python_version import is_for_a_version
from bot.rules.touched_pep import TouchedPep, touched_peps
from bot.rules.wording import name as harmless

_STANDARDS_TRACK = "Standards Track"
_NUMBER = re.compile(r"[0-9]{1,4}")
_MOST = 5


def documentation_evidence(pep: TouchedPep, seen: Seen) -> Evidence | None:
    """The link to the documentation that is now the reference; None where none is asked for."""
    header = pep.after.preamble
    if header.type != _STANDARDS_TRACK:
        return None
    wanted = directive_for(header)
    given = [one.name for one in pep.after.body.directives if one.name in CANONICAL]
    found = Found.MISSING if not given else Found.THERE
    shown = wanted if wanted in given or not given else given[0]
    # Another directive than the topic's is for people to weigh: typing PEPs had either.
    return Evidence(
        About.DOCUMENTATION,
        seen.judged(found, pep.path, ("canonical-doc", "directive-colons")),
        value=shown,
    )


def version_evidence(pep: TouchedPep, seen: Seen) -> Evidence | None:
    """`Python-Version`; None for PEPs that need none."""
    header = pep.after.preamble
    if not is_for_a_version(header):
        return None
    version = header.value("Python-Version")
    found = seen.judged(Found.THERE if version else Found.MISSING, pep.path, ("python-version",))
    return Evidence(About.PYTHON_VERSION, found, value=harmless(version) if version else "")


def successor_evidence(
    pep: TouchedPep, seen: Seen, *, is_asked_for: bool = True
) -> Iterator[Evidence]:
    """`Superseded-By`, and of each PEP it names whether that one says the same and where it stands.

    Args:
        pep: The PEP that is superseded.
        seen: What else is known.
        is_asked_for: Whether it is missed where it is not there.
    """
    numbers = _numbers(pep.after.preamble, "Superseded-By")
    if not numbers:
        if is_asked_for:
            yield Evidence(About.SUCCESSOR, seen.judged(Found.MISSING, pep.path, ("relations",)))
        return
    yield Evidence(About.SUCCESSOR, Found.THERE, numbers=numbers)
    known: dict[int, Preamble] = {int(key): one for key, one in seen.context.others.items()}
    known |= {
        int(one.number): one.after.preamble for one in touched_peps(seen.change) if one.number
    }
    for number in numbers:
        yield _back(pep.number, number, known.get(number))


def _back(own: PepNumber | None, number: int, other: Preamble | None) -> Evidence:
    if other is None or own is None:
        return Evidence(About.SUCCESSOR_BACK, Found.UNKNOWN, numbers=(number,))
    named = _numbers(other, "Replaces")
    found = Found.THERE if own in named else Found.MISSING
    if not named and other.value("Replaces"):
        found = Found.UNKNOWN
    status = harmless(other.status or "")
    return Evidence(About.SUCCESSOR_BACK, found, numbers=(number,), status=status)


def _numbers(header: Preamble, name: str) -> tuple[int, ...]:
    """The numbers a header lists; none if it is not such a list, which a rule tells."""
    value = (header.value(name) or "")[:1_000].rstrip(", ")
    entries = [entry.strip() for entry in value.split(",")]
    if not all(_NUMBER.fullmatch(entry) for entry in entries):
        return ()
    return tuple(int(entry) for entry in entries)[:_MOST]
