import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, pep_text


@pytest.mark.parametrize(
    "topics",
    ["Typing, Packaging", "Packaging,Typing", "packaging, Typing", "Packaging, Typing, Typing"],
)
def test_the_list_is_sorted_and_cleaned(topics: str) -> None:
    found = finding("topic", change(added(pep_text(Topic=topics))))
    assert (found.severity, found.line) == (Severity.ERROR, 7)
    assert found.fix == Fix(7, 7, ("Topic: Packaging, Typing",))


@pytest.mark.parametrize(
    ("topics", "action"),
    [
        ("", ""),
        ("Syntax", ""),
        ("Packaging, Syntax", ""),
        ("pac kaging, Typing", "Write `Packaging`"),
    ],
)
def test_other_topics_are_pointed_at_and_not_fixed(topics: str, action: str) -> None:
    found = finding("topic", change(added(pep_text(Topic=topics))))
    assert (found.fix, found.action) == (None, action)
    assert found.columns == ((8, 7 + len(topics)) if topics else None)


@pytest.mark.parametrize("topics", ["Release", "Packaging, Typing", None])
def test_a_proper_list_or_none_is_fine(topics: str | None) -> None:
    assert findings("topic", change(added(pep_text(Topic=topics)))) == []
