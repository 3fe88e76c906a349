import pytest

from bot.rules.engine.finding import Finding, Severity
from tests.rules.builders import change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
POST = "https://discuss.python.org/t/66453/63"
DATED = f"`14-Mar-2025 <{POST}>`__"
DRAFT = pep_text(758)


def decided(resolution: str | None, status: str = "Accepted") -> list[Finding]:
    after = pep_text(758, Status=status, Resolution=resolution)
    return findings("resolution", change(modified(DRAFT, after, PATH)))


@pytest.mark.parametrize("status", ["Accepted", "Provisional", "Rejected"])
def test_a_decision_without_its_post_is_an_error_at_the_status(status: str) -> None:
    (found,) = decided(None, status)
    line = pep_text(758).split("\n").index("Status: Draft") + 1
    assert (found.severity, found.line) == (Severity.ERROR, line)
    assert f"becomes {status} needs a `Resolution`" in found.message


@pytest.mark.parametrize("status", ["Withdrawn", "Deferred", "Final", "Active", "Superseded"])
def test_steps_that_nobody_decides_on_need_no_post(status: str) -> None:
    assert decided(None, status) == []


def test_a_dated_post_is_in_order() -> None:
    assert decided(DATED) == []


@pytest.mark.parametrize(
    "link",
    [
        POST,
        "https://discuss.python.org/t/pep-758-except-without-parentheses/66453/63",
        "https://discuss.python.org/t/pep-758-except-without-parentheses/66453/63/",
        "https://discuss.python.org/t/758-except/66453/63",
    ],
)
def test_a_bare_link_is_asked_for_its_day_which_is_never_guessed(link: str) -> None:
    (found,) = decided(link)
    assert found.severity is Severity.WARNING
    assert found.message == (
        f"Please add the day of the decision: `DD-Mmm-YYYY <{POST}>`, as a link."
    )
    assert found.paste == f"Resolution: `DD-Mmm-YYYY <{POST}>`__"


def test_a_link_to_an_archive_is_left_as_it_is() -> None:
    link = "https://mail.python.org/archives/list/python-dev@python.org/message/ABC/"
    (found,) = decided(link)
    assert found.paste == f"Resolution: `DD-Mmm-YYYY <{link}>`__"


@pytest.mark.parametrize(
    ("value", "message_part"),
    [
        ("Pending", "should link the post"),
        ("", "is empty"),
        (f"`14-Mar-2025<{POST}>`__", "A space is missing"),
        (f"`14-March-2025 <{POST}>`__", "is not a day"),
        (f"`31-Feb-2025 <{POST}>`__", "is not a day"),
        (f"{POST} and words", "should link the post"),
    ],
)
@pytest.mark.parametrize("status", ["Draft", "Final"])
def test_a_value_of_another_form_is_an_error_wherever_it_is_written(
    value: str, message_part: str, status: str
) -> None:
    before, after = pep_text(758, Status=status), pep_text(758, Status=status, Resolution=value)
    found = finding("resolution", change(modified(before, after, PATH)))
    assert found.severity is Severity.ERROR
    assert message_part in found.message


def test_a_blank_that_is_missing_is_put_in() -> None:
    before, after = pep_text(758), pep_text(758, Resolution=f"`14-Mar-2025<{POST}>`__")
    found = finding("resolution", change(modified(before, after, PATH)))
    assert found.paste == f"Resolution: {DATED}"


def test_an_old_bare_link_that_nobody_touches_is_left_alone() -> None:
    before = pep_text(758, Status="Accepted", Resolution=POST)
    after = before.replace("Words.", "Other words.")
    assert findings("resolution", change(modified(before, after, PATH))) == []


def moved(before: str, after: str, old: str | None, new: str | None) -> list[Finding]:
    files = modified(
        pep_text(758, Status=before, Resolution=old),
        pep_text(758, Status=after, Resolution=new),
        PATH,
    )
    return findings("resolution", change(files))


@pytest.mark.parametrize(
    ("before", "after", "decision"),
    [
        ("Provisional", "Rejected", "the provisional acceptance"),
        ("Provisional", "Withdrawn", "the provisional acceptance"),
        ("Accepted", "Rejected", "the acceptance"),
        ("Accepted", "Withdrawn", "the acceptance"),
        ("Rejected", "Accepted", "the rejection"),
    ],
)
def test_the_link_to_an_earlier_decision_is_no_resolution(
    before: str, after: str, decision: str
) -> None:
    for old, new in ((DATED, DATED), (POST, DATED), (POST, POST)):
        (found,) = moved(before, after, old, new)
        assert found.severity is Severity.ERROR
        assert found.message == f"`Resolution` still links {decision}."
        assert (
            found.line == pep_text(758, Resolution=new).split("\n").index(f"Resolution: {new}") + 1
        )


@pytest.mark.parametrize("after", ["Rejected", "Withdrawn"])
def test_another_post_is_a_new_decision(after: str) -> None:
    another = DATED.replace("/63", "/99")
    assert moved("Provisional", after, DATED, another) == []


@pytest.mark.parametrize(
    ("before", "after"), [("Provisional", "Final"), ("Accepted", "Final"), ("Draft", "Rejected")]
)
def test_a_decision_that_stands_keeps_its_link(before: str, after: str) -> None:
    assert moved(before, after, DATED, DATED) == []


def test_a_withdrawal_without_any_link_is_left_alone() -> None:
    assert moved("Provisional", "Withdrawn", None, None) == []
    assert moved("Provisional", "Withdrawn", DATED, None) == []
