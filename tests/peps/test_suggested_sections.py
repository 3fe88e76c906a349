import pytest

from bot.peps.body import read_body
from bot.peps.document import missing_suggested_sections


def body(*titles: str) -> list[str]:
    return [line for title in titles for line in (title, "=" * len(title), "", "Words.", "")]


def missing(kind: str | None, *titles: str) -> tuple[str, ...]:
    return missing_suggested_sections(read_body(body(*titles), 0), kind)


def test_a_template_filled_in_lacks_nothing() -> None:
    assert (
        missing(
            "Standards Track",
            *("Abstract", "Motivation", "Rationale", "Specification", "Backwards Compatibility"),
            *("Security Implications", "How to Teach This", "Reference Implementation"),
            *("Rejected Ideas", "Copyright"),
        )
        == ()
    )


def test_other_words_for_the_same_count() -> None:
    titles = ("MOTIVATION", "Proposed design", "Compatibility", "Security considerations")
    more = ("Teaching", "The implementation", "Alternatives")
    assert missing("Standards Track", *titles, *more) == ()


@pytest.mark.parametrize("kind", ["Process", "Informational", None])
def test_other_types_need_reasons_only(kind: str | None) -> None:
    assert missing(kind, "Abstract", "Rationale") == ("Motivation",)
    assert missing(kind, "Motivation") == ()
    assert missing(kind) == ("Motivation", "Rationale")
