import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

LINE = ".. canonical-doc:: :ref:`python:imath`"


def with_banner(line: str, **headers: str) -> str:
    return pep_text(**headers).replace("\n\n\nAbstract", f"\n\n{line}\n\n\nAbstract")


def to_final(line: str = "", **headers: str) -> list[object]:
    before = pep_text(Status="Accepted", **headers)
    after = with_banner(line, Status="Final", **headers)
    return list(findings("canonical-doc", change(modified(before, after))))


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        (
            ".. canonical-doc: ref:`python:template-strings`",
            ".. canonical-doc:: :ref:`python:template-strings`",
        ),
        (".. canonical-doc: :ref:`python:x`", ".. canonical-doc:: :ref:`python:x`"),
        (".. canonical-pypa-spec: py:mod:`x`", ".. canonical-pypa-spec:: :py:mod:`x`"),
        (".. canonical-typing-spec:", ".. canonical-typing-spec::"),
        (".. rejected: For good.", ".. rejected:: For good."),
        (".. canonical-doc:: ref:`python:x`", ".. canonical-doc:: :ref:`python:x`"),
    ],
)
def test_missing_colons_are_fixed_at_their_line(line: str, fixed: str) -> None:
    before, after = pep_text(Status="Accepted"), with_banner(line, Status="Final")
    number = after.split("\n").index(line) + 1
    found = finding("canonical-doc", change(modified(before, after)))
    assert (found.severity, found.line) == (Severity.WARNING, number)
    assert found.fix == Fix(number, number, (fixed,))
    assert found.paste == fixed


def test_the_missing_colon_of_the_role_is_reported_with_the_one_of_the_directive() -> None:
    found = finding("canonical-doc", change(added(with_banner(".. canonical-doc: ref:`x`"))))
    assert found.message == "With one colon this is a comment and will not be shown."
    assert "The role also lacks its first colon." in found.help


def test_one_colon_in_a_pep_that_is_final_already_weighs_as_much() -> None:
    before = pep_text(Status="Final")
    after = with_banner(".. canonical-doc: :ref:`x`", Status="Final")
    assert finding("canonical-doc", change(modified(before, after))).severity is Severity.WARNING


@pytest.mark.parametrize(
    ("topic", "directive"),
    [
        (None, "canonical-doc"),
        ("Packaging", "canonical-pypa-spec"),
        ("Typing", "canonical-typing-spec"),
    ],
)
def test_final_without_a_link_is_reported_at_the_status(topic: str | None, directive: str) -> None:
    before = pep_text(Status="Accepted", Topic=topic)
    found = finding("canonical-doc", change(modified(before, before.replace("Accepted", "Final"))))
    assert found.message == (
        f"A Final PEP should point to the documentation that is now the reference (`{directive}`)."
    )
    assert (found.severity, found.line) == (Severity.WARNING, 5)
    assert found.paste is not None
    assert found.paste.startswith(f".. {directive}:: :ref:`")


def test_final_with_the_link_is_in_order() -> None:
    assert to_final(LINE) == []
    assert to_final(".. canonical-typing-spec:: :ref:`typing:x`", Topic="Typing") == []


def test_the_wrong_kind_for_the_topic_is_a_notice() -> None:
    before = pep_text(Status="Accepted", Topic="Typing")
    after = with_banner(LINE, Status="Final", Topic="Typing")
    found = finding("canonical-doc", change(modified(before, after)))
    assert found.severity is Severity.NOTICE
    assert found.message == (
        "For this topic the directive is `canonical-typing-spec`, not `canonical-doc`."
    )


@pytest.mark.parametrize("kind", ["Process", "Informational"])
def test_elections_and_releases_are_over_without_documentation(kind: str) -> None:
    assert to_final(Type=kind) == []


def test_a_pep_that_was_final_before_is_left_alone() -> None:
    text = pep_text(Status="Final")
    assert findings("canonical-doc", change(modified(text, text + "More.\n"))) == []
