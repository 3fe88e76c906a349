"""What is kept of a published PEP, and what of its past is known."""

from datetime import date, timedelta

from bot.peps.number import PepNumber
from bot.review.published_peps import Published, published_from_text
from tests.builders import NOW
from tests.rules.builders import pep_text

DAY = timedelta(days=1)


def entry(text: str, blob: str = "b1", before: Published | None = None, days: int = 0) -> Published:
    return published_from_text(PepNumber(791), blob, text, NOW + days * DAY, before)


def test_the_header_is_kept_and_nobodys_address() -> None:
    kept = entry(
        pep_text(
            Author="Nova First <nova@mail.example>,\n        Ada Merritt <ada@python.example>",
            Topic="Packaging, Typing",
            Created="12-May-2025",
        )
    )
    assert [one.name for one in kept.preamble.authors] == ["Nova First", "Ada Merritt"]
    assert "@" not in repr(kept.preamble)
    assert kept.preamble.topics == ("Packaging", "Typing")
    assert kept.created == date(2025, 5, 12)
    assert (kept.changed_at, kept.status_since, kept.read_at) == (None, None, NOW)


def test_a_change_is_found_by_comparison() -> None:
    first = entry(pep_text(Status="Draft"))
    edited = entry(pep_text(Status="Draft") + "More.\n", "b2", first, days=3)
    assert (edited.changed_at, edited.status_since) == (NOW + 3 * DAY, None)
    final = entry(pep_text(Status="Final"), "b3", edited, days=5)
    assert (final.changed_at, final.status_since) == (NOW + 5 * DAY, NOW + 5 * DAY)
    again = entry(pep_text(Status="Final") + "More.\n", "b4", final, days=9)
    assert again.status_since == NOW + 5 * DAY
    assert again.read_at == NOW


def test_a_text_that_cannot_be_read_is_no_change_of_status() -> None:
    kept = entry("", "b2", entry(pep_text(Status="Final")), days=2)
    assert (kept.title, kept.status_since, kept.has_thread) == ("", None, False)
    assert entry(pep_text(Status="Final"), "b3", kept, days=4).status_since is None


def test_a_directive_of_whatever_topic_links_the_documentation() -> None:
    link = "\n.. canonical-doc:: :ref:`python:x`\n"
    assert entry(pep_text() + link).is_linked
    assert entry(pep_text(Topic="Typing") + link).is_linked
    assert not entry(pep_text()).is_linked
    assert not entry(pep_text() + link.replace("::", ":", 1)).is_linked


def test_only_a_release_schedule_has_releases() -> None:
    line = "\n- 3.14.0 final: Tuesday, 2025-10-07\n"
    (release,) = entry(pep_text(Topic="Release") + line).releases
    assert (release.version, release.final) == ("3.14", date(2025, 10, 7))
    assert entry(pep_text() + line).releases == ()
